//! What goes over the line, and that no answer does harm.

use channels::{Body, Delivery, Event, Kind, Part, Response, Secrets, Settings, Step, What};
use proptest::prelude::*;
use uuid::Uuid;

use super::world::{account, begin, form, secrets};

const LINK: &str = "https://xa-b.gov.vn/s/k7";

const STEPS: [Step; 13] = [
    Step::Ready,
    Step::Open(0),
    Step::Ask(0),
    Step::Upload(0),
    Step::Draft,
    Step::Verify,
    Step::Publish,
    Step::Announce,
    Step::Attach(1),
    Step::Look,
    Step::See,
    Step::Edit,
    Step::Remove,
];

fn keys() -> Secrets {
    secrets("token-1", "refresh-1")
}

#[test]
fn nothing_of_a_secret_shows_itself() {
    for kind in Kind::ALL {
        for shape in 0..8 {
            let delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, shape, LINK));
            for call in STEPS.iter().filter_map(|step| delivery.call(*step, &account(kind), &keys()).ok()) {
                let shown = format!("{call:?}");
                assert!(!shown.contains("token-1") && shown.ends_with("service.test"), "{shown}");
                assert!(!call.url.reveal().contains("app-secret"));
            }
        }
    }
    let shown = format!("{:?}", keys());
    assert!(
        !shown.contains("token-1") && !shown.contains("app-secret") && !shown.contains("refresh-1"),
        "{shown}"
    );
}

#[test]
fn calls_go_to_the_services_own_hosts() {
    let host = |kind| {
        let delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, 0, LINK));
        let step = match kind {
            Kind::Zalo => Step::Draft,
            Kind::YouTube => Step::Open(0),
            _ => Step::Publish,
        };
        let account = channels::Account { base: None, ..account(kind) };
        delivery.call(step, &account, &keys()).map(|call| call.url.reveal().to_string())
    };
    assert_eq!(host(Kind::Facebook).unwrap(), "https://graph.facebook.com/v26.0/target/feed");
    assert_eq!(host(Kind::Zalo).unwrap(), "https://openapi.zalo.me/v2.0/article/create");
    assert_eq!(host(Kind::Viber).unwrap(), "https://chatapi.viber.com/pa/post");
    assert_eq!(host(Kind::Telegram).unwrap(), "https://api.telegram.org/bottoken-1/sendMessage");
    let youtube = host(Kind::YouTube).unwrap();
    assert_eq!(
        youtube,
        "https://www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&part=snippet%2Cstatus"
    );
    let missing = host(Kind::Sms).unwrap_err();
    assert_eq!((missing.what, missing.code.as_str()), (What::Missing, "base"));
}

#[test]
fn a_message_carries_the_key_by_which_it_is_known_again() {
    let delivery = Delivery::new(Uuid::from_u128(7), Kind::Sms, form(Kind::Sms, 0, LINK));
    let call = delivery.call(Step::Publish, &account(Kind::Sms), &keys()).unwrap();
    let key = call.headers.iter().find(|(name, _)| *name == "idempotency-key").unwrap();
    assert_eq!(key.1.reveal(), "00000000-0000-0000-0000-000000000007-0");
    let Body::Json(body) = call.body else { panic!("no JSON") };
    assert_eq!(body["text"], format!("Nước lên nhanh {LINK}"));
}

#[test]
fn pictures_go_by_their_hash_and_beside_their_words() {
    let delivery = Delivery::new(Uuid::from_u128(7), Kind::Telegram, form(Kind::Telegram, 2, LINK));
    let call = delivery.call(Step::Publish, &account(Kind::Telegram), &keys()).unwrap();
    let Body::Multipart(parts) = call.body else { panic!("no parts") };
    let files =
        parts.iter().filter(|part| matches!(part, Part::Medium { hash, .. } if *hash == "ab".repeat(32)));
    assert_eq!(files.count(), 2);
}

#[test]
fn an_upload_is_sent_nowhere_else() {
    for (kind, shape) in [(Kind::YouTube, 0), (Kind::Facebook, 7)] {
        let delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, shape, LINK));
        for address in [
            "http://169.254.169.254/",
            "https://evil.example/",
            "https://googleapis.com.evil.example/x",
            "file:///etc",
        ] {
            let answer = Response {
                status: 200,
                headers: vec![("location".into(), address.into())],
                body: serde_json::json!({"video_id": "1", "upload_url": address}).to_string().into_bytes(),
            };
            let account = channels::Account { base: None, ..account(kind) };
            let read = delivery.read(Step::Open(0), &account, &answer, begin());
            assert!(matches!(read, channels::Answer::Doubt { .. }), "{kind} {address} {read:?}");
        }
    }
}

/// A JSON value of the words that services use, so that readers are met where they look.
fn answers() -> impl Strategy<Value = serde_json::Value> {
    let word = prop::sample::select(vec![
        "id",
        "ok",
        "error",
        "error_code",
        "code",
        "data",
        "result",
        "status",
        "message_id",
        "message_token",
        "token",
        "description",
        "success",
        "items",
        "video_status",
        "publishing_phase",
        "uploadStatus",
        "parameters",
        "retry_after",
        "errors",
        "reason",
        "h",
        "show",
        "processed",
        "ready",
        "complete",
        "delivered",
        "access_token",
        "expires_in",
        "permalink_url",
        "paging",
        "next",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        (-300i64..700).prop_map(serde_json::Value::from),
        any::<u64>().prop_map(serde_json::Value::from),
        word.clone().prop_map(serde_json::Value::from),
        "\\PC{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map(word.clone().prop_map(String::from), inner, 0..6)
                .prop_map(serde_json::Value::from_iter),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn no_answer_panics_or_grows(
        kind in 0usize..6, shape in 0u64..8, step in 0usize..13,
        status in prop_oneof![Just(200u16), any::<u16>()],
        body in prop_oneof![answers().prop_map(|json| json.to_string().into_bytes()), prop::collection::vec(any::<u8>(), 0..200)],
        header in "\\PC{0,40}",
    ) {
        let kind = Kind::ALL[kind];
        let account = account(kind);
        let mut delivery = Delivery::new(Uuid::from_u128(7), kind, form(kind, shape, LINK));
        let headers = ["retry-after", "location", "range"].map(|name| (name.to_string(), header.clone())).to_vec();
        let response = Response { status, headers, body };
        let answer = delivery.read(STEPS[step], &account, &response, begin());
        let told = serde_json::to_string(&answer).unwrap();
        prop_assert!(told.len() < 30_000);
        // Whatever it says, the machine takes it, once.
        let settings = Settings::default();
        delivery.on(Event::Begin, begin(), &settings);
        delivery.on(Event::Answer { attempt: 1, answer: answer.clone() }, begin(), &settings);
        delivery.on(Event::Answer { attempt: 1, answer }, begin(), &settings);
        for ask in [channels::keys::Ask::Renew, channels::keys::Ask::Prove] {
            let _ = channels::Keys::new(keys()).read(ask, &account, &response, begin());
        }
        let _ = channels::webhook::reports(&account, &keys(), &response, begin());
    }
}
