//! The words of bulletins for loudspeakers, and what their announcer says, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Pages
    title,
    item_title,
    item_link,
    says,
    length(time),
    print,
    none,
    day_before,
    day_after,
    source,
    minutes(n),
    // The console's page
    nav,
    desk_says,
    choose,
    choice_gone(n),
    changes_stay(n),
    show,
    nothing_chosen,
    sound,
    sound_form,
    form_mp3,
    form_ogg,
    form_wav,
    sound_make,
    sound_retry,
    sound_waits,
    sound_reads(time),
    sound_packs(time),
    sound_ready(time, size),
    sound_no_voice,
    sound_no_converter,
    sound_failed,
    look_again,
    sound_save,
    sound_check,
    text,
    text_print,
    text_save,
    // What the announcer says
    opening(portal, day),
    opening_counts(n),
    opening_changes(n),
    corrected(title, day),
    updated(title, day),
    replaced(title, day),
    withdrawn(title, day),
    erased(day),
    change_says(note),
    reads_now,
    piece(nth, title),
    issued_by(agency),
    rest(portal),
    closing(portal),
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/bulletin_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/bulletin_en.toml"));
