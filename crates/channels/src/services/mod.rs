//! What each service is asked for a step, and what its answer means. One file for each, written from its public documentation
//! (`docs/channels.md` says which).

pub(crate) mod answers;
mod facebook;
mod sms;
mod telegram;
mod viber;
mod youtube;
mod zalo;

use jiff::Timestamp;

use crate::account::Account;
use crate::answer::{Answer, Cause, What};
use crate::call::{Body, Call, Method, Response};
use crate::delivery::{Delivery, Place, Step, Work};
use crate::form::Media;
use crate::kind::Kind;
use crate::secrets::{Secret, Secrets};

/// Bytes of an answer that are read.
pub(crate) const MOST: usize = 1 << 20;

/// How long an answer may take, in milliseconds.
const PATIENCE: u64 = 30_000;

/// How long the answer to an upload may take.
const UPLOAD_PATIENCE: u64 = 300_000;

/// The step that comes next in the work, by what is known; none when the work is as far as it can be brought.
pub(crate) fn next(delivery: &Delivery) -> Option<Step> {
    let known = |name| delivery.fact(name).is_some();
    let see = || (sees(delivery.kind) && !known("seen")).then_some(Step::See);
    match (delivery.work, &delivery.notice) {
        (Work::Withdraw, None) => (!known("removed")).then_some(Step::Remove),
        (Work::Correct, None) if known("edited") => see(),
        (Work::Correct, None) => Some(Step::Edit),
        _ => match delivery.kind {
            Kind::Facebook => facebook::next(delivery).or_else(see),
            Kind::Zalo => zalo::next(delivery).or_else(see),
            Kind::Viber => viber::next(delivery),
            Kind::YouTube => youtube::next(delivery).or_else(see),
            Kind::Telegram => posted(delivery),
            Kind::Sms => posted(delivery).or_else(see),
        },
    }
}

/// The post itself, until it is made.
fn posted(delivery: &Delivery) -> Option<Step> {
    let made = delivery.fact("id").is_some() || delivery.fact("posted").is_some();
    (!made).then_some(Step::Publish)
}

/// True if the service can be asked whether something is shown.
fn sees(kind: Kind) -> bool {
    !matches!(kind, Kind::Viber | Kind::Telegram)
}

/// True for a call that, made twice, may make two posts.
pub(crate) fn once(delivery: &Delivery, step: Step) -> bool {
    match (delivery.kind, step) {
        (Kind::Facebook | Kind::Viber | Kind::Telegram, Step::Publish) => true,
        (Kind::Zalo, Step::Announce) => true,
        // YouTube makes a video seen whose id is known; Zalo an article; the gateway knows a repeated message by its key.
        _ => false,
    }
}

/// True if a post whose answer was lost can be looked for.
pub(crate) fn findable(delivery: &Delivery) -> bool {
    delivery.kind == Kind::Facebook && facebook::findable(delivery)
}

/// What is known when a person says that a step is done.
pub(crate) fn taken(step: Step, place: Option<&Place>) -> Vec<(String, String)> {
    let mark = |name: &str| (name.to_string(), "1".to_string());
    match step {
        Step::Edit => vec![mark("edited"), mark("seen")],
        Step::Remove => vec![mark("removed")],
        Step::Announce => vec![mark("message"), mark("seen")],
        _ => {
            let mut facts = vec![mark("posted"), mark("seen")];
            if let Some(place) = place {
                facts.push(("id".into(), place.id.clone()));
                facts.extend(place.url.clone().map(|url| ("url".into(), url)));
            }
            facts
        }
    }
}

pub(crate) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    match delivery.kind {
        _ if account.kind != delivery.kind => Err(Cause::new(What::Missing, "kind")),
        Kind::Facebook => facebook::call(delivery, step, account, secrets),
        Kind::Zalo => zalo::call(delivery, step, account, secrets),
        Kind::Viber => viber::call(delivery, step, account, secrets),
        Kind::YouTube => youtube::call(delivery, step, account, secrets),
        Kind::Telegram => telegram::call(delivery, step, account, secrets),
        Kind::Sms => sms::call(delivery, step, account, secrets),
    }
}

pub(crate) fn read(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    response: &Response,
    now: Timestamp,
) -> Answer {
    if response.body.len() > MOST {
        return Answer::Doubt { cause: Cause::new(What::Unreadable, "long") };
    }
    match delivery.kind {
        Kind::Facebook => facebook::read(delivery, step, account, response),
        Kind::Zalo => zalo::read(step, response, now),
        Kind::Viber => viber::read(step, account, response, now),
        Kind::YouTube => youtube::read(step, account, response, now),
        Kind::Telegram => telegram::read(step, account, response),
        Kind::Sms => sms::read(step, response, now),
    }
}

/// The call that asks what a service counts of what stands there, by these names; none where it counts nothing of such a post.
pub(crate) fn insights(
    delivery: &Delivery,
    account: &Account,
    secrets: &Secrets,
    names: &[&str],
) -> Result<Option<Call>, Cause> {
    match delivery.kind {
        Kind::Facebook => facebook::insights(delivery, account, secrets, names),
        Kind::YouTube => youtube::insights(delivery, account, secrets).map(Some),
        _ => Ok(None),
    }
}

/// Where a service is reached: its own address, or the one that the account names.
pub(crate) fn base<'a>(account: &'a Account, own: &'a str) -> &'a str {
    account.base.as_deref().unwrap_or(own).trim_end_matches('/')
}

/// An address that a service gives to upload to, if it is the service's own: no answer sends us elsewhere.
fn own_address(address: &str, account: &Account, hosts: &[&str]) -> Option<String> {
    if address.len() > 4_000 {
        return None;
    }
    let url = url::Url::parse(address).ok()?;
    if let Some(base) = &account.base {
        let base = url::Url::parse(base).ok()?;
        return (url.origin() == base.origin()).then(|| address.to_string());
    }
    let host = url.host_str()?;
    let own = |of: &&str| host == *of || host.strip_suffix(*of).is_some_and(|before| before.ends_with('.'));
    (url.scheme() == "https" && url.port().is_none() && hosts.iter().any(own)).then(|| address.to_string())
}

/// Refuses a field of the account or form that is not there.
pub(crate) fn need<'a>(value: Option<&'a str>, name: &str) -> Result<&'a str, Cause> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| Cause::new(What::Missing, name))
}

/// The service's id of what stands there.
fn standing(delivery: &Delivery) -> Result<&str, Cause> {
    let known = delivery.fact("id").or_else(|| delivery.place().map(|place| place.id.as_str()));
    need(known, "id")
}

fn medium(delivery: &Delivery, at: usize) -> Result<&Media, Cause> {
    delivery.written().media.get(at).ok_or_else(|| Cause::new(What::Missing, "media"))
}

/// A step that the service does not know: a kept delivery of another version asks for it.
fn unknown() -> Cause {
    Cause::new(What::Missing, "step")
}

pub(crate) fn simple(
    method: Method,
    url: impl Into<String>,
    headers: Vec<(&'static str, Secret)>,
    body: Body,
) -> Call {
    let upload = matches!(body, Body::Bytes { .. } | Body::Multipart(_) | Body::Related { .. });
    let patience = if upload { UPLOAD_PATIENCE } else { PATIENCE };
    Call { method, url: Secret::new(url.into()), headers, body, patience, most: MOST }
}

/// An address with a query.
pub(crate) fn query(address: &str, pairs: &[(&str, &str)]) -> String {
    let mut line = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        line.append_pair(name, value);
    }
    format!("{address}?{}", line.finish())
}

/// A piece of a path: letters, digits and what ids are made of; anything else is escaped.
pub(crate) fn piece(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    id.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
