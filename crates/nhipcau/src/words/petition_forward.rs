//! The words of passing every petition on by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    nav,
    title,
    says,
    off,
    on(name, system, since),
    system,
    system_hint,
    name,
    name_hint,
    begin,
    change,
    stop,
    stop_says,
    waiting(n),
    waiting_none,
    late,
    more(n),
    ask_says(name),
    passed(name),
    on_its_way(name),
    alarm_says(n, log, system),
    alarm_do,
    act,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/petition_forward_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/petition_forward_en.toml"));
