//! The words of urgent briefs by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    says,
    none,
    unread,
    read,
    no_due,
    no_place,
    refused_role,
    home,
    kind,
    about(code),
    came(agency, at, kind),
    where_says(place),
    until_says(day),
    nothing_personal,
    act,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/petition_urgent_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/petition_urgent_en.toml"));
