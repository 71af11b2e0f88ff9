//! Joined sites in the database: what they are, what was met there, what lies aside. What was taken over leaves nothing here but hashes;
//! words lie here only while they wait for a person, and vanish when the item is erased.

mod aside;
mod hubs;
mod left;
mod met;

use sqlx::FromRow;
use uuid::Uuid;

use super::fetch::Validators;
use super::{Source, Way};
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

pub use aside::{Aside, Kept, aside, aside_counts, asides, drop_aside, put_aside};
pub use hubs::{Hub, hub, hub_asked, hub_confirmed, hub_denied, hub_told, hubs_due, put_hub, sooner};
pub use left::{Left, left, left_due, left_over, left_told};
pub use met::{counts, elsewhere, forget, inherit, known, lot, missing, put};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    kind: String,
    url: String,
    name: String,
    own: i64,
    mapping: String,
    begun: i64,
    next: i64,
    at: i64,
    failures: i64,
    trouble: String,
    etag: Option<String>,
    modified: Option<String>,
    place: String,
}

impl TryFrom<Row> for Source {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Source> {
        Ok(Source {
            id: row.id.parse()?,
            log: row.log,
            way: Way::of(&row.kind).ok_or_else(|| anyhow::anyhow!("unknown stored way {}", row.kind))?,
            url: row.url,
            name: row.name,
            own: row.own == 1,
            mapping: serde_json::from_str(&row.mapping)?,
            begun: row.begun,
            next: row.next,
            at: row.at,
            failures: row.failures,
            trouble: row.trouble,
            validators: Validators { etag: row.etag, modified: row.modified },
            place: row.place,
        })
    }
}

/// Sources that are due, the longest due first.
///
/// # Errors
/// The database's.
pub async fn due(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Source>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE next > 0 AND next <= $1 ORDER BY next LIMIT $2",
        now,
        most
    )?;
    rows.into_iter().map(Source::try_from).collect()
}

/// The sources of a log, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Source>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE log = $1 ORDER BY begun, id",
        log
    )?;
    rows.into_iter().map(Source::try_from).collect()
}

/// A source of a log.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Source>> {
    Ok(of_id(conn, id).await?.filter(|source| source.log == log))
}

/// A source of any log.
///
/// # Errors
/// The database's.
pub async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Source>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE id = $1",
        id.to_string()
    )?;
    row.map(Source::try_from).transpose()
}

/// Adds a source.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, source: &Source) -> anyhow::Result<()> {
    run!(
        tx,
        "INSERT INTO source (id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, place)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', '')",
        source.id.to_string(),
        source.log,
        source.way.word(),
        source.url.clone(),
        source.name.clone(),
        i64::from(source.own),
        serde_json::to_string(&source.mapping)?,
        source.begun,
        source.next
    )?;
    Ok(())
}

/// Says when a source is read next; 0 pauses it. It is read whole then.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Tx, id: Uuid, next: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source SET next = $1, etag = NULL, modified = NULL, place = '' WHERE id = $2",
        next,
        id.to_string()
    )?;
    Ok(())
}

/// Forgets a source and all that was met there.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM source_aside WHERE source = $1", id.to_string())?;
    run!(tx, "DELETE FROM source_item WHERE source = $1", id.to_string())?;
    left::leave(tx, id).await?;
    run!(tx, "DELETE FROM source_hub WHERE source = $1", id.to_string())?;
    run!(tx, "DELETE FROM source WHERE id = $1", id.to_string())?;
    Ok(())
}

/// What came of reading a source, for its row.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// When it is read next.
    pub next: i64,
    /// How often in a row it could not be read.
    pub failures: i64,
    /// Why, or why what it says is doubted.
    pub trouble: String,
    /// What its site said of its state; as before if it could not be read.
    pub validators: Validators,
    /// How far it was read.
    pub place: String,
}

/// Notes what came of reading a source, unless a person paused it or asked for another reading meanwhile.
///
/// # Errors
/// The database's.
pub async fn done(tx: &mut Tx, source: &Source, outcome: Outcome) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE source SET next = $1, at = $2, failures = $3, trouble = $4, etag = $5, modified = $6, place = $7
         WHERE id = $8 AND next = $9",
        outcome.next,
        if outcome.failures == 0 { now } else { source.at },
        outcome.failures,
        outcome.trouble,
        outcome.validators.etag,
        outcome.validators.modified,
        outcome.place,
        source.id.to_string(),
        source.next
    )?;
    Ok(())
}
