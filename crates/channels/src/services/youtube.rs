//! YouTube: a channel (Data API v3). A video is uploaded resumably and private, gets its poster and captions, and is then made public.
//!
//! None of these calls can make a second video that people see: what was uploaded is known by its session, what is made public by its id.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers::{self, by_status, done, doubt, later, locked, refused, unreadable};
use super::{base, medium, need, own_address, query, simple, standing, unknown};
use crate::account::Account;
use crate::answer::{Answer, Cause, Reached, What};
use crate::call::{Body, Call, Method, Response};
use crate::delivery::{Delivery, Step};
use crate::form::{Form, Role};
use crate::kind::Kind;
use crate::secrets::{Secret, Secrets};

const HOST: &str = "https://www.googleapis.com";

/// Where an upload may be sent to.
const UPLOADS: [&str; 1] = ["googleapis.com"];

/// So many bytes are sent at once: a multiple of 256 KiB, as the protocol wants.
const PART: u64 = 32 * 256 * 1024;

/// News and politics.
const CATEGORY: &str = "25";

pub(super) fn next(delivery: &Delivery) -> Option<Step> {
    let known = |name: &str| delivery.fact(name).is_some();
    let form = delivery.written();
    if known("published") || known("posted") {
        return None;
    }
    if !known("id") {
        let at = form.media.iter().position(|medium| medium.role == Role::Clip).unwrap_or_default();
        return Some(match known("session") {
            false => Step::Open(at),
            true if delivery.tries > 0 => Step::Ask(at),
            true => Step::Upload(at),
        });
    }
    let attached = |(at, medium): (usize, &crate::form::Media)| {
        let wanted =
            matches!(medium.role, Role::Poster | Role::Captions) && !known(&format!("attached.{at}"));
        wanted.then_some(Step::Attach(at))
    };
    form.media.iter().enumerate().find_map(attached).or(Some(Step::Publish))
}

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    let token = need(Some(secrets.tokens.access.reveal()), "access")?;
    let mut headers = vec![("authorization", Secret::new(format!("Bearer {token}")))];
    let root = base(account, HOST);
    let form = delivery.written();
    match step {
        Step::Open(at) => {
            let clip = medium(delivery, at)?;
            headers.push(("x-upload-content-length", Secret::new(clip.bytes.to_string())));
            headers.push(("x-upload-content-type", Secret::new(clip.media_type.clone())));
            let address = format!("{root}/upload/youtube/v3/videos");
            let url = query(&address, &[("uploadType", "resumable"), ("part", "snippet,status")]);
            Ok(simple(Method::Post, url, headers, Body::Json(video(form, "private"))))
        }
        Step::Upload(at) | Step::Ask(at) => {
            let clip = medium(delivery, at)?;
            let session = need(delivery.fact("session"), "session")?;
            let url = own_address(session, account, &UPLOADS)
                .ok_or_else(|| Cause::new(What::Unreadable, "location"))?;
            if matches!(step, Step::Ask(_)) {
                headers.push(("content-range", Secret::new(format!("bytes */{}", clip.bytes))));
                return Ok(simple(Method::Put, url, headers, Body::Empty));
            }
            let from: u64 = delivery.fact("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
            let from = from.min(clip.bytes.saturating_sub(1));
            let until = from.saturating_add(PART).min(clip.bytes);
            let range = format!("bytes {from}-{}/{}", until.saturating_sub(1), clip.bytes);
            headers.push(("content-range", Secret::new(range)));
            let body =
                Body::Bytes { hash: clip.hash.clone(), media_type: clip.media_type.clone(), from, until };
            Ok(simple(Method::Put, url, headers, body))
        }
        Step::Attach(at) => {
            let medium = medium(delivery, at)?;
            let (hash, media_type) = (medium.hash.clone(), medium.media_type.clone());
            if medium.role == Role::Poster {
                let url = query(
                    &format!("{root}/upload/youtube/v3/thumbnails/set"),
                    &[("videoId", standing(delivery)?)],
                );
                let body = Body::Bytes { hash, media_type, from: 0, until: medium.bytes };
                return Ok(simple(Method::Post, url, headers, body));
            }
            let address = format!("{root}/upload/youtube/v3/captions");
            let url = query(&address, &[("uploadType", "multipart"), ("part", "snippet")]);
            let json = json!({"snippet": {"videoId": standing(delivery)?, "language": "vi", "name": "", "isDraft": false}});
            Ok(simple(Method::Post, url, headers, Body::Related { json, hash, media_type }))
        }
        Step::Publish | Step::Edit => {
            let mut body = video(form, "public");
            body["id"] = standing(delivery)?.into();
            let url = query(&format!("{root}/youtube/v3/videos"), &[("part", "snippet,status")]);
            Ok(simple(Method::Put, url, headers, Body::Json(body)))
        }
        Step::See => {
            let url = query(
                &format!("{root}/youtube/v3/videos"),
                &[("part", "status"), ("id", standing(delivery)?)],
            );
            Ok(simple(Method::Get, url, headers, Body::Empty))
        }
        Step::Remove => {
            let url = query(&format!("{root}/youtube/v3/videos"), &[("id", standing(delivery)?)]);
            Ok(simple(Method::Delete, url, headers, Body::Empty))
        }
        _ => Err(unknown()),
    }
}

/// What is asked of a video: all of its statistics, at one unit of the quota.
pub(super) fn insights(delivery: &Delivery, account: &Account, secrets: &Secrets) -> Result<Call, Cause> {
    let token = need(Some(secrets.tokens.access.reveal()), "access")?;
    let address = format!("{}/youtube/v3/videos", base(account, HOST));
    let url = query(&address, &[("part", "statistics"), ("id", standing(delivery)?)]);
    let headers = vec![("authorization", Secret::new(format!("Bearer {token}")))];
    Ok(simple(Method::Get, url, headers, Body::Empty))
}

fn video(form: &Form, privacy: &str) -> Value {
    json!({
        "snippet": {
            "title": form.title,
            "description": form.wire(Kind::YouTube),
            "categoryId": CATEGORY,
            "defaultLanguage": "vi",
        },
        "status": {"privacyStatus": privacy, "selfDeclaredMadeForKids": false},
    })
}

pub(super) fn read(step: Step, account: &Account, response: &Response, now: Timestamp) -> Answer {
    let one = |name: &str, value: &str, reached| done(&[(name, value.to_string())], reached);
    match (step, response.status) {
        (Step::Upload(_) | Step::Ask(_), 308) => {
            let range = response.header("range").and_then(|range| range.strip_prefix("bytes=0-"));
            let next =
                range.and_then(|last| last.parse::<u64>().ok()).map_or(0, |last| last.saturating_add(1));
            one("offset", &next.to_string(), Reached::Nothing)
        }
        // The session is over: a new one is opened. What it may have brought is private.
        (Step::Upload(_) | Step::Ask(_), 404 | 410) => {
            done(&[("session", String::new()), ("offset", String::new())], Reached::Nothing)
        }
        (Step::Open(_), 200) => {
            match response.header("location").and_then(|url| own_address(url, account, &UPLOADS)) {
                Some(session) => done(&[("session", session), ("offset", String::new())], Reached::Nothing),
                None => doubt(What::Unreadable, "location"),
            }
        }
        // These captions are there already: from the call whose answer was lost.
        (Step::Attach(at), 409) => one(&format!("attached.{at}"), "1", Reached::Nothing),
        (Step::Remove, 204) => one("removed", "1", Reached::Shown),
        (_, 200..=299) => success(step, response),
        _ => failure(step, response, now),
    }
}

fn success(step: Step, response: &Response) -> Answer {
    let Some(body) = answers::json(response) else { return unreadable(response) };
    match step {
        Step::Upload(_) | Step::Ask(_) => match answers::id(&body["id"]) {
            Some(id) => done(&[("id", id)], Reached::Nothing),
            None => doubt(What::Unreadable, "id"),
        },
        Step::Attach(at) => done(&[(format!("attached.{at}").as_str(), "1".into())], Reached::Nothing),
        Step::Publish => {
            let id = answers::id(&body["id"]);
            let mut facts = vec![("published", "1".to_string())];
            facts.extend(
                id.map(|id| ("url", format!("https://www.youtube.com/watch?v={}", super::piece(&id)))),
            );
            done(&facts, Reached::Accepted)
        }
        Step::Edit => done(&[("edited", "1".into())], Reached::Accepted),
        Step::See => {
            let Some(list) = body["items"].as_array() else { return unreadable(response) };
            let Some(video) = list.first() else { return Answer::Gone };
            let status = &video["status"];
            let public = status["privacyStatus"] == "public";
            match status["uploadStatus"].as_str() {
                Some("processed") if public => done(&[("seen", "1".into())], Reached::Shown),
                // Videos of projects that YouTube has not audited stay private.
                Some("processed") => refused(What::Permission, "private"),
                Some("rejected") => {
                    refused(What::Moderation, status["rejectionReason"].as_str().unwrap_or("rejected"))
                }
                Some("failed") => refused(What::Medium, status["failureReason"].as_str().unwrap_or("failed")),
                Some("deleted") => Answer::Gone,
                _ => Answer::Pending { after: 60_000 },
            }
        }
        _ => unreadable(response),
    }
}

fn failure(step: Step, response: &Response, now: Timestamp) -> Answer {
    let body = answers::json(response).unwrap_or_default();
    let reason = body["error"]["errors"][0]["reason"].as_str().unwrap_or_default();
    let known = matches!(step, Step::See | Step::Edit | Step::Remove);
    match reason {
        // Used up until the day ends where Google counts it: asked again every hour.
        "quotaExceeded" | "dailyLimitExceeded" | "uploadLimitExceeded" => {
            later(Some(3_600_000), What::Quota, reason)
        }
        "rateLimitExceeded" | "userRateLimitExceeded" => {
            later(answers::retry_after(response, now), What::Rate, reason)
        }
        "videoNotFound" if known => Answer::Gone,
        "forbidden" | "insufficientPermissions" | "youtubeSignupRequired" | "accessNotConfigured" => {
            refused(What::Permission, reason)
        }
        "invalidTitle" | "invalidDescription" | "invalidTags" | "invalidVideoMetadata" => {
            refused(What::Form, reason)
        }
        "mediaBodyRequired" | "invalidImage" | "mediaNotImage" => refused(What::Medium, reason),
        _ => match (by_status(response, now), response.status) {
            (Some(answer), _) => answer,
            (None, 401) => locked(reason),
            (None, 404) if known => Answer::Gone,
            (None, status) if reason.is_empty() => unreadable(&Response { status, ..Response::default() }),
            _ => refused(What::Other, reason),
        },
    }
}
