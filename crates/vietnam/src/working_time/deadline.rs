//! When a period ends, and how that was counted.
//!
//! The rules are the Civil Code's (91/2015/QH13, Art. 147 and 148): a period in days leaves its first day out; if its last
//! day is free, it ends on the next working day, at 24:00. A period in hours begins at its moment and runs on
//! through nights and free days, as the 24 hours for a first statement to the press do; one in *working* hours counts
//! only while the office is open.
//!
//! A deadline is a pure function of calendar and hours. When the calendar changes, ask again.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::{Calendar, NotCovered, OfficeHours, SpecialDay};

const MINUTES_A_DAY: u64 = 24 * 60;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Hours of the clock, day and night.
    Hours(u32),
    /// Hours while the office is open.
    WorkingHours(u32),
    /// Days of the calendar.
    CalendarDays(u32),
    /// Working days.
    WorkingDays(u32),
}

/// From when a period runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// From a day, which is left out: hours run from its midnight.
    Day(Date),
    /// From a moment, wall time in Viet Nam. A period in days leaves the moment's day out.
    Moment(DateTime),
}

impl Start {
    /// The day on which it lies.
    #[must_use]
    pub fn day(self) -> Date {
        match self {
            Start::Day(day) => day,
            Start::Moment(moment) => moment.date(),
        }
    }
}

impl From<Date> for Start {
    fn from(day: Date) -> Start {
        Start::Day(day)
    }
}

impl From<DateTime> for Start {
    fn from(moment: DateTime) -> Start {
        Start::Moment(moment)
    }
}

/// When a period ends, and every day that it took to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// From when it runs.
    pub from: Start,
    /// How long it is.
    pub period: Period,
    /// The last day of the period. A period in days ends with that day, at 24:00.
    pub end: Date,
    /// Of a period in hours the moment at which it ends, wall time in Viet Nam; midnight at the end of `end` is the next day's
    /// 00:00.
    pub ends_at: Option<DateTime>,
    /// Every day from the first to the last, in order, with how it was read.
    pub steps: Vec<Step>,
}

/// One day of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The day.
    pub day: Date,
    /// How it was read.
    pub reading: Reading,
    /// True if it is a day off.
    pub free: bool,
    /// What the calendar says of it, if it is not what its weekday says.
    pub special: Option<SpecialDay>,
}

impl Step {
    /// True if the day, or a part of it, counted.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.reading, Reading::Counted(_) | Reading::Minutes(1..))
    }
}

/// How a day was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// The first day: left out.
    LeftOut,
    /// Counted, as the day of this number.
    Counted(u32),
    /// A day off, which a period in working time does not count.
    NotCounted,
    /// So many minutes of it counted.
    Minutes(u32),
    /// A day off behind the last day: the end moves over it.
    MovedOver,
    /// The working day to which the end moved.
    MovedTo,
}

/// Why there is no deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDeadline {
    /// The calendar does not go that far.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// Nobody says when the office is open.
    #[error("the office hours on {0} are not known: add a row to office_hours.csv")]
    NoHours(Date),
}

impl Calendar {
    /// When a period ends, with every day of the count. `hours` matter to [`Period::WorkingHours`] alone.
    ///
    /// # Errors
    /// [`NoDeadline`]: the calendar or the office hours do not cover a day that had to be read.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use vietnam::working_time::{Calendar, OfficeHours, Period};
    ///
    /// let deadline = Calendar::shipped()
    ///     .deadline(date(2026, 2, 13), Period::WorkingDays(1), OfficeHours::usual())?;
    /// assert_eq!(deadline.end, date(2026, 2, 23), "Tết lies between");
    /// assert_eq!(deadline.steps.len(), 11);
    /// assert_eq!(deadline.steps[4].vi(), "Thứ Ba 17/02/2026: Tết Nguyên Đán, ngày nghỉ, không tính");
    /// # Ok::<(), vietnam::working_time::NoDeadline>(())
    /// ```
    pub fn deadline(
        &self,
        from: impl Into<Start>,
        period: Period,
        hours: &OfficeHours,
    ) -> Result<Deadline, NoDeadline> {
        let from = from.into();
        let mut count = Count { calendar: self, steps: Vec::new() };
        let (end, ends_at) = match period {
            Period::Hours(hours) => count.hours(from, hours)?,
            Period::WorkingHours(wanted) => count.working_hours(from, wanted, hours)?,
            Period::CalendarDays(days) => (count.days(from.day(), days, |_| true)?, None),
            Period::WorkingDays(days) => (count.days(from.day(), days, |free| !free)?, None),
        };
        Ok(Deadline { from, period, end, ends_at, steps: count.steps })
    }
}

/// A count under way.
struct Count<'a> {
    calendar: &'a Calendar,
    steps: Vec<Step>,
}

impl Count<'_> {
    /// Counts days after `first` for which `counts(free)` holds; then moves the end to a working day.
    fn days(&mut self, first: Date, days: u32, counts: impl Fn(bool) -> bool) -> Result<Date, NotCovered> {
        let mut free = self.read(first, |_| Reading::LeftOut)?;
        let mut day = first;
        let mut counted = 0;
        while counted < days {
            day = self.calendar.next(day)?;
            free = self.read(day, |free| {
                if counts(free) { Reading::Counted(counted + 1) } else { Reading::NotCounted }
            })?;
            counted += u32::from(counts(free));
        }
        while free {
            day = self.calendar.next(day)?;
            free = self.read(day, |free| if free { Reading::MovedOver } else { Reading::MovedTo })?;
        }
        Ok(day)
    }

    fn hours(&mut self, from: Start, hours: u32) -> Result<(Date, Option<DateTime>), NotCovered> {
        let mut now = self.begin(from)?;
        let mut left = u64::from(hours) * 60;
        loop {
            let today = MINUTES_A_DAY - minute(now.time());
            let taken = left.min(today);
            self.read(now.date(), |_| minutes(taken))?;
            left -= taken;
            if left == 0 {
                let end = self.later(now, taken)?;
                // A period from a day that ends at midnight ends with the day before.
                let last = if matches!(from, Start::Day(_)) { now.date() } else { end.date() };
                return Ok((last, Some(end)));
            }
            now = self.calendar.next(now.date())?.to_datetime(Time::midnight());
        }
    }

    fn working_hours(
        &mut self,
        from: Start,
        wanted: u32,
        office: &OfficeHours,
    ) -> Result<(Date, Option<DateTime>), NoDeadline> {
        let start = self.begin(from)?;
        let mut left = u64::from(wanted) * 60;
        let mut day = start.date();
        loop {
            if !self.calendar.is_working_day(day)? {
                self.read(day, |_| Reading::NotCounted)?;
                day = self.calendar.next(day)?;
                continue;
            }
            let hours = office.on(day).ok_or(NoDeadline::NoHours(day))?;
            let before = left;
            for (opens, closes) in hours.spans {
                let opens = day.to_datetime(opens).max(start);
                let open = minute(closes).saturating_sub(minute(opens.time()));
                if open > 0 && left <= open {
                    let end = self.later(opens, left)?;
                    self.read(day, |_| minutes(before))?;
                    return Ok((end.date(), Some(end)));
                }
                left -= open;
            }
            self.read(day, |_| minutes(before - left))?;
            day = self.calendar.next(day)?;
        }
    }

    /// The first moment that counts in hours: the moment itself, to the minute, or the midnight behind the day.
    fn begin(&mut self, from: Start) -> Result<DateTime, NotCovered> {
        match from {
            Start::Moment(moment) => {
                let time = Time::new(moment.hour(), moment.minute(), 0, 0).unwrap_or(Time::midnight());
                Ok(moment.date().to_datetime(time))
            }
            Start::Day(day) => {
                self.read(day, |_| Reading::LeftOut)?;
                Ok(self.calendar.next(day)?.to_datetime(Time::midnight()))
            }
        }
    }

    /// Writes a day down; true if it is free.
    fn read(&mut self, day: Date, reading: impl FnOnce(bool) -> Reading) -> Result<bool, NotCovered> {
        let free = !self.calendar.is_working_day(day)?;
        let special = self.calendar.special_day(day).cloned();
        self.steps.push(Step { day, reading: reading(free), free, special });
        Ok(free)
    }

    fn later(&self, moment: DateTime, minutes: u64) -> Result<DateTime, NotCovered> {
        let span = i64::try_from(minutes).ok().and_then(|m| Span::new().try_minutes(m).ok());
        span.and_then(|span| moment.checked_add(span).ok())
            .ok_or_else(|| self.calendar.not_covered(moment.date()))
    }
}

/// Whole minutes of the clock before a time.
fn minute(time: Time) -> u64 {
    u64::from(time.hour().unsigned_abs()) * 60 + u64::from(time.minute().unsigned_abs())
}

fn minutes(count: u64) -> Reading {
    Reading::Minutes(u32::try_from(count).unwrap_or(u32::MAX))
}
