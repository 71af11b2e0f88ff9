//! The words of search by name, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    title_of(text),
    label,
    button,
    hint,
    count(n),
    count_one,
    count_more(n),
    meant,
    before(old, new),
    before_many(old),
    cut,
    building(n),
    away,
    none(text),
    none_narrow,
    none_words,
    none_list,
    narrow,
    narrowed,
    remove,
    facet_kind,
    facet_level,
    facet_origin,
    facet_place,
    facet_field,
    facet_form,
    facet_agency,
    facet_urgency,
    level_central,
    level_ministry,
    level_province,
    level_commune,
    level_unit,
    time,
    from,
    to,
    in_force,
    apply,
    in_force_on(day),
    since(day),
    until(day),
    sort,
    sort_best,
    sort_newest,
    next,
    previous,
    beyond,
    first,
    bad_day(name),
    bad_page,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/search_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/search_en.toml"));
