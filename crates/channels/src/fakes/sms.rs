//! As a gateway answers that speaks the contract of `docs/channels.md`.

use jiff::Timestamp;
use serde_json::json;

use super::{Fake, Request, reply, status};
use crate::call::Response;
use crate::mac;

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    if !fake.admits(request.header("authorization").and_then(|line| line.strip_prefix("Bearer "))) {
        return status(401);
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/account") => reply(200, &json!({"status": "open"})),
        ("POST", "/messages") => {
            let key = request.header("idempotency-key").unwrap_or_default().to_string();
            if let Some(before) = fake.keys.get(&key) {
                return before.clone();
            }
            let json = request.json();
            let text = json["text"].as_str().unwrap_or_default().to_string();
            if key.is_empty() || text.is_empty() || !json["to"].is_string() {
                return reply(422, &json!({"error": "form"}));
            }
            let id = fake.name();
            fake.post(id.clone(), "", &text, true, 0, now);
            fake.reports.push((id.clone(), json["reference"].as_str().unwrap_or_default().to_string()));
            let answer = reply(202, &json!({"id": id, "status": "accepted"}));
            fake.keys.insert(key, answer.clone());
            answer
        }
        ("GET", path) => {
            let id = path.strip_prefix("/messages/").unwrap_or_default().to_string();
            let refuses = fake.refuses;
            match fake.find(&id) {
                None => status(404),
                Some(_) if refuses => reply(200, &json!({"id": id, "status": "failed", "error": "operator"})),
                Some(post) => {
                    let word = if post.ready <= now { "delivered" } else { "sent" };
                    reply(200, &json!({"id": id, "status": word}))
                }
            }
        }
        _ => status(404),
    }
}

/// A report, signed.
pub(super) fn report(id: &str, reference: &str, word: &str, secret: &str) -> Response {
    let body = json!({"id": id, "reference": reference, "status": word}).to_string().into_bytes();
    let signature = format!("sha256={}", mac::hmac(secret.as_bytes(), &body));
    Response { status: 0, headers: vec![("x-signature".into(), signature)], body }
}
