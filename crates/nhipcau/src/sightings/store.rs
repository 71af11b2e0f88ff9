//! Watched sites and what was seen there (`seen`), in the database.

mod seen;

use anyhow::Context;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Watched, Way};
use crate::db::{Conn, Tx};
use crate::open::cursor::Place;
use crate::outlets::{place, told};
use crate::{all, maybe, run};

pub use seen::{Sighting, of_item};
pub(super) use seen::{counts, drop_one, enlist, note, seen, seen_of, to_look, without_page};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    outlet: String,
    source: String,
    name: String,
    way: String,
    url: String,
    own: i64,
    place: String,
    next: i64,
    trouble: String,
    told: Option<Vec<u8>>,
    told_at: i64,
}

impl TryFrom<Row> for Watched {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Watched> {
        let id = |text: &str| (!text.is_empty()).then(|| text.parse::<Uuid>()).transpose();
        Ok(Watched {
            id: row.id.parse()?,
            log: row.log,
            outlet: id(&row.outlet)?,
            source: id(&row.source)?,
            name: row.name,
            way: Way::of(&row.way).with_context(|| format!("unknown stored way {}", row.way))?,
            url: row.url,
            own: row.own == 1,
            place: place(&row.place).context("a stored place is damaged")?,
            next: row.next,
            trouble: row.trouble,
            told: row.told,
            told_at: row.told_at,
        })
    }
}

/// Watched sites whose walk is due.
///
/// # Errors
/// The database's.
pub(super) async fn due(conn: &mut Conn, now: i64) -> anyhow::Result<Vec<Watched>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, outlet, source, name, way, url, own, place, next, trouble, told, told_at
         FROM watched WHERE next > 0 AND next <= $1 ORDER BY next",
        now
    )?;
    rows.into_iter().map(Watched::try_from).collect()
}

/// The watched sites of a log, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Watched>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, outlet, source, name, way, url, own, place, next, trouble, told, told_at
         FROM watched WHERE log = $1 ORDER BY id",
        log
    )?;
    rows.into_iter().map(Watched::try_from).collect()
}

/// A watched site of any log.
///
/// # Errors
/// The database's.
pub(super) async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Watched>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, outlet, source, name, way, url, own, place, next, trouble, told, told_at FROM watched WHERE id = $1",
        id.to_string()
    )?;
    row.map(Watched::try_from).transpose()
}

/// The watched sites that belong to an outlet.
///
/// # Errors
/// The database's.
pub(super) async fn of_outlet(conn: &mut Conn, outlet: Uuid) -> anyhow::Result<Vec<Watched>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, outlet, source, name, way, url, own, place, next, trouble, told, told_at
         FROM watched WHERE outlet = $1 ORDER BY id",
        outlet.to_string()
    )?;
    rows.into_iter().map(Watched::try_from).collect()
}

/// Adds a watched site.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, watched: &Watched) -> sqlx::Result<()> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    run!(
        tx,
        "INSERT INTO watched (id, log, outlet, source, name, way, url, own, place, next, trouble, told_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0)",
        watched.id.to_string(),
        watched.log,
        id(watched.outlet),
        id(watched.source),
        watched.name.clone(),
        watched.way.word(),
        watched.url.clone(),
        i64::from(watched.own),
        told(&watched.place),
        watched.next
    )?;
    Ok(())
}

/// Says when the list of a site is read next; 0 pauses it. What was seen there is looked at again now, or not any more.
///
/// # Errors
/// The database's.
pub(super) async fn again(tx: &mut Tx, id: Uuid, next: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE watched SET next = $1, trouble = '' WHERE id = $2", next, id.to_string())?;
    run!(
        tx,
        "UPDATE sighting SET next = $1, etag = NULL, modified = NULL, failures = 0 WHERE watched = $2",
        next,
        id.to_string()
    )?;
    Ok(())
}

/// Forgets a watched site and all that was seen there.
///
/// # Errors
/// The database's.
pub(super) async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM sighting WHERE watched = $1", id.to_string())?;
    run!(tx, "DELETE FROM watched WHERE id = $1", id.to_string())?;
    Ok(())
}

/// Notes how far the walk through the items has come, unless a person paused it meanwhile.
///
/// # Errors
/// The database's.
pub(super) async fn walked(
    tx: &mut Tx,
    watched: &Watched,
    to: &Place,
    next: i64,
    trouble: &str,
) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE watched SET place = $1, next = $2, trouble = $3 WHERE id = $4 AND next = $5",
        told(to),
        next,
        trouble.to_owned(),
        watched.id.to_string(),
        watched.next
    )?;
    Ok(())
}

/// Notes what the parent was told.
///
/// # Errors
/// The database's.
pub(super) async fn told_parent(tx: &mut Tx, id: Uuid, hash: Option<Vec<u8>>) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE watched SET told = $1, told_at = $2 WHERE id = $3", hash, now, id.to_string())?;
    Ok(())
}

/// What a portal below has told: its log's name, the site, when, and the letter's words.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Below {
    pub(super) origin: String,
    pub(super) watched: String,
    pub(super) at: i64,
    pub(super) said: String,
}

/// What the portals below a log have told.
///
/// # Errors
/// The database's.
pub(super) async fn below(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Below>> {
    all!(
        conn,
        Below,
        "SELECT origin, watched, at, said FROM sighting_below WHERE log = $1 ORDER BY origin, watched",
        log
    )
}

/// Notes what a portal below tells of a site, unless something later is known; false if it is.
///
/// # Errors
/// The database's.
pub(super) async fn heard(tx: &mut Tx, log: i64, one: &Below) -> sqlx::Result<bool> {
    let later = maybe!(
        tx,
        (i64,),
        "SELECT at FROM sighting_below WHERE log = $1 AND origin = $2 AND watched = $3 AND at > $4",
        log,
        one.origin.clone(),
        one.watched.clone(),
        one.at
    )?;
    if later.is_some() {
        return Ok(false);
    }
    run!(
        tx,
        "INSERT INTO sighting_below (log, origin, watched, at, said) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (log, origin, watched) DO UPDATE SET at = excluded.at, said = excluded.said",
        log,
        one.origin.clone(),
        one.watched.clone(),
        one.at,
        one.said.clone()
    )?;
    Ok(true)
}
