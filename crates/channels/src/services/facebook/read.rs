//! What the answers of the Graph API mean.

use serde_json::Value;

use super::super::answers::{self, done, doubt, later, locked, refused, unreadable};
use super::super::own_address;
use super::{Shape, UPLOADS, shape};
use crate::account::Account;
use crate::answer::{Answer, Reached, What};
use crate::call::Response;
use crate::delivery::{Delivery, Step};

/// How long a call waits that was refused for too many, where the service says no time.
const ENOUGH: u64 = 15 * 60_000;

pub(crate) fn read(delivery: &Delivery, step: Step, account: &Account, response: &Response) -> Answer {
    let body = answers::json(response);
    if let Some(error) = body.as_ref().map(|body| &body["error"]).filter(|error| error.is_object()) {
        return failure(step, error);
    }
    let Some(body) = body.filter(|_| (200..300).contains(&response.status)) else {
        return if response.status >= 500 {
            doubt(What::Service, response.status)
        } else {
            unreadable(response)
        };
    };
    let shape = shape(delivery.written());
    let id = |name: &str| answers::id(&body[name]);
    let yes = body["success"] == true;
    let strange = || doubt(What::Unreadable, response.status);
    match (step, shape) {
        (Step::Upload(at), Shape::Photos) => id("id")
            .map_or_else(strange, |photo| done(&[(format!("photo.{at}").as_str(), photo)], Reached::Nothing)),
        (Step::Open(_), Shape::Video) => {
            id("id").map_or_else(strange, |session| done(&[("session", session)], Reached::Nothing))
        }
        (Step::Open(_), Shape::Reel) => {
            let address = body["upload_url"].as_str().and_then(|url| own_address(url, account, &UPLOADS));
            match (id("video_id"), address) {
                (Some(video), Some(url)) => done(&[("video", video), ("session", url)], Reached::Nothing),
                _ => strange(),
            }
        }
        (Step::Upload(_), Shape::Video) => match body["h"].as_str().filter(|handle| handle.len() <= 20_000) {
            Some(handle) => done(&[("uploaded", handle.into())], Reached::Nothing),
            None => strange(),
        },
        (Step::Upload(_), _) if yes => done(&[("uploaded", "1".into())], Reached::Nothing),
        (Step::Ask(_), Shape::Video) => match body["file_offset"].as_u64() {
            Some(offset) => done(&[("offset", offset.to_string())], Reached::Nothing),
            None => strange(),
        },
        (Step::Ask(_), _) => {
            let phase = &body["status"]["uploading_phase"];
            if phase["status"] == "complete" {
                return done(&[("uploaded", "1".into())], Reached::Nothing);
            }
            let bytes =
                phase["bytes_transfered"].as_u64().or(phase["bytes_transferred"].as_u64()).unwrap_or(0);
            done(&[("offset", bytes.to_string())], Reached::Nothing)
        }
        (Step::Publish, Shape::Reel) if yes => match delivery.fact("video") {
            Some(video) => done(&[("id", video.into())], Reached::Accepted),
            None => strange(),
        },
        (Step::Publish, Shape::Reel) => strange(),
        (Step::Publish, _) => id("id")
            .or_else(|| id("post_id"))
            .map_or_else(strange, |id| done(&[("id", id)], Reached::Accepted)),
        (Step::Look, Shape::Reel) => look_at_reel(delivery, &body),
        (Step::Look, _) => look(delivery, &body),
        (Step::See, Shape::Words | Shape::Photos) => match body["is_published"].as_bool() {
            Some(true) => seen(&body),
            Some(false) => Answer::Pending { after: 60_000 },
            None => strange(),
        },
        (Step::See, _) => match body["status"]["video_status"].as_str() {
            Some("error" | "upload_failed" | "expired") => refused(What::Medium, "video_status"),
            Some("ready") if body["published"] != false => seen(&body),
            Some(_) => Answer::Pending { after: 60_000 },
            None => strange(),
        },
        (Step::Edit, _) if yes => done(&[("edited", "1".into())], Reached::Accepted),
        (Step::Remove, _) if yes => done(&[("removed", "1".into())], Reached::Shown),
        _ => strange(),
    }
}

fn seen(body: &Value) -> Answer {
    let mut facts = vec![("seen", "1".to_string())];
    facts.extend(permalink(body).map(|url| ("url", url)));
    done(&facts, Reached::Shown)
}

/// The public address; of a video it is given without its host.
fn permalink(body: &Value) -> Option<String> {
    let link = body["permalink_url"].as_str()?;
    let whole = if link.starts_with('/') { format!("https://www.facebook.com{link}") } else { link.into() };
    answers::address(&Value::from(whole))
}

/// Looks for the post with our link among those that the Page lists.
fn look(delivery: &Delivery, body: &Value) -> Answer {
    let Some(list) = body["data"].as_array() else { return doubt(What::Unreadable, "data") };
    let Some(link) = delivery.written().link.as_deref() else { return doubt(What::Missing, "link") };
    let holds = |post: &Value| {
        let said = ["message", "description"]
            .iter()
            .any(|name| post[*name].as_str().is_some_and(|text| names(text, link)));
        let attached = post["attachments"]["data"].as_array().into_iter().flatten().take(20);
        said || attached.filter_map(|one| one["unshimmed_url"].as_str()).any(|url| same_page(url, link))
    };
    match list.iter().take(500).find(|post| holds(post)) {
        Some(post) => match answers::id(&post["id"]) {
            Some(id) => {
                let mut facts = vec![("id", id)];
                facts.extend(permalink(post).map(|url| ("url", url)));
                done(&facts, Reached::Accepted)
            }
            None => doubt(What::Unreadable, "id"),
        },
        // More than one page of posts since: what is on the others is not known.
        None if body["paging"]["next"].is_string() && list.len() >= 50 => doubt(What::Other, "paging"),
        None => Answer::NotFound,
    }
}

/// True if a text holds a link, and not only a longer one that begins alike.
fn names(text: &str, link: &str) -> bool {
    text.match_indices(link).any(|(at, _)| {
        let behind = text[at + link.len()..].chars().next();
        behind.is_none_or(|c| {
            !(c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '%' | '?' | '&' | '=' | '~'))
        })
    })
}

fn same_page(url: &str, link: &str) -> bool {
    let bare = |url: &str| url.trim_end_matches('/').to_string();
    bare(url) == bare(link)
}

fn look_at_reel(delivery: &Delivery, body: &Value) -> Answer {
    let Some(video) = delivery.fact("video") else { return doubt(What::Missing, "video") };
    match body["status"]["publishing_phase"]["status"].as_str() {
        Some("complete" | "published") => done(&[("id", video.into())], Reached::Accepted),
        Some("in_progress" | "scheduled") => Answer::Pending { after: 60_000 },
        Some("not_started") => Answer::NotFound,
        Some("error") => refused(What::Medium, "publishing_phase"),
        _ => doubt(What::Unreadable, "publishing_phase"),
    }
}

/// The errors of the Graph API, by code and subcode.
fn failure(step: Step, error: &Value) -> Answer {
    let code = error["code"].as_i64().unwrap_or_default();
    let sub = error["error_subcode"].as_i64();
    let named = sub.map_or_else(|| code.to_string(), |sub| format!("{code}/{sub}"));
    let known = matches!(step, Step::See | Step::Edit | Step::Remove);
    match code {
        102 | 190 => locked(named),
        4 | 17 | 32 | 341 | 613 | 80_000..=80_014 => later(Some(ENOUGH), What::Rate, named),
        368 => refused(What::Moderation, named),
        3 | 10 | 200..=299 => refused(What::Permission, named),
        // The same was posted just before: perhaps by the call whose answer was lost.
        506 => doubt(What::Lost, named),
        100 if sub == Some(33) && known => Answer::Gone,
        803 if known => Answer::Gone,
        100 if sub == Some(33) => refused(What::Account, named),
        100 => refused(What::Form, named),
        352 | 356 | 389 | 390 | 6_000 | 6_001 | 1_363_019..=1_363_060 => refused(What::Medium, named),
        1 | 2 => doubt(What::Service, named),
        _ if error["is_transient"] == true => doubt(What::Service, named),
        _ => refused(What::Other, named),
    }
}
