//! Our own sealings that wait for their hour.

use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// Keeps an opening until its hour; that of an earlier sealing of the item is forgotten.
///
/// # Errors
/// The database's.
pub async fn keep(
    tx: &mut Tx,
    log: i64,
    item: Uuid,
    due: i64,
    opening: &[u8],
    uniq: &str,
) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO embargo (log, item, due, opening, uniq) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (log, item) DO UPDATE SET due = excluded.due, opening = excluded.opening, uniq = excluded.uniq",
        log,
        item.to_string(),
        due,
        opening.to_vec(),
        uniq.to_owned()
    )?;
    Ok(())
}

/// Forgets an opening and its key. Returns whether there was one.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: Uuid) -> sqlx::Result<bool> {
    let gone = run!(tx, "DELETE FROM embargo WHERE log = $1 AND item = $2", log, item.to_string())?;
    Ok(gone == 1)
}

/// The opening of an item, as it is kept, and a document's number.
///
/// # Errors
/// The database's.
pub async fn opening(conn: &mut Conn, log: i64, item: Uuid) -> sqlx::Result<Option<(Vec<u8>, String)>> {
    maybe!(
        conn,
        (Vec<u8>, String),
        "SELECT opening, uniq FROM embargo WHERE log = $1 AND item = $2",
        log,
        item.to_string()
    )
}

/// Sealings of no draft whose hour has come: log, item, hour.
///
/// # Errors
/// The database's.
pub async fn due(conn: &mut Conn, now: i64) -> anyhow::Result<Vec<(i64, Uuid, i64)>> {
    let rows = all!(
        conn,
        (i64, String, i64),
        "SELECT e.log, e.item, e.due FROM embargo e WHERE e.due <= $1 AND NOT EXISTS
           (SELECT 1 FROM draft d WHERE d.log = e.log AND d.item = e.item AND d.stage = 'sealed')
         ORDER BY e.due, e.item",
        now
    )?;
    rows.into_iter().map(|(log, item, due)| Ok((log, item.parse()?, due))).collect()
}

/// The log in which an item waits under embargo, among those of ours.
///
/// # Errors
/// The database's.
pub async fn log_of(conn: &mut Conn, item: Uuid) -> sqlx::Result<Option<i64>> {
    let row = maybe!(conn, (i64,), "SELECT log FROM embargo WHERE item = $1", item.to_string())?;
    Ok(row.map(|(log,)| log))
}

/// Openings that are kept though no sealing of the item waits in the log any more.
///
/// # Errors
/// The database's.
pub async fn astray(conn: &mut Conn) -> anyhow::Result<Vec<(i64, Uuid)>> {
    let rows = all!(
        conn,
        (i64, String),
        "SELECT e.log, e.item FROM embargo e WHERE NOT EXISTS
           (SELECT 1 FROM sealed s WHERE s.log = e.log AND s.item = e.item AND s.opened IS NULL)
         ORDER BY e.log, e.item"
    )?;
    rows.into_iter().map(|(log, item)| Ok((log, item.parse()?))).collect()
}

/// The newsroom's draft goes where the log is: issued if the item stands there, else a draft again, to be approved anew.
///
/// # Errors
/// The database's.
pub async fn draft_follows(tx: &mut Tx, log: i64, item: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "DELETE FROM approval WHERE draft IN (SELECT id FROM draft WHERE log = $1 AND item = $2 AND stage = 'sealed')",
        log,
        item.to_string()
    )?;
    run!(
        tx,
        "UPDATE draft SET changed = $3, stage = CASE WHEN EXISTS
             (SELECT 1 FROM item i WHERE i.log = $1 AND i.item = $2) THEN 'issued' ELSE 'draft' END
         WHERE log = $1 AND item = $2 AND stage = 'sealed'",
        log,
        item.to_string(),
        now
    )?;
    Ok(())
}

/// The item under embargo that has taken a document's number, if another than `item` has.
///
/// # Errors
/// The database's.
pub async fn taken(conn: &mut Conn, log: i64, item: &str, uniq: &str) -> sqlx::Result<Option<String>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT item FROM embargo WHERE log = $1 AND uniq = $2 AND uniq <> '' AND item <> $3 LIMIT 1",
        log,
        uniq.to_owned(),
        item.to_owned()
    )?;
    Ok(row.map(|(item,)| item))
}
