//! Zalo: an Official Account. An article is created unseen, verified, shown, and then told to followers.
//!
//! An article that is created twice is one that nobody sees; only what is told to followers is never repeated, and cannot be looked for.
//! Errors come inside HTTP 200.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers::{self, by_status, done, doubt, later, locked, refused, unreadable};
use super::{base, need, query, simple, standing, unknown};
use crate::account::Account;
use crate::answer::{Answer, Cause, Reached, What};
use crate::call::{Body, Call, Method, Response};
use crate::delivery::{Delivery, Step};
use crate::form::Form;
use crate::secrets::{Secret, Secrets};

const HOST: &str = "https://openapi.zalo.me";

/// How long until it is asked again whether an article is ready, in milliseconds.
const ASK_AGAIN: u64 = 30_000;

pub(super) fn next(delivery: &Delivery) -> Option<Step> {
    let known = |name| delivery.fact(name).is_some();
    if known("posted") {
        return None;
    }
    match (known("id"), known("token")) {
        (false, false) => Some(Step::Draft),
        (false, true) => Some(Step::Verify),
        _ if !known("published") => Some(Step::Publish),
        _ => (delivery.written().notify && !known("message")).then_some(Step::Announce),
    }
}

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    need(Some(secrets.tokens.access.reveal()), "access")?;
    let form = delivery.written();
    let (path, body) = match step {
        Step::Draft => ("/v2.0/article/create", article(form, account, "hide")?),
        Step::Verify => ("/v2.0/article/verify", json!({"token": need(delivery.fact("token"), "token")?})),
        Step::Publish | Step::Edit => {
            let mut body = article(form, account, "show")?;
            body["id"] = standing(delivery)?.into();
            ("/v2.0/article/update", body)
        }
        Step::Announce => ("/v2.0/oa/message", announcement(standing(delivery)?)),
        Step::Remove => ("/v2.0/article/remove", json!({"id": standing(delivery)?})),
        Step::See => {
            let url = query(
                &format!("{}/v2.0/article/getdetail", base(account, HOST)),
                &[("id", standing(delivery)?)],
            );
            return Ok(simple(Method::Get, url, headers(secrets), Body::Empty));
        }
        _ => return Err(unknown()),
    };
    Ok(simple(Method::Post, format!("{}{path}", base(account, HOST)), headers(secrets), Body::Json(body)))
}

fn headers(secrets: &Secrets) -> Vec<(&'static str, Secret)> {
    vec![("access_token", secrets.tokens.access.clone())]
}

/// An article: its first picture is the cover, which Zalo demands; the others stand below the words; the link ends it.
fn article(form: &Form, account: &Account, status: &str) -> Result<Value, Cause> {
    let mut pictures = form.pictures();
    let cover = pictures.next().ok_or_else(|| Cause::new(What::Missing, "cover"))?;
    let mut body: Vec<Value> = vec![json!({"type": "text", "content": html(&form.text)})];
    for picture in pictures {
        let url = need(picture.url.as_deref(), "url")?;
        body.push(json!({"type": "image", "url": url, "caption": picture.alt}));
    }
    if let Some(link) = &form.link {
        let link = html(link);
        body.push(json!({"type": "text", "content": format!("<a href=\"{link}\">{link}</a>")}));
    }
    Ok(json!({
        "type": "normal",
        "title": form.title,
        "author": account.name.chars().take(50).collect::<String>(),
        "cover": {"cover_type": "photo", "photo_url": need(cover.url.as_deref(), "url")?, "status": "show"},
        "description": form.text,
        "body": body,
        "status": status,
        "comment": "hide",
    }))
}

/// To every follower: no target is named.
fn announcement(id: &str) -> Value {
    json!({
        "recipient": {"target": {}},
        "message": {"attachment": {"type": "template", "payload": {
            "template_type": "media",
            "elements": [{"media_type": "article", "attachment_id": id}],
        }}},
    })
}

fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    escaped.replace('\n', "<br>")
}

pub(super) fn read(step: Step, response: &Response, now: Timestamp) -> Answer {
    if let Some(answer) = by_status(response, now) {
        return answer;
    }
    let Some(body) = answers::json(response) else { return unreadable(response) };
    let Some(error) = body["error"].as_i64() else { return unreadable(response) };
    if error != 0 {
        return failure(step, error);
    }
    let data = &body["data"];
    match step {
        Step::Draft => match answers::id(&data["token"]) {
            Some(token) => done(&[("token", token)], Reached::Nothing),
            None => doubt(What::Unreadable, "token"),
        },
        Step::Verify => match answers::id(&data["id"]) {
            Some(id) => done(&[("id", id)], Reached::Nothing),
            None => Answer::Pending { after: ASK_AGAIN },
        },
        Step::Publish => done(&[("published", "1".into())], Reached::Accepted),
        Step::Announce => {
            let id = answers::id(&data["message_id"]).unwrap_or_else(|| "1".into());
            done(&[("message", id)], Reached::Accepted)
        }
        Step::See => match data["status"].as_str() {
            Some("show") => {
                let mut facts = vec![("seen", "1".to_string())];
                facts.extend(answers::address(&data["link_view"]).map(|url| ("url", url)));
                done(&facts, Reached::Shown)
            }
            _ => Answer::Pending { after: 2 * ASK_AGAIN },
        },
        Step::Edit => done(&[("edited", "1".into())], Reached::Accepted),
        Step::Remove => done(&[("removed", "1".into())], Reached::Shown),
        _ => doubt(What::Unreadable, "step"),
    }
}

/// Zalo's own numbers.
fn failure(step: Step, error: i64) -> Answer {
    let known = matches!(step, Step::See | Step::Edit | Step::Remove);
    match error {
        -216 | -220 | -124 => locked(error),
        -32 => later(Some(15 * 60_000), What::Rate, error),
        -211 | -218 | -144 => refused(What::Quota, error),
        -204 | -205 => refused(What::Account, error),
        -206 | -209 | -212 | -221 | -223 | -224 => refused(What::Permission, error),
        -203 | -227 | -233 => refused(What::Moderation, error),
        -213 | -1001 if known => Answer::Gone,
        // Whether an article is ready can be asked again.
        _ if step == Step::Verify => later(Some(ASK_AGAIN), What::Other, error),
        -201 | -210 => refused(What::Form, error),
        _ => refused(What::Other, error),
    }
}
