//! The words of Word files that become a draft's text.

use std::fmt::Display;

use super::table::{self, words};

words! {
    title,
    says,
    link_to,
    field_file,
    field_file_hint,
    look,
    closed,
    read_says(name),
    seen,
    field_text,
    field_text_hint,
    picture(name),
    picture_leave,
    picture_refused(name),
    place,
    place_hint,
    place_instead,
    place_after,
    take,
    done,
    act,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/word_file_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/word_file_en.toml"));
