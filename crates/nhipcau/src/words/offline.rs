//! The words of a portal's copy for hours and places without a line, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // The frame
    skip,
    nav,
    by_day,
    by_kind,
    by_number,
    procedures,
    find,
    how,
    made(portal, hour, date),
    made_says,
    heard(hour, date),
    age_today,
    age_days(n),
    // Lists
    newest,
    all_newest,
    none,
    count(n),
    number,
    title,
    day,
    field_other,
    // Finding
    find_label,
    find_button,
    find_plain,
    find_hint,
    found_none,
    found(n),
    found_some,
    // An item
    issuer,
    signer,
    issued,
    effective,
    expires,
    law,
    published,
    bare,
    files,
    file_left,
    picture_text,
    proof,
    proof_says,
    proof_file,
    proof_original,
    proof_none,
    sample,
    change_note,
    // How to check
    how_title,
    how_what(portal, items, procedures, files),
    how_left(n),
    how_withdrawn,
    how_proof,
    how_root,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/offline_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/offline_en.toml"));
