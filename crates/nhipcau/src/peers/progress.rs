//! How far nodes have come with a log, as their newest receipts say; without the receipts themselves.

use std::ops::Range;

use sqlx::FromRow;

use crate::db::Conn;
use crate::{all, maybe};

/// How far one node has come with a log.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Progress {
    /// The node.
    pub node: String,
    /// Entries that it holds.
    pub size: i64,
    /// Content that it has named as held goes up to here.
    pub content: i64,
    /// Entries whose content it lacks, separated by commas.
    pub lacking: String,
    /// Entries that its portals show.
    pub shown: i64,
    /// When its receipt came, by our clock, in microseconds.
    pub received: i64,
    /// When it first had the entry that is asked about with all content before it, by our clock, in microseconds.
    pub had: Option<i64>,
}

/// Every node's progress with a log, and with its entry `index`.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, origin: &str, index: u64) -> sqlx::Result<Vec<Progress>> {
    // A node's receipts are kept in the order of their sizes, so its first that is large enough came first.
    all!(
        conn,
        Progress,
        "SELECT r.node, r.size, r.content, r.lacking, r.shown, r.received,
                (SELECT f.at FROM reach f WHERE f.origin = $1 AND f.node = r.node AND f.size > $2
                   AND f.content > $2 ORDER BY f.size, f.content LIMIT 1) AS had
         FROM receipt r WHERE r.origin = $1 ORDER BY r.node",
        origin.to_owned(),
        index as i64
    )
}

/// One node's progress with a log; `None` before its first receipt.
///
/// # Errors
/// The database's.
pub async fn of_node(conn: &mut Conn, origin: &str, node: &str) -> sqlx::Result<Option<Progress>> {
    maybe!(
        conn,
        Progress,
        "SELECT node, size, content, lacking, shown, received, CAST(NULL AS BIGINT) AS had
         FROM receipt WHERE node = $1 AND origin = $2",
        node.to_owned(),
        origin.to_owned()
    )
}

impl Progress {
    fn lacks(&self) -> impl Iterator<Item = u64> {
        self.lacking.split(',').filter_map(|one| one.parse().ok())
    }

    /// Up to here nothing is lacking.
    pub fn whole(&self) -> i64 {
        self.lacks().next().map_or(self.content, |first| first as i64)
    }

    /// The entries of which this says something else than the same node said `before`; more than there are
    /// if it is the node's first word about the log, which makes it one that counts for every entry.
    pub fn news(&self, before: Option<&Progress>) -> Range<u64> {
        let Some(before) = before else { return 0..u64::MAX };
        let edges = [
            (before.size, self.size),
            (before.content, self.content),
            (before.shown, self.shown),
            (before.whole(), self.whole()),
        ];
        let moved = edges.iter().filter(|(old, new)| old != new);
        let ranges = moved.map(|(old, new)| *old.min(new) as u64..*old.max(new) as u64);
        let had: Vec<u64> = before.lacks().collect();
        let has: Vec<u64> = self.lacks().collect();
        let came = had.iter().filter(|index| !has.contains(index));
        let left = has.iter().filter(|index| !had.contains(index));
        let single = came.chain(left).map(|index| *index..index + 1);
        ranges.chain(single).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(size: i64, content: i64, lacking: &str) -> Progress {
        Progress {
            node: "a.vn/node".into(),
            size,
            content,
            lacking: lacking.into(),
            shown: size,
            received: 0,
            had: None,
        }
    }

    #[test]
    fn a_receipt_is_news_about_the_entries_that_it_says_something_else_of() {
        let before = progress(10, 10, "");
        assert_eq!(before.news(None), 0..u64::MAX);
        assert_eq!(progress(10, 10, "").news(Some(&before)), 0..0);
        assert_eq!(progress(12, 12, "").news(Some(&before)), 10..12);
        // The newest entry is here and its content is not; then it has come.
        let lacking = progress(11, 11, "10");
        assert_eq!(lacking.news(Some(&before)), 10..11);
        assert_eq!(progress(11, 11, "").news(Some(&lacking)), 10..11);
        // Content of long ago went missing: from there on the account is open again.
        assert_eq!(progress(10, 10, "3").news(Some(&before)), 3..10);
        assert_eq!(progress(10, 10, "3,8").news(Some(&progress(10, 10, "3"))), 8..9);
    }
}
