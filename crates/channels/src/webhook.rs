//! What services tell of themselves: whether it is theirs, and what it says.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::answer::{Cause, What};
use crate::call::Response;
use crate::delivery::{News, Report};
use crate::kind::Kind;
use crate::mac;
use crate::secrets::Secrets;
use crate::services::answers;

/// Bytes of a report that are read.
pub const MOST_BYTES: usize = 64 * 1024;

/// Reports of one message that are read.
const MOST_REPORTS: usize = 50;

/// So old or so early a report of Zalo may be, in seconds; a service sends again for a while what was not taken.
const MOST_AGE: i64 = 3 * 86_400;

/// Why a report is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It does not come from the service, or the secret is another: answer 403.
    Signature,
    /// The account lacks the secret by which it would be known: answer 403.
    NoSecret,
    /// It is no report: answer 400.
    Unreadable,
    /// It is too old: answer 400.
    Old,
    /// It is longer than [`MOST_BYTES`]: answer 413.
    TooLong,
}

/// Reads what a service has sent to [`Account::webhook`]; `sent` holds its headers, names in lower case, and its body. Empty for what says nothing of a
/// post. The same report may come any number of times, late, and in another order.
///
/// # Errors
/// Why it is not taken; nothing of it is then believed.
pub fn reports(
    account: &Account,
    secrets: &Secrets,
    sent: &Response,
    now: Timestamp,
) -> Result<Vec<Report>, Refusal> {
    if sent.body.len() > MOST_BYTES {
        return Err(Refusal::TooLong);
    }
    let secret = |secret: Option<&crate::secrets::Secret>| {
        secret
            .filter(|secret| !secret.is_empty())
            .map(|secret| secret.reveal().to_string())
            .ok_or(Refusal::NoSecret)
    };
    let header = |name: &str| sent.header(name).ok_or(Refusal::Signature);
    let is = |claimed: &str, due: &str| {
        if mac::same(&claimed.to_ascii_lowercase(), due) { Ok(()) } else { Err(Refusal::Signature) }
    };
    match account.kind {
        Kind::Zalo => {
            let key = secret(secrets.webhook.as_ref())?;
            let claimed = header("x-zevent-signature")?;
            let body: Value = serde_json::from_slice(&sent.body).map_err(|_| Refusal::Unreadable)?;
            let time = answers::id(&body["timestamp"]).ok_or(Refusal::Unreadable)?;
            let due = zalo_mac(&account.app, &sent.body, &time, &key);
            is(claimed.strip_prefix("mac=").unwrap_or(claimed), &due)?;
            let millis: i64 = time.parse().map_err(|_| Refusal::Unreadable)?;
            if (now.as_millisecond() / 1_000).abs_diff(millis / 1_000) > MOST_AGE.unsigned_abs() {
                return Err(Refusal::Old);
            }
            Ok(zalo(&body))
        }
        Kind::Viber => {
            let key = secret(Some(&secrets.tokens.access))?;
            is(header("x-viber-content-signature")?, &mac::hmac(key.as_bytes(), &sent.body))?;
            let body: Value = serde_json::from_slice(&sent.body).map_err(|_| Refusal::Unreadable)?;
            Ok(viber(&body))
        }
        Kind::Telegram => {
            let key = secret(secrets.webhook.as_ref())?;
            if !mac::same(header("x-telegram-bot-api-secret-token")?, &key) {
                return Err(Refusal::Signature);
            }
            // A bot is told what others write, never what became of its own posts.
            Ok(Vec::new())
        }
        Kind::Sms => {
            let key = secret(secrets.webhook.as_ref())?;
            let claimed = header("x-signature")?;
            is(claimed.strip_prefix("sha256=").unwrap_or(claimed), &mac::hmac(key.as_bytes(), &sent.body))?;
            let body: Value = serde_json::from_slice(&sent.body).map_err(|_| Refusal::Unreadable)?;
            Ok(sms(&body))
        }
        Kind::Facebook | Kind::YouTube => Err(Refusal::Signature),
    }
}

/// By what Zalo signs a report: `sha256(app id + body + timestamp + secret)`, in hexadecimal.
#[must_use]
pub fn zalo_mac(app: &str, body: &[u8], time: &str, secret: &str) -> String {
    let sum = Sha256::new().chain_update(app).chain_update(body).chain_update(time).chain_update(secret);
    hex::encode(sum.finalize())
}

fn zalo(body: &Value) -> Vec<Report> {
    let news = match body["event_name"].as_str() {
        Some("user_received_message" | "user_seen_message") => News::Shown,
        _ => return Vec::new(),
    };
    let message = &body["message"];
    let many = message["msg_ids"].as_array().into_iter().flatten();
    let ids = many.chain([&message["msg_id"]]).filter_map(answers::id);
    ids.take(MOST_REPORTS).map(|id| Report { id: Some(id), reference: None, news: news.clone() }).collect()
}

fn viber(body: &Value) -> Vec<Report> {
    let news = match body["event"].as_str() {
        Some("delivered" | "seen") => News::Shown,
        Some("failed") => News::Failed(Cause::new(What::Other, "failed")),
        _ => return Vec::new(),
    };
    answers::id(&body["message_token"])
        .map(|id| Report { id: Some(id), reference: None, news })
        .into_iter()
        .collect()
}

fn sms(body: &Value) -> Vec<Report> {
    let news = match body["status"].as_str() {
        Some("accepted" | "sent") => News::Accepted,
        Some("delivered") => News::Shown,
        Some("failed") => News::Failed(Cause::new(What::Other, body["error"].as_str().unwrap_or("failed"))),
        _ => return Vec::new(),
    };
    let report = Report { id: answers::id(&body["id"]), reference: answers::id(&body["reference"]), news };
    if report.id.is_none() && report.reference.is_none() { Vec::new() } else { vec![report] }
}
