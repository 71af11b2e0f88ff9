//! The words of the second pair of hands by name, in the order of their tables: what comes with the node's token, what is
//! ordered from above, what the duty desk approves for agencies below.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // The second pair of hands
    by_token,
    // An erasure ordered of an agency below
    order_title(agency),
    order_says(agency),
    order_unseen,
    // The duty desk for agencies below
    below_count(count),
    below_row(agency, kind, name, at),
    below_until(agency, roles, day),
    below_open(agency, roles),
    below_files,
    below_why,
    // Issued at once
    network_at_once(portals),
    doctor_at_once(portals),
    doctor_at_once_more(n),
    doctor_at_once_do,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/doors_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/doors_en.toml"));
