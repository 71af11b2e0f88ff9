//! The words of recommendations of agencies by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    says,
    none,
    counts(all, open),
    open,
    new,
    summary,
    summary_hint,
    words,
    words_hint,
    level,
    level_none,
    to,
    to_hint,
    file,
    filed,
    passed(level),
    fault_summary,
    fault_summary_long(most),
    fault_level,
    fault_target,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/recommend_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/recommend_en.toml"));
