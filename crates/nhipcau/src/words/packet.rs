//! The words of documents that are pushed as edXML packets, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    section,
    section_says,
    act_none,
    act_new,
    act_update,
    act_replace,
    act_revoke,
    work_stands(work, state),
    state_queued,
    state_sent,
    state_accepted,
    state_shown,
    state_failed,
    state_unconfirmed,
    code_01,
    code_02,
    code_03,
    code_04,
    code_05,
    code_06,
    code_13,
    code_15,
    code_16,
    status(number, name, at),
    said(words),
    waits,
    doubt_says,
    doubt_there,
    doubt_not,
    again,
    troubled,
    door(url),
    what,
    how,
    fields,
    receiver_id,
    receiver_id_hint,
    receiver_name,
    fault_receiver_id,
    fault_receiver_name,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/packet_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/packet_en.toml"));
