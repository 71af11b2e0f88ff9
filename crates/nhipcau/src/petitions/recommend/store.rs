//! Recommendations in the database.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, run};

/// What an agency filed, beside the petition that it is.
pub struct Filed {
    /// The petition.
    pub petition: String,
    /// The level that has the authority to solve it.
    pub level: String,
    /// In a sentence.
    pub summary: String,
}

/// The same in a list, with how it stands.
#[derive(FromRow)]
pub struct Listed {
    /// The petition's id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// The level that has the authority to solve it.
    pub level: String,
    /// In a sentence.
    pub summary: String,
    /// The word of its state.
    pub state: String,
    /// The log of the agency that answers.
    pub owner: i64,
    /// The last day for the answer; empty if no rule sets one.
    pub due: String,
}

/// Keeps one.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, log: i64, filed: &Filed, account: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_recommendation (petition, log, level, summary, account, at) VALUES ($1, $2, $3, $4, $5, $6)",
        filed.petition.clone(),
        log,
        filed.level.clone(),
        filed.summary.clone(),
        account.to_owned(),
        now
    )?;
    Ok(())
}

/// What an agency filed, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Listed>> {
    all!(
        conn,
        Listed,
        "SELECT p.id, p.code, r.level, r.summary, p.state, p.owner, p.due FROM petition_recommendation r
         JOIN petition p ON p.id = r.petition WHERE r.log = $1 ORDER BY r.at DESC, p.code LIMIT $2",
        log,
        most
    )
}

/// Forgets what one says.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(tx, "UPDATE petition_recommendation SET summary = '' WHERE petition = $1", petition.to_owned())?;
    Ok(())
}
