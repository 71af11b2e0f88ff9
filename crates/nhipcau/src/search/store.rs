//! What the index has yet to hear of, and what a search may show.

use std::collections::BTreeSet;

use ::search::Key;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::items::store::{Row, Standing};
use crate::{all, fill, maybe, one, run};

/// An item of which the index has yet to hear.
#[derive(Clone, Debug, FromRow)]
pub struct Due {
    /// Our number for its log.
    pub log: i64,
    /// Its id.
    pub item: String,
    /// Counts the changes since the index heard of it.
    pub n: i64,
    /// Its log.
    pub origin: String,
    /// How it stands; empty if it is no more.
    pub state: String,
    /// The edition that is shown; 0 if none is.
    pub shown: i64,
    /// The content of that edition.
    pub sha256: Option<Vec<u8>>,
    /// When it was first issued, in microseconds.
    pub issued: i64,
}

/// Notes that items look different: in the transaction that changes them, so that a crash loses nothing.
///
/// # Errors
/// The database's.
pub async fn note(conn: &mut Conn, items: &[(i64, String)]) -> sqlx::Result<()> {
    let distinct: Vec<&(i64, String)> = items.iter().collect::<BTreeSet<_>>().into_iter().collect();
    fill!(
        conn,
        "INSERT INTO search_due (log, item, n) VALUES ($1, $2, 1)
         ON CONFLICT (log, item) DO UPDATE SET n = search_due.n + 1",
        &distinct,
        |row| row.0,
        row.1.clone()
    )?;
    Ok(())
}

/// Notes every item that is shown: the index is built anew.
///
/// # Errors
/// The database's.
pub async fn note_all(tx: &mut Tx) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO search_due (log, item, n) SELECT i.log, i.item, 0 FROM item i WHERE i.shown > 0
         ON CONFLICT (log, item) DO NOTHING"
    )?;
    Ok(())
}

/// Items that are due, those that changed before those that are only written anew.
///
/// # Errors
/// The database's.
pub async fn due(conn: &mut Conn, most: i64) -> sqlx::Result<Vec<Due>> {
    all!(
        conn,
        Due,
        "SELECT d.log, d.item, d.n, l.origin, COALESCE(i.state, '') AS state, COALESCE(i.shown, 0) AS shown,
                i.sha256, COALESCE(i.issued, 0) AS issued
         FROM search_due d JOIN log l ON l.id = d.log LEFT JOIN item i ON i.log = d.log AND i.item = d.item
         ORDER BY d.n DESC, d.log DESC, d.item DESC LIMIT $1",
        most
    )
}

/// How many are still to be written into an index that is built anew.
///
/// # Errors
/// The database's.
pub async fn left(conn: &mut Conn) -> sqlx::Result<u64> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(*) FROM search_due WHERE n = 0")?;
    Ok(count.unsigned_abs())
}

/// The index has heard of these. What changed meanwhile stays due.
///
/// # Errors
/// The database's.
pub async fn heard(tx: &mut Tx, rows: &[Due]) -> sqlx::Result<()> {
    for row in rows {
        run!(
            tx,
            "DELETE FROM search_due WHERE log = $1 AND item = $2 AND n = $3",
            row.log,
            row.item.clone(),
            row.n
        )?;
    }
    Ok(())
}

/// An item that stands and is shown; nothing of any other.
///
/// # Errors
/// The database's.
pub async fn standing(conn: &mut Conn, key: Key) -> anyhow::Result<Option<Standing>> {
    maybe!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.log = $1 AND i.item = $2 AND i.state = 'standing' AND i.shown > 0",
        key.log,
        Uuid::from_u128(key.item).to_string()
    )?
    .map(Standing::try_from)
    .transpose()
}
