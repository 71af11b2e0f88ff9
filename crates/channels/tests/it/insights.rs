//! What services count of posts, by the names that hold on the day.

use channels::fakes::{Fake, Outcome, Request};
use channels::{Action, Delivery, Event, Kind, Response, Secrets, Settings, Stands, What, insights};
use jiff::civil::date;
use uuid::Uuid;

use super::world::{BASE, account, begin, form, secrets};

const LINK: &str = "https://xa-b.gov.vn/n/0123456789";

/// A post that stands at a service.
fn posted(kind: Kind, fake: &mut Fake, keys: &Secrets) -> Delivery {
    let shape = if kind == Kind::Zalo { 1 } else { 0 };
    let mut delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, shape, LINK));
    let (mut event, settings) = (Event::Begin, Settings::default());
    fake.works = 0;
    for _ in 0..40 {
        let actions = delivery.on(event, begin(), &settings);
        let call = actions.into_iter().find_map(|action| match action {
            Action::Call { attempt, step } => Some((attempt, step)),
            _ => None,
        });
        let Some((attempt, step)) = call else { break };
        let request = Request::of(&delivery.call(step, &account(kind), keys).unwrap()).unwrap();
        let Outcome::Answered(response) = fake.answer(&request, begin()) else { panic!("no answer") };
        let answer = delivery.read(step, &account(kind), &response, begin());
        event = Event::Answer { attempt, answer };
    }
    assert_eq!(delivery.stands(), Stands::There, "{kind:?}: {delivery:?}");
    delivery
}

#[test]
fn services_that_count_posts_are_asked_by_their_own_names() {
    let day = date(2026, 11, 27);
    for kind in Kind::ALL {
        let mut fake = Fake::new(kind, BASE);
        let keys = secrets(&fake.token(), &fake.refresh_token());
        let delivery = posted(kind, &mut fake, &keys);
        fake.seen = (1_234, 56);
        let call = insights::call(&delivery, &account(kind), &keys, day).unwrap();
        let Some(call) = call else {
            assert!(!matches!(kind, Kind::Facebook | Kind::YouTube), "{kind:?}");
            continue;
        };
        let Outcome::Answered(response) = fake.answer(&Request::of(&call).unwrap(), begin()) else {
            panic!("no answer")
        };
        let told = insights::read(kind, &response, day).unwrap();
        let told: Vec<_> = told.iter().map(|(metric, value)| (metric.metric.as_str(), *value)).collect();
        match kind {
            Kind::Facebook => {
                assert_eq!(told, [("post_media_view", 1_234), ("post_total_media_view_unique", 56)]);
            }
            _ => assert_eq!(told, [("viewCount", 1_234)]),
        }
        // By a name of before the service fails the whole question.
        let before = insights::call(&delivery, &account(kind), &keys, date(2025, 11, 14)).unwrap().unwrap();
        if kind == Kind::Facebook {
            let Outcome::Answered(refused) = fake.answer(&Request::of(&before).unwrap(), begin()) else {
                panic!("no answer")
            };
            assert_eq!(insights::read(kind, &refused, date(2025, 11, 14)).unwrap_err().what, What::Other);
        }
    }
}

#[test]
fn what_says_nothing_is_no_number() {
    let day = date(2026, 11, 27);
    let says = |status, body: &str| Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
    for (response, what) in [
        (says(200, "<html>"), What::Unreadable),
        (says(200, "{\"data\": []}"), What::Unreadable),
        (
            says(200, "{\"data\": [{\"name\": \"post_media_view\", \"values\": [{\"value\": -1}]}]}"),
            What::Unreadable,
        ),
        (says(400, "{\"error\": {\"code\": 190}}"), What::Token),
        (says(401, ""), What::Token),
        (says(500, "{}"), What::Other),
    ] {
        assert_eq!(insights::read(Kind::Facebook, &response, day).unwrap_err().what, what, "{response:?}");
    }
}
