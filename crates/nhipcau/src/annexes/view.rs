//! What stands beside an item on a portal's page, and what the API says of it.

use network::content::Item;
use network::names::Origin;
use serde_json::{Value, json};

use super::store::{self, Standing};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::store::Standing as Core;
use crate::items::{State, body};
use crate::problem::Problem;
use crate::words::{Lang, date, number};

/// An annex as a page shows it.
pub struct Beside {
    /// Who says it, as a heading.
    pub says: String,
    /// That it is not the issuer who speaks.
    pub not_the_issuer: String,
    /// What readers are told when the core has moved on.
    pub stale: Option<String>,
    /// Its title.
    pub title: String,
    /// The language of title and text.
    pub lang: String,
    /// Clean HTML, its headings below that of the annex.
    pub body: String,
    /// When it was published, and where that is recorded.
    pub signed: String,
}

/// Whose annexes a portal shows: its own, and those of the agencies above it, its own first.
fn speakers(app: &App, portal: &Portal) -> Vec<Origin> {
    let directory = app.directory.load();
    let above = directory.ancestors(&portal.origin).map(|agency| agency.origin.clone());
    [portal.origin.clone()].into_iter().chain(above).collect()
}

/// The annexes that stand beside an item on a portal; none while the item does not stand.
async fn standing(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    item: &Core,
) -> Result<Vec<(Standing, Item)>, Problem> {
    let mut all = Vec::new();
    if item.state != State::Standing {
        return Ok(all);
    }
    for annex in store::beside(conn, &speakers(app, portal), &item.origin, item.item).await? {
        if annex.withdrawn {
            continue;
        }
        let Some(bytes) = app.folder.read(conn, &annex.content).await? else { continue };
        // Somebody's document under another's name is not shown.
        let document = Item::parse(&bytes).ok();
        let named = |document: &Item| document.id == annex.id && document.edition == annex.edition;
        all.extend(document.filter(named).map(|document| (annex, document)));
    }
    Ok(all)
}

/// What stands beside an item on a portal's page.
///
/// # Errors
/// The database's, or a damaged file.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    item: &Core,
    lang: Lang,
) -> Result<Vec<Beside>, Problem> {
    let (w, now, directory) = (lang.annex(), app.clock.now(), app.directory.load());
    let each = |(at, (annex, document)): (usize, (Standing, Item))| {
        let by = agencies::name(directory.agency(&annex.by), lang, annex.by.as_str());
        let stale = is_stale(&annex, item).then(|| w.stale(annex.core.edition, item.edition));
        let (title, tongue) = match (document.title_en, lang) {
            (Some(title), Lang::En) => (title, "en".to_owned()),
            _ => (document.title, document.lang.clone()),
        };
        Beside {
            says: w.by(&by),
            not_the_issuer: w.not_the_issuer(&by),
            stale,
            title,
            lang: tongue,
            body: body::beside(&document.body, &format!("viet-them-{}-", at + 1)),
            signed: w.signed(
                date::in_sentence(lang, instant(annex.at), now),
                number::whole(lang, annex.index),
                &annex.by,
            ),
        }
    };
    Ok(standing(app, conn, portal, item).await?.into_iter().enumerate().map(each).collect())
}

/// What the API says stands beside an item on a portal.
///
/// # Errors
/// The database's, or a damaged file.
pub async fn told(app: &App, conn: &mut Conn, portal: &Portal, item: &Core) -> Result<Vec<Value>, Problem> {
    let each = |(annex, document): (Standing, Item)| {
        json!({
            "id": annex.id.to_string(), "origin": annex.by.to_string(), "edition": annex.edition, "entry": annex.index,
            "at": instant(annex.at).to_string(), "of": annex.core.edition, "stale": is_stale(&annex, item),
            "content": annex.content.to_string(), "title": document.title, "lang": document.lang,
            "format": document.body.format.word(), "text": document.body.text,
        })
    };
    Ok(standing(app, conn, portal, item).await?.into_iter().map(each).collect())
}

/// True if the core has moved on since its writers read it.
pub fn is_stale(annex: &Standing, item: &Core) -> bool {
    i64::from(annex.core.edition) < item.edition
}
