//! Working time: which days are worked, and when a period ends.
//!
//! Saturday and Sunday are free; public holidays, substitute days and make-up working days are data with a first and a last
//! year (Labour Code, Art. 112; yearly decisions). A day outside those years is answered [`NotCovered`], never guessed:
//! lunar Tết moves. Counting follows the Civil Code, Art. 147 and 148: "from a day" leaves that day out, and a period that
//! would end on a free day ends on the next working day.
//!
//! [`Calendar::amended`] lays a newer table over a calendar, [`Calendar::changes`] says what that changes.
//! [`Calendar::deadline`] counts hours, working hours, calendar days and working days, and tells every day of the count.

mod amend;
mod deadline;
mod office_hours;
mod words;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::DataError;
use crate::table::{at, day, rows};

pub use amend::{BadRow, BadRows, Change};
pub use deadline::{Deadline, NoDeadline, Period, Reading, Start, Step};
pub use office_hours::{Hours, OfficeHours};

const FILE: &str = "holidays.csv";

/// A day that is not what its weekday says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialDay {
    /// True if it is worked although it is a Saturday or Sunday; false if it is free.
    pub worked: bool,
    /// Its name: `Tết Nguyên Đán`.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// The act or decision that makes it so; of days to come it says if nothing is decided yet.
    pub legal_basis: String,
}

/// A day whose year the calendar does not cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar of working days covers {first} to {last}, not {day}: add the year to holidays.csv")]
pub struct NotCovered {
    /// The day asked for.
    pub day: Date,
    /// The first year covered.
    pub first: i16,
    /// The last year covered.
    pub last: i16,
}

/// The calendar of working days. What ships is [`Calendar::shipped`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    special: BTreeMap<Date, SpecialDay>,
    first: i16,
    last: i16,
}

#[derive(Deserialize)]
struct Row {
    date: String,
    kind: String,
    name: String,
    name_en: String,
    #[serde(default)]
    legal_basis: String,
}

impl Calendar {
    /// The calendar that ships, read once: 2020 to 2030. Swapped days of years to come are decided year by year.
    #[must_use]
    pub fn shipped() -> &'static Calendar {
        static SHIPPED: LazyLock<Calendar> = LazyLock::new(|| {
            Calendar::parse(include_str!("../../../../data/holidays.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// A calendar from a table `date,kind,name,name_en,legal_basis` whose kind is `off` or `work`; the last column may be
    /// missing. It covers the years from its first to its last day. An error names line and fault.
    pub fn parse(table: &str) -> Result<Calendar, DataError> {
        let mut special = BTreeMap::new();
        for (line, row) in rows::<Row>(FILE, table)? {
            let (date, entry) = at(FILE, line, special_day(row))?;
            if special.insert(date, entry).is_some() {
                return at(FILE, line, Err(format!("{date} stands twice")));
            }
        }
        let years = special.keys().next().zip(special.keys().next_back()).map(|(a, b)| (a.year(), b.year()));
        let (first, last) = at(FILE, 1, years.ok_or("no day at all"))?;
        Ok(Calendar { special, first, last })
    }

    /// The first and the last year covered.
    #[must_use]
    pub fn years(&self) -> (i16, i16) {
        (self.first, self.last)
    }

    /// What is special about a day, if anything.
    #[must_use]
    pub fn special_day(&self, day: Date) -> Option<&SpecialDay> {
        self.special.get(&day)
    }

    /// True if the day is worked.
    pub fn is_working_day(&self, day: Date) -> Result<bool, NotCovered> {
        if day.year() < self.first || day.year() > self.last {
            return Err(self.not_covered(day));
        }
        Ok(match self.special.get(&day) {
            Some(special) => special.worked,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        })
    }

    /// The day itself if it is worked, else the next working day.
    pub fn working_day_from(&self, day: Date) -> Result<Date, NotCovered> {
        let mut day = day;
        while !self.is_working_day(day)? {
            day = self.next(day)?;
        }
        Ok(day)
    }

    /// The last day of a period of `days` working days from `from`, which is left out. Zero days end on the first
    /// working day at or after `from`.
    pub fn add_working_days(&self, from: Date, days: u32) -> Result<Date, NotCovered> {
        if days == 0 {
            return self.working_day_from(from);
        }
        let mut day = from;
        let mut left = days;
        while left > 0 {
            day = self.next(day)?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The last day of a period of `days` calendar days from `from`, which is left out; moved on to a working day.
    pub fn add_calendar_days(&self, from: Date, days: u32) -> Result<Date, NotCovered> {
        let span = Span::new().try_days(days).map_err(|_| self.not_covered(Date::MAX))?;
        let end = from.checked_add(span).map_err(|_| self.not_covered(Date::MAX))?;
        self.working_day_from(end)
    }

    /// The working days after `from` up to and including `to`; zero if `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<u32, NotCovered> {
        let mut count = 0;
        let mut day = from;
        while day < to {
            day = self.next(day)?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }

    fn next(&self, day: Date) -> Result<Date, NotCovered> {
        day.tomorrow().map_err(|_| self.not_covered(day))
    }

    fn not_covered(&self, day: Date) -> NotCovered {
        NotCovered { day, first: self.first, last: self.last }
    }
}

fn special_day(row: Row) -> Result<(Date, SpecialDay), String> {
    let date = day(&row.date)?.ok_or("no day")?;
    let worked = match row.kind.as_str() {
        "off" => false,
        "work" => true,
        other => return Err(format!("kind `{other}`: off or work expected")),
    };
    Ok((date, SpecialDay { worked, name: row.name, name_en: row.name_en, legal_basis: row.legal_basis }))
}
