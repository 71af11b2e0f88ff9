//! The words of logs' keys that lie in tokens.

use std::fmt::Display;

use super::table::{self, words};

words! {
    alarm_says(log),
    away_says(log, why),
    away_do,
    doctor_ok(log, token),
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/log_key_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/log_key_en.toml"));
