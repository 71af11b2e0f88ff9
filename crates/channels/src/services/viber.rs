//! Viber: a channel (Channels Post API). Nothing that stands there can be changed, taken away or looked for, and nothing is posted before a
//! webhook is set.

use jiff::Timestamp;
use serde_json::json;

use super::answers::{self, by_status, done, doubt, later, locked, refused, unreadable};
use super::{base, need, posted, simple, unknown};
use crate::account::Account;
use crate::answer::{Answer, Cause, Reached, What};
use crate::call::{Body, Call, Method, Response};
use crate::delivery::{Delivery, Step};
use crate::kind::Kind;
use crate::secrets::Secrets;

const HOST: &str = "https://chatapi.viber.com";

pub(super) fn next(delivery: &Delivery) -> Option<Step> {
    let post = posted(delivery)?;
    Some(if delivery.fact("ready").is_some() { post } else { Step::Ready })
}

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    need(Some(secrets.tokens.access.reveal()), "access")?;
    let headers = vec![("x-viber-auth-token", secrets.tokens.access.clone())];
    let (path, body) = match step {
        Step::Ready => {
            let address = account.webhook.as_deref().filter(|address| !address.is_empty());
            ("/pa/set_webhook", json!({"url": address.ok_or_else(|| Cause::new(What::Webhook, ""))?}))
        }
        Step::Publish => ("/pa/post", post(delivery, account)?),
        _ => return Err(unknown()),
    };
    Ok(simple(Method::Post, format!("{}{path}", base(account, HOST)), headers, Body::Json(body)))
}

fn post(delivery: &Delivery, account: &Account) -> Result<serde_json::Value, Cause> {
    let form = delivery.written();
    let from = need(Some(&account.sender), "sender")?;
    let text = form.wire(Kind::Viber);
    if let Some(clip) = form.clip() {
        let mut body = json!({"from": from, "type": "video", "text": text, "size": clip.bytes,
            "media": need(clip.url.as_deref(), "url")?});
        if let Some(millis) = clip.millis {
            body["duration"] = millis.div_ceil(1_000).into();
        }
        return Ok(body);
    }
    if let Some(picture) = form.pictures().next() {
        let media = need(picture.url.as_deref(), "url")?;
        return Ok(json!({"from": from, "type": "picture", "text": text, "media": media}));
    }
    Ok(json!({"from": from, "type": "text", "text": text}))
}

pub(super) fn read(step: Step, account: &Account, response: &Response, now: Timestamp) -> Answer {
    if let Some(answer) = by_status(response, now) {
        return answer;
    }
    let Some(body) = answers::json(response) else { return unreadable(response) };
    let Some(status) = body["status"].as_i64() else { return unreadable(response) };
    match status {
        0 if step == Step::Ready => {
            done(&[("ready", account.webhook.clone().unwrap_or_default())], Reached::Nothing)
        }
        // A success without the token of the message cannot be named later, but it is one.
        0 => match answers::id(&body["message_token"]) {
            Some(id) => done(&[("id", id)], Reached::Accepted),
            None => done(&[("posted", "1".into())], Reached::Accepted),
        },
        1 | 10 => refused(What::Webhook, status),
        2 => locked(status),
        3 | 4 | 13 | 14 => refused(What::Form, status),
        7 | 8 | 9 => refused(What::Account, status),
        12 => later(None, What::Rate, status),
        5 | 6 | 11 | 15 => refused(What::Permission, status),
        // A general error: the documentation does not say that nothing was posted.
        _ => doubt(What::Service, status),
    }
}
