//! The words of who subscribes to feeds, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    says,
    counts(n, failing),
    none,
    never,
    taken_at(at),
    tried_at(at),
    until(at),
    more(n),
    remove,
    said_removed,
    back,
    lead,
    act_remove,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/websub_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/websub_en.toml"));
