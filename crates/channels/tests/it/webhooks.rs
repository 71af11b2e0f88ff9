//! Reports of services: theirs, or nobody's.

use channels::webhook::{MOST_BYTES, Refusal, reports, zalo_mac};
use channels::{Kind, News, Response};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::world::{account, begin, secrets};

fn sent(header: &str, value: &str, body: &str) -> Response {
    Response { status: 0, headers: vec![(header.into(), value.into())], body: body.as_bytes().to_vec() }
}

#[test]
fn zalo_signs_by_its_app_the_body_the_time_and_the_secret() {
    let keys = secrets("token-1", "refresh-1");
    let body = format!(
        r#"{{"app_id":"app","event_name":"user_received_message","timestamp":"{}","message":{{"msg_ids":["m1","m2"]}}}}"#,
        begin().as_millisecond()
    );
    let time = begin().as_millisecond().to_string();
    let due = hex::encode(Sha256::digest(format!("app{body}{time}hook-secret")));
    assert_eq!(zalo_mac("app", body.as_bytes(), &time, "hook-secret"), due);
    let good = sent("x-zevent-signature", &format!("mac={due}"), &body);
    let read = reports(&account(Kind::Zalo), &keys, &good, begin()).unwrap();
    assert_eq!(read.iter().map(|report| report.id.as_deref().unwrap()).collect::<Vec<_>>(), ["m1", "m2"]);
    let late = begin() + SignedDuration::from_hours(24 * 4);
    assert_eq!(reports(&account(Kind::Zalo), &keys, &good, late), Err(Refusal::Old));
    let other = sent("x-zevent-signature", &format!("mac={due}"), &body.replace("m1", "m9"));
    assert_eq!(reports(&account(Kind::Zalo), &keys, &other, begin()), Err(Refusal::Signature));
}

#[test]
fn nothing_is_believed_without_a_signature() {
    let keys = secrets("token-1", "refresh-1");
    for kind in Kind::ALL {
        let bare = Response {
            body: br#"{"timestamp":"1","event":"delivered","message_token":1}"#.to_vec(),
            ..Response::default()
        };
        assert_eq!(reports(&account(kind), &keys, &bare, begin()), Err(Refusal::Signature), "{kind}");
        let long = Response { body: vec![b' '; MOST_BYTES + 1], ..Response::default() };
        assert_eq!(reports(&account(kind), &keys, &long, begin()), Err(Refusal::TooLong), "{kind}");
    }
    let mut none = secrets("token-1", "refresh-1");
    none.webhook = None;
    let empty = sent("x-telegram-bot-api-secret-token", "", "{}");
    assert_eq!(reports(&account(Kind::Telegram), &none, &empty, begin()), Err(Refusal::NoSecret));
    let right = sent("x-telegram-bot-api-secret-token", "hook-secret", "{}");
    assert_eq!(reports(&account(Kind::Telegram), &keys, &right, begin()), Ok(vec![]));
}

#[test]
fn viber_signs_by_the_token() {
    let keys = secrets("token-1", "refresh-1");
    // HMAC-SHA256 of the body by `token-1`, computed by OpenSSL.
    let body = r#"{"event":"delivered","message_token":42}"#;
    let signature = "0a09a9f663fe3c608593888027bef40c54f0797101b63a38a1be886f2e09cd29";
    let read =
        reports(&account(Kind::Viber), &keys, &sent("x-viber-content-signature", signature, body), begin())
            .unwrap();
    assert_eq!((read[0].id.as_deref(), &read[0].news), (Some("42"), &News::Shown));
}
