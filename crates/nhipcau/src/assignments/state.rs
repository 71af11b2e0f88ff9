//! What an agency's answers to a task come to, and whether it is late.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::words::date;

/// What an agency says of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// It has taken note.
    Acknowledged,
    /// It tells how far it has come.
    Reported,
    /// It has done it.
    Done,
}

impl Act {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Act::Acknowledged => "acknowledged",
            Act::Reported => "reported",
            Act::Done => "done",
        }
    }

    /// The act behind a stored word.
    pub fn of(word: &str) -> Option<Act> {
        [Act::Acknowledged, Act::Reported, Act::Done].into_iter().find(|act| act.word() == word)
    }
}

/// How far an agency has come with a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The furthest that it says; `None` before it says anything.
    pub act: Option<Act>,
    /// When it first said that it was done, by its own clock.
    pub done: Option<Timestamp>,
}

impl State {
    /// The state after answers, in any order.
    pub fn after(answers: impl IntoIterator<Item = (Act, Timestamp)>) -> State {
        let mut state = State::default();
        for (act, at) in answers {
            state.act = state.act.max(Some(act));
            if act == Act::Done {
                state.done = Some(state.done.map_or(at, |before| before.min(at)));
            }
        }
        state
    }

    /// True if nothing more is to be done.
    pub fn is_done(&self) -> bool {
        self.act == Some(Act::Done)
    }

    /// True past the deadline while the task is not done.
    pub fn is_late(&self, due: Option<DateTime>, now: Timestamp) -> bool {
        !self.is_done() && due.and_then(instant).is_some_and(|due| due < now)
    }

    /// True if it was done after the deadline.
    pub fn was_late(&self, due: Option<DateTime>) -> bool {
        due.and_then(instant).zip(self.done).is_some_and(|(due, done)| due < done)
    }
}

/// A deadline's instant: the minute that it names is still in time.
pub fn instant(due: DateTime) -> Option<Timestamp> {
    let end = due.checked_add(jiff::Span::new().try_minutes(1).ok()?).ok()?;
    date::zone().to_timestamp(end).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_furthest_word_counts_in_whatever_order_the_answers_come() {
        let (early, late) = (at("2026-11-26T01:00:00Z"), at("2026-11-26T02:00:00Z"));
        assert_eq!(State::after([]), State { act: None, done: None });
        for answers in
            [[(Act::Done, late), (Act::Reported, early)], [(Act::Reported, early), (Act::Done, late)]]
        {
            assert_eq!(State::after(answers), State { act: Some(Act::Done), done: Some(late) });
        }
    }

    #[test]
    fn a_task_is_late_from_the_minute_after_its_deadline_until_it_is_done() {
        let due = Some("2026-11-26T17:00".parse().unwrap());
        let open = State::after([(Act::Acknowledged, at("2026-11-26T01:00:00Z"))]);
        assert!(!open.is_late(due, at("2026-11-26T10:00:59Z")), "17:00 in Viet Nam is 10:00 in UTC");
        assert!(open.is_late(due, at("2026-11-26T10:01:01Z")));
        assert!(!open.is_late(None, at("2026-11-27T00:00:00Z")));
        let done = State::after([(Act::Done, at("2026-11-26T10:05:00Z"))]);
        assert!(!done.is_late(due, at("2026-11-27T00:00:00Z")) && done.was_late(due));
        assert!(!State::after([(Act::Done, at("2026-11-26T10:00:00Z"))]).was_late(due));
    }
}
