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
    step_subject(code),
    step_answer,
    step_due(due),
    needs(kind, law),
    lost(lost, most),
    silent(silent),
    unsure,
    kind,
    kind_do,
    did_sorted(who, kind),
    unsure_short,
    fault_kind,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/petition_mail_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/petition_mail_en.toml"));
