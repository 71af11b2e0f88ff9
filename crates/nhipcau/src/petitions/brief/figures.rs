//! What a week comes to: counted from how cases stand, nothing else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::far::Behind;
use crate::clock::instant;
use crate::petitions::life::State;
use crate::petitions::recommend::LEVELS;
use crate::words::date;

/// A case as far as a brief counts it.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Fact {
    /// Its code.
    pub code: String,
    /// The log of the agency that answers.
    pub owner: i64,
    /// The word of its kind.
    pub sort: String,
    /// 1 if it makes one think of danger.
    pub urgent: i64,
    /// The word of its state.
    pub state: String,
    /// The last day for the answer; empty if no rule sets one.
    pub due: String,
    /// When it was registered, in microseconds.
    pub registered: i64,
    /// When it was answered last; 0 if it was not.
    pub answered: i64,
    /// How its sender rated it; empty if they did not.
    pub rating: String,
    /// The level that has the authority to solve it, of a recommendation of an agency; empty of any other.
    pub level: String,
    /// The log of the agency that filed that; 0 of any other.
    pub filed: i64,
}

fn day(at: i64) -> Date {
    date::day(instant(at))
}

/// True for an instant within some days.
fn inside((from, until): (Date, Date), at: i64) -> bool {
    at > 0 && (from..=until).contains(&day(at))
}

impl Fact {
    /// True if it has an answer, and that was given within some days.
    fn is_answered_in(&self, term: (Date, Date)) -> bool {
        !State::of(&self.state).is_open() && inside(term, self.answered)
    }

    /// True if it had no answer at the end of a day.
    fn is_open_after(&self, last: Date) -> bool {
        State::of(&self.state).is_open() || self.answered > 0 && day(self.answered) > last
    }
}

/// Recommendations of agencies that a level is to solve.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommended {
    /// The level's word.
    pub level: String,
    /// Filed in the time.
    pub filed: i64,
    /// Answered in it.
    pub answered: i64,
    /// Without an answer at its end.
    pub open: i64,
}

/// Counts recommendations by the level that is to solve them, the lowest first.
pub fn recommended(week: (Date, Date), facts: &[Fact]) -> Vec<Recommended> {
    let of = |level: &str| {
        let mut sum = Recommended { level: level.to_owned(), ..Recommended::default() };
        for fact in facts.iter().filter(|fact| fact.level == level && day(fact.registered) <= week.1) {
            sum.filed += i64::from(inside(week, fact.registered));
            sum.answered += i64::from(fact.is_answered_in(week));
            sum.open += i64::from(fact.is_open_after(week.1));
        }
        sum
    };
    let all = LEVELS.map(|level| of(level.id()));
    all.into_iter().filter(|sum| sum.filed + sum.answered + sum.open > 0).collect()
}

/// The counts of some cases in a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Registered in the week.
    pub received: i64,
    /// Answered in the week.
    pub answered: i64,
    /// Of these, not after their last day.
    pub in_time: i64,
    /// Without an answer at the week's end.
    pub open: i64,
    /// Of these, past their last day.
    pub overdue: i64,
    /// Of the answers of the week, rated good, partly, and not.
    pub yes: i64,
    /// See `yes`.
    pub partly: i64,
    /// See `yes`.
    pub no: i64,
}

/// An agency that is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Its name.
    pub agency: String,
    /// Cases past their last day.
    pub overdue: i64,
    /// Calendar days of the longest.
    pub days: i64,
}

/// A case that cannot wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    /// Its code.
    pub code: String,
    /// Who has it.
    pub agency: String,
    /// Its last day; empty if no rule sets one.
    pub due: String,
}

/// A brief: everything that it says, so that it can be said again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// `2026-W48`.
    pub week: String,
    /// The agency that reports.
    pub agency: String,
    /// Agencies that are counted.
    pub agencies: i64,
    /// All of them together.
    pub counts: Counts,
    /// Who is late, the most cases first.
    pub late: Vec<Late>,
    /// What was asked in the week: the word of a kind, and how often; the most first.
    pub kinds: Vec<(String, i64)>,
    /// Open cases that make one think of danger; for the agency itself, not for readers.
    pub urgent: Vec<Urgent>,
    /// Recommendations that the agencies filed, by the level that is to solve them.
    #[serde(default)]
    pub recommended: Vec<Recommended>,
    /// Agencies among those counted that live at other nodes: of them by the public record, which tells no rating and no danger.
    #[serde(default)]
    pub elsewhere: i64,
    /// Nodes that were not read to their end.
    #[serde(default)]
    pub behind: Vec<Behind>,
    /// More of these than are named.
    #[serde(default)]
    pub behind_more: i64,
    /// Cases that were read and not counted yet.
    #[serde(default)]
    pub waiting: i64,
}

/// What waits at an agency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Cases without an answer.
    pub open: i64,
    /// Of these, past their last day.
    pub overdue: i64,
}

impl std::ops::AddAssign for Waits {
    fn add_assign(&mut self, other: Waits) {
        self.open += other.open;
        self.overdue += other.overdue;
    }
}

/// What a week comes to.
pub struct Counted {
    /// All agencies together.
    pub counts: Counts,
    /// See `Brief`.
    pub late: Vec<Late>,
    /// See `Brief`.
    pub kinds: Vec<(String, i64)>,
    /// See `Brief`.
    pub urgent: Vec<Urgent>,
    /// Where something waits at the week's end, by the log of who answers.
    pub waits: BTreeMap<i64, Waits>,
}

/// Counts a week, from Monday to Sunday. An open week is counted up to `today`.
pub fn count(week: (Date, Date), today: Date, facts: &[Fact], name: impl Fn(i64) -> String) -> Counted {
    let until = week.1;
    let end = until.min(today);
    let mut counts = Counts::default();
    let mut waits: BTreeMap<i64, Waits> = BTreeMap::new();
    let mut longest: BTreeMap<i64, i64> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, i64> = BTreeMap::new();
    let mut urgent = Vec::new();
    for fact in facts.iter().filter(|fact| day(fact.registered) <= until) {
        let due: Option<Date> = fact.due.parse().ok();
        if inside(week, fact.registered) {
            counts.received += 1;
            *kinds.entry(&fact.sort).or_default() += 1;
        }
        if fact.is_answered_in(week) {
            counts.answered += 1;
            counts.in_time += i64::from(due.is_none_or(|due| day(fact.answered) <= due));
            match fact.rating.as_str() {
                "yes" => counts.yes += 1,
                "partly" => counts.partly += 1,
                "no" => counts.no += 1,
                _ => {}
            }
        }
        if fact.is_open_after(until) {
            let late = due.filter(|due| *due < end);
            *waits.entry(fact.owner).or_default() += Waits { open: 1, overdue: i64::from(late.is_some()) };
            if let Some(due) = late {
                let days = longest.entry(fact.owner).or_default();
                *days = (*days).max(i64::from((end - due).get_days()));
            }
            if fact.urgent > 0 {
                urgent.push(Urgent {
                    code: fact.code.clone(),
                    agency: name(fact.owner),
                    due: fact.due.clone(),
                });
            }
        }
    }
    for all in waits.values() {
        counts.open += all.open;
        counts.overdue += all.overdue;
    }
    let late = |(owner, days)| Late { agency: name(owner), overdue: waits[&owner].overdue, days };
    let mut late: Vec<Late> = longest.into_iter().map(late).collect();
    late.sort_by(|a, b| (b.overdue, b.days).cmp(&(a.overdue, a.days)).then_with(|| a.agency.cmp(&b.agency)));
    let mut kinds: Vec<(String, i64)> =
        kinds.into_iter().map(|(sort, many)| (sort.to_owned(), many)).collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    urgent.sort_by(|a, b| (a.due.is_empty(), &a.due, &a.code).cmp(&(b.due.is_empty(), &b.due, &b.code)));
    Counted { counts, late, kinds, urgent, waits }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> i64 {
        if text.is_empty() {
            0
        } else {
            format!("{text}T09:00:00+07:00").parse::<jiff::Timestamp>().unwrap().as_microsecond()
        }
    }

    fn fact(state: &str, registered: &str, due: &str, answered: &str) -> Fact {
        Fact {
            code: format!("PAKN.{registered}"),
            owner: 7,
            sort: "phan-anh".into(),
            state: state.into(),
            due: due.into(),
            registered: at(registered),
            answered: at(answered),
            ..Fact::default()
        }
    }

    #[test]
    fn recommendations_are_counted_by_the_level_that_is_to_solve_them() {
        let of = |level: &str, fact| Fact { level: level.into(), filed: 7, ..fact };
        let facts = [
            of("central", fact("answered", "2026-11-20", "2026-11-24", "2026-11-24")),
            of("central", fact("new", "2026-11-24", "2026-12-24", "")),
            of("province", fact("new", "2026-11-30", "2026-12-24", "")),
            fact("new", "2026-11-24", "2026-12-24", ""),
        ];
        let week = (date(2026, 11, 23), date(2026, 11, 29));
        let central = Recommended { level: "central".into(), filed: 1, answered: 1, open: 1 };
        assert_eq!(recommended(week, &facts), [central]);
    }

    #[test]
    fn a_week_counts_what_came_what_was_answered_and_what_waits() {
        let facts = [
            fact("answered", "2026-11-20", "2026-11-24", "2026-11-24"),
            Fact { rating: "yes".into(), ..fact("closed", "2026-11-23", "2026-11-24", "2026-11-26") },
            fact("work", "2026-11-10", "2026-11-19", ""),
            Fact { urgent: 1, ..fact("new", "2026-11-29", "2026-12-20", "") },
            // Answered after the week: it waited at the week's end.
            fact("answered", "2026-11-24", "2026-11-27", "2026-12-01"),
            fact("new", "2026-11-30", "2026-12-20", ""),
        ];
        let week = (date(2026, 11, 23), date(2026, 11, 29));
        let Counted { counts, late, kinds, urgent, waits } =
            count(week, date(2026, 12, 2), &facts, |owner| format!("cơ quan {owner}"));
        let said =
            Counts { received: 3, answered: 2, in_time: 1, open: 3, overdue: 2, yes: 1, partly: 0, no: 0 };
        assert_eq!(counts, said);
        assert_eq!(late, [Late { agency: "cơ quan 7".into(), overdue: 2, days: 10 }]);
        assert_eq!(waits, BTreeMap::from([(7, Waits { open: 3, overdue: 2 })]));
        assert_eq!(kinds, [("phan-anh".to_owned(), 3)]);
        assert_eq!(urgent.len(), 1);
        assert_eq!(urgent[0].due, "2026-12-20");
        // The running week is counted up to today: nothing is overdue that is not yet.
        let Counted { counts, .. } = count(week, date(2026, 11, 25), &facts[..3], |_| String::new());
        assert_eq!(counts.overdue, 1);
    }
}
