//! What the answers of all services have in common.

use jiff::Timestamp;
use serde_json::Value;

use crate::answer::{Answer, Cause, Reached, What};
use crate::call::Response;

/// The body as JSON.
pub(crate) fn json(response: &Response) -> Option<Value> {
    serde_json::from_slice(&response.body).ok()
}

/// A text or a number as text, of at most 512 bytes: an id.
pub(crate) fn id(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!id.is_empty() && id.len() <= 512).then_some(id)
}

/// A text of at most 2,000 bytes that is an address of the web.
pub(super) fn address(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| text.len() <= 2_000)?;
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| text.to_string())
}

pub(super) fn done(facts: &[(&str, String)], reached: Reached) -> Answer {
    let facts = facts.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
    Answer::Done { facts, reached }
}

pub(super) fn doubt(what: What, code: impl std::fmt::Display) -> Answer {
    Answer::Doubt { cause: Cause::new(what, code) }
}

pub(super) fn refused(what: What, code: impl std::fmt::Display) -> Answer {
    Answer::Refused { cause: Cause::new(what, code) }
}

pub(super) fn locked(code: impl std::fmt::Display) -> Answer {
    Answer::Locked { cause: Cause::new(What::Token, code) }
}

pub(super) fn later(after: Option<u64>, what: What, code: impl std::fmt::Display) -> Answer {
    Answer::Later { after, cause: Cause::new(what, code) }
}

/// How long the header `Retry-After` (RFC 9110, section 10.2.3) asks to wait, in milliseconds; a day at most.
pub(super) fn retry_after(response: &Response, now: Timestamp) -> Option<u64> {
    let day = 24 * 3_600_000;
    let value = response.header("retry-after")?.trim();
    let millis = match value.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => {
            let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
            u64::try_from(at.as_millisecond().saturating_sub(now.as_millisecond())).unwrap_or(0)
        }
    };
    Some(millis.min(day))
}

/// What a status says by itself, whatever stands in the body: a service that does not work, or has enough.
pub(crate) fn by_status(response: &Response, now: Timestamp) -> Option<Answer> {
    match response.status {
        429 => Some(later(retry_after(response, now), What::Rate, 429)),
        408 | 500..=599 => Some(doubt(What::Service, response.status)),
        0..=199 | 300..=399 => Some(doubt(What::Unreadable, response.status)),
        _ => None,
    }
}

/// What an answer means that says nothing that is known.
pub(super) fn unreadable(response: &Response) -> Answer {
    match response.status {
        401 => locked(401),
        403 => refused(What::Permission, 403),
        413 => refused(What::Medium, 413),
        400..=499 => refused(What::Other, response.status),
        status => doubt(What::Unreadable, status),
    }
}
