//! Sealing, opening, calling off: what the issuer's node does with its own items under embargo.

use anyhow::anyhow;
use jiff::Timestamp;
use network::entry::{ContentRef, Entry, Kind, Lane, Withdrawal};
use network::names::{ContentHash, Origin};
use network::sealing::{SEALED_TYPE, SealKey, Sealed};
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::drafts::hours;
use crate::items::desk::{self, Request};
use crate::items::draft::Draft;
use crate::items::fold::sealed;
use crate::items::once::Once;
use crate::items::publish::{self, Done};
use crate::items::store::Reference;
use crate::problem::Problem;

/// A sealing that is ready: one step in the writer is left.
pub struct Ready {
    /// What the log will say.
    request: Request,
    item: Uuid,
    due: i64,
    /// The opening, under the key of this node.
    opening: Vec<u8>,
    uniq: String,
}

/// What an opening is kept for.
fn about(log: i64, item: Uuid) -> String {
    format!("embargo {log} {item}")
}

/// Seals an edition that is drawn up, to be opened at `due` (microseconds). Its text is kept on no disk.
///
/// # Errors
/// The disk's, or that it is no edition.
pub async fn seal(app: &App, origin: &Origin, issue: Request, due: i64) -> Result<Ready, Problem> {
    let Kind::ItemIssued { item, edition, change, lane, content, files } = issue.kind else {
        return Err(Problem::Ours(anyhow!("only an edition can be sealed")));
    };
    let key = SealKey::new(app.dice.bytes()?);
    let of = Sealed { origin: origin.clone(), item, edition };
    let commitment = key.commitment(&of, &content, &files);
    let opening = Kind::ItemOpened { item, edition, key: key.clone(), content, files };
    let line = Entry { at: Timestamp::UNIX_EPOCH, kind: opening }.encode().map_err(anyhow::Error::from)?;
    let opening = app.people.seal.close(&app.dice, &about(issue.log, item), &line)?;
    let mut plain: Vec<Vec<u8>> = issue.content.into_iter().map(|(_, bytes)| bytes).collect();
    // A request names the files first; in an entry the document has the first place.
    plain.rotate_right(1);
    let closed = tokio::task::spawn_blocking(move || {
        let close = |(place, bytes): (u32, Vec<u8>)| {
            let sealed = key.close(&of, place, &bytes)?;
            let (sha256, size) = (ContentHash::of(&sealed), sealed.len() as u64);
            Some((ContentRef { sha256, size, media: SEALED_TYPE.into() }, sealed))
        };
        (0..).zip(plain).map(close).collect::<Option<Vec<_>>>()
    });
    let closed = closed.await.map_err(anyhow::Error::from)?;
    let closed = closed.ok_or_else(|| anyhow!("{item} is too large to be sealed"))?;
    for (piece, bytes) in &closed {
        app.folder.keep(&piece.sha256, bytes).await?;
    }
    let mut pieces = closed.iter().map(|(piece, _)| piece.clone());
    let content = pieces.next().ok_or_else(|| anyhow!("{item} has no document"))?;
    let kind = Kind::ItemSealed { item, edition, change, lane, content, files: pieces.collect(), commitment };
    let uniq = issue.unique.as_ref().map(|(_, uniq)| uniq.clone()).unwrap_or_default();
    Ok(Ready { request: Request { kind, content: closed, ..issue }, item, due, opening, uniq })
}

/// Lets a sealing stand in the log, and keeps its opening, in a step of somebody else's.
///
/// # Errors
/// The request's own refusal, or the database's.
pub async fn lay(tx: &mut Tx, ready: &Ready) -> Result<Done, Problem> {
    if let Some(once) = &ready.request.once
        && let Some(done) = once.answered(tx.conn()).await?
    {
        return Ok(done);
    }
    let done = desk::carry_out(tx, &ready.request).await?;
    store::keep(tx, ready.request.log, ready.item, ready.due, &ready.opening, &ready.uniq).await?;
    Ok(done)
}

/// The request that opens an item.
///
/// # Errors
/// There is no such embargo, or this node's key does not open what is kept.
pub async fn opening(
    app: &App,
    conn: &mut Conn,
    log: i64,
    origin: &Origin,
    item: Uuid,
) -> Result<Request, Problem> {
    let (kept, uniq) = store::opening(conn, log, item).await?.ok_or(Problem::NotFound("embargo"))?;
    let line = app.people.seal.unlock(&about(log, item), &kept).ok_or_else(|| {
        Problem::refused(
            "Khóa keys/people.key của máy chủ không mở được khóa niêm phong của mục này. Quản trị máy chủ hãy khôi phục khóa từ bản sao lưu; hoặc gỡ niêm phong rồi phát hành lại.",
            "This node's keys/people.key does not open the kept key of this sealing. Restore it from the backup, or call the embargo off and issue anew.",
        )
    })?;
    let kind = Entry::decode(&line).map_err(anyhow::Error::from)?.kind;
    let Kind::ItemOpened { edition, .. } = kind else {
        return Err(Problem::Ours(anyhow!("what is kept of {item} is no opening")));
    };
    let unique = Some((item, uniq)).filter(|(_, uniq)| !uniq.is_empty());
    let done = Done { edition: Some(edition), ..named(origin, item) };
    Ok(Request { log, kind, content: Vec::new(), done, once: None, unique })
}

/// The request that calls an embargo off.
pub fn calling_off(log: i64, origin: &Origin, item: Uuid) -> Request {
    let kind = Kind::ItemWithdrawn { item, mode: Withdrawal::Gone, lane: Lane::Urgent, note: None };
    Request { log, kind, content: Vec::new(), done: named(origin, item), once: None, unique: None }
}

fn named(origin: &Origin, item: Uuid) -> Done {
    let reference = Reference::of(origin, item);
    Done {
        path: format!("/muc/{reference}"),
        reference: reference.to_string(),
        origin: origin.to_string(),
        entry: 0,
        edition: None,
        number: None,
    }
}

/// Opens an item, or calls it off; its key is in the log then, or nowhere. Of two who do it at once the first is right.
///
/// # Errors
/// It waits no more; the request's own refusal, or the database's.
pub async fn end(tx: &mut Tx, request: &Request, item: Uuid) -> Result<Done, Problem> {
    // Asked of the log as it stands: a key that was forgotten must not come out.
    let waits = sealed::waits(tx.conn(), request.log, item).await?;
    if !store::forget(tx, request.log, item).await? || !waits {
        return Err(Problem::NotFound("embargo"));
    }
    desk::carry_out(tx, request).await
}

/// Forgets openings whose sealing is void or open by the log: after a backup was put back, the tail of the log may say so.
/// A key that was forgotten there must not come out here.
///
/// # Errors
/// The database's.
pub async fn settle(app: &App) -> Result<(), Problem> {
    let astray = store::astray(&mut app.db.read().await?).await?;
    if astray.is_empty() {
        return Ok(());
    }
    app.db
        .write("embargo.settle", async move |tx: &mut Tx| -> Result<(), Problem> {
            for (log, item) in astray {
                store::forget(tx, log, item).await?;
                store::draft_follows(tx, log, item).await?;
            }
            Ok(())
        })
        .await
}

/// Checks the hour of an opening, in microseconds.
///
/// # Errors
/// It has come already, or lies too far ahead.
pub fn still_to_come(app: &App, due: i64) -> Result<(), Problem> {
    match hours::wrong("embargo_until", due, app.clock.micros()) {
        Some(fault) => Err(Problem::Invalid(vec![fault])),
        None => Ok(()),
    }
}

/// Issues a new item under embargo: sealed now, opened at `due` (microseconds).
///
/// # Errors
/// Every fault of the draft, an hour that is not to come, or that the log may not sign now.
pub async fn issue(
    app: &App,
    log: i64,
    origin: &Origin,
    draft: Draft,
    due: i64,
    once: Option<Once>,
) -> Result<Done, Problem> {
    still_to_come(app, due)?;
    let id = app.dice.id(&app.clock)?;
    let change = network::entry::ItemChange::New;
    let issue = publish::drawn_up(app, log, origin, id, 1, change, draft).await?;
    let mut ready = seal(app, origin, issue, due).await?;
    ready.request.once = once;
    // A repeat finds its answer in the step; what it sealed meanwhile is not laid.
    app.db.write("embargo.seal", async move |tx: &mut Tx| lay(tx, &ready).await).await
}

/// True if something waits under embargo by this name.
///
/// # Errors
/// The database's.
pub async fn is_waiting(app: &App, reference: &str) -> Result<bool, Problem> {
    Ok(waiting(app, reference).await?.is_some())
}

/// The log, its name and the item of what waits under embargo by this name.
async fn waiting(app: &App, reference: &str) -> Result<Option<(i64, Origin, Uuid)>, Problem> {
    let Ok(reference) = reference.parse::<Reference>() else { return Ok(None) };
    let item = reference.item;
    let mut conn = app.db.read().await?;
    let Some(log) = store::log_of(&mut conn, item).await? else { return Ok(None) };
    let Some(head) = crate::logs::store::head(&mut conn, log).await? else { return Ok(None) };
    let named = Reference::of(&head.origin, item) == reference;
    Ok(named.then_some((log, head.origin, item)))
}

/// Calls off what waits under embargo by this name; `None` if nothing does.
///
/// # Errors
/// A reason that is missing; the log may not sign now.
pub async fn call_off(
    app: &App,
    reference: &str,
    reason: &publish::Reason,
    once: Option<Once>,
) -> Result<Option<Done>, Problem> {
    let Some((log, origin, item)) = waiting(app, reference).await? else { return Ok(None) };
    let calling = calling_off(log, &origin, item);
    let told = publish::ended(app, item, reason, false)?;
    let request = Request { kind: told.0, content: vec![told.1], once, ..calling };
    let done = app
        .db
        .write("embargo.call_off", async move |tx: &mut Tx| -> Result<Done, Problem> {
            let done = end(tx, &request, item).await?;
            store::draft_follows(tx, log, item).await?;
            Ok(done)
        })
        .await?;
    Ok(Some(done))
}
