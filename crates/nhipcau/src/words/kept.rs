//! The words of what was typed and could not be taken: kept, shown again, too large.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // What was typed and is not saved
    unsaved,
    unsaved_says,
    wrote,
    wrote_says,
    correct_on,
    correct_says,
    restore_on,
    restore_says,
    translate_on,
    translate_says,
    task_wrote_says,
    yes,
    // A draft and what happens around it
    warns,
    moved_withdrawn(at),
    moved_gone(at),
    moved_edition(now, base),
    digest_fill,
    digest_done,
    // A form of another session
    other_title,
    other_says(name),
    // What is too large
    large_title,
    large_file(most),
    large_form(most),
    large_back,
    // For the console's script
    held_at(at),
    held_show,
    held_drop,
    big_file(most),
    big_form,
    big_paste,
    leaving(n),
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/kept_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/kept_en.toml"));
