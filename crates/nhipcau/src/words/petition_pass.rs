//! The words of suggestions and of handing over petitions by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    unsure,
    none,
    field(name, sure),
    level(name),
    place(name),
    basis(basis),
    own,
    absent,
    fill,
    because(field, basis),
    because_field(field),
    outside(body),
    check(note),
    note,
    agreed(agreed, all),
    call,
    sure_very,
    sure_quite,
    sure_maybe,
    sure_hardly,
    to_hint,
    handing(agency, to),
    recorded(to),
    did_accepted(agency),
    did_declined(agency),
    did_recalled(agency),
    recall,
    recalling,
    refused_handing,
    refused_back,
    file_coming,
    names_stay,
    claimed_says(log, peer),
    claimed_do(code),
    estate_says(log, peer, count),
    estate_do,
    did_inherited(agency, to),
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/petition_pass_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/petition_pass_en.toml"));
