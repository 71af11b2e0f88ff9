//! As the Graph API answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Draft, Fake, Request, reply, status};
use crate::call::Response;

fn no(code: i64, sub: i64) -> Response {
    reply(400, &json!({"error": {"code": code, "error_subcode": sub, "type": "OAuthException"}}))
}

pub(super) fn serve(fake: &mut Fake, request: &Request, now: Timestamp) -> Response {
    if !fake.admits(request.header("authorization").and_then(|line| line.strip_prefix("OAuth "))) {
        return no(190, 463);
    }
    if let Some(video) = request.path.strip_prefix("/upload/reel/") {
        return reel_bytes(fake, request, video);
    }
    let path = request.path.trim_start_matches("/v26.0/").to_string();
    let (first, rest) = path.split_once('/').unwrap_or((&path, ""));
    let fields = request.fields();
    let say = |name: &str| fields.get(name).cloned().unwrap_or_default();
    match (request.method.as_str(), rest) {
        ("POST", "photos") => {
            let photo = fake.name();
            fake.drafts.insert(photo.clone(), Draft::default());
            reply(200, &json!({"id": photo}))
        }
        ("POST", "uploads") => {
            let name = format!("upload:{}", fake.name());
            fake.drafts.insert(
                name.clone(),
                Draft { total: say("file_length").parse().unwrap_or_default(), ..Draft::default() },
            );
            reply(200, &json!({"id": name}))
        }
        ("POST", "feed") => {
            let photos: Vec<Value> = serde_json::from_str(&say("attached_media")).unwrap_or_default();
            let known =
                |photo: &Value| photo["media_fbid"].as_str().is_some_and(|id| fake.drafts.contains_key(id));
            let text = format!("{}\n{}", say("message"), say("link"));
            if text.trim().is_empty() || !photos.iter().all(known) {
                return no(100, 0);
            }
            let id = format!("{first}_{}", fake.name());
            fake.post(id.clone(), "", text.trim(), true, photos.len(), now);
            reply(200, &json!({"id": id}))
        }
        ("POST", "videos") => {
            if !fake.drafts.contains_key(&say("fbuploader_video_file_chunk")) {
                return no(389, 0);
            }
            let id = fake.name();
            fake.post(id.clone(), &say("title"), &say("description"), true, 1, now);
            reply(200, &json!({"id": id}))
        }
        ("POST", "video_reels") if say("upload_phase") == "start" => {
            let video = fake.name();
            fake.drafts.insert(video.clone(), Draft::default());
            reply(
                200,
                &json!({"video_id": video, "upload_url": format!("{}/upload/reel/{video}", fake.base)}),
            )
        }
        ("POST", "video_reels") => {
            let video = say("video_id");
            let whole =
                fake.drafts.get(&video).is_some_and(|draft| draft.total > 0 && draft.received >= draft.total);
            if !whole || fake.find(&video).is_some() {
                return no(6_000, 0);
            }
            fake.post(video, &say("title"), &say("description"), true, 1, now);
            reply(200, &json!({"success": true}))
        }
        ("GET", "feed" | "videos") => {
            let entry =
                |post: &super::Post| json!({"id": post.id, "message": post.text, "description": post.text});
            let list: Vec<Value> = fake.standing().map(entry).collect();
            reply(200, &json!({"data": list}))
        }
        ("POST", "") if first.starts_with("upload:") => {
            let Some(draft) = fake.drafts.get_mut(first) else { return no(100, 33) };
            let from: u64 =
                request.header("file_offset").and_then(|from| from.parse().ok()).unwrap_or(u64::MAX);
            if from == draft.received {
                draft.received += request.body.len() as u64;
            }
            if draft.received < draft.total {
                return no(6_001, 0);
            }
            let handle = format!("handle-of-{first}");
            fake.drafts.insert(handle.clone(), Draft::default());
            reply(200, &json!({"h": handle}))
        }
        ("GET", "insights") => insights(fake, first, request),
        ("GET", "") => look(fake, first, now),
        ("POST", "") => {
            let text =
                fields.get("message").or_else(|| fields.get("description")).cloned().unwrap_or_default();
            match fake.find(first) {
                None => no(100, 33),
                Some(post) => {
                    // The link is an attachment: other words leave it where it is.
                    let link = post.text.lines().last().filter(|line| line.starts_with("http"));
                    let link = link.filter(|link| !text.contains(link)).map(String::from);
                    post.text = [Some(text), link].into_iter().flatten().collect::<Vec<_>>().join("\n");
                    reply(200, &json!({"success": true}))
                }
            }
        }
        ("DELETE", "") => match fake.find(first) {
            None => no(100, 33),
            Some(post) => {
                post.gone = true;
                reply(200, &json!({"success": true}))
            }
        },
        _ => status(404),
    }
}

/// What is counted of a post. A name that the service does not know (any more) fails the whole call.
fn insights(fake: &mut Fake, id: &str, request: &Request) -> Response {
    let (views, viewers) = fake.seen;
    if fake.find(id).is_none() {
        return no(100, 33);
    }
    let names = request.query.get("metric").map(String::as_str).unwrap_or_default();
    let row = |name: &str| {
        let value = match name {
            "post_media_view" => views,
            "post_total_media_view_unique" => viewers,
            _ => return None,
        };
        Some(
            json!({"name": name, "period": "lifetime", "values": [{"value": value}], "id": format!("{id}/insights/{name}/lifetime")}),
        )
    };
    match names.split(',').map(row).collect::<Option<Vec<Value>>>() {
        Some(rows) => reply(200, &json!({"data": rows})),
        None => no(100, 0),
    }
}

fn reel_bytes(fake: &mut Fake, request: &Request, video: &str) -> Response {
    let Some(draft) = fake.drafts.get_mut(video) else { return status(404) };
    let number = |name| request.header(name).and_then(|value| value.parse::<u64>().ok()).unwrap_or_default();
    draft.total = number("file_size");
    if number("offset") == draft.received {
        draft.received += request.body.len() as u64;
    }
    reply(200, &json!({"success": draft.received >= draft.total}))
}

/// A post, a video or an upload by its id.
fn look(fake: &mut Fake, id: &str, now: Timestamp) -> Response {
    if id == "target" {
        return reply(200, &json!({"id": "target", "name": "UBND xã B"}));
    }
    let draft = fake.drafts.get(id).cloned();
    if id.starts_with("upload:") {
        return draft.map_or_else(
            || no(100, 33),
            |draft| reply(200, &json!({"id": id, "file_offset": draft.received})),
        );
    }
    let refuses = fake.refuses;
    match (fake.find(id), draft) {
        (Some(post), _) => {
            let stage = if refuses {
                "error"
            } else if post.ready <= now {
                "ready"
            } else {
                "processing"
            };
            let link = format!("https://www.facebook.com/{id}");
            let phase = json!({"video_status": stage, "uploading_phase": {"status": "complete"}, "publishing_phase": {"status": "complete"}});
            reply(
                200,
                &json!({"id": id, "is_published": true, "published": true, "permalink_url": link, "status": phase}),
            )
        }
        (None, Some(draft)) => {
            let whole = draft.total > 0 && draft.received >= draft.total;
            let phase = json!({"status": if whole { "complete" } else { "in_progress" }, "bytes_transfered": draft.received});
            let status = json!({"video_status": "upload_complete", "uploading_phase": phase, "publishing_phase": {"status": "not_started"}});
            reply(200, &json!({"id": id, "status": status}))
        }
        (None, None) => no(100, 33),
    }
}
