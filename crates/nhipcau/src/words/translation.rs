//! The words of translations, on public pages and in the console.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // On the item's page
    notice,
    notice_text_missing,
    stale(of),
    original,
    others,
    behind_short,
    // In the console
    heading,
    heading_says,
    none,
    add,
    follows,
    behind,
    behind_of(of),
    title(language),
    says,
    from,
    field_title,
    field_summary,
    text_hint,
    save,
    take_off,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/translation_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/translation_en.toml"));
