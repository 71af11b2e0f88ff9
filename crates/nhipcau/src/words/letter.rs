//! The words of letters between portals, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // How many
    title,
    says,
    none,
    waiting(n, age),
    carried(n),
    // The doctor
    untold(portal),
    untold_do,
    // Alarms
    late_says(n),
    late_do,
    refused_says(log, peer),
    refused_do,
    contradicts_says(peer, log),
    contradicts_do(peer),
}

pub(super) static VI: Words = Words::read(include_str!("../../words/letter_vi.toml"));
pub(super) static EN: Words = Words::read(include_str!("../../words/letter_en.toml"));
