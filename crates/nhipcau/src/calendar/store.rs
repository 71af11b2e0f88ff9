//! The versions of the calendar in the database. Rows are only ever added.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use sqlx::FromRow;
use vietnam::working_time::{BadRows, Calendar, Change, OfficeHours};

use super::{History, Version, WorkingTime};
use crate::db::{Conn, Db, Tx};
use crate::{all, run};

const SHIPPED_DAYS: &str = include_str!("../../../../data/holidays.csv");
const SHIPPED_HOURS: &str = include_str!("../../../../data/office_hours.csv");

#[derive(FromRow)]
struct Row {
    seq: i64,
    at: i64,
    ships: i64,
    days: String,
    hours: String,
}

/// Reads every version, after noting what this version of the program brought if that is news.
///
/// # Errors
/// The database's.
pub async fn open(db: &Db) -> anyhow::Result<History> {
    let rows = rows(&mut db.read().await?).await?;
    let ships = rows.iter().rev().find(|row| row.ships == 1);
    if ships.is_none_or(|row| row.days != SHIPPED_DAYS || row.hours != SHIPPED_HOURS) {
        db.write("calendar.ships", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            add(tx, true, "", SHIPPED_DAYS, SHIPPED_HOURS).await?;
            Ok(())
        })
        .await?;
    }
    history(&mut db.read().await?).await
}

/// Every version that has held.
///
/// # Errors
/// The database's.
pub async fn history(conn: &mut Conn) -> anyhow::Result<History> {
    Ok(read(&rows(conn).await?))
}

async fn rows(conn: &mut Conn) -> sqlx::Result<Vec<Row>> {
    all!(conn, Row, "SELECT seq, at, ships, days, hours FROM calendar_version ORDER BY seq")
}

/// The number of the newest version.
///
/// # Errors
/// The database's.
pub async fn newest(conn: &mut Conn) -> sqlx::Result<i64> {
    let rows = all!(conn, (i64,), "SELECT seq FROM calendar_version ORDER BY seq DESC LIMIT 1")?;
    Ok(rows.first().map_or(0, |(seq,)| *seq))
}

/// Adds a version, which holds from now on; its number.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, ships: bool, account: &str, days: &str, hours: &str) -> sqlx::Result<i64> {
    let now = tx.ledger.now();
    let seq = newest(tx.conn()).await? + 1;
    run!(
        tx,
        "INSERT INTO calendar_version (seq, at, ships, account, days, hours) VALUES ($1, $2, $3, $4, $5, $6)",
        seq,
        now,
        i64::from(ships),
        account.to_owned(),
        days.to_owned(),
        hours.to_owned()
    )?;
    Ok(seq)
}

/// What each row came to: what ships as of then, with all that was loaded until then laid over it in its order.
fn read(rows: &[Row]) -> History {
    let first = WorkingTime::shipped();
    let first = Version { seq: 0, at: i64::MIN, ships: true, basis: String::new(), time: Arc::new(first) };
    let mut history = History { first, later: Vec::new() };
    let (mut base, mut over): (WorkingTime, Vec<&Row>) = (WorkingTime::shipped(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        if row.ships == 1 {
            match shipped(row) {
                Ok(time) => base = time,
                Err(error) => {
                    tracing::error!(seq = row.seq, %error, "a calendar that shipped once cannot be read any more");
                }
            }
        } else {
            over.push(row);
        }
        let mut time = base.clone();
        for row in &over {
            match laid(&time, &row.days, &row.hours) {
                Ok(next) => time = next,
                Err(error) => {
                    tracing::error!(seq = row.seq, %error, "a loaded calendar does not fit any more")
                }
            }
        }
        let bases = if row.ships == 1 { BTreeMap::new() } else { Calendar::bases(&row.days) };
        let basis = basis(&history.now().days.changes(&time.days), &bases);
        let version =
            Version { seq: row.seq, at: row.at, ships: row.ships == 1, basis, time: Arc::new(time) };
        match index {
            0 => history.first = version,
            _ => history.later.push(version),
        }
    }
    history
}

fn shipped(row: &Row) -> Result<WorkingTime, vietnam::DataError> {
    Ok(WorkingTime { days: Calendar::parse(&row.days)?, offices: OfficeHours::parse(&row.hours)? })
}

/// A table of days and one of hours laid over what holds; an empty one changes nothing.
///
/// # Errors
/// Every line of the first table that is wrong.
pub fn laid(time: &WorkingTime, days: &str, hours: &str) -> Result<WorkingTime, BadRows> {
    let mut next = time.clone();
    if !days.is_empty() {
        next.days = time.days.amended(days)?;
    }
    if !hours.is_empty() {
        next.offices = OfficeHours::amended(&time.offices, hours)?;
    }
    Ok(next)
}

/// The acts by which days count differently now, each once; `bases` names them by day where a table told them.
pub fn basis(changes: &[Change], bases: &BTreeMap<Date, String>) -> String {
    const MOST: usize = 3;
    let named = |change: &Change| {
        let special =
            || change.now.as_ref().or(change.was.as_ref()).map(|special| special.legal_basis.clone());
        bases.get(&change.day).cloned().or_else(special)
    };
    let acts: BTreeSet<String> = changes.iter().filter(|change| change.counts()).filter_map(named).collect();
    let more = if acts.len() > MOST { "; …" } else { "" };
    acts.into_iter().take(MOST).collect::<Vec<_>>().join("; ") + more
}
