//! The desks of cases (`network::handover`), and the public record, in the database.

use network::directory::Directory;
use network::entry::{Case as Named, Entry};
use network::handover::Desk;
use network::names::Origin;
use network::petition::{Record, Statement};

use super::folded;
use crate::clock::doubled;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{all, maybe, run};

/// The first and the longest wait before what nobody answered is sent again, in microseconds.
const AGAIN: (i64, i64) = (60_000_000, 24 * 3_600_000_000);

/// What a portal knows of a case, and how often it has sent again what waits; nothing if it knows nothing.
///
/// # Errors
/// What is kept is damaged; the database's.
pub async fn find(conn: &mut Conn, log: i64, named: &Named) -> Result<Option<(Desk, i64)>, Problem> {
    let found = maybe!(
        conn,
        (String, i64),
        "SELECT desk, tries FROM petition_desk WHERE log = $1 AND origin = $2 AND code = $3",
        log,
        named.origin.to_string(),
        named.code.to_string()
    )?;
    let read = |(text, tries): (String, i64)| Ok((Desk::decode(&text)?, tries));
    let desk: anyhow::Result<Option<(Desk, i64)>> = found.map(read).transpose();
    Ok(desk?)
}

/// Keeps what a portal knows of a case. `waits`: how often what waits was sent again; nothing if nothing waits.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, log: i64, desk: &Desk, waits: Option<i64>) -> Result<(), Problem> {
    let (named, now) = (desk.case().clone(), tx.ledger.now());
    let pause = |tries: i64| doubled(AGAIN.0, tries, AGAIN.1);
    run!(
        tx,
        "INSERT INTO petition_desk (log, origin, code, desk, wake, tries) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (log, origin, code) DO UPDATE SET desk = excluded.desk, wake = excluded.wake, tries = excluded.tries",
        log,
        named.origin.to_string(),
        named.code.to_string(),
        desk.encode().map_err(anyhow::Error::from)?,
        waits.map_or(0, |tries| now + pause(tries)),
        waits.unwrap_or(0)
    )?;
    Ok(())
}

/// All desks of a portal.
///
/// # Errors
/// What is kept is damaged; the database's.
pub async fn all_of(tx: &mut Tx, log: i64) -> Result<Vec<Desk>, Problem> {
    let rows =
        all!(tx, (String,), "SELECT desk FROM petition_desk WHERE log = $1 ORDER BY origin, code", log)?;
    let desks: Result<Vec<Desk>, _> = rows.iter().map(|(text,)| Desk::decode(text)).collect();
    Ok(desks.map_err(anyhow::Error::from)?)
}

/// What a desk waits for once it was left to a successor at another node.
const LEFT: i64 = -1;

/// The desks of a closed portal that were not left to its successor yet, some at a time.
///
/// # Errors
/// What is kept is damaged; the database's.
pub async fn left(conn: &mut Conn, log: i64) -> Result<Vec<Desk>, Problem> {
    let rows = all!(
        conn,
        (String,),
        "SELECT desk FROM petition_desk WHERE log = $1 AND wake <> $2 ORDER BY origin, code LIMIT 200",
        log,
        LEFT
    )?;
    let desks: Result<Vec<Desk>, _> = rows.iter().map(|(text,)| Desk::decode(text)).collect();
    Ok(desks.map_err(anyhow::Error::from)?)
}

/// A desk was left to a successor at another node.
///
/// # Errors
/// The database's.
pub async fn left_behind(tx: &mut Tx, log: i64, named: &Named) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_desk SET wake = $1 WHERE log = $2 AND origin = $3 AND code = $4",
        LEFT,
        log,
        named.origin.to_string(),
        named.code.to_string()
    )?;
    Ok(())
}

/// Nothing waits at a portal any more: another took its place.
///
/// # Errors
/// The database's.
pub async fn rests(tx: &mut Tx, log: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE petition_desk SET wake = 0 WHERE log = $1", log)?;
    Ok(())
}

/// The desks at which something was not answered for too long: the log, and the case.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn, now: i64) -> Result<Vec<(i64, Named)>, Problem> {
    let rows = all!(
        conn,
        (i64, String, String),
        "SELECT log, origin, code FROM petition_desk WHERE wake > 0 AND wake <= $1 ORDER BY wake LIMIT 500",
        now
    )?;
    let read = |(log, origin, code): (i64, String, String)| {
        let (origin, code) = (origin.parse().ok()?, code.parse().ok()?);
        Some((log, Named { origin, code }))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// What the portals of this node keep of a case says no word of its sender any more.
///
/// # Errors
/// What is kept is damaged; the database's.
pub async fn forget(tx: &mut Tx, named: &Named) -> Result<(), Problem> {
    let rows = all!(
        tx,
        (i64, String),
        "SELECT log, desk FROM petition_desk WHERE origin = $1 AND code = $2",
        named.origin.to_string(),
        named.code.to_string()
    )?;
    for (log, text) in rows {
        let mut desk = Desk::decode(&text).map_err(anyhow::Error::from)?;
        desk.forget_words();
        run!(
            tx,
            "UPDATE petition_desk SET desk = $1 WHERE log = $2 AND origin = $3 AND code = $4",
            desk.encode().map_err(anyhow::Error::from)?,
            log,
            named.origin.to_string(),
            named.code.to_string()
        )?;
    }
    Ok(())
}

/// Keeps an entry of the public record, whoever's log it stands in.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, log: i64, index: u64, named: &Named, entry: &Entry) -> anyhow::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_entry (origin, code, log, idx, entry) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (origin, code, log, idx) DO NOTHING",
        named.origin.to_string(),
        named.code.to_string(),
        log,
        index as i64,
        entry.encode()?
    )?;
    Ok(folded::stale(tx, named).await?)
}

/// Forgets what a log said from an index on: it was closed there.
///
/// # Errors
/// The database's.
pub async fn cut(tx: &mut Tx, log: i64, honest: u64) -> sqlx::Result<()> {
    folded::cut(tx, log, honest as i64).await?;
    run!(tx, "DELETE FROM petition_entry WHERE log = $1 AND idx >= $2", log, honest as i64)?;
    Ok(())
}

/// How a case stands by the public record; nothing while its registration is not known here.
///
/// # Errors
/// The database's.
pub async fn record(
    conn: &mut Conn,
    directory: &Directory,
    named: &Named,
) -> Result<Option<Record>, Problem> {
    let rows = all!(
        conn,
        (String, i64, Vec<u8>),
        "SELECT l.origin, e.idx, e.entry FROM petition_entry e JOIN log l ON l.id = e.log
         WHERE e.origin = $1 AND e.code = $2",
        named.origin.to_string(),
        named.code.to_string()
    )?;
    let read = |(log, index, entry): (String, i64, Vec<u8>)| {
        let (log, index): (Origin, u64) = (log.parse().ok()?, u64::try_from(index).ok()?);
        let kind = Entry::decode(&entry).ok()?.kind;
        directory.is_honest(&log, index).then_some(Statement { log, index, kind })
    };
    let told: Vec<Statement> = rows.into_iter().filter_map(read).collect();
    let successor = |log: &Origin| directory.agency(log)?.closed.as_ref()?.successor.clone();
    Ok(Record::of(named, &told, successor))
}
