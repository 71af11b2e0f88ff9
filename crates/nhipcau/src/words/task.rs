//! The words of a directive's tasks: evidence, and what only some agencies read. The older ones stand with the console's.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Evidence
    evidence,
    evidence_hint,
    evidence_coming,
    reports,
    // Restricted
    restricted,
    restricted_lead,
    restricted_issuer,
    restricted_preview(number),
    restricted_evidence_hint,
    restricted_words_hint,
    restricted_reaches(number, count),
    restricted_without(number, agency),
    restricted_unread(number, agency),
    restricted_rekeyed(number, agency),
    preview_tasks,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/task_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/task_en.toml"));
