//! The words of bulletins for loudspeakers, and what their announcer says, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Pages
    title,
    item_title,
    item_link,
    says,
    length(time),
    print,
    none,
    day_before,
    day_after,
    source,
    minutes(n),
    // What the announcer says
    opening(portal, day),
    opening_counts(n),
    opening_changes(n),
    corrected(title, day),
    updated(title, day),
    replaced(title, day),
    withdrawn(title, day),
    erased(day),
    change_says(note),
    reads_now,
    piece(nth, title),
    issued_by(agency),
    rest(portal),
    closing(portal),
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/bulletin_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/bulletin_en.toml"));
