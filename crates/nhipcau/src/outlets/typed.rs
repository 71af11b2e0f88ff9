//! What was typed of an outlet.

use jiff::civil::Date;
use vietnam::text::fold;

use super::wordpress::{self, Account, Settings};
use super::{Kind, Outlet, about, packets, place};
use crate::app::App;
use crate::items::kinds;
use crate::open::cursor::Place;
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::problem::{Fault, Problem};
use crate::sources::fetch::Fetcher;
use crate::sources::{both, fetch, webhook};
use crate::words::{Lang, OutletWords, date};

/// As what a post can be put.
pub(super) const STATUSES: [&str; 3] = ["publish", "pending", "draft"];
/// The most letters of a name, of an account and of a password.
const NAME: usize = 300;
/// The most letters of an agency's identifier.
const ORGAN: usize = 100;

pub(super) fn fault(field: &str, says: fn(&'static OutletWords) -> &'static str) -> Fault {
    Fault { field: field.into(), vi: says(Lang::Vi.outlet()).into(), en: says(Lang::En.outlet()).into() }
}

/// A walk that begins at the beginning.
fn first() -> Place {
    Place { at: 0, log: 0, item: String::new() }
}

/// From where somebody wants it sent again: a sequence as calls tell it, or the beginning of a day in Viet Nam; the beginning of all
/// if nothing was typed.
pub(super) fn from(text: &str) -> Option<Place> {
    if text.trim().is_empty() {
        return Some(first());
    }
    let day = || {
        let day: Date = text.trim().parse().ok()?;
        let at = day.to_zoned_datetime(date::zone()).ok()?.timestamp().as_microsecond();
        Some(Place { at: at - 1, log: i64::MAX, item: String::new() })
    };
    place(text).or_else(day)
}

/// An outlet that does not stand yet. The account of a WordPress is tried at once.
///
/// # Errors
/// What is wrong with which field; the machine's.
pub(super) async fn outlet(app: &App, staff: &Staff, typed: &Fields) -> Result<Outlet, Problem> {
    let mut faults = Vec::new();
    let (url, name) = (typed.get("dia-chi").trim().to_owned(), typed.get("ten").trim().to_owned());
    if let Err(refused) = fetch::may(app, &url) {
        let why = both(&refused.to_string());
        faults.push(Fault { field: "dia-chi".into(), vi: why.vi, en: why.en });
    }
    if !is_line(&name) {
        faults.push(fault("ten", |w| w.fault_name));
    }
    let kind = Kind::of(typed.get("cach-gui")).unwrap_or(Kind::Webhook);
    let (secret, settings) = match kind {
        Kind::Webhook => (secret(app, typed, &mut faults)?, "{}".to_owned()),
        Kind::WordPress => wordpress(app, &url, typed, &mut faults).await?,
        Kind::Packets => (secret(app, typed, &mut faults)?, receiver(typed, &mut faults)?),
    };
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let start = match typed.get("tu-dau") {
        "dau" => first(),
        _ => Place { at: app.clock.micros(), log: 0, item: String::new() },
    };
    let id = app.dice.id(&app.clock)?;
    Ok(Outlet {
        id,
        log: staff.portal.log,
        url,
        name,
        // In a packet an agency speaks: what others have issued it cannot send.
        own: kind == Kind::Packets || typed.get("gui-gi") != "tat-ca",
        kind,
        settings,
        secret: app.people.seal.close(&app.dice, &about(id), &secret)?,
        next: 1,
        at: 0,
        failures: 0,
        trouble: String::new(),
        place: start,
    })
}

fn is_line(text: &str) -> bool {
    text.chars().count() <= NAME && !text.chars().any(char::is_control)
}

/// The key by which calls are signed: what was typed, or a new one if nothing was.
fn secret(app: &App, typed: &Fields, faults: &mut Vec<Fault>) -> Result<Vec<u8>, Problem> {
    let secret = match typed.get("khoa-bi-mat").trim() {
        "" => Some(app.dice.bytes::<32>()?.to_vec()),
        typed => webhook::key(typed),
    };
    if secret.is_none() {
        faults.push(fault("khoa-bi-mat", |w| w.fault_secret));
    }
    Ok(secret.unwrap_or_default())
}

/// Who receives packets, as they are kept.
fn receiver(typed: &Fields, faults: &mut Vec<Fault>) -> Result<String, Problem> {
    let (id, name) = (typed.get("ma-nhan").trim().to_owned(), typed.get("ten-nhan").trim().to_owned());
    if id.is_empty() || id.chars().count() > ORGAN || id.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        faults.push(Fault::said("ma-nhan", |lang| lang.packet().fault_receiver_id));
    }
    if name.is_empty() || !is_line(&name) {
        faults.push(Fault::said("ten-nhan", |lang| lang.packet().fault_receiver_name));
    }
    Ok(serde_json::to_string(&packets::Settings { id, name }).map_err(anyhow::Error::from)?)
}

/// The secret and the settings of a WordPress.
async fn wordpress(
    app: &App,
    url: &str,
    typed: &Fields,
    faults: &mut Vec<Fault>,
) -> Result<(Vec<u8>, String), Problem> {
    let (login, password) =
        (typed.get("tai-khoan").trim().to_owned(), typed.get("mat-khau").trim().to_owned());
    if login.is_empty() || login.contains(':') || !is_line(&login) {
        faults.push(fault("tai-khoan", |w| w.fault_login));
    }
    if password.is_empty() || !is_line(&password) {
        faults.push(fault("mat-khau", |w| w.fault_password));
    }
    // A password in the clear is read by whoever stands between.
    if !url.starts_with("https://") && !app.config.private_addresses {
        faults.push(fault("dia-chi", |w| w.fault_https));
    }
    let status = STATUSES.into_iter().find(|status| *status == typed.get("trang-thai")).unwrap_or("publish");
    let Some(categories) = categories(typed.get("chuyen-muc")) else {
        faults.push(fault("chuyen-muc", |w| w.fault_categories));
        return Ok(Default::default());
    };
    let settings = Settings { status: status.to_owned(), categories };
    let account = Account { login, password };
    if faults.is_empty() {
        let fetcher = Fetcher::of(app);
        if let Err(why) = wordpress::tries(&fetcher, url, &account, &settings).await {
            faults.push(Fault { field: "dia-chi".into(), vi: why.vi, en: why.en });
        }
    }
    let secret = serde_json::to_vec(&account).map_err(anyhow::Error::from)?;
    Ok((secret, serde_json::to_string(&settings).map_err(anyhow::Error::from)?))
}

/// Lines of `kind = category`: a kind by its id, its part of addresses or its name.
fn categories(text: &str) -> Option<Vec<(String, String)>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let one = |line: &str| {
        let (kind, category) = line.split_once('=')?;
        let (kind, category) = (fold(kind.trim()), category.trim());
        let named = |one: &&kinds::Kind| {
            [&one.id, &one.slug, &one.name.vi, &one.name.en].into_iter().any(|name| fold(name) == kind)
        };
        let kind = kinds::all().iter().find(named)?;
        (!category.is_empty() && is_line(category)).then(|| (kind.id.clone(), category.to_owned()))
    };
    lines.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_lines_of_a_kind_and_a_name() {
        let read = categories("notice = Thông báo\n\n Thông báo =Tin  vắn").unwrap_or_default();
        assert_eq!(read, [("notice".into(), "Thông báo".into()), ("notice".into(), "Tin  vắn".into())]);
        assert!(categories("lạ = x").is_none() && categories("notice").is_none());
        assert_eq!(categories(" \n"), Some(Vec::new()));
    }
}
