//! SMS through a gateway that speaks the small contract of `docs/channels.md`: `POST /messages` with a key by which a repeated message is known
//! again (`Idempotency-Key`), `GET /messages/{id}`. Who receives is a group that the gateway keeps: no telephone number is here.

use jiff::Timestamp;
use serde_json::json;

use super::answers::{self, by_status, done, doubt, later, locked, refused, retry_after, unreadable};
use super::{need, piece, simple, unknown};
use crate::account::Account;
use crate::answer::{Answer, Cause, Reached, What};
use crate::call::{Body, Call, Method, Response};
use crate::delivery::{Delivery, Step};
use crate::kind::Kind;
use crate::secrets::{Secret, Secrets};

/// How long until the gateway is asked again what has become of a message.
const ASK_AGAIN: u64 = 60_000;

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    let base = need(account.base.as_deref(), "base")?.trim_end_matches('/');
    let token = need(Some(secrets.tokens.access.reveal()), "access")?;
    let mut headers = vec![("authorization", Secret::new(format!("Bearer {token}")))];
    match step {
        Step::Publish => {
            let reference = delivery.reference();
            headers.push(("idempotency-key", Secret::new(reference.clone())));
            let body = json!({
                "from": need(Some(&account.sender), "sender")?,
                "to": need(Some(&account.target), "target")?,
                "text": delivery.written().wire(Kind::Sms),
                "reference": reference,
            });
            Ok(simple(Method::Post, format!("{base}/messages"), headers, Body::Json(body)))
        }
        Step::See => {
            let id = piece(need(delivery.fact("id"), "id")?);
            Ok(simple(Method::Get, format!("{base}/messages/{id}"), headers, Body::Empty))
        }
        _ => Err(unknown()),
    }
}

pub(super) fn read(step: Step, response: &Response, now: Timestamp) -> Answer {
    if let Some(answer) = by_status(response, now) {
        return answer;
    }
    match response.status {
        200..=202 => {}
        401 => return locked(401),
        402 => return refused(What::Quota, 402),
        404 if step == Step::See => return Answer::Gone,
        // The first message with this key is still being worked at.
        409 => return later(retry_after(response, now), What::Service, 409),
        400 | 422 => return refused(What::Form, response.status),
        _ => return unreadable(response),
    }
    let Some(body) = answers::json(response) else { return unreadable(response) };
    let Some(id) = answers::id(&body["id"]) else { return doubt(What::Unreadable, "id") };
    match body["status"].as_str() {
        Some("delivered") => done(&[("id", id), ("seen", "1".into())], Reached::Shown),
        Some("failed") => refused(What::Other, body["error"].as_str().unwrap_or("failed")),
        Some(_) if step == Step::See => Answer::Pending { after: ASK_AGAIN },
        _ => done(&[("id", id)], Reached::Accepted),
    }
}
