//! What the agency has issued, by its last issue.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::home::Row;
use super::{kind_name, stage_name};
use crate::app::App;
use crate::clock::instant;
use crate::drafts::acts;
use crate::items::pages::title;
use crate::items::store::own::{self, Start};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, ISSUED, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::date;

/// How many items a page has.
const MOST: usize = 50;

/// Which page: behind an entry, or before it.
#[derive(Deserialize)]
pub struct Asked {
    truoc: Option<u64>,
    sau: Option<u64>,
}

#[derive(Template)]
#[template(path = "drafts/issued.html")]
struct Issued {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

/// `GET /ban-lam-viec/da-dang`
pub async fn issued(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &staff, &visitor, &asked).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn page(app: &App, staff: &Staff, visitor: &Visitor, asked: &Asked) -> Result<Issued, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.desk();
    let from = match (asked.sau, asked.truoc) {
        (Some(at), _) => Start::After(at),
        (None, Some(at)) => Start::Before(at),
        (None, None) => Start::Newest,
    };
    let mut conn = app.db.read().await?;
    // One more than is shown tells whether there is another page that way.
    let mut items = own::issued(&mut conn, staff.portal.log, from, MOST as i64 + 1).await?;
    let more = items.len() > MOST;
    match from {
        Start::After(_) if more => drop(items.remove(0)),
        _ => items.truncate(MOST),
    }
    let (newer, older) = match from {
        Start::Newest => (false, more),
        Start::Before(_) => (true, more),
        Start::After(_) => (more, true),
    };
    let rows = items.iter().map(|one| {
        let item = &one.standing;
        let name = title(&item.card, lang).text;
        let says = [
            kind_name(&item.kind, lang),
            stage_name(acts::stage_of(item.state), lang).to_owned(),
            w.row_edition(item.edition),
            date::short(lang, instant(one.at), now),
        ];
        Row {
            href: format!("{HOME}/muc/{}", item.reference()),
            says: says.join(" · "),
            title: if name.is_empty() { w.untitled.to_owned() } else { name },
            mine: false,
        }
    });
    let link = |word: &str, at: u64| lang.path(&format!("{ISSUED}?{word}={at}"));
    // Behind the newest there is nothing, and a page that is empty leads back to the first.
    let newer = items.first().filter(|_| newer).map(|one| link("sau", one.index));
    let older = items.last().filter(|_| older).map(|one| link("truoc", one.index));
    Ok(Issued {
        shell: shell(app, visitor, &staff.portal, w.nav_issued),
        desk: Desk::of(staff, lang, ISSUED, None),
        newer: newer.or_else(|| (items.is_empty() && from != Start::Newest).then(|| lang.path(ISSUED))),
        rows: rows.collect(),
        older,
    })
}
