//! The words of embargoes by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Drafts
    stage_sealed,
    field_sealed,
    field_sealed_hint,
    list_sealed,
    sealed_until(at),
    act_unseal,
    act_unseal_discard,
    act_open_now,
    done_sealed,
    done_unsealed,
    // The network page
    network_sealed,
    network_sealed_row(agency, n),
    // Alarms
    unsealed_says(log),
    other_says(log),
    damaged_says(log),
    issuer_do(log, detail),
    late_says(log),
    late_do(detail),
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/embargo_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/embargo_en.toml"));
