//! As the Official Account API answers: errors inside HTTP 200.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Draft, Fake, Request, later, reply};
use crate::call::Response;

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    let no = |error: i64, message: &str| reply(200, &json!({"error": error, "message": message}));
    let yes = |data: Value| reply(200, &json!({"error": 0, "message": "Success", "data": data}));
    if request.path == "/v4/oa/access_token" {
        return renew(fake, request);
    }
    if !fake.admits(request.header("access_token")) {
        return no(-216, "access_token is invalid");
    }
    let json = request.json();
    let id = json["id"].as_str().unwrap_or_default().to_string();
    match request.path.as_str() {
        "/v2.0/oa/getoa" => yes(json!({"name": "UBND xã B"})),
        "/v2.0/article/create" => {
            let (title, description) = (length(&json["title"]), length(&json["description"]));
            if !(1..=150).contains(&title)
                || !(1..=300).contains(&description)
                || !json["cover"]["photo_url"].is_string()
            {
                return no(-201, "params is invalid");
            }
            let token = format!("creation-{}", fake.name());
            let ready = Some(later(now, fake.works));
            fake.drafts.insert(token.clone(), Draft { ready, body: json, ..Draft::default() });
            yes(json!({"token": token}))
        }
        "/v2.0/article/verify" => {
            let token = json["token"].as_str().unwrap_or_default();
            let Some(draft) = fake.drafts.get(token).cloned() else { return no(-201, "token is invalid") };
            if draft.ready.is_some_and(|ready| ready > now) {
                return yes(json!({}));
            }
            if let Some(id) = draft.of {
                return yes(json!({"id": id}));
            }
            let id = format!("article-{}", fake.name());
            if let Some(kept) = fake.drafts.get_mut(token) {
                kept.of = Some(id.clone());
            }
            fake.post(id.clone(), "", "", false, 0, now);
            write(fake, &id, &draft.body);
            yes(json!({"id": id}))
        }
        "/v2.0/article/update" => {
            if fake.find(&id).is_none() {
                return no(-213, "article does not exist");
            }
            write(fake, &id, &json);
            yes(json!({"token": "update"}))
        }
        "/v2.0/article/remove" => match fake.find(&id) {
            None => no(-213, "article does not exist"),
            Some(post) => {
                post.gone = true;
                yes(json!({}))
            }
        },
        "/v2.0/article/getdetail" => {
            let id = request.query.get("id").cloned().unwrap_or_default();
            match fake.find(&id) {
                None => no(-213, "article does not exist"),
                Some(post) => {
                    let status = if post.public { "show" } else { "hide" };
                    yes(
                        json!({"id": id, "status": status, "link_view": format!("https://rd.zapps.vn/detail/{id}")}),
                    )
                }
            }
        }
        "/v2.0/oa/message" => {
            let id = &json["message"]["attachment"]["payload"]["elements"][0]["attachment_id"];
            let id = id.as_str().unwrap_or_default().to_string();
            if fake.refuses {
                return no(-211, "out of quota");
            }
            if fake.find(&id).is_none() {
                return no(-201, "attachment_id is invalid");
            }
            fake.told.push(id);
            let message = fake.name();
            yes(json!({"message_id": message}))
        }
        _ => no(-201, "unknown path"),
    }
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn write(fake: &mut Fake, id: &str, json: &Value) {
    let Some(post) = fake.find(id) else { return };
    post.title = json["title"].as_str().unwrap_or_default().into();
    let pieces = json["body"].as_array().into_iter().flatten().filter_map(|piece| piece["content"].as_str());
    post.text = pieces.collect::<Vec<_>>().join("\n");
    post.public = json["status"] == "show";
}

/// A refresh token works once: the answer holds the next one.
fn renew(fake: &mut Fake, request: &Request) -> Response {
    let fields = request.fields();
    let known = request.header("secret_key") == Some("app-secret")
        && fields.get("refresh_token") == Some(&fake.refresh_token());
    if !known {
        return reply(200, &json!({"error": -14014, "error_name": "Invalid refresh token"}));
    }
    fake.grant();
    reply(
        200,
        &json!({"access_token": fake.token(), "refresh_token": fake.refresh_token(), "expires_in": "90000"}),
    )
}
