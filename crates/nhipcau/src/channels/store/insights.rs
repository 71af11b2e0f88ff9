//! What services say of our posts, in the database.

use channels::Kind;
use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::{all, run};

/// Posts of a service that were asked for before `(asked, …)` and made after `(…, made)`, the longest unasked first: delivery and account.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn due(
    conn: &mut Conn,
    kind: Kind,
    (asked, made): (i64, i64),
    most: i64,
) -> anyhow::Result<Vec<(Uuid, Uuid)>> {
    let rows = all!(
        conn,
        (String, String),
        "SELECT d.id, d.account FROM channel_delivery d JOIN channel_account a ON a.id = d.account
         WHERE a.kind = $1 AND a.paused = 0 AND d.state IN ('accepted', 'shown') AND d.measured < $2 AND d.made > $3
         ORDER BY d.measured, d.made DESC, d.id LIMIT $4",
        kind.word(),
        asked,
        made,
        most
    )?;
    rows.into_iter().map(|(id, account)| Ok((id.parse()?, account.parse()?))).collect()
}

/// Keeps what was said of a post on a day, and that it was asked for; what is said again on that day takes its place.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn keep(
    tx: &mut Tx,
    delivery: Uuid,
    day: Date,
    told: &[(String, u64)],
) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    let there =
        run!(tx, "UPDATE channel_delivery SET measured = $1 WHERE id = $2", now, delivery.to_string())?;
    // The account may have been removed meanwhile, with all that was known of it.
    if there == 0 {
        return Ok(());
    }
    for (metric, value) in told {
        run!(
            tx,
            "INSERT INTO channel_insight (delivery, metric, day, value) VALUES ($1, $2, $3, $4)
             ON CONFLICT (delivery, metric, day) DO UPDATE SET value = excluded.value",
            delivery.to_string(),
            metric.clone(),
            day.to_string(),
            i64::try_from(*value).unwrap_or(i64::MAX)
        )?;
    }
    Ok(())
}

/// A number that a service has said.
#[derive(FromRow, Clone, Debug)]
pub(in crate::channels) struct Told {
    pub(in crate::channels) kind: String,
    pub(in crate::channels) metric: String,
    pub(in crate::channels) day: String,
    pub(in crate::channels) value: i64,
}

/// All that was said of a delivery, the newest first.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn of(conn: &mut Conn, delivery: Uuid) -> sqlx::Result<Vec<Told>> {
    all!(
        conn,
        Told,
        "SELECT a.kind, i.metric, i.day, i.value FROM channel_insight i
         JOIN channel_delivery d ON d.id = i.delivery JOIN channel_account a ON a.id = d.account
         WHERE i.delivery = $1 ORDER BY i.day DESC, i.metric",
        delivery.to_string()
    )
}

/// Forgets what was said of the posts of an account.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn forget(tx: &mut Tx, account: Uuid) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM channel_insight WHERE delivery IN (SELECT id FROM channel_delivery WHERE account = $1)",
        account.to_string()
    )?;
    Ok(())
}
