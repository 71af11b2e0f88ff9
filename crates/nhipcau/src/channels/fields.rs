//! What an account at a service needs, as a form asks for it and as it is read.

use channels::limits::{Unit, count, limit as of_service, text_limit};
use channels::{Account, Field, Form, Kind, Secret, Secrets, Tokens};
use jiff::Timestamp;
use jiff::civil::Date;
use network::names::Origin;
use uuid::Uuid;

use super::{Held, call, report};
use crate::agencies;
use crate::app::App;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::sources::both;
use crate::words::{ChannelWords, Lang, date};

/// The longest field, in bytes.
const LONGEST: usize = 4_000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// A field as a page shows it.
pub(super) struct Input {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) input: &'static str,
    pub(super) value: String,
    pub(super) hint: &'static str,
}

/// What was read of a form.
pub(super) struct Read {
    pub(super) about: Account,
    pub(super) secrets: Secrets,
    pub(super) link: String,
    /// When the token ends, if somebody knows.
    pub(super) ends: Option<Timestamp>,
}

/// The fields that a service has a use for, and whether it cannot do without; what reaches us is ours to say.
fn of(kind: Kind) -> impl Iterator<Item = (Field, bool)> {
    let fields: &[(Field, bool)] = match kind {
        Kind::Facebook => &[(Field::Target, true), (Field::Access, true)],
        Kind::Zalo => &[
            (Field::Target, true),
            (Field::App, true),
            (Field::AppSecret, true),
            (Field::Access, true),
            (Field::Refresh, true),
            (Field::WebhookSecret, false),
        ],
        Kind::Viber => &[(Field::Sender, true), (Field::Access, true)],
        Kind::YouTube => {
            &[(Field::Target, true), (Field::App, true), (Field::AppSecret, true), (Field::Refresh, true)]
        }
        Kind::Telegram => &[(Field::Target, true), (Field::Access, true)],
        Kind::Sms => &[
            (Field::Target, true),
            (Field::Sender, true),
            (Field::Access, true),
            (Field::WebhookSecret, false),
        ],
    };
    // A gateway has no address that is known to all; elsewhere only tests and relays have another.
    fields.iter().copied().chain([(Field::Base, kind == Kind::Sms)])
}

fn id(field: Field) -> &'static str {
    match field {
        Field::Target => "noi-dang",
        Field::App => "ung-dung",
        Field::Sender => "nguoi-gui",
        Field::Base => "may-chu",
        Field::Webhook => "nhan-bao",
        Field::Access => "ma-truy-cap",
        Field::Refresh => "ma-lam-moi",
        Field::AppSecret => "khoa-ung-dung",
        Field::WebhookSecret => "khoa-nhan-bao",
    }
}

fn label(kind: Kind, field: Field, w: &ChannelWords) -> &'static str {
    match (field, kind) {
        (Field::Target, Kind::Facebook) => w.target_facebook,
        (Field::Target, Kind::Zalo) => w.target_zalo,
        (Field::Target, Kind::YouTube) => w.target_youtube,
        (Field::Target, Kind::Sms) => w.target_sms,
        (Field::Target, _) => w.target_telegram,
        (Field::App, Kind::YouTube) => w.client_id,
        (Field::App, _) => w.app_id,
        (Field::Sender, Kind::Viber) => w.sender_viber,
        (Field::Sender, _) => w.sender_sms,
        (Field::Base, Kind::Sms) => w.gateway,
        (Field::Base, _) => w.base,
        (Field::Webhook, _) => w.webhook,
        (Field::Access, Kind::Telegram) => w.access_bot,
        (Field::Access, Kind::Sms) => w.access_key,
        (Field::Access, _) => w.access,
        (Field::Refresh, _) => w.refresh,
        (Field::AppSecret, _) => w.app_secret,
        (Field::WebhookSecret, _) => w.webhook_secret,
    }
}

fn is_secret(field: Field) -> bool {
    matches!(field, Field::Access | Field::Refresh | Field::AppSecret | Field::WebhookSecret)
}

/// The form of an account: as it is kept, or as it was typed. What is secret is never shown again.
pub(super) fn inputs(kind: Kind, held: Option<&Held>, typed: Option<&Fields>, lang: Lang) -> Vec<Input> {
    let w = lang.channel();
    let value = |id: &str, kept: Option<&str>| match typed {
        Some(typed) => typed.get(id).to_owned(),
        None => kept.unwrap_or_default().to_owned(),
    };
    let mut inputs = vec![
        Input {
            id: "ten",
            label: w.name,
            input: "text",
            value: value("ten", held.map(|held| held.name.as_str())),
            hint: w.name_hint,
        },
        Input {
            id: "duong-dan",
            label: w.link,
            input: "url",
            value: value("duong-dan", held.map(|held| held.link.as_str())),
            hint: w.link_hint,
        },
    ];
    for (field, needed) in of(kind) {
        let kept = held.and_then(|held| match field {
            Field::Target => Some(held.about.target.as_str()),
            Field::App => Some(held.about.app.as_str()),
            Field::Sender => Some(held.about.sender.as_str()),
            Field::Base => held.about.base.as_deref(),
            _ => None,
        });
        let secret = is_secret(field);
        inputs.push(Input {
            id: id(field),
            label: label(kind, field, w),
            input: if secret { "password" } else { "text" },
            value: if secret { String::new() } else { value(id(field), kept) },
            hint: match field {
                _ if secret => w.secret_hint,
                Field::Base if !needed => w.base_hint,
                _ => "",
            },
        });
    }
    if ends(kind) {
        let kept = held.and_then(|held| held.ends).map(|ends| date::day(ends).to_string());
        inputs.push(Input {
            id: "het-han",
            label: w.until,
            input: "date",
            value: value("het-han", kept.as_deref()),
            hint: w.until_hint,
        });
    }
    inputs
}

/// True where tokens come to an end that only their owner knows.
fn ends(kind: Kind) -> bool {
    !matches!(kind, Kind::Telegram | Kind::Viber)
}

/// A fault of a field in both languages.
pub(super) fn fault(field: &str, says: fn(&'static ChannelWords) -> &'static str) -> Fault {
    Fault { field: field.into(), vi: says(Lang::Vi.channel()).into(), en: says(Lang::En.channel()).into() }
}

/// Reads what was typed; of what is secret and left empty, what `was`.
///
/// # Errors
/// Every fault, by its field.
pub(super) fn read(
    app: &App,
    (account, origin): (Uuid, &Origin),
    kind: Kind,
    was: Option<&Secrets>,
    typed: &Fields,
) -> Result<Read, Problem> {
    let mut faults = Vec::new();
    let (name, link) = (typed.get("ten").trim().to_owned(), typed.get("duong-dan").trim().to_owned());
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        faults.push(fault("ten", |w| w.fault_name));
    }
    let far = link.len() <= LONGEST && link.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
    if !link.is_empty() && (!far || link.chars().any(|c| c.is_control() || c.is_whitespace())) {
        faults.push(fault("duong-dan", |w| w.fault_link));
    }
    let day = typed.get("het-han").trim();
    let ends = day
        .parse::<Date>()
        .ok()
        .and_then(|day| day.to_zoned_datetime(date::zone()).ok())
        .map(|at| at.timestamp());
    if !day.is_empty() && ends.is_none() {
        faults.push(fault("het-han", |w| w.fault_until));
    }
    let mut said = |field: Field| {
        let (used, needed) =
            of(kind).find(|(one, _)| *one == field).map_or((false, false), |(_, needed)| (true, needed));
        let value =
            if used { typed.get(id(field)).trim().trim_end_matches('/').to_owned() } else { String::new() };
        let old = match (was, field) {
            (Some(was), Field::Access) => !was.tokens.access.is_empty(),
            (Some(was), Field::Refresh) => was.tokens.refresh.is_some(),
            (Some(was), Field::AppSecret) => was.app.is_some(),
            _ => false,
        };
        if needed && value.is_empty() && !old {
            faults.push(fault(id(field), |w| w.fault_needed));
        }
        if value.len() > LONGEST || value.chars().any(char::is_control) {
            faults.push(fault(id(field), |w| w.fault_name));
        }
        value
    };
    let [target, application, sender, base, access, refresh, own, reports] = [
        Field::Target,
        Field::App,
        Field::Sender,
        Field::Base,
        Field::Access,
        Field::Refresh,
        Field::AppSecret,
        Field::WebhookSecret,
    ]
    .map(&mut said);
    if !base.is_empty() {
        if let Err(refused) = call::may(app, &base) {
            let why = both(&refused.to_string());
            faults.push(Fault { field: id(Field::Base).into(), vi: why.vi, en: why.en });
        } else if !call::is_sealed(app, &base) {
            faults.push(fault(id(Field::Base), |w| w.fault_https));
        }
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let here = agencies::home(app, origin);
    let about = Account {
        kind,
        name,
        target,
        app: application,
        sender,
        base: Some(base).filter(|base| !base.is_empty()),
        webhook: kind.reports().then(|| format!("{here}{}", report::path(account))),
    };
    let new = |typed: String, old: Option<Secret>| match typed.is_empty() {
        true => old,
        false => Some(Secret::new(typed)),
    };
    let is_new = !access.is_empty() || !refresh.is_empty();
    let tokens = Tokens {
        access: new(access, was.map(|was| was.tokens.access.clone())).unwrap_or_else(|| Secret::new("")),
        refresh: new(refresh, was.and_then(|was| was.tokens.refresh.clone())),
        // A new token's end is not known yet.
        access_until: was.filter(|_| !is_new).and_then(|was| was.tokens.access_until),
        refresh_until: was.filter(|_| !is_new).and_then(|was| was.tokens.refresh_until),
    };
    let secrets = Secrets {
        tokens,
        app: new(own, was.and_then(|was| was.app.clone())),
        webhook: new(reports, was.and_then(|was| was.webhook.clone())),
    };
    Ok(Read { about, secrets, link, ends })
}

/// How much of a limit is used, as the page says it and as the script counts it.
pub(super) struct Limit {
    pub(super) says: String,
    pub(super) count: &'static str,
    pub(super) most: u64,
    /// What the link adds to the text where the service has no place for it.
    pub(super) plus: u64,
}

/// How many pictures and clips a service takes in one post on a day, in a sentence; empty if it takes none.
pub(super) fn media_limit(kind: Kind, day: Date, lang: Lang) -> String {
    let w = lang.channel();
    let most = |field: &str| of_service(kind, field, day).map_or(0, |limit| limit.most);
    match (most("pictures"), most("clips")) {
        (0, 0) => String::new(),
        (pictures, 0) => w.form_pictures(pictures),
        (0, clips) => w.form_clips(clips),
        (pictures, clips) => w.form_media(pictures, clips),
    }
}

/// The limit of a field of a form on a day, if the service has one.
pub(super) fn limit(form: &Form, kind: Kind, field: &str, day: Date, lang: Lang) -> Option<Limit> {
    let (limit, whole, own) = match field {
        "title" => (of_service(kind, "title", day)?, form.title.clone(), form.title.as_str()),
        "text" => {
            let whole = form.wire(kind);
            (text_limit(kind, &whole, !form.media.is_empty(), day)?, whole, form.text.as_str())
        }
        _ => return None,
    };
    let (used, typed) = (count(limit.unit, &whole), count(limit.unit, own));
    let words = limit.unit.words();
    Some(Limit {
        says: lang.channel().form_limit(used, limit.most, if lang == Lang::Vi { words.vi } else { words.en }),
        count: match limit.unit {
            Unit::Characters => "chars",
            Unit::Utf16 if kind == Kind::Sms => "sms",
            Unit::Utf16 => "utf16",
            Unit::Bytes => "bytes",
            Unit::Septets => "sms",
            Unit::Seconds | Unit::Count => "",
        },
        most: limit.most,
        plus: used.saturating_sub(typed),
    })
}
