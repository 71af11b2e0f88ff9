//! The words of sites that are sent what changes, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    nav,
    title,
    says,
    none,
    add,
    url,
    url_hint,
    name,
    what,
    what_own,
    what_all,
    since,
    since_now,
    since_all,
    secret,
    secret_hint,
    secret_show,
    add_button,
    paused,
    never,
    taken_at(at),
    tried_at(at),
    sends_own,
    sends_all,
    from,
    from_hint,
    replay,
    pause,
    resume,
    remove,
    said_added,
    said_paused,
    said_resumed,
    said_removed,
    said_replayed,
    fault_name,
    fault_secret,
    fault_from,
    fault_many,
    act_add,
    act_pause,
    act_resume,
    act_remove,
    act_replay,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/outlet_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/outlet_en.toml"));
