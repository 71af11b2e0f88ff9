//! The stable address of a document, and what machines read of it.
//!
//! `/vb/{form}/{year}/{number}` (for example `/vb/nghi-dinh/2022/42-nd-cp`) never changes, whichever portal has the text: it
//! leads to the item's page here. A number as printed (`/vb/42/2022/NĐ-CP`) leads there too. Where several documents share
//! what was asked for, the reader chooses.

use std::collections::BTreeSet;

use axum::extract::{Path, State as Given};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use vietnam::number::DocumentNumber;

use super::panel::{self, reference};
use super::store::{self, DocumentRow};
use super::view::{Choice, SeveralPage};
use super::{akn, edxml, law, record};
use crate::agencies::{Portal, address};
use crate::app::App;
use crate::db::Conn;
use crate::items::pages::{LONG, fresh, html, kept, portal, publisher, read, title};
use crate::items::store::{Reference, Standing, find};
use crate::items::{Card, State, body, meta};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::words::date;

/// `/vb/{*path}`
pub async fn at(Given(app): Given<App>, Path(path): Path<String>, visitor: Visitor) -> Response {
    let here = match portal(&app, &visitor) {
        Ok(here) => here,
        Err(answer) => return *answer,
    };
    let rows = match asked(&app, &path).await {
        Ok(rows) => rows,
        Err(error) => return failure(&app, &visitor, Problem::Ours(error)),
    };
    let documents: BTreeSet<&str> = rows.iter().map(|row| row.uniq.as_str()).collect();
    match documents.len() {
        0 => failure(&app, &visitor, Problem::NotFound("document")),
        1 => {
            let own = rows.iter().find(|row| row.log == here.log).or(rows.first());
            match own.and_then(reference) {
                Some(reference) => found(&visitor, &reference),
                None => failure(&app, &visitor, Problem::NotFound("document")),
            }
        }
        _ => several(&app, &visitor, &path).await,
    }
}

/// The documents at an address, or of a number as printed. Those that were withdrawn count where no other stands.
async fn asked(app: &App, path: &str) -> anyhow::Result<Vec<DocumentRow>> {
    let mut conn = app.db.read().await?;
    let mut rows = store::at_address(&mut conn, path.trim_end_matches('/')).await?;
    if rows.first().is_some_and(|row| row.state == "standing") {
        rows.retain(|row| row.state == "standing");
    }
    if rows.is_empty()
        && let Ok(number) = path.parse::<DocumentNumber>()
    {
        rows = store::of_numbers(&mut conn, &[number.key()]).await?;
    }
    Ok(rows)
}

/// Leads to the item's page, with the day and the article that were asked for.
fn found(visitor: &Visitor, reference: &Reference) -> Response {
    let plain = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let asked = |name: &str| visitor.asked(name).filter(plain).map(|value| format!("{name}={value}"));
    let asked: Vec<String> = ["ngay", "dieu"].into_iter().filter_map(asked).collect();
    let query = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    let place = visitor.lang.path(&format!("/muc/{reference}{query}"));
    (StatusCode::FOUND, [(header::LOCATION, place), (header::CACHE_CONTROL, "no-cache".to_owned())])
        .into_response()
}

async fn several(app: &App, visitor: &Visitor, path: &str) -> Response {
    kept(app, visitor, vec![Tag::Lists, Tag::Directory], LONG, async |portal: &Portal| {
        let rows = asked(app, path).await?;
        let mut shell = portal.shell(app, visitor, Section::Elsewhere);
        let number = rows.first().map(|row| row.printed.clone()).unwrap_or_default();
        shell.title = Some(shell.w().vb_several(&number));
        let choices = law::distinct(&rows).into_iter().filter_map(|row| {
            let card: Card = serde_json::from_str(&row.card).ok()?;
            let day = row.issued.parse().map(|day| date::date(visitor.lang, day)).unwrap_or_default();
            Some(Choice {
                href: format!("/muc/{}", reference(row)?),
                title: title(&card, visitor.lang),
                issued: day,
                line: [row.form.as_str(), &row.printed, &row.agency].join(" · "),
            })
        });
        html(&SeveralPage { number, choices: choices.collect(), shell })
    })
    .await
}

/// An item that can be read, its text, and what is said of it in law.
struct Whole {
    item: Standing,
    text: std::sync::Arc<body::Text>,
    panel: panel::Panel,
    publisher: String,
}

async fn whole(app: &App, conn: &mut Conn, visitor: &Visitor, name: &str) -> Result<Whole, Problem> {
    let reference: Reference = name.parse().map_err(|_| Problem::NotFound("item"))?;
    let item = find(conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
    if matches!(item.state, State::Gone | State::Erased) {
        return Err(Problem::NotFound("item"));
    }
    let hash = item.content.ok_or(Problem::NotFound("text"))?;
    let text = app.pages.text(hash, async || read(app, conn, &hash).await).await?;
    let today = date::day(app.clock.now());
    let panel = panel::of(app, conn, visitor.lang, &item, today, visitor.asked("ngay")).await?;
    let publisher = publisher(app, &item, visitor.lang);
    Ok(Whole { item, text, panel, publisher })
}

/// Keeps what is made of an item as long as it is true.
async fn of_item(
    app: &App,
    visitor: &Visitor,
    name: &str,
    media: &'static str,
    draw: impl AsyncFnOnce(&Whole) -> Result<String, Problem>,
) -> Response {
    kept(app, visitor, vec![Tag::Directory], LONG, async |_: &Portal| {
        let mut conn = app.db.read().await?;
        let whole = whole(app, &mut conn, visitor, name).await?;
        let numbers = whole.panel.numbers.iter().cloned().map(Tag::Document);
        let tags: Vec<Tag> =
            numbers.chain([Tag::Item(whole.item.log, whole.item.item.to_string())]).collect();
        Ok(Drawn::whole(200, media, &draw(&whole).await?).of(tags))
    })
    .await
}

/// `/muc/{reference}/van-ban.json`
pub async fn json(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    of_item(&app, &visitor, &name, "application/json", async |whole: &Whole| {
        let outline = record::outline(&whole.text);
        Ok(record::json(&whole.item, &whole.text.document, &whole.publisher, &whole.panel, &outline)
            .to_string())
    })
    .await
}

/// `/muc/{reference}/dc.xml`
pub async fn dublin_core(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    of_item(&app, &visitor, &name, "application/xml; charset=utf-8", async |whole: &Whole| {
        let xml = record::dublin_core_xml(&whole.item, &whole.text.document, &whole.publisher);
        Ok(xml.map_err(anyhow::Error::from)?)
    })
    .await
}

/// `/muc/{reference}/akn.xml`
pub async fn akoma_ntoso(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    of_item(&app, &visitor, &name, "application/akn+xml; charset=utf-8", async |whole: &Whole| {
        akoma(&app, &visitor, whole)
    })
    .await
}

/// `/muc/{reference}/van-ban.edxml`; drawn anew each time, for with its files it is larger than pages that are kept.
pub async fn packet(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    fresh(&app, &visitor, async |_: &Portal| {
        let mut conn = app.db.read().await?;
        let whole = whole(&app, &mut conn, &visitor, &name).await?;
        // In a packet an agency speaks; what is carried its agency has not signed.
        if whole.item.card.carried.is_some() {
            return Err(Problem::NotFound("document of an agency"));
        }
        let home = address(&app.directory.load(), &whole.item.origin).unwrap_or_else(|| visitor.base.clone());
        let packet = edxml::packet(&app, &mut conn, &whole.item, &whole.text, &home).await?;
        Ok(Drawn::whole(200, "application/xml; charset=utf-8", &packet))
    })
    .await
}

/// An official document that stands, as Akoma Ntoso.
///
/// # Errors
/// Not found where the item is no document, or the database's.
pub async fn akoma_ntoso_of(
    app: &App,
    conn: &mut Conn,
    visitor: &Visitor,
    name: &str,
) -> Result<String, Problem> {
    akoma(app, visitor, &whole(app, conn, visitor, name).await?)
}

fn akoma(app: &App, visitor: &Visitor, whole: &Whole) -> Result<String, Problem> {
    let item = &whole.text.document;
    let (Some(stable), Some(number), Some(issued)) =
        (meta::stable_path(item), item.number.clone(), item.issued.or(item.effective))
    else {
        return Err(Problem::NotFound("document"));
    };
    let home = address(&app.directory.load(), &whole.item.origin);
    let home = home.unwrap_or_else(|| visitor.base.clone());
    let head = akn::Head {
        address: stable.trim_start_matches("/vb/").to_owned(),
        stable: format!("{home}{stable}"),
        place: format!("{home}/muc/{}", whole.item.reference()),
        number,
        form: item.form.clone().unwrap_or_default(),
        agency: item.agency.clone().unwrap_or_else(|| whole.publisher.clone()),
        title: item.title.clone(),
        issued,
        effective: item.effective,
        ends: item.expires.and_then(|last| last.tomorrow().ok()),
        made: date::day(app.clock.now()),
        lang: item.lang.clone(),
    };
    let outline = record::outline(&whole.text);
    Ok(akn::document(&head, &outline, &whole.panel.relations).map_err(anyhow::Error::from)?)
}
