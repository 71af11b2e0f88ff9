//! Archives of a feed (RFC 5005, section 4): all that it ever told, in parts whose members stay the same.
//!
//! A part has a hundred items in the order in which they were issued, and is one only once it is full. The feed itself tells what changed
//! last, and whatever no part has yet; so both together are everything. An item stands in its part as it stands now: what was erased is
//! in none of them.

use super::super::store::{self, Standing};
use super::MOST;
use crate::db::Conn;
use crate::problem::Problem;

/// Items of a part.
const PART: i64 = 100;

/// Which parts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Archives {
    /// The part that is told; none for the feed itself.
    pub(super) at: Option<i64>,
    /// The last part; 0 if there is none.
    pub(super) last: i64,
}

impl Archives {
    /// Those of so many items.
    ///
    /// # Errors
    /// When a part is asked for that is not full yet.
    pub(super) fn of(count: i64, at: Option<i64>) -> Result<Archives, Problem> {
        let last = count / PART;
        match at.is_some_and(|at| at > last) {
            true => Err(Problem::NotFound("archive of a feed")),
            false => Ok(Archives { at, last }),
        }
    }

    /// The items that are told, the last changed first.
    pub(super) async fn items(
        self,
        conn: &mut Conn,
        portal: &str,
        whose: (i64, Option<bool>),
        (kind, issuer): (&str, &str),
    ) -> Result<Vec<Standing>, Problem> {
        if let Some(at) = self.at {
            let mut items =
                store::archived(conn, portal, whose, (kind, issuer), (at - 1) * PART, PART).await?;
            items.reverse();
            return Ok(items);
        }
        let mut items = store::changes(conn, portal, whose, kind, issuer, MOST).await?;
        if self.last > 0 {
            let loose = store::archived(conn, portal, whose, (kind, issuer), self.last * PART, PART).await?;
            let there = |one: &Standing, all: &[Standing]| all.iter().any(|other| other.item == one.item);
            let loose: Vec<Standing> = loose.into_iter().filter(|one| !there(one, &items)).collect();
            items.extend(loose);
        } else {
            // Without any part the feed alone is everything.
            items = store::changes(conn, portal, whose, kind, issuer, PART).await?;
        }
        items.sort_by_key(|item| std::cmp::Reverse((item.changed, item.item)));
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_part_is_one_once_it_is_full() {
        assert_eq!(Archives::of(99, None).unwrap(), Archives { at: None, last: 0 });
        assert_eq!(Archives::of(250, Some(2)).unwrap(), Archives { at: Some(2), last: 2 });
        assert!(Archives::of(250, Some(3)).is_err());
    }
}
