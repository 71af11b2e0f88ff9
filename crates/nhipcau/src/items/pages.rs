//! The public pages of items: home and lists (`lists`), one item (`item`), its editions (`history`).

mod beside;
mod history;
mod item;
mod lists;
mod reading;
mod save;

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;
use network::content::Note;
use network::names::ContentHash;

use super::Card;
use super::store::{self, Reference, Standing};
use super::view::{Kind, Title};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::db::Conn;
use crate::problem::Problem;
use crate::reach;
use crate::web::answer::{failure, fault_page, page};
use crate::web::error_view::Fault;
use crate::web::pages::{Drawn, HTML, Page, Tag};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

pub use beside::compare;
pub use history::history;
pub(crate) use item::{awaited, facts, parsed, read, stored};
pub use item::{item, qr};
pub use lists::{home, list, rows};
pub use save::save;

/// Pages that speak of "today" or of ages are drawn again after this, in microseconds.
const SHORT: i64 = 20_000_000;
pub(crate) const LONG: i64 = 600_000_000;

/// The visitor's portal, or the page that says that there is none.
///
/// # Errors
/// The page to be answered with.
pub fn portal(app: &App, visitor: &Visitor) -> Result<Arc<Portal>, Box<Response>> {
    visitor.portal.clone().ok_or_else(|| {
        let fault = Fault::UnknownHost { host: visitor.host.clone() };
        Box::new(fault_page(app, visitor, fault))
    })
}

/// Serves the kept page, or draws and keeps it; `tags` say what all such pages are drawn from.
pub async fn kept<F>(app: &App, visitor: &Visitor, tags: Vec<Tag>, lasts: i64, draw: F) -> Response
where
    F: AsyncFnOnce(&Portal) -> Result<Drawn, Problem>,
{
    let answer = try_kept(app, visitor, tags, lasts, draw).await;
    answer.unwrap_or_else(|problem| failure(app, visitor, problem))
}

/// The same for programs, who are told of a problem in another way.
///
/// # Errors
/// Those of `draw`; there is no portal of that name.
pub async fn try_kept<F>(
    app: &App,
    visitor: &Visitor,
    tags: Vec<Tag>,
    lasts: i64,
    draw: F,
) -> Result<Response, Problem>
where
    F: AsyncFnOnce(&Portal) -> Result<Drawn, Problem>,
{
    let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
    let address = visitor.address();
    let kept = || app.pages.get(address, app.clock.micros());
    if let Some(kept) = kept() {
        return Ok(opened(app, visitor, &kept));
    }
    let _turn = app.pages.draw(address).await;
    if let Some(kept) = kept() {
        return Ok(opened(app, visitor, &kept));
    }
    let since = app.pages.moment();
    let drawn = draw(&portal).await?;
    let until = (app.clock.micros() + lasts).min(midnight(app.clock.now()));
    Ok(opened(app, visitor, &app.pages.keep(address, since, until, drawn.of(tags))))
}

/// A page as the visitor takes it, counted if opening it is a reading.
fn opened(app: &App, visitor: &Visitor, kept: &Page) -> Response {
    if let Some(read) = kept.read {
        reach::count(app, read, visitor);
    }
    page(&visitor.takes(), kept)
}

/// Draws a page that is not kept: what can be asked for there has no end, and would push out what others read.
pub async fn fresh<F>(app: &App, visitor: &Visitor, draw: F) -> Response
where
    F: AsyncFnOnce(&Portal) -> Result<Drawn, Problem>,
{
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    match draw(&portal).await {
        Ok(drawn) => page(&visitor.takes(), &app.pages.once(drawn)),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// The end of today in Viet Nam, in microseconds: what a page says of today must not be said tomorrow.
fn midnight(now: Timestamp) -> i64 {
    let tomorrow = date::day(now).tomorrow().ok();
    let start = tomorrow.and_then(|day| day.to_zoned_datetime(date::zone()).ok());
    start.map_or(i64::MAX, |at| at.timestamp().as_microsecond())
}

pub(crate) fn html(template: &impl Template) -> Result<Drawn, Problem> {
    Ok(Drawn::whole(200, HTML, &template.render().map_err(anyhow::Error::from)?))
}

/// The title that a page in `lang` shows, and its own language.
pub fn title(card: &Card, lang: Lang) -> Title {
    match (&card.title_en, lang) {
        (Some(title), Lang::En) => Title { text: title.clone(), lang: "en".to_owned() },
        _ => {
            let own = if card.lang.is_empty() { "vi" } else { &card.lang };
            Title { text: card.title.clone(), lang: own.to_owned() }
        }
    }
}

/// The body that issued the document, as printed; else whoever published it.
pub(crate) fn speaker(app: &App, item: &Standing, lang: Lang) -> String {
    match &item.card.agency {
        Some(agency) if item.card.carried.is_none() => agency.clone(),
        _ => publisher(app, item, lang),
    }
}

/// Who published it; of what is carried, from where, and that whoever wrote it has not signed it.
pub(crate) fn publisher(app: &App, item: &Standing, lang: Lang) -> String {
    if let Some(carried) = &item.card.carried {
        return lang.words().provenance_site(&carried.site);
    }
    agencies::name(app.directory.load().agency(&item.origin), lang, item.origin.as_str())
}

pub(crate) async fn find(app: &App, reference: &str) -> Result<Standing, Problem> {
    let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("item"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))
}

pub(crate) async fn explained(
    app: &App,
    conn: &mut Conn,
    note: Option<ContentHash>,
) -> Result<Option<Note>, Problem> {
    let Some(hash) = note else { return Ok(None) };
    let bytes = app.folder.read(conn, &hash).await?;
    Ok(bytes.and_then(|bytes| Note::parse(&bytes).ok()))
}

/// Form and number, or the kind: what an item is called where its title is too long.
pub fn label(card: &Card, lang: Lang) -> String {
    match (&card.form, &card.number) {
        (Some(form), Some(number)) => format!("{form} {number}"),
        _ if card.title.is_empty() => Kind::of("document").label(lang).to_owned(),
        _ => title(card, lang).text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_of_today_ends_at_midnight_in_viet_nam() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let end = at("2026-11-24T17:00:00Z").as_microsecond();
        for now in ["2026-11-23T17:00:00Z", "2026-11-24T03:00:00Z", "2026-11-24T16:59:59Z"] {
            assert_eq!(midnight(at(now)), end, "{now}");
        }
    }
}
