//! As the Data API and its resumable uploads answer.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Draft, Fake, Request, reply, status};
use crate::call::Response;

fn no(code: u16, reason: &str) -> Response {
    reply(code, &json!({"error": {"code": code, "errors": [{"reason": reason}]}}))
}

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    if request.path == "/token" {
        return renew(fake, request);
    }
    let token = request.header("authorization").and_then(|line| line.strip_prefix("Bearer "));
    if !fake.admits(token) {
        return no(401, "authError");
    }
    let id = request.query.get("id").cloned().unwrap_or_default();
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/youtube/v3/channels") => reply(200, &json!({"items": [{"id": "target"}]})),
        ("POST", "/upload/youtube/v3/videos") => {
            let body = request.json();
            let title = body["snippet"]["title"].as_str().unwrap_or_default();
            if title.is_empty() || title.chars().count() > 100 {
                return no(400, "invalidTitle");
            }
            let total = request
                .header("x-upload-content-length")
                .and_then(|size| size.parse().ok())
                .unwrap_or_default();
            let name = fake.name();
            fake.drafts.insert(name.clone(), Draft { total, body, ..Draft::default() });
            let location = format!("{}/upload/session/{name}", fake.base);
            Response { headers: vec![("location".into(), location)], ..status(200) }
        }
        ("PUT", path) if path.starts_with("/upload/session/") => put(fake, request, now),
        ("POST", "/upload/youtube/v3/thumbnails/set") => reply(200, &json!({"items": []})),
        ("POST", "/upload/youtube/v3/captions") => {
            let mark = format!("captions of {}", String::from_utf8_lossy(&request.body));
            if fake.keys.insert(mark, status(200)).is_some() {
                return no(409, "captionExists");
            }
            reply(200, &json!({"id": "captions"}))
        }
        ("PUT", "/youtube/v3/videos") => {
            let body = request.json();
            let id = body["id"].as_str().unwrap_or_default().to_string();
            if fake.find(&id).is_none() {
                return no(404, "videoNotFound");
            }
            write(fake, &id, &body);
            reply(200, &json!({"id": id}))
        }
        ("GET", "/youtube/v3/videos") => {
            let (refuses, views) = (fake.refuses, fake.seen.0);
            let Some(post) = fake.find(&id) else { return reply(200, &json!({"items": []})) };
            if request.query.get("part").is_some_and(|part| part == "statistics") {
                let views = views.to_string();
                return reply(200, &json!({"items": [{"id": id, "statistics": {"viewCount": views}}]}));
            }
            let privacy = if post.public { "public" } else { "private" };
            let stage = if refuses {
                "rejected"
            } else if post.ready <= now {
                "processed"
            } else {
                "uploaded"
            };
            let body = json!({"uploadStatus": stage, "privacyStatus": privacy, "rejectionReason": "claim"});
            reply(200, &json!({"items": [{"id": id, "status": body}]}))
        }
        ("DELETE", "/youtube/v3/videos") => match fake.find(&id) {
            None => no(404, "videoNotFound"),
            Some(post) => {
                post.gone = true;
                status(204)
            }
        },
        _ => no(404, "notFound"),
    }
}

/// A part of an upload, or the question how much has arrived.
fn put(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    let name = request.path.trim_start_matches("/upload/session/").to_string();
    let Some(mut draft) = fake.drafts.get(&name).cloned() else { return status(404) };
    if let Some(id) = &draft.of {
        return reply(200, &json!({"id": id}));
    }
    let range = request.header("content-range").unwrap_or_default();
    let from = range
        .strip_prefix("bytes ")
        .and_then(|range| range.split(['-', '/']).next())
        .and_then(|from| from.parse().ok());
    if from == Some(draft.received) {
        draft.received += request.body.len() as u64;
    }
    if draft.received >= draft.total {
        let id = format!("video-{}", fake.name());
        draft.of = Some(id.clone());
        fake.post(id.clone(), "", "", false, 1, now);
        write(fake, &id, &draft.body);
        fake.drafts.insert(name, draft);
        return reply(201, &json!({"id": id}));
    }
    let headers = match draft.received {
        0 => Vec::new(),
        received => vec![("range".into(), format!("bytes=0-{}", received - 1))],
    };
    fake.drafts.insert(name, draft);
    Response { headers, ..status(308) }
}

fn write(fake: &mut Fake, id: &str, body: &Value) {
    let Some(post) = fake.find(id) else { return };
    post.title = body["snippet"]["title"].as_str().unwrap_or_default().into();
    post.text = body["snippet"]["description"].as_str().unwrap_or_default().into();
    post.public = body["status"]["privacyStatus"] == "public";
}

/// A refresh token of Google works again and again.
fn renew(fake: &mut Fake, request: &Request) -> Response {
    let fields = request.fields();
    let known = fields.get("client_secret").is_some_and(|secret| secret == "app-secret")
        && fields.get("refresh_token") == Some(&fake.refresh_token());
    if !known {
        return reply(400, &json!({"error": "invalid_grant"}));
    }
    fake.token += 1;
    fake.expired = false;
    reply(200, &json!({"access_token": fake.token(), "expires_in": 3599}))
}
