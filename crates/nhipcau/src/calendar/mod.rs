//! The calendar of working days of this node: what ships, what an administrator loaded over it, and what follows for deadlines.
//!
//! Nothing of a deadline that is stated in working days is stored but how it was stated. Every version of the calendar is kept with the
//! moment from which it held, so a deadline is worked out when somebody looks ([`History::reckon`]): an open one by today's
//! calendar, with each date that it had before and why it moved; a closed one by the calendar that held when it was closed.
//! `acts` loads a table, after it has said what would move (`moves`); `pages` and the API show both.
//!
//! The calendar is each node's own. A date that an issuer signed stays that date; what an issuer stated in working days, each node
//! counts by its own calendar, and [`WorkingTime::mark`] says whether two nodes count alike.

pub mod acts;
pub mod moves;
pub mod pages;
pub mod store;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::civil::{Date, DateTime};
use network::names::ContentHash;
use vietnam::working_time::{Calendar, OfficeHours};

use crate::clock::instant;
use crate::words::{Lang, date};

/// How an act of this noun is called in the audit trail; `None` for any other.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    (act == acts::ACT).then(|| lang.calendar().act_load)
}

/// Days and hours of work, as they hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingTime {
    /// Which days are worked.
    pub days: Calendar,
    /// When offices are open, by their names.
    pub offices: BTreeMap<String, OfficeHours>,
}

impl WorkingTime {
    /// What ships.
    pub fn shipped() -> WorkingTime {
        WorkingTime { days: Calendar::shipped().clone(), offices: OfficeHours::all_shipped().clone() }
    }

    /// The usual office hours.
    pub fn usual(&self) -> &OfficeHours {
        self.offices.get("usual").unwrap_or(OfficeHours::usual())
    }

    /// A short name of the days: two nodes with the same one count working days alike.
    pub fn mark(&self) -> String {
        let mut mark = ContentHash::of(self.days.table().as_bytes()).to_string();
        mark.truncate(12);
        mark
    }

    fn end(&self, since: Date, days: u32) -> Option<Date> {
        self.days.add_working_days(since, days).ok()
    }
}

/// The day on which something is checked, and the calendar by which it is.
#[derive(Clone)]
pub struct Today {
    /// The day, in Viet Nam.
    pub day: Date,
    /// The calendar.
    pub time: Arc<WorkingTime>,
}

impl Today {
    /// A day by the calendar that ships, for a command that is away from any node.
    pub fn shipped(day: Date) -> Today {
        Today { day, time: Arc::new(WorkingTime::shipped()) }
    }
}

impl From<Date> for Today {
    fn from(day: Date) -> Today {
        Today::shipped(day)
    }
}

/// The calendar from one moment on.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub seq: i64,
    /// Since when it holds, in microseconds.
    pub at: i64,
    /// True if it came with the program, false if an administrator loaded it.
    pub ships: bool,
    /// The acts by which the days that it changed are so, each once.
    pub basis: String,
    /// What holds.
    pub time: Arc<WorkingTime>,
}

/// A deadline stated in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// From which day, which is left out.
    pub since: Date,
    /// How many.
    pub days: u32,
    /// When it was stated, in microseconds.
    pub opened: i64,
    /// When it was met or called off, in microseconds.
    pub closed: Option<i64>,
}

/// Where a deadline lies, and where it lay before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// The last day; nothing if the calendar does not go that far.
    pub end: Option<Date>,
    /// How it moved, oldest first.
    pub moves: Vec<Move>,
}

impl Reckoned {
    /// The last minute of the last day.
    pub fn minute(&self) -> Option<DateTime> {
        self.end.map(|day| day.at(23, 59, 0, 0))
    }

    /// The date that it had last, and why it has another: `trước là 03/12/2026; lịch nghỉ đổi ngày 26/11/2026 (Quyết định …)`.
    pub fn why(&self, lang: Lang) -> Option<String> {
        let last = self.moves.last()?;
        let changed = date::date(lang, date::day(instant(last.at)));
        let was = last.was.map_or_else(|| "–".to_owned(), |was| date::date(lang, was));
        Some(lang.calendar().moved(was, changed, &last.basis))
    }
}

/// One move of a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it lay.
    pub was: Option<Date>,
    /// When the calendar changed, in microseconds.
    pub at: i64,
    /// By which acts.
    pub basis: String,
}

/// Every calendar that has held here, oldest first. There is always one.
#[derive(Clone, Debug)]
pub struct History {
    first: Version,
    later: Vec<Version>,
}

impl History {
    fn all(&self) -> impl DoubleEndedIterator<Item = &Version> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The version that holds.
    pub fn newest(&self) -> &Version {
        self.later.last().unwrap_or(&self.first)
    }

    /// The calendar that holds.
    pub fn now(&self) -> &Arc<WorkingTime> {
        &self.newest().time
    }

    /// Those that administrators loaded, the newest first.
    pub fn loaded(&self) -> impl Iterator<Item = &Version> {
        self.all().rev().filter(|version| !version.ships)
    }

    /// This history as it would be if `next` held from `at` on.
    fn with(&self, at: i64, next: WorkingTime, basis: String, ships: bool) -> History {
        let mut history = self.clone();
        let seq = self.newest().seq + 1;
        history.later.push(Version { seq, at, ships, basis, time: Arc::new(next) });
        history
    }

    /// Where a deadline lies: by the calendar that holds, or that held when it was closed; and how it came there.
    pub fn reckon(&self, stated: &Stated) -> Reckoned {
        let end = |version: &Version| version.time.end(stated.since, stated.days);
        let opened = self.all().rev().find(|version| version.at <= stated.opened).unwrap_or(&self.first);
        let mut reckoned = Reckoned { end: end(opened), moves: Vec::new() };
        let counts = |version: &&Version| {
            version.seq > opened.seq && stated.closed.is_none_or(|closed| version.at <= closed)
        };
        for version in self.all().filter(counts) {
            let now = end(version);
            if now != reckoned.end {
                let was = std::mem::replace(&mut reckoned.end, now);
                reckoned.moves.push(Move { was, at: version.at, basis: version.basis.clone() });
            }
        }
        reckoned
    }
}

/// The calendar of a running node.
pub struct Desk(ArcSwap<History>);

impl Desk {
    /// The desk of a history.
    pub fn new(history: History) -> Desk {
        Desk(ArcSwap::from_pointee(history))
    }

    /// Every calendar that has held here.
    pub fn history(&self) -> Arc<History> {
        self.0.load_full()
    }

    /// The calendar that holds.
    pub fn now(&self) -> Arc<WorkingTime> {
        self.0.load().now().clone()
    }

    /// A day by the calendar that holds.
    pub fn on(&self, day: Date) -> Today {
        Today { day, time: self.now() }
    }

    fn put(&self, history: History) {
        self.0.store(Arc::new(history));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    fn table(rows: &str) -> String {
        format!("date,kind,name,name_en,legal_basis\n{rows}\n")
    }

    fn history() -> History {
        let first = WorkingTime::shipped();
        let first = Version { seq: 1, at: 100, ships: true, basis: String::new(), time: Arc::new(first) };
        History { first, later: Vec::new() }
    }

    /// The history with 30 November 2026 off from `at` on.
    fn changed(history: &History, at: i64) -> History {
        let days = history.now().days.amended(&table("2026-11-30,off,Nghỉ,Off,Quyết định 9")).unwrap();
        let next = WorkingTime { days, offices: history.now().offices.clone() };
        history.with(at, next, "Quyết định 9".into(), false)
    }

    #[test]
    fn an_open_deadline_moves_and_a_closed_one_stays() {
        let stated = Stated { since: date(2026, 11, 26), days: 3, opened: 150, closed: None };
        let before = history().reckon(&stated);
        assert_eq!(before, Reckoned { end: Some(date(2026, 12, 1)), moves: Vec::new() });
        let changed = changed(&history(), 200);
        let after = changed.reckon(&stated);
        assert_eq!((after.end, after.moves.len()), (Some(date(2026, 12, 2)), 1));
        assert_eq!(after.moves[0].was, Some(date(2026, 12, 1)));
        let why = after.why(Lang::Vi).unwrap();
        assert!(why.contains("01/12/2026") && why.contains("Quyết định 9"), "{why}");
        assert_eq!(changed.reckon(&Stated { closed: Some(199), ..stated }), before, "it was met before");
        assert_eq!(changed.reckon(&Stated { closed: Some(300), ..stated }), after, "it was met after");
        let later = changed.reckon(&Stated { opened: 250, ..stated });
        assert_eq!((later.end, later.moves.len()), (after.end, 0), "it was stated by the new calendar");
        // What was stated before this node had any calendar is counted by its first.
        assert_eq!(history().reckon(&Stated { opened: 5, ..stated }), before);
    }

    #[test]
    fn beyond_the_last_year_there_is_no_day_until_somebody_loads_one() {
        let stated = Stated { since: date(2030, 12, 30), days: 5, opened: 150, closed: None };
        assert_eq!(history().reckon(&stated), Reckoned::default());
        let days = Calendar::shipped().amended(&table("2031-01-01,off,Tết,Tet,Luật")).unwrap();
        let next = WorkingTime { days, ..WorkingTime::shipped() };
        let reckoned = history().with(200, next, "Luật".into(), false).reckon(&stated);
        assert_eq!((reckoned.end, reckoned.moves[0].was), (Some(date(2031, 1, 7)), None));
    }

    #[test]
    fn two_nodes_that_count_alike_have_the_same_mark() {
        let changed = changed(&history(), 200);
        assert_eq!(history().now().mark(), WorkingTime::shipped().mark());
        assert_ne!(changed.now().mark(), WorkingTime::shipped().mark());
    }
}
