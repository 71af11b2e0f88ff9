//! The words of the authority table by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    nav,
    title,
    holds_shipped(day, rows),
    holds_edition(seq, rows),
    share(pairs, share),
    unanswered,
    other_portal(portal),
    topic,
    look,
    takes_part(agency),
    days_from_to(from, to),
    days_from(from),
    end,
    last_day,
    last_day_hint,
    first_day,
    why,
    look_first,
    add,
    level,
    agency,
    condition,
    condition_hint,
    basis,
    note,
    only_part,
    whole,
    whole_hint,
    editions,
    edition(seq, at, who, why),
    loaded,
    plan_title,
    plan_not_yet,
    plan_counts(pairs, resolved, catch_all, missing),
    plan_added,
    plan_dropped,
    load,
    back,
    fault_why,
    fault_large,
    fault_nothing,
    fault_unread(why),
    fault_unanswered(day, many, names),
    fault_day,
    fault_stale,
    doctor(many, names),
    doctor_do,
    act,
    choices,
    act_choices,
    unreadable_says,
    unreadable_do(detail),
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/authority_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/authority_en.toml"));
