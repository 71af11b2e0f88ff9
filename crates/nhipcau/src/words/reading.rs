//! The words of reading: texts beside each other, on paper, aloud, on slow lines and without one, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Two texts
    compare_title,
    compare_link,
    compare_old,
    compare_new,
    compare_pair(old, new),
    compare_how,
    compare_same(n),
    compare_none,
    compare_absent,
    compare_more(n),
    gone,
    added,
    field_title,
    field_signer,
    field_effective,
    field_expires,
    field_summary,
    field_files,
    amended_title,
    amended_crumb,
    amended_link,
    amended_text,
    amended_by,
    amended_how,
    amended_none,
    amended_article(number),
    amended_absent,
    amended_others,
    // On paper, saved, aloud, handed on
    printed(portal, date),
    save,
    aloud,
    aloud_stop,
    share,
    share_done,
    saved_from(portal, hour, date),
    saved_after,
    saved_address,
    saved_proof,
    saved_proof_says(hash),
    saved_unproven,
    saved_pictures(n),
    // Slow lines
    light_is_on,
    light_is_off,
    light_on,
    light_off,
    picture,
    picture_size(size),
    picture_text,
    clip_seconds(n),
    clip_minutes(n),
    clip_both(minutes, seconds),
    clip_light,
    clip_best,
    clip_sound,
    clip_captions,
    clip_text,
    // Without a line
    kept_at(time),
    kept_none,
    kept_again,
    kept_list,
    kept_empty,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/reading_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/reading_en.toml"));
