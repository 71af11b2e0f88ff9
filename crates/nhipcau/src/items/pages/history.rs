//! The editions of an item, and what ended it.

use axum::extract::{Path, State as Given};
use axum::response::Response;
use network::content::Item;
use network::names::ContentHash;

use super::{LONG, explained, find, html, kept, label, title};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::store::{self, Edition};
use crate::items::view::{self, Change, HistoryPage};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::pages::Tag;
use crate::web::shell::Section;
use crate::web::visitor::Visitor;

/// `/muc/{reference}/lich-su`
pub async fn history(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    let found = match find(&app, &reference).await {
        Ok(found) => found,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let tags = vec![Tag::Item(found.log, found.item.to_string()), Tag::Directory];
    kept(&app, &visitor, tags, LONG, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let item = store::find(&mut conn, &found.reference()).await?.ok_or(Problem::NotFound("item"))?;
        let mut steps = Vec::new();
        for edition in store::editions(&mut conn, item.log, item.item).await? {
            steps.push(view::Edition {
                number: Some(edition.edition as u32),
                change: Change::of(&edition.change),
                at: instant(edition.at),
                entry: edition.idx as u64,
                log: None,
                note: edition_note(&app, &mut conn, &edition).await?,
                href: None,
            });
        }
        let order = store::orders(&mut conn, item.log, item.item).await?.into_iter().next();
        if let Some(change) = ended(item.state) {
            let note = explained(&app, &mut conn, item.note).await?;
            steps.push(view::Edition {
                number: None,
                change,
                at: instant(item.changed),
                entry: order.as_ref().map_or(item.index, |o| o.by_idx as u64),
                log: order.map(|o| o.origin),
                note: note.map(|n| n.text),
                href: None,
            });
        }
        steps.reverse();
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(shell.w().history_title.to_owned());
        html(&HistoryPage {
            reference: item.reference().to_string(),
            title: (item.state != State::Erased).then(|| title(&item.card, visitor.lang)),
            label: label(&item.card, visitor.lang),
            log: item.origin.to_string(),
            editions: steps,
            shell,
        })
    })
    .await
}

fn ended(state: State) -> Option<Change> {
    match state {
        State::Standing => None,
        State::Withdrawn => Some(Change::Withdrawn),
        State::Gone => Some(Change::Gone),
        State::Erased => Some(Change::Erased),
    }
}

async fn edition_note(app: &App, conn: &mut Conn, edition: &Edition) -> Result<Option<String>, Problem> {
    let Ok(hash) = <[u8; 32]>::try_from(edition.sha256.clone()).map(ContentHash) else { return Ok(None) };
    let bytes = app.folder.read(conn, &hash).await?;
    Ok(bytes.and_then(|bytes| Item::parse(&bytes).ok()).and_then(|item| item.change_note))
}
