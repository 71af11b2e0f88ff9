//! Urgent briefs in the database.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, run};

/// That a petition came which speaks of danger.
#[derive(Clone, Debug, FromRow)]
pub struct Brief {
    /// Its code.
    pub code: String,
    /// The log of the agency that has it.
    pub owner: i64,
    /// The word of its kind.
    pub sort: String,
    /// The code of its commune; empty if it names none.
    pub place: String,
    /// The last day for its answer; empty if no rule sets one.
    pub due: String,
    /// When it came to that agency, in microseconds.
    pub at: i64,
    /// When somebody who leads read this, in microseconds; 0 before.
    pub seen: i64,
}

/// Tells an agency; once of each case at each agency that has it.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, log: i64, brief: &Brief) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_urgent (log, code, owner, sort, place, due, at, seen, account)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')
         ON CONFLICT (log, code) DO UPDATE SET owner = excluded.owner, due = excluded.due, at = excluded.at, seen = 0, account = ''
         WHERE petition_urgent.owner <> excluded.owner",
        log,
        brief.code.clone(),
        brief.owner,
        brief.sort.clone(),
        brief.place.clone(),
        brief.due.clone(),
        brief.at
    )?;
    Ok(())
}

/// What an agency was told, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Brief>> {
    all!(
        conn,
        Brief,
        "SELECT code, owner, sort, place, due, at, seen FROM petition_urgent WHERE log = $1 ORDER BY at DESC, code LIMIT $2",
        log,
        most
    )
}

/// Somebody who leads has read it. False if somebody had before, or there is none.
///
/// # Errors
/// The database's.
pub async fn read(tx: &mut Tx, log: i64, code: &str, account: &str) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let done = run!(
        tx,
        "UPDATE petition_urgent SET seen = $1, account = $2 WHERE log = $3 AND code = $4 AND seen = 0",
        now,
        account.to_owned(),
        log,
        code.to_owned()
    )?;
    Ok(done == 1)
}
