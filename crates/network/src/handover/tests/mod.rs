//! The hand-over under everything that may go wrong: every interleaving of small cases ([`scenarios`]), the same with the
//! machine broken on purpose ([`broken`]), and weeks of a nation with chance ([`nation`]).
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod broken;
mod check;
mod explorer;
mod nation;
mod scenarios;
mod world;

use crate::entry::Case;
use crate::names::Origin;
use uuid::Uuid;

/// A portal by its number; number 0 is where it was asked.
fn portal(number: usize) -> Origin {
    format!("{}.gov.vn/log", ["h", "b", "c", "s", "p"][number]).parse().unwrap()
}

fn case() -> Case {
    Case { origin: portal(0), code: "PAKN.20261123.0012.H01-K".parse().unwrap() }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}
