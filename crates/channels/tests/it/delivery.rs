//! What a delivery does, step by step, and its form at rest.

use channels::fakes::{Fake, Fault, Outcome, Request};
use channels::{
    Action, Answer, Cause, Delivery, Event, Form, Kind, Place, Settings, Stage, Stands, What, Work,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::world::{BASE, account, begin, form, secrets};

const LINK: &str = "https://xa-b.gov.vn/s/k7";

/// A delivery and its service, without anything that goes wrong of itself.
struct Story {
    delivery: Delivery,
    fake: Fake,
    now: Timestamp,
    wake: Option<Timestamp>,
    renewals: u32,
}

impl Story {
    fn of(kind: Kind, shape: u64) -> Story {
        let mut fake = Fake::new(kind, BASE);
        fake.works = 0;
        let delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, shape, LINK));
        Story { delivery, fake, now: begin(), wake: None, renewals: 0 }
    }

    /// Says an event, and makes the calls that follow until nothing is to be done but wait.
    fn says(&mut self, event: Event) -> &mut Story {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            for action in self.delivery.on(event, self.now, &Settings::default()) {
                match action {
                    Action::Save => {}
                    Action::Renew => self.renewals += 1,
                    Action::Wake { at } => self.wake = Some(at),
                    Action::Call { attempt, step } => {
                        self.wake = None;
                        let keys = secrets(&self.fake.token(), "refresh-1");
                        let keys = if self.renewals == 0 { secrets("token-1", "refresh-1") } else { keys };
                        let account = account(self.delivery.kind());
                        let call = self.delivery.call(step, &account, &keys).unwrap();
                        next = Some(match self.fake.answer(&Request::of(&call).unwrap(), self.now) {
                            Outcome::Lost => Event::Lost { attempt },
                            Outcome::NotSent => Event::NotSent { attempt, until: None, cause: None },
                            Outcome::Answered(response) => {
                                let answer = self.delivery.read(step, &account, &response, self.now);
                                Event::Answer { attempt, answer }
                            }
                        });
                    }
                }
            }
        }
        self
    }

    fn waits(&mut self) -> &mut Story {
        if let Some(at) = self.wake.take() {
            self.now = self.now.max(at);
            self.says(Event::Tick);
        }
        self
    }

    fn is(&self, work: Work, stage: Stage) {
        assert_eq!((self.delivery.work(), self.delivery.stage()), (work, stage), "{:?}", self.delivery);
    }
}

fn correction(kind: Kind, shape: u64) -> Event {
    Event::Correct {
        form: Box::new(Form { text: "Nước đã rút".into(), ..form(kind, shape, LINK) }),
        notice: None,
    }
}

#[test]
fn every_shape_of_every_service_is_posted_corrected_and_withdrawn() {
    for kind in Kind::ALL {
        for shape in 0..8 {
            let mut story = Story::of(kind, shape);
            story.says(Event::Begin).waits().waits();
            let arrived = if kind == Kind::Viber { Stage::Accepted } else { Stage::Shown };
            story.is(Work::Post, arrived);
            assert_eq!(story.fake.standing_with(LINK), 1, "{kind} {shape}");
            let told = usize::from(kind == Kind::Zalo && shape % 3 != 0);
            assert_eq!(story.fake.told().len(), told, "{kind} {shape}");
            story.says(Event::Begin);
            story.says(correction(kind, shape)).waits();
            story.is(Work::Correct, arrived);
            let notices = usize::from(!kind.edits());
            assert_eq!(story.fake.standing_with("Nước đã rút"), 1, "{kind} {shape}");
            assert_eq!(story.fake.standing_with("Nước lên nhanh"), notices, "{kind} {shape}");
            let notice =
                Form { text: "Bài này đã rút".into(), link: Some(LINK.into()), ..Form::default() };
            story.says(Event::Withdraw { notice: Some(Box::new(notice)) }).waits();
            story.is(Work::Withdraw, arrived.max(if kind.deletes() { Stage::Shown } else { arrived }));
            assert_eq!(story.fake.standing_with(LINK), if kind.deletes() { 0 } else { 3 }, "{kind} {shape}");
            assert_eq!(story.delivery.stands(), if kind.deletes() { Stands::Gone } else { Stands::There });
        }
    }
}

#[test]
fn a_lost_answer_is_unconfirmed_until_a_person_has_looked() {
    for kind in [Kind::Telegram, Kind::Viber] {
        for there in [true, false] {
            let mut story = Story::of(kind, 0);
            let lost = if there { Fault::LostAfter } else { Fault::LostBefore };
            let before = if kind == Kind::Viber { vec![Fault::None, lost] } else { vec![lost] };
            story.fake.script = before.into();
            story.says(Event::Begin);
            story.is(Work::Post, Stage::Unconfirmed);
            assert_eq!((story.delivery.stands(), story.wake), (Stands::Unknown, None));
            assert_eq!(story.delivery.cause().unwrap().what, What::Lost);
            let calls = story.fake.calls();
            story.says(Event::Tick).says(Event::Restarted).says(Event::Begin);
            assert_eq!(story.fake.calls(), calls, "nothing is tried again by itself");
            if there {
                let post = story.fake.standing().next().unwrap().id.clone();
                story.says(Event::There(Some(Place { id: post, url: None })));
                story.is(Work::Post, Stage::Shown);
            } else {
                story.says(Event::Absent);
                story.is(Work::Post, if kind == Kind::Viber { Stage::Accepted } else { Stage::Shown });
            }
            assert_eq!(story.fake.standing_with(LINK), 1);
        }
    }
}

#[test]
fn facebook_is_looked_through_before_anything_is_posted_again() {
    let mut story = Story::of(Kind::Facebook, 0);
    story.fake.script = [Fault::LostAfter].into();
    story.says(Event::Begin);
    story.is(Work::Post, Stage::Sent);
    story.waits();
    story.is(Work::Post, Stage::Shown);
    assert_eq!(story.fake.standing_with(LINK), 1);

    let mut story = Story::of(Kind::Facebook, 0);
    story.fake.script = [Fault::LostBefore].into();
    story.says(Event::Begin);
    for _ in 0..2 {
        story.waits();
        story.is(Work::Post, Stage::Sent);
        assert_eq!(story.fake.standing_with(LINK), 0);
    }
    story.waits();
    story.is(Work::Post, Stage::Shown);
    assert_eq!(story.now.duration_since(begin()), SignedDuration::from_mins(21));
    assert_eq!(story.fake.standing_with(LINK), 1);

    // Without a mark nobody can look.
    let mut story = Story::of(Kind::Facebook, 0);
    story.delivery =
        Delivery::new(Uuid::from_u128(7), Kind::Facebook, Form { text: "Lũ".into(), ..Form::default() });
    story.fake.script = [Fault::LostAfter].into();
    story.says(Event::Begin);
    story.is(Work::Post, Stage::Unconfirmed);
}

#[test]
fn a_process_that_stops_in_the_middle_does_not_post_again() {
    let mut delivery = Delivery::new(Uuid::from_u128(7), Kind::Telegram, form(Kind::Telegram, 0, LINK));
    let settings = Settings::default();
    let actions = delivery.on(Event::Begin, begin(), &settings);
    assert!(matches!(actions[..], [Action::Save, Action::Call { attempt: 1, .. }]), "{actions:?}");
    let mut kept: Delivery = serde_json::from_str(&serde_json::to_string(&delivery).unwrap()).unwrap();
    let actions = kept.on(Event::Restarted, begin(), &settings);
    assert_eq!((kept.stage(), kept.cause().unwrap().what), (Stage::Unconfirmed, What::Stopped));
    assert_eq!(actions, [Action::Save]);
    // What an earlier process was answered comes too late to count.
    let late = Answer::Done { facts: vec![("id".into(), "5".into())], reached: channels::Reached::Shown };
    assert_eq!(kept.on(Event::Answer { attempt: 1, answer: late }, begin(), &settings), []);
}

#[test]
fn a_dead_token_waits_for_new_ones_and_then_goes_on() {
    let mut story = Story::of(Kind::Telegram, 0);
    story.fake.grant();
    story.says(Event::Begin);
    story.is(Work::Post, Stage::Queued);
    assert!(story.delivery.waits_for_keys() && story.renewals == 1);
    story.says(Event::NotRenewed(Cause::new(What::Token, 401)));
    assert_eq!(story.delivery.cause().unwrap().what, What::Token);
    story.says(Event::Renewed);
    story.is(Work::Post, Stage::Shown);
}

#[test]
fn what_failed_says_why_and_is_replayed_by_a_person() {
    let mut story = Story::of(Kind::YouTube, 0);
    story.fake.refuses = true;
    story.says(Event::Begin);
    story.is(Work::Post, Stage::Failed);
    let cause = story.delivery.cause().unwrap();
    assert_eq!((cause.what, cause.code.as_str()), (What::Moderation, "claim"));
    assert!(cause.words().vi.contains("kiểm duyệt") && cause.words().en.contains("[claim]"));
    story.says(Event::Tick).says(Event::Restarted);
    story.is(Work::Post, Stage::Failed);
    story.fake.refuses = false;
    story.says(Event::Replay);
    story.is(Work::Post, Stage::Shown);
}

#[test]
fn what_is_withdrawn_before_it_was_posted_is_never_posted() {
    for kind in Kind::ALL {
        let mut story = Story::of(kind, 0);
        story.says(Event::Withdraw { notice: None }).says(Event::Begin).says(Event::Tick);
        story.is(Work::Withdraw, Stage::Shown);
        assert_eq!((story.fake.calls(), story.delivery.stands()), (0, Stands::Nothing), "{kind}");
    }
}

#[test]
fn a_withdrawal_without_a_notice_fails_where_nothing_can_be_taken_away() {
    let mut story = Story::of(Kind::Viber, 0);
    story.says(Event::Begin).says(Event::Withdraw { notice: None });
    story.is(Work::Withdraw, Stage::Failed);
    assert_eq!(story.delivery.cause().unwrap().what, What::Impossible);
}

#[test]
fn what_is_forgotten_leaves_no_words() {
    let mut story = Story::of(Kind::Telegram, 0);
    story.says(Event::Begin).says(Event::Withdraw { notice: None });
    story.delivery.forget();
    let kept = serde_json::to_string(&story.delivery).unwrap();
    assert!(!kept.contains("Nước") && kept.contains(LINK));
}

/// Whoever keeps deliveries relies on this: a change of it needs a way to read what was kept before.
#[test]
fn its_form_at_rest_is_pinned() {
    let mut story = Story::of(Kind::Telegram, 0);
    story.fake.script = [Fault::Rate].into();
    story.says(Event::Begin);
    let pinned = concat!(
        r#"{"id":"00000000-0000-0000-0000-000000000007","kind":"telegram","form":{"title":"","text":"Nước lên nhanh","#,
        r#""link":"https://xa-b.gov.vn/s/k7","media":[],"reel":false,"notify":false},"notice":null,"work":"post","round":0,"#,
        r#""stage":"queued","stands":"nothing","place":null,"facts":{},"attempt":1,"under_way":null,"doubt":null,"unsure":false,"looks":0,"#,
        r#""repeats":0,"tries":1,"since":"2026-11-26T02:00:00Z","due":"2026-11-26T02:00:30Z","locked":false,"renewed":false,"#,
        r#""cause":{"what":"rate","code":"429"},"wish":null}"#
    );
    assert_eq!(serde_json::to_string(&story.delivery).unwrap(), pinned);
    assert_eq!(serde_json::from_str::<Delivery>(pinned).unwrap(), story.delivery);
    story.waits();
    let pinned = r#""place":{"id":"1001","url":"https://t.me/xa_b/1001"},"facts":{"group":"1001","id":"1001","url":"https://t.me/xa_b/1001"}"#;
    assert!(serde_json::to_string(&story.delivery).unwrap().contains(pinned));
}
