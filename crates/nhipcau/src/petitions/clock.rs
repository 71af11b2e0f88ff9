//! The clock of an answer: its last day, and how far it has run. Pure.

use jiff::civil::Date;
use vietnam::working_time::{Deadline, Period};

use super::rules::Clock;
use crate::calendar::WorkingTime;
use crate::clock::instant;
use crate::words::date;

/// How an answer's clock was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// From which moment, in microseconds; its day is left out.
    pub from: i64,
    /// How many days; 0 where no rule sets a clock.
    pub days: u32,
    /// True for working days.
    pub working: bool,
    /// Days for extensions and for waiting that is over.
    pub added: u32,
    /// Since when the sender is waited for, in microseconds.
    pub paused: Option<i64>,
}

impl Set {
    /// How it was counted, as things stand at `now`; nothing without a rule, or beyond the calendar.
    pub fn deadline(&self, time: &WorkingTime, more: Option<&Clock>, now: i64) -> Option<Deadline> {
        if self.days == 0 {
            return None;
        }
        let waiting = self.paused.map_or(0, |since| waited(time, self.working, since, now, more));
        let days = self.days + self.added + waiting;
        let period = if self.working { Period::WorkingDays(days) } else { Period::CalendarDays(days) };
        time.days.deadline(date::day(instant(self.from)), period, time.usual()).ok()
    }

    /// The last day.
    pub fn due(&self, time: &WorkingTime, more: Option<&Clock>, now: i64) -> Option<Date> {
        self.deadline(time, more, now).map(|deadline| deadline.end)
    }
}

/// The days of waiting for a sender that an answer's clock does not count: no more than the rule lets them take.
pub fn waited(time: &WorkingTime, working: bool, since: i64, until: i64, more: Option<&Clock>) -> u32 {
    let (from, to) = (date::day(instant(since)), date::day(instant(until)));
    let last = more.and_then(|clock| time.days.deadline(from, clock.period(0), time.usual()).ok());
    let to = last.map_or(to, |last| to.min(last.end));
    if working {
        return time.days.working_days_between(from, to).unwrap_or(0);
    }
    u32::try_from((to - from).get_days()).unwrap_or(0)
}

/// How much of a clock has run at `now`, in per cent; it ends with its last day.
pub fn percent(from: i64, due: Date, now: i64) -> u32 {
    let ends = due
        .tomorrow()
        .unwrap_or(due)
        .to_zoned_datetime(date::zone())
        .map(|at| at.timestamp().as_microsecond());
    let whole = ends.unwrap_or(i64::MAX).saturating_sub(from).max(1);
    u32::try_from((now - from).max(0) / (whole / 100).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date as day;

    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    fn set(working: bool) -> Set {
        Set { from: at("2026-11-26T03:00:00Z"), days: 20, working, added: 0, paused: None }
    }

    const MORE: Clock = Clock { count: 5, working: true, basis: String::new() };

    #[test]
    fn waiting_moves_the_last_day_but_not_for_ever() {
        let time = WorkingTime::shipped();
        let due = |set: &Set, now: &str| set.due(&time, Some(&MORE), at(now)).unwrap();
        assert_eq!(due(&set(false), "2026-11-27T00:00:00Z"), day(2026, 12, 16));
        assert_eq!(due(&set(true), "2026-11-27T00:00:00Z"), day(2026, 12, 24));
        let paused = Set { paused: Some(at("2026-11-27T03:00:00Z")), ..set(false) };
        // Four days of waiting: until Sunday 20 December, so until Monday.
        assert_eq!(due(&paused, "2026-12-01T03:00:00Z"), day(2026, 12, 21));
        // Five working days from Friday end on the next Friday; what comes after counts again.
        assert_eq!(due(&paused, "2026-12-04T03:00:00Z"), day(2026, 12, 23));
        assert_eq!(due(&paused, "2027-01-20T03:00:00Z"), day(2026, 12, 23));
        assert_eq!(due(&Set { added: 10, ..set(false) }, "2026-11-27T00:00:00Z"), day(2026, 12, 28));
        assert_eq!(Set { days: 0, ..set(false) }.due(&time, None, 0), None);
    }

    #[test]
    fn a_clock_runs_from_its_moment_to_the_end_of_its_last_day() {
        let (from, due) = (at("2026-11-26T17:00:00Z"), day(2026, 12, 6));
        let ran = |now: &str| percent(from, due, at(now));
        assert_eq!([ran("2026-11-26T17:00:00Z"), ran("2026-12-03T17:00:00Z")], [0, 70]);
        assert_eq!(
            [ran("2026-12-06T16:59:00Z"), ran("2026-12-06T17:00:00Z"), ran("2026-12-26T17:00:00Z")],
            [99, 100, 300]
        );
        assert_eq!(ran("2020-01-01T00:00:00Z"), 0);
    }
}
