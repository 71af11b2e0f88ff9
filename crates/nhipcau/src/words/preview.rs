//! The words of preview links.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // What somebody outside sees
    bar(name, until),
    gone_title,
    gone_says,
    // In the console
    title,
    says,
    link_to,
    none,
    made_says,
    field_name,
    field_name_hint,
    field_purpose,
    field_days,
    field_days_hint,
    field_what,
    what_version,
    what_newest,
    make,
    take_back,
    shows_version(version),
    shows_newest,
    until(at),
    ended,
    looks(count, last),
    looks_none,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/preview_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/preview_en.toml"));
