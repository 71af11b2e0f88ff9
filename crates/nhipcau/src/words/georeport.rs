//! The words of the Open311 interface.

use std::fmt::Display;

use super::table::{self, words};

words! {
    key_service(agency),
    act_key,
    kind,
    kind_how,
    mode,
    mode_how,
    address,
    address_how,
    still,
    still_how,
    still_yes,
    still_says,
    once,
    once_how,
    media(address),
    notice(code, secret, follow),
    notice_due(day),
    notice_danger(numbers),
    not_published,
    no_token,
    no_form,
    not_here(elsewhere),
    ours(code),
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/georeport_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/georeport_en.toml"));
