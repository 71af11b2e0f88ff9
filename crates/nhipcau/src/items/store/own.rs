//! What an agency of this node has issued, by its last issue: an item that was corrected yesterday comes before one of last week.
//!
//! The order is that of the log, which no clock can change; a page begins behind a place in it, so nothing is skipped or told
//! twice while more is issued.

use sqlx::FromRow;

use super::{Row, Standing, standings};
use crate::all;
use crate::db::Conn;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the last issue.
    Newest,
    /// With what was issued before the entry with this index.
    Before(u64),
    /// With what was issued just after it.
    After(u64),
}

/// An item with its last issue.
pub struct Issued {
    /// The item, in whichever state.
    pub standing: Standing,
    /// The index of the entry that issued it last.
    pub index: u64,
    /// When, by the issuer's clock, in microseconds.
    pub at: i64,
}

#[derive(FromRow)]
struct Last {
    #[sqlx(flatten)]
    row: Row,
    last: i64,
    last_at: i64,
}

/// At most `most` items of a log of ours, the last issue first.
///
/// # Errors
/// The database's.
pub async fn issued(conn: &mut Conn, log: i64, from: Start, most: i64) -> anyhow::Result<Vec<Issued>> {
    let index = |index: u64| i64::try_from(index).unwrap_or(i64::MAX);
    let rows = match from {
        Start::After(at) => {
            let mut rows = all!(
                conn,
                Last,
                "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                        i.urgent, i.sha256, i.note, i.kind, i.card, e.change, n.idx AS last, n.at AS last_at
                 FROM last_issue n JOIN item i ON i.log = n.log AND i.item = n.item JOIN log l ON l.id = n.log
                 LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
                 WHERE n.log = $1 AND n.idx > $2 ORDER BY n.idx LIMIT $3",
                log,
                index(at),
                most
            )?;
            rows.reverse();
            rows
        }
        Start::Newest | Start::Before(_) => {
            let before = if let Start::Before(at) = from { index(at) } else { i64::MAX };
            all!(
                conn,
                Last,
                "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                        i.urgent, i.sha256, i.note, i.kind, i.card, e.change, n.idx AS last, n.at AS last_at
                 FROM last_issue n JOIN item i ON i.log = n.log AND i.item = n.item JOIN log l ON l.id = n.log
                 LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
                 WHERE n.log = $1 AND n.idx < $2 ORDER BY n.idx DESC LIMIT $3",
                log,
                before,
                most
            )?
        }
    };
    let (rows, last): (Vec<Row>, Vec<(u64, i64)>) =
        rows.into_iter().map(|one| (one.row, (one.last as u64, one.last_at))).unzip();
    let standings = standings(rows)?.into_iter().zip(last);
    Ok(standings.map(|(standing, (index, at))| Issued { standing, index, at }).collect())
}
