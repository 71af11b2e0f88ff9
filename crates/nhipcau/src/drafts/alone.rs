//! Issued by one person in an emergency: said in the log beside the edition, so that superiors and readers know, and counted.

use network::entry::{ContentRef, Kind};
use network::names::Origin;
use sqlx::FromRow;
use uuid::Uuid;

use super::Work;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::items::desk::Request;
use crate::items::publish;
use crate::problem::Problem;
use crate::{all, one, run};

/// How many agencies above are told in their consoles.
const SUPERIORS: usize = 2;

/// The entry that tells of an edition issued alone, with its reason.
///
/// # Errors
/// The reason is empty or too long.
pub fn told(app: &App, work: &Work, issue: &Request, reason: &str) -> Result<Request, Problem> {
    let (note, bytes) = publish::reason_note(app, reason)?;
    let kind = Kind::ItemAlone { item: work.item, edition: work.base + 1, note: note.clone() };
    Ok(Request {
        log: work.log,
        kind,
        content: vec![(note, bytes)],
        done: issue.done.clone(),
        once: None,
        unique: None,
    })
}

/// Remembers what an entry tells; the same at every node.
///
/// # Errors
/// The database's.
pub async fn note(
    tx: &mut Tx,
    (log, index, at): (i64, u64, i64),
    item: Uuid,
    edition: u32,
    note: &ContentRef,
) -> anyhow::Result<()> {
    run!(
        tx,
        "INSERT INTO alone (log, idx, item, edition, at, note) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (log, idx) DO NOTHING",
        log,
        index as i64,
        item.to_string(),
        i64::from(edition),
        at,
        note.sha256.0.to_vec()
    )?;
    tx.ledger.effects.items.push((log, item.to_string()));
    Ok(())
}

/// How often the agency of a log that this node carries has issued alone since an instant.
///
/// # Errors
/// The database's.
pub async fn count(conn: &mut Conn, origin: &Origin, since: i64) -> sqlx::Result<i64> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM alone a JOIN log l ON l.id = a.log WHERE l.origin = $1 AND a.at >= $2",
        origin.as_str().to_owned(),
        since
    )?;
    Ok(count)
}

#[derive(FromRow)]
struct Row {
    origin: String,
    item: String,
    at: i64,
}

/// What agencies below one have issued alone since an instant, the newest first, as far as that one is one of the two next
/// above: whose log, which item, when.
///
/// # Errors
/// The database's.
pub async fn below(
    conn: &mut Conn,
    app: &App,
    origin: &Origin,
    since: i64,
) -> anyhow::Result<Vec<(Origin, Uuid, i64)>> {
    let rows = all!(
        conn,
        Row,
        "SELECT l.origin, a.item, a.at FROM alone a JOIN log l ON l.id = a.log
         WHERE a.at >= $1 ORDER BY a.at DESC, a.log, a.idx",
        since
    )?;
    let directory = app.directory.load();
    let mut below = Vec::new();
    for row in rows {
        let of: Origin = row.origin.parse()?;
        if directory.ancestors(&of).take(SUPERIORS).any(|agency| agency.origin == *origin) {
            below.push((of, row.item.parse()?, row.at));
        }
    }
    Ok(below)
}
