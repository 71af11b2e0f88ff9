//! One-time links by which somebody chooses a password: the first time, and as the way back.

use uuid::Uuid;

use super::session::Token;
use crate::db::{Conn, Tx};
use crate::{maybe, run};

/// How long a link can be used, in microseconds: three days.
pub const LASTS: i64 = 3 * 86_400_000_000;

/// Keeps a link for an account; earlier ones of the same account stop working.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, token: &Token, account: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM invitation WHERE account = $1 OR ends < $2", account.to_string(), now)?;
    run!(
        tx,
        "INSERT INTO invitation (token, account, ends) VALUES ($1, $2, $3)",
        token.hash().to_vec(),
        account.to_string(),
        now + LASTS
    )?;
    Ok(())
}

/// Whose link this is, while it can be used.
///
/// # Errors
/// The database's.
pub async fn account(conn: &mut Conn, token: &Token, now: i64) -> anyhow::Result<Option<Uuid>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT account FROM invitation WHERE token = $1 AND ends > $2",
        token.hash().to_vec(),
        now
    )?;
    Ok(row.map(|(account,)| account.parse()).transpose()?)
}

/// Uses a link up; false if somebody was quicker.
///
/// # Errors
/// The database's.
pub async fn used(tx: &mut Tx, token: &Token) -> sqlx::Result<bool> {
    Ok(run!(tx, "DELETE FROM invitation WHERE token = $1", token.hash().to_vec())? == 1)
}

/// The path of a link.
pub fn path(token: &Token) -> String {
    format!("/loi-moi/{}", token.text())
}
