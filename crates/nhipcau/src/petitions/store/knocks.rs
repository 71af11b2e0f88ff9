//! From which networks petitions came of late, so that none floods the others.

use crate::db::Tx;
use crate::{one, run};

/// What came from a network of late, and from all: how often since `since`.
///
/// # Errors
/// The database's.
pub async fn counted(tx: &mut Tx, network: &[u8], what: &str, since: i64) -> sqlx::Result<(i64, i64)> {
    one!(
        tx,
        (i64, i64),
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN network = $1 THEN 1 ELSE 0 END), 0)
         FROM petition_knock WHERE what = $2 AND at > $3",
        network.to_vec(),
        what.to_owned(),
        since
    )
}

/// Notes that something came from a network, and forgets what came longer ago than a day.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, id: &str, network: Vec<u8>, what: &str) -> sqlx::Result<()> {
    const DAY: i64 = 86_400_000_000;
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM petition_knock WHERE what = $1 AND at <= $2", what.to_owned(), now - DAY)?;
    run!(
        tx,
        "INSERT INTO petition_knock (id, network, what, at) VALUES ($1, $2, $3, $4)",
        id.to_owned(),
        network,
        what.to_owned(),
        now
    )?;
    Ok(())
}
