//! The codes of other systems, and cases in the order in which they changed, in the database.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// The petition of a system's code: its id.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, system: &str, code: &str) -> sqlx::Result<Option<String>> {
    let found = maybe!(
        conn,
        (String,),
        "SELECT petition FROM petition_external WHERE system = $1 AND code = $2",
        system.to_owned(),
        code.to_owned()
    )?;
    Ok(found.map(|(id,)| id))
}

/// Keeps a code that a system gave a petition.
///
/// # Errors
/// Another petition has it; the database's.
pub async fn keep(tx: &mut Tx, system: &str, code: &str, petition: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_external (system, code, petition, at) VALUES ($1, $2, $3, $4)",
        system.to_owned(),
        code.to_owned(),
        petition.to_owned(),
        now
    )?;
    Ok(())
}

/// The codes that other systems gave a petition: systems and codes.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, petition: &str) -> sqlx::Result<Vec<(String, String)>> {
    all!(
        conn,
        (String, String),
        "SELECT system, code FROM petition_external WHERE petition = $1 ORDER BY system, code",
        petition.to_owned()
    )
}

/// Something happened to a petition that its sender reads.
///
/// # Errors
/// The database's.
pub async fn changed(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_changed (petition, at) VALUES ($1, $2)
         ON CONFLICT (petition) DO UPDATE SET at = excluded.at",
        petition.to_owned(),
        now
    )?;
    Ok(())
}

/// A petition in the order of changes.
#[derive(FromRow)]
pub struct Changed {
    /// Its id.
    pub petition: String,
    /// When it changed last, in microseconds.
    pub at: i64,
}

/// The petitions that were asked at a portal and changed after a place in that order, the earliest first; with `without` those alone that have
/// no code in that system.
///
/// # Errors
/// The database's.
pub async fn after(
    conn: &mut Conn,
    log: i64,
    (at, petition): (i64, &str),
    without: &str,
    most: i64,
) -> sqlx::Result<Vec<Changed>> {
    all!(
        conn,
        Changed,
        "SELECT c.petition, c.at FROM petition_changed c JOIN petition p ON p.id = c.petition
         WHERE p.asked = $1 AND (c.at > $2 OR (c.at = $2 AND c.petition > $3))
           AND ($4 = '' OR NOT EXISTS (SELECT 1 FROM petition_external e WHERE e.petition = p.id AND e.system = $4))
         ORDER BY c.at, c.petition LIMIT $5",
        log,
        at,
        petition.to_owned(),
        without.to_owned(),
        most
    )
}
