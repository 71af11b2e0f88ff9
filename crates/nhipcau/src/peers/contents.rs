//! Fetching what entries point to, and keeping what came.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Bytes;
use network::contents::Event;
use network::entry::Lane;
use network::follower::PeerId;
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use tokio::sync::mpsc;

use super::follow::Report;
use super::line;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::items::content::{self, Presence};
use crate::logs::ledger::Want;
use crate::{all, maybe};

/// How many rows are recalled at a time; more than one entry can want.
const PAGE: i64 = 10_000;
/// How long a database that could not be read is left alone.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(FromRow)]
struct Row {
    sha256: Vec<u8>,
    log: i64,
    origin: String,
    idx: i64,
    size: i64,
    urgent: i64,
}

impl TryFrom<Row> for Want {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Want> {
        let sha256 = row.sha256.try_into().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
        Ok(Want {
            sha256: ContentHash(sha256),
            size: row.size as u64,
            origin: row.origin.parse()?,
            index: row.idx as u64,
            urgent: row.urgent != 0,
        })
    }
}

/// What is wanted by the entries from one on (our number for its log, and its index), and where to go on.
///
/// # Errors
/// The database's.
pub async fn wanted(conn: &mut Conn, from: (i64, i64)) -> anyhow::Result<(Vec<Want>, Option<(i64, i64)>)> {
    let rows = all!(
        conn,
        Row,
        "SELECT w.sha256, w.log, l.origin, w.idx, w.size, w.urgent FROM want w JOIN log l ON l.id = w.log
         WHERE w.log > $1 OR (w.log = $1 AND w.idx >= $2) ORDER BY w.log, w.idx LIMIT $3",
        from.0,
        from.1,
        PAGE
    )?;
    // The last entry may want more than fits: the next page begins with it once more.
    let next = rows.last().filter(|_| rows.len() as i64 == PAGE).map(|row| (row.log, row.idx));
    Ok((rows.into_iter().map(Want::try_from).collect::<anyhow::Result<_>>()?, next))
}

/// Gives the queue again what these entries of a log want.
pub(super) async fn recall(
    app: &App,
    origin: &Origin,
    entries: BTreeSet<u64>,
    reports: &mpsc::Sender<Report>,
) {
    let found = loop {
        match found(app, origin, &entries).await {
            Ok(found) => break found,
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(%origin, error, "what entries want could not be read; it is tried again");
                tokio::time::sleep(AGAIN).await;
            }
        }
    };
    for want in found.into_iter().filter(|want| entries.contains(&want.index)) {
        let lane = if want.urgent { Lane::Urgent } else { Lane::Normal };
        let (index, hash, size) = (want.index, want.sha256, want.size);
        let event = Event::Want { origin: want.origin, index, hash, size, lane };
        let _ = reports.send(Report::Content(event)).await;
    }
    for index in entries {
        let event = Event::Recalled { origin: origin.clone(), index };
        let _ = reports.send(Report::Content(event)).await;
    }
}

/// What is wanted between the first and the last of these entries.
async fn found(app: &App, origin: &Origin, entries: &BTreeSet<u64>) -> anyhow::Result<Vec<Want>> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(Vec::new()) };
    let mut conn = app.db.read().await?;
    let rows = all!(
        &mut conn,
        Row,
        "SELECT w.sha256, w.log, l.origin, w.idx, w.size, w.urgent FROM log l
         JOIN want w ON w.log = l.id AND w.idx >= $2 AND w.idx <= $3 WHERE l.origin = $1 ORDER BY w.idx",
        origin.to_string(),
        *first as i64,
        *last as i64
    )?;
    rows.into_iter().map(Want::try_from).collect()
}

/// What one entry of a log wants.
///
/// # Errors
/// The database's.
pub async fn wanted_by(conn: &mut Conn, log: i64, index: u64) -> anyhow::Result<Vec<Want>> {
    let rows = all!(
        conn,
        Row,
        "SELECT w.sha256, w.log, l.origin, w.idx, w.size, w.urgent FROM want w JOIN log l ON l.id = w.log
         WHERE w.log = $1 AND w.idx = $2",
        log,
        index as i64
    )?;
    rows.into_iter().map(Want::try_from).collect()
}

/// Reads a piece from a neighbour.
pub(super) async fn fetch(app: &App, url: &str, hash: ContentHash, size: u64, from: PeerId) -> Report {
    let most = size.min(content::MOST) as usize;
    match app.line.get(&format!("{url}/content/{hash}"), most).await {
        Ok(bytes) => Report::Came { hash, from, bytes: bytes.into() },
        Err(error) => Report::Content(match error.downcast_ref::<line::Status>().map(|s| s.status) {
            Some(404) => Event::Missing { hash, from },
            Some(410) => Event::Gone { hash, from },
            _ => Event::Failed { hash, from },
        }),
    }
}

/// Keeps a piece whose hash was found right.
pub async fn keep(app: &App, hash: ContentHash, bytes: Bytes) -> Event {
    let kept = async {
        app.folder.keep(&hash, &bytes).await?;
        app.db
            .write("contents.keep", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
                // Still wanted? An erasure may have come first, or another source.
                let want = maybe!(
                    tx,
                    (String,),
                    "SELECT media FROM want WHERE sha256 = $1 LIMIT 1",
                    hash.0.to_vec()
                )?;
                let Some((media,)) = want else {
                    return Ok(content::state(tx.conn(), &hash).await? == Presence::Here);
                };
                content::arrive(tx, hash, media, &bytes).await
            })
            .await
    };
    match kept.await {
        Ok(true) => Event::Kept { hash },
        Ok(false) => {
            app.folder.remove(&hash).await;
            Event::Erased { hash }
        }
        Err(error) => {
            tracing::error!(%hash, error = format!("{error:#}"), "content could not be kept; is the disk full?");
            Event::NotKept { hash }
        }
    }
}
