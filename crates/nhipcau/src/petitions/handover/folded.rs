//! The public record of every case, folded into one row each, so that a nation can be counted without reading its logs again. A row is worked
//! out anew after an entry about its case was read: a little later, in small steps, since what is read must not wait for it.

use jiff::civil::Time;
use network::entry::{Case as Named, Entry, Outcome};
use network::petition::{Record, State};

use super::store;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::words::date;
use crate::{all, maybe, one, run};

/// Cases of one step, and steps of one look.
const AT_ONCE: i64 = 200;
const MOST_STEPS: usize = 100;

/// An entry about a case was read.
///
/// # Errors
/// The database's.
pub async fn stale(tx: &mut Tx, named: &Named) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_record (origin, code, owner, sort, state, due, registered, answered, stale)
         VALUES ($1, $2, '', '', '', '', 0, 0, 1) ON CONFLICT (origin, code) DO UPDATE SET stale = 1",
        named.origin.to_string(),
        named.code.to_string()
    )?;
    Ok(())
}

/// What a log said from an index on counts no more: the cases that it spoke of are worked out anew.
///
/// # Errors
/// The database's.
pub async fn cut(tx: &mut Tx, log: i64, honest: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_record SET stale = 1 WHERE EXISTS (SELECT 1 FROM petition_entry e
           WHERE e.origin = petition_record.origin AND e.code = petition_record.code AND e.log = $1 AND e.idx >= $2)",
        log,
        honest
    )?;
    Ok(())
}

/// How many cases wait to be worked out.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn) -> sqlx::Result<i64> {
    let (many,) = one!(conn, (i64,), "SELECT COUNT(*) FROM petition_record WHERE stale = 1")?;
    Ok(many)
}

/// Works out what has changed, up to some thousands of cases.
///
/// # Errors
/// The database's.
pub async fn fold(app: &App) -> Result<(), Problem> {
    for _ in 0..MOST_STEPS {
        let mut conn = app.db.read().await?;
        let rows = all!(
            &mut conn,
            (String, String),
            "SELECT origin, code FROM petition_record WHERE stale = 1 LIMIT $1",
            AT_ONCE
        )?;
        drop(conn);
        if rows.is_empty() {
            return Ok(());
        }
        app.db
            .write("petition.fold", async move |tx: &mut Tx| -> Result<(), Problem> {
                for (origin, code) in rows {
                    one_case(tx, &origin, &code).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

async fn one_case(tx: &mut Tx, origin: &str, code: &str) -> Result<(), Problem> {
    let directory = tx.ledger.directory.clone();
    let record = match (origin.parse(), code.parse()) {
        (Ok(origin), Ok(code)) => store::record(tx.conn(), &directory, &Named { origin, code }).await?,
        _ => None,
    };
    let Some(record) = record else {
        run!(
            tx,
            "UPDATE petition_record SET state = '', stale = 0 WHERE origin = $1 AND code = $2",
            origin.to_owned(),
            code.to_owned()
        )?;
        return Ok(());
    };
    let answered = answered(tx.conn(), &record).await?;
    // The days of a case are counted from a day; noon is that day everywhere.
    let noon = record.received.to_datetime(Time::constant(12, 0, 0, 0)).to_zoned_datetime(date::zone());
    run!(
        tx,
        "UPDATE petition_record SET owner = $1, sort = $2, state = $3, due = $4, registered = $5, answered = $6, stale = 0
         WHERE origin = $7 AND code = $8",
        record.owner.to_string(),
        record.category.clone(),
        word(record.state).to_owned(),
        record.due.to_string(),
        noon.map_err(anyhow::Error::from)?.timestamp().as_microsecond(),
        answered,
        origin.to_owned(),
        code.to_owned()
    )?;
    Ok(())
}

/// The word of a state, as cases of this node have it.
fn word(state: State) -> &'static str {
    match state {
        State::Open => "new",
        State::Answered => "answered",
        State::Closed(Outcome::Withdrawn) => "withdrawn",
        State::Closed(_) => "closed",
    }
}

/// When the last answer that counts was given, as its log says; 0 without one.
async fn answered(conn: &mut Conn, record: &Record) -> Result<i64, Problem> {
    let Some(last) = record.answers.last() else { return Ok(0) };
    let found = maybe!(
        conn,
        (Vec<u8>,),
        "SELECT e.entry FROM petition_entry e JOIN log l ON l.id = e.log
         WHERE e.origin = $1 AND e.code = $2 AND l.origin = $3 AND e.idx = $4",
        record.case.origin.to_string(),
        record.case.code.to_string(),
        last.log.to_string(),
        last.index as i64
    )?;
    let entry = found.and_then(|(bytes,)| Entry::decode(&bytes).ok());
    Ok(entry.map_or(0, |entry| entry.at.as_microsecond()))
}
