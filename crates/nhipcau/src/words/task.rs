//! The words of a directive's tasks: evidence, and what only some agencies read. The older ones stand with the console's.

use super::table::{self, words};

words! {
    // Evidence
    evidence,
    evidence_hint,
    evidence_coming,
    reports,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/task_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/task_en.toml"));
