//! Breaches of personal data: a record that an agency keeps from the moment it notices one, and the clock that the law sets.
//!
//! The record is never public and no log speaks of it; what people write stands in its lines alone, and lines are only ever
//! added. How many hours there are, and when people are reminded, is dated data ([`rule::Rule`]).

pub mod pages;
pub mod rule;
pub mod store;
pub mod view;

use serde::{Deserialize, Serialize};

use crate::words::Lang;

/// What a line of a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Says {
    /// What is known at the beginning.
    Begun {
        /// What happened.
        what: String,
        /// Whose data.
        whose: String,
        /// Of how many people, as far as it is known.
        count: String,
        /// What has been done at once.
        measures: String,
    },
    /// What became known later, or was done.
    Update {
        /// In words.
        text: String,
    },
    /// An earlier line was wrong.
    Correction {
        /// Its number.
        of: i64,
        /// What is right.
        text: String,
    },
    /// Somebody was told.
    Told {
        /// Whom.
        whom: String,
        /// True for the authority in charge: then the clock has stopped.
        authority: bool,
        /// When, in microseconds.
        at: i64,
        /// What, and by which way.
        text: String,
    },
    /// It is over.
    Closed {
        /// How it ended.
        text: String,
    },
}

impl Says {
    /// The word by which programs know the kind of line.
    pub fn word(&self) -> &'static str {
        match self {
            Says::Begun { .. } => "begun",
            Says::Update { .. } => "update",
            Says::Correction { .. } => "correction",
            Says::Told { .. } => "told",
            Says::Closed { .. } => "closed",
        }
    }
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.breach();
    Some(match act {
        "breach.begin" => w.act_begin,
        "breach.add" => w.act_add,
        "breach.seen" => w.act_seen,
        "breach.export" => w.act_export,
        _ => return None,
    })
}

/// Where the clock of a breach stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It runs: so many minutes are left, and whether the last reminder that is due is among them.
    Runs {
        /// Whole minutes that are left.
        left: i64,
        /// The reminder that is due: so many hours or fewer are left.
        remind: Option<u32>,
    },
    /// Its time is over and the authority was not told: so many minutes ago.
    Over(i64),
    /// The authority was told at this instant; whether that was in time.
    Told {
        /// When, in microseconds.
        at: i64,
        /// Whether it was in time.
        in_time: bool,
    },
}

impl Clock {
    /// Where the clock stands at `now`, all instants in microseconds.
    pub fn of(noticed: i64, told: Option<i64>, rule: &rule::Rule, now: i64) -> Clock {
        const MINUTE: i64 = 60_000_000;
        let ends = noticed + i64::from(rule.hours) * 60 * MINUTE;
        if let Some(at) = told {
            return Clock::Told { at, in_time: at <= ends };
        }
        if now > ends {
            return Clock::Over((now - ends) / MINUTE);
        }
        let left = (ends - now) / MINUTE;
        let due = rule.remind.iter().copied().filter(|hours| left <= i64::from(*hours) * 60);
        Clock::Runs { left, remind: due.min() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn the_clock_runs_reminds_ends_and_stops_when_the_authority_is_told() {
        let rule = rule::Rule { hours: 72, remind: vec![48, 24], basis: String::new() };
        let at = |told, now| Clock::of(0, told, &rule, now);
        assert_eq!(at(None, 11 * HOUR), Clock::Runs { left: 61 * 60, remind: None });
        assert_eq!(at(None, 24 * HOUR), Clock::Runs { left: 48 * 60, remind: Some(48) });
        assert_eq!(at(None, 71 * HOUR), Clock::Runs { left: 60, remind: Some(24) });
        assert_eq!(at(None, 72 * HOUR), Clock::Runs { left: 0, remind: Some(24) });
        assert_eq!(at(None, 73 * HOUR), Clock::Over(60));
        assert_eq!(at(Some(72 * HOUR), 99 * HOUR), Clock::Told { at: 72 * HOUR, in_time: true });
        assert_eq!(at(Some(72 * HOUR + 1), 99 * HOUR), Clock::Told { at: 72 * HOUR + 1, in_time: false });
    }
}
