//! Editions of the authority table in the database.

use sqlx::FromRow;

use super::Plan;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// An edition, without its rows.
#[derive(FromRow)]
pub struct Listed {
    /// Its number.
    pub seq: i64,
    /// When it was loaded, in microseconds.
    pub at: i64,
    /// Who loaded it: an account's id.
    pub account: String,
    /// Why.
    pub why: String,
}

/// The newest edition: its number, its rows.
///
/// # Errors
/// The database's.
pub async fn newest(conn: &mut Conn) -> sqlx::Result<Option<(i64, String)>> {
    maybe!(conn, (i64, String), "SELECT seq, authorities FROM authority_edition ORDER BY seq DESC LIMIT 1")
}

/// The editions, the newest first.
///
/// # Errors
/// The database's.
pub async fn listed(conn: &mut Conn) -> sqlx::Result<Vec<Listed>> {
    all!(conn, Listed, "SELECT seq, at, account, why FROM authority_edition ORDER BY seq DESC LIMIT 50")
}

/// Adds an edition behind one of a number; false if another came between.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, after: i64, plan: &Plan, (account, why): (&str, &str)) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let last = newest(tx.conn()).await?.map_or(0, |(seq, _)| seq);
    if last != after {
        return Ok(false);
    }
    run!(
        tx,
        "INSERT INTO authority_edition (seq, at, account, why, authorities, pairs, catch_all) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        after + 1,
        now,
        account.to_owned(),
        why.to_owned(),
        plan.authorities.clone(),
        plan.coverage.pairs as i64,
        plan.coverage.catch_all as i64
    )?;
    Ok(true)
}
