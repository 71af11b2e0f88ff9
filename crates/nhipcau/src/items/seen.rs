//! When items came to look as they do on this node.
//!
//! What an issuer says of the time is its own; an entry may come here days later, through a mended line or in a bundle. Who
//! harvests by time must be told by the time at which it changed *here*, or what came late would never be told. One row
//! an item, written with the commit by which it changed. A clock that is set back must hide nothing from whoever asks for
//! what came since: then a commit comes right after the last one.

use std::collections::BTreeSet;

use crate::db::Conn;
use crate::{fill, one};

/// Notes that these items look different from `now` on, in microseconds.
///
/// # Errors
/// The database's.
pub async fn note(conn: &mut Conn, items: &[(i64, String)], now: i64) -> sqlx::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let (last,) = one!(conn, (Option<i64>,), "SELECT MAX(at) FROM seen")?;
    let now = last.map_or(now, |last| now.max(last.saturating_add(1)));
    let items: Vec<&(i64, String)> = items.iter().collect::<BTreeSet<_>>().into_iter().collect();
    fill!(
        conn,
        "INSERT INTO seen (log, item, at) VALUES ($1, $2, $3)
         ON CONFLICT (log, item) DO UPDATE SET at = excluded.at",
        &items,
        |row| row.0,
        row.1.clone(),
        now
    )?;
    Ok(())
}
