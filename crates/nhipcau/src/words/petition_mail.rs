//! The words of answers to mails by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    subject(code),
    lead(agency, code),
    open,
    secret(secret),
    not_subject(agency),
    not_lead(agency),
    not_open,
    foot,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/petition_mail_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/petition_mail_en.toml"));
