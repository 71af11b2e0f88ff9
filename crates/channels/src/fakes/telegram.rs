//! As the Bot API answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fake, Request, reply};
use crate::call::Response;

fn no(code: u16, description: &str) -> Response {
    reply(code, &json!({"ok": false, "error_code": code, "description": description}))
}

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    let Some((token, method)) = request.path.strip_prefix("/bot").and_then(|path| path.split_once('/'))
    else {
        return no(404, "Not Found");
    };
    if !fake.admits(Some(token)) {
        return no(401, "Unauthorized");
    }
    let json = request.json();
    let fields = if json.is_object() { Default::default() } else { request.fields() };
    let say = |name: &str| {
        json[name].as_str().map(String::from).or_else(|| fields.get(name).cloned()).unwrap_or_default()
    };
    let id = |name: &str| json[name].as_i64().map(|id| id.to_string()).unwrap_or_default();
    match method {
        "getChat" => reply(200, &json!({"ok": true, "result": {"type": "channel"}})),
        "sendMessage" | "sendPhoto" | "sendVideo" => {
            let text = if method == "sendMessage" { say("text") } else { say("caption") };
            if text.is_empty() && method == "sendMessage" {
                return no(400, "Bad Request: message text is empty");
            }
            if text.encode_utf16().count() > if method == "sendMessage" { 4096 } else { 1024 } {
                return no(400, "Bad Request: message is too long");
            }
            let id = fake.name();
            fake.post(id.clone(), "", &text, true, usize::from(method != "sendMessage"), now);
            reply(200, &json!({"ok": true, "result": message(&id)}))
        }
        "sendMediaGroup" => {
            let list: Vec<Value> = serde_json::from_str(&say("media")).unwrap_or_default();
            if !(2..=10).contains(&list.len()) {
                return no(400, "Bad Request: wrong number of media");
            }
            let text = list[0]["caption"].as_str().unwrap_or_default().to_string();
            let ids: Vec<String> = list.iter().map(|_| fake.name()).collect();
            fake.post(ids[0].clone(), "", &text, true, list.len(), now);
            let messages: Vec<Value> = ids.iter().map(|id| message(id)).collect();
            reply(200, &json!({"ok": true, "result": messages}))
        }
        "editMessageText" | "editMessageCaption" => {
            let text = if method == "editMessageText" { say("text") } else { say("caption") };
            match fake.find(&id("message_id")) {
                None => no(400, "Bad Request: message to edit not found"),
                Some(post) if post.text == text => no(400, "Bad Request: message is not modified"),
                Some(post) => {
                    post.text = text;
                    reply(200, &json!({"ok": true, "result": message(&post.id)}))
                }
            }
        }
        "deleteMessage" => match fake.find(&id("message_id")) {
            None => no(400, "Bad Request: message to delete not found"),
            Some(post) => {
                post.gone = true;
                reply(200, &json!({"ok": true, "result": true}))
            }
        },
        "deleteMessages" => {
            for id in json["message_ids"].as_array().into_iter().flatten() {
                if let Some(post) = fake.find(&id.to_string()) {
                    post.gone = true;
                }
            }
            reply(200, &json!({"ok": true, "result": true}))
        }
        _ => no(404, "Not Found"),
    }
}

fn message(id: &str) -> Value {
    let id: i64 = id.parse().unwrap_or_default();
    json!({"message_id": id, "chat": {"id": -100, "type": "channel", "username": "xa_b"}})
}
