//! What services count of a post of ours, asked by the names that hold on the day ([`crate::metrics`]). Facebook counts posts, YouTube
//! videos; the others tell nothing of single posts. Numbers are kept under the service's own name, and unlike ones are never added.

use jiff::civil::Date;
use serde_json::Value;

use crate::account::Account;
use crate::answer::{Cause, What};
use crate::call::{Call, Response};
use crate::delivery::{Delivery, Stands};
use crate::kind::Kind;
use crate::metrics::{self, Metric, Of};
use crate::secrets::Secrets;
use crate::services::{self, MOST, answers};

/// What is asked of a post of a service on a day; empty where it tells nothing.
#[must_use]
pub fn asked(kind: Kind, day: Date) -> Vec<&'static Metric> {
    metrics::metrics(kind, Of::Post, day).collect()
}

/// The call that asks for them; none where nothing of ours stands, or the service counts nothing of such a post.
///
/// # Errors
/// What the account lacks.
pub fn call(
    delivery: &Delivery,
    account: &Account,
    secrets: &Secrets,
    day: Date,
) -> Result<Option<Call>, Cause> {
    let names: Vec<&str> = asked(delivery.kind(), day).iter().map(|metric| metric.metric.as_str()).collect();
    if names.is_empty() || delivery.stands() != Stands::There || account.kind != delivery.kind() {
        return Ok(None);
    }
    services::insights(delivery, account, secrets, &names)
}

/// What the service says, by the names that were asked for; a name of which it says nothing is left out.
///
/// # Errors
/// Why it says nothing.
pub fn read(kind: Kind, response: &Response, day: Date) -> Result<Vec<(&'static Metric, u64)>, Cause> {
    let strange = || Cause::new(What::Unreadable, response.status);
    let body = answers::json(response).filter(|_| response.body.len() <= MOST);
    let body = match (body, response.status) {
        (Some(body), 200) if !body["error"].is_object() => body,
        (body, 401) => return Err(Cause::new(What::Token, code(body.as_ref()))),
        (Some(body), _) => {
            let dead = matches!(body["error"]["code"].as_i64(), Some(102 | 190));
            return Err(Cause::new(if dead { What::Token } else { What::Other }, code(Some(&body))));
        }
        (None, _) => return Err(strange()),
    };
    let value = |metric: &str| match kind {
        Kind::Facebook => {
            let rows = body["data"].as_array()?;
            number(&rows.iter().find(|row| row["name"] == metric)?["values"][0]["value"])
        }
        Kind::YouTube => number(&body["items"][0]["statistics"][metric]),
        _ => None,
    };
    let known = asked(kind, day).into_iter().filter_map(|metric| Some((metric, value(&metric.metric)?)));
    let known: Vec<_> = known.collect();
    if known.is_empty() { Err(strange()) } else { Ok(known) }
}

/// A number, also where it is written as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn code(body: Option<&Value>) -> String {
    let error = body.map(|body| &body["error"]);
    error.and_then(|error| answers::id(&error["code"])).unwrap_or_default()
}
