//! As the Channels Post API answers.

use jiff::Timestamp;
use serde_json::json;

use super::{Fake, Request, reply};
use crate::call::Response;

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    let no = |status: i64, word: &str| reply(200, &json!({"status": status, "status_message": word}));
    if !fake.admits(request.header("x-viber-auth-token")) {
        return no(2, "invalidAuthToken");
    }
    let json = request.json();
    match request.path.as_str() {
        "/pa/get_account_info" => no(0, "ok"),
        "/pa/set_webhook" => {
            let url = json["url"].as_str().unwrap_or_default();
            if !url.starts_with("https://") {
                return no(1, "invalidUrl");
            }
            fake.hooked = Some(url.into());
            no(0, "ok")
        }
        "/pa/post" => {
            if fake.hooked.is_none() {
                return no(10, "webhookNotSet");
            }
            let text = json["text"].as_str().unwrap_or_default();
            let picture = json["type"] == "picture";
            let whole = json["from"].is_string() && (json["type"] == "text" || json["media"].is_string());
            if !whole || text.chars().count() > if picture { 768 } else { 7_000 } {
                return no(3, "badData");
            }
            let id = fake.name();
            fake.post(id.clone(), "", text, true, usize::from(json["media"].is_string()), now);
            let token: u64 = id.parse().unwrap_or_default();
            reply(200, &json!({"status": 0, "status_message": "ok", "message_token": token}))
        }
        _ => no(99, "unknown"),
    }
}
