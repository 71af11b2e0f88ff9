//! The words of the calendar by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    nav,
    title,
    says,
    holds(first, last, mark),
    ships,
    loaded,
    loaded_at(at, basis),
    loaded_hours,
    days_title(year),
    col_day,
    col_what,
    col_basis,
    off,
    work,
    usual,
    load_title,
    load_says,
    days_file,
    days_text,
    hours_file,
    see,
    other_portal(portal),
    plan_title,
    plan_nothing,
    plan_not_yet,
    plan_days(count),
    plan_offices(names),
    plan_year(year, count),
    plan_year_thin(year, count),
    change_to(was, now),
    moved_title(count),
    moved_none,
    moved_from_to(what, was, now),
    signed_title,
    signed_line(what, was),
    of_task(number, directive, open),
    of_asked(agency),
    of_owed(agency),
    of_consultation(title),
    confirm,
    back,
    said_loaded,
    said_nothing,
    moved(was, at, basis),
    sentence(why),
    theirs(day),
    beyond,
    act_load,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/calendar_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/calendar_en.toml"));
