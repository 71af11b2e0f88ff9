//! The words of rehearsals by name, in the order of their tables.

use super::table::{self, words};

words! {
    title,
    band,
    band_says,
    home,
    home_link,
    verify,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/rehearsal_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/rehearsal_en.toml"));
