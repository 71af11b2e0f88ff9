//! Which portals pass everything on, and what waits for a code, in the database.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// That a portal passes every petition on.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Forward {
    /// The log of the portal.
    pub log: i64,
    /// The system's name in the exchange.
    pub system: String,
    /// What readers call it.
    pub name: String,
    /// Since when, in microseconds.
    pub since: i64,
}

/// Whether a portal passes everything on, and to where.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, log: i64) -> sqlx::Result<Option<Forward>> {
    maybe!(conn, Forward, "SELECT log, system, name, since FROM petition_forward WHERE log = $1", log)
}

/// All portals of this node that do.
///
/// # Errors
/// The database's.
pub async fn every(conn: &mut Conn) -> sqlx::Result<Vec<Forward>> {
    all!(conn, Forward, "SELECT log, system, name, since FROM petition_forward ORDER BY log")
}

/// A portal passes everything on from now on, or to another system than before.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, log: i64, (system, name): (&str, &str), account: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_forward (log, system, name, account, since) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (log) DO UPDATE SET name = excluded.name, account = excluded.account,
           since = CASE WHEN petition_forward.system = excluded.system THEN petition_forward.since ELSE excluded.since END,
           system = excluded.system",
        log,
        system.to_owned(),
        name.to_owned(),
        account.to_owned(),
        now
    )?;
    Ok(())
}

/// A portal answers for itself again.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, log: i64) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_forward WHERE log = $1", log)?;
    Ok(())
}

/// A petition that the other system has not taken yet.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Its code.
    pub code: String,
    /// When it was registered, in microseconds.
    pub registered: i64,
}

/// The open petitions that were asked at a portal since it passes everything on and have no code in that system, the oldest first.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn, forward: &Forward) -> sqlx::Result<Vec<Waiting>> {
    all!(
        conn,
        Waiting,
        "SELECT p.code, p.registered FROM petition p
         WHERE p.asked = $1 AND p.registered >= $2 AND p.state IN ('new', 'work', 'asked', 'review')
           AND NOT EXISTS (SELECT 1 FROM petition_external e WHERE e.petition = p.id AND e.system = $3)
         ORDER BY p.registered, p.code",
        forward.log,
        forward.since,
        forward.system.clone()
    )
}
