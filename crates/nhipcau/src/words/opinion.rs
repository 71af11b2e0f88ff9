//! The words of opinions before issue, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    nav,
    // Opinions
    agree,
    conditions,
    disagree,
    // At the draft
    section,
    ask_link,
    round(at, due),
    same,
    changed,
    taken_back,
    place_answered(verdict, who, at),
    place_late,
    place_received,
    place_sent,
    place_reminded(at),
    place_erased(at),
    remind,
    cancel,
    cancel_says,
    done_sent,
    done_reminded,
    done_cancelled,
    // Asking
    ask_title,
    ask_says,
    ask_goes(version, files),
    ask_no_files,
    ask_whom,
    ask_whom_hint,
    ask_words,
    ask_words_hint,
    ask_days,
    ask_days_hint,
    ask_send,
    // The list
    list_says,
    asked_of_us,
    asked_of_us_none,
    asked_by_us,
    asked_by_us_none,
    row(asker, due),
    row_late(asker, due),
    row_answered(asker, verdict),
    row_reminded(at),
    row_cancelled(asker),
    row_erased(asker),
    row_ours(at, answered, of),
    // A draft of another agency
    not_public,
    from(asker, at),
    due(due),
    due_late(due),
    files,
    draft,
    ours,
    ours_said(verdict, at),
    answer,
    answer_again,
    answer_says,
    answer_words,
    answer_words_hint,
    answer_send,
    answer_who,
    done_answered,
    gone_cancelled,
    gone_erased,
}

pub(super) static VI: Words = Words::read(include_str!("../../words/opinion_vi.toml"));
pub(super) static EN: Words = Words::read(include_str!("../../words/opinion_en.toml"));
