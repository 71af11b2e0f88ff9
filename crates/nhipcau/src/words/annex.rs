//! The words of annexes, on public pages and in the console.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // On the item's page
    by(agency),
    not_the_issuer(agency),
    stale(of, now),
    signed(at, entry, origin),
    link,
    // In the console
    nav,
    title,
    says,
    none,
    begin_what,
    begin_hint,
    begin_button,
    review_title,
    review_says(of, now),
    row_beside(title),
    row_standing(edition),
    row_withdrawn,
    row_core_ended,
    row_core_missing,
    edit,
    open,
    withdraw,
    reason,
    withdraw_button,
    done_issued,
    done_withdrawn,
    // On a draft's page
    draft_beside,
    draft_read(edition),
    draft_moved(of, now),
    draft_read_again(now),
    field_beside,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/annex_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/annex_en.toml"));
