//! Telegram: a bot that posts in a channel (Bot API). What was lost cannot be looked for: a bot is not told what it has posted itself.

use serde_json::{Value, json};

use super::answers::{self, done, doubt, later, locked, refused, unreadable};
use super::{base, need, simple, standing, unknown};
use crate::account::Account;
use crate::answer::{Answer, Cause, Reached, What};
use crate::call::{Body, Call, Method, Part, Response};
use crate::delivery::{Delivery, Step};
use crate::form::{Form, Role};
use crate::kind::Kind;
use crate::secrets::{Secret, Secrets};

const HOST: &str = "https://api.telegram.org";

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    let token = need(Some(secrets.tokens.access.reveal()), "access")?;
    let chat = need(Some(&account.target), "target")?;
    let form = delivery.written();
    let (method, body) = match step {
        Step::Publish => post(form, chat),
        Step::Edit => edit(form, chat, number(delivery)?),
        Step::Remove => remove(delivery, chat)?,
        _ => return Err(unknown()),
    };
    let url = format!("{}/bot{token}/{method}", base(account, HOST));
    Ok(simple(Method::Post, url, Vec::new(), body))
}

fn number(delivery: &Delivery) -> Result<i64, Cause> {
    standing(delivery)?.parse().map_err(|_| Cause::new(What::Missing, "id"))
}

fn post(form: &Form, chat: &str) -> (&'static str, Body) {
    let text = form.wire(Kind::Telegram);
    let shown: Vec<_> =
        form.media.iter().filter(|medium| matches!(medium.role, Role::Picture | Role::Clip)).collect();
    let field = |name: &str, value: String| Part::Text { name: name.into(), value: Secret::new(value) };
    let file = |name: &str, medium: &crate::form::Media| Part::Medium {
        name: name.into(),
        file: format!("{}.{}", name, medium.media_type.rsplit('/').next().unwrap_or("bin")),
        hash: medium.hash.clone(),
        media_type: medium.media_type.clone(),
    };
    let mut parts =
        vec![field("chat_id", chat.into()), field("disable_notification", (!form.notify).to_string())];
    match shown.as_slice() {
        [] => {
            let body = json!({"chat_id": chat, "text": text, "disable_notification": !form.notify});
            ("sendMessage", Body::Json(body))
        }
        [picture] if picture.role == Role::Picture => {
            parts.extend([field("caption", text), file("photo", picture)]);
            ("sendPhoto", Body::Multipart(parts))
        }
        [clip] => {
            parts.extend([field("caption", text), field("supports_streaming", "true".into())]);
            parts.extend(clip.millis.map(|millis| field("duration", millis.div_ceil(1_000).to_string())));
            if let Some((width, height)) = clip.pixels {
                parts.extend([field("width", width.to_string()), field("height", height.to_string())]);
            }
            parts.push(file("video", clip));
            parts.extend(form.of(Role::Poster).next().map(|poster| file("thumbnail", poster)));
            ("sendVideo", Body::Multipart(parts))
        }
        many => {
            let item = |(at, medium): (usize, &&crate::form::Media)| {
                let kind = if medium.role == Role::Clip { "video" } else { "photo" };
                let mut item = json!({"type": kind, "media": format!("attach://m{at}")});
                if at == 0 {
                    item["caption"] = Value::from(text.clone());
                }
                item
            };
            let list: Vec<Value> = many.iter().enumerate().map(item).collect();
            parts.push(field("media", Value::from(list).to_string()));
            parts.extend(many.iter().enumerate().map(|(at, medium)| file(&format!("m{at}"), medium)));
            ("sendMediaGroup", Body::Multipart(parts))
        }
    }
}

/// The words of what stands there; its pictures stay.
fn edit(form: &Form, chat: &str, id: i64) -> (&'static str, Body) {
    let text = form.wire(Kind::Telegram);
    let (method, name) =
        if form.media.is_empty() { ("editMessageText", "text") } else { ("editMessageCaption", "caption") };
    (method, Body::Json(json!({"chat_id": chat, "message_id": id, name: text})))
}

fn remove(delivery: &Delivery, chat: &str) -> Result<(&'static str, Body), Cause> {
    let group: Vec<i64> = delivery
        .fact("group")
        .into_iter()
        .flat_map(|ids| ids.split(' '))
        .filter_map(|id| id.parse().ok())
        .collect();
    Ok(if group.len() > 1 {
        ("deleteMessages", Body::Json(json!({"chat_id": chat, "message_ids": group})))
    } else {
        ("deleteMessage", Body::Json(json!({"chat_id": chat, "message_id": number(delivery)?})))
    })
}

pub(super) fn read(step: Step, account: &Account, response: &Response) -> Answer {
    let Some(body) = answers::json(response) else {
        return unreadable(response);
    };
    if body["ok"] == true {
        return success(step, account, &body["result"]);
    }
    let code = body["error_code"].as_i64().unwrap_or(i64::from(response.status));
    let said = body["description"].as_str().unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match code {
        // 404 is what the Bot API says to a token that is none.
        401 | 404 => locked(code),
        429 => {
            let wait = body["parameters"]["retry_after"].as_u64();
            later(wait.map(|seconds| seconds.saturating_mul(1_000).min(86_400_000)), What::Rate, code)
        }
        403 => refused(What::Permission, code),
        413 => refused(What::Medium, code),
        400 if has(&["message is not modified"]) => done(&[("edited", "1".into())], Reached::Shown),
        400 if has(&["message to edit not found", "message to delete not found", "message_id_invalid"]) => {
            Answer::Gone
        }
        400 if has(&["can't be deleted", "can't be edited"]) => refused(What::Impossible, code),
        400 if has(&["chat not found", "upgraded to a supergroup"]) => refused(What::Account, code),
        400 if has(&["not enough rights", "have no rights", "need administrator"]) => {
            refused(What::Permission, code)
        }
        400 if has(&["too long", "text is empty", "caption"]) => refused(What::Form, code),
        400 if has(&["photo", "file", "media", "image", "video"]) => refused(What::Medium, code),
        400..=499 => refused(What::Other, code),
        _ => doubt(What::Service, code),
    }
}

fn success(step: Step, account: &Account, result: &Value) -> Answer {
    match step {
        Step::Edit => done(&[("edited", "1".into())], Reached::Shown),
        Step::Remove => done(&[("removed", "1".into())], Reached::Shown),
        _ => {
            let group = result.as_array().map(Vec::as_slice).unwrap_or(std::slice::from_ref(result));
            let ids: Vec<String> =
                group.iter().take(20).filter_map(|one| answers::id(&one["message_id"])).collect();
            let Some(first) = ids.first() else { return doubt(What::Unreadable, "message_id") };
            let mut facts = vec![("id", first.clone()), ("group", ids.join(" "))];
            facts.extend(place(account, &group[0]["chat"], first).map(|url| ("url", url)));
            // The answer is the message as it stands in the channel.
            done(&facts, Reached::Shown)
        }
    }
}

/// The public address of a message.
fn place(account: &Account, chat: &Value, id: &str) -> Option<String> {
    let name = chat["username"].as_str().or_else(|| account.target.strip_prefix('@'))?;
    let plain = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then(|| format!("https://t.me/{name}/{id}"))
}
