//! Drafts begun: of a new item, and of the next edition of one that stands.

use network::entry::ItemChange;
use network::names::ContentHash;
use serde_json::json;
use uuid::Uuid;

use super::{By, blank, refusal, stage_of};
use crate::annexes;
use crate::app::App;
use crate::assignments::restricted;
use crate::channels;
use crate::db::Tx;
use crate::drafts::life::{self, Act, Facts, Refused};
use crate::drafts::{Work, Written, store};
use crate::items::draft::Draft;
use crate::items::kinds;
use crate::items::publish;
use crate::people::audit::{self, Line};
use crate::problem::Problem;

/// Begins a draft of a new item. Returns its id.
///
/// # Errors
/// The database's, or that the kind is no word.
pub async fn create(app: &App, by: &By, kind: &str) -> Result<Uuid, Problem> {
    kind.parse::<network::content::ItemKind>().map_err(|why| Problem::invalid("kind", why))?;
    if kind == kinds::ANNEX {
        return Err(annexes::acts::not_an_item());
    }
    let (id, item) = (app.dice.id(&app.clock)?, app.dice.id(&app.clock)?);
    let written =
        Written { draft: Draft { kind: kind.to_owned(), ..Draft::default() }, ..Written::default() };
    begin(app, by, store::next_edition(by.log, item, 0, ItemChange::New, id, written), Vec::new()).await
}

/// Begins a draft of the next edition of an item that stands, with what it says now. If one is open already, that one.
///
/// # Errors
/// The decision's refusal; not an item of this agency.
pub async fn next(app: &App, by: &By, reference: &str, change: ItemChange) -> Result<Uuid, Problem> {
    let standing = publish::own(app, reference).await?;
    if standing.log != by.log || change == ItemChange::New {
        return Err(Problem::NotFound("item"));
    }
    let mut conn = app.db.read().await?;
    if let Some(open) = store::open_of(&mut conn, by.log, standing.item).await? {
        return Ok(open);
    }
    if standing.card.carried.is_some() {
        return Err(publish::carried());
    }
    let facts = Facts { sound: true, ..blank(by) };
    life::decide(stage_of(standing.state), Act::Begin, &facts).map_err(refusal)?;
    let hash = standing.content.ok_or(Problem::NotFound("text of this item"))?;
    let bytes = app.folder.read(&mut conn, &hash).await?.ok_or(Problem::NotFound("text of this item"))?;
    let mut item = network::content::Item::parse(&bytes)
        .map_err(|faults| anyhow::anyhow!("a stored item is damaged: {}", faults.len()))?;
    let base = item.edition;
    if let Some(details) = &mut item.details {
        restricted::revealed(app, &by.origin, (standing.item, base), &mut details.0)?;
    }
    let (mut written, files) = Written::of(&item);
    written.channels = channels::queue::stand(&mut conn, by.log, standing.item).await?;
    let mut kept = Vec::new();
    for hash in files {
        let bytes = app.folder.read(&mut conn, &hash).await?.ok_or(Problem::NotFound("file of this item"))?;
        kept.push((hash, bytes));
    }
    drop(conn);
    let id = app.dice.id(&app.clock)?;
    begin(app, by, store::next_edition(by.log, standing.item, base, change, id, written), kept).await
}

/// Keeps a draft with the files it starts from, all or nothing.
///
/// # Errors
/// The clock begins nothing; the database's.
pub async fn begin(
    app: &App,
    by: &By,
    work: Work,
    files: Vec<(ContentHash, Vec<u8>)>,
) -> Result<Uuid, Problem> {
    let (id, account) = (work.id, by.account().ok_or_else(|| refusal(Refused::Role))?);
    let line = Line::new(by.who, by.log, "draft.begin", id.to_string());
    let line = line.with(json!({ "kind": work.written.draft.kind, "change": work.change.to_string() }));
    app.db
        .write("draft.begin", async move |tx: &mut Tx| -> Result<Uuid, Problem> {
            store::add(tx, &work, account).await?;
            for (hash, bytes) in files {
                store::keep_file(tx, id, &hash, bytes).await?;
            }
            audit::add(tx, line).await?;
            Ok(id)
        })
        .await
}
