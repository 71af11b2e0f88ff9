//! Office hours: when an office is open on a working day, as dated data.
//!
//! The week of 40 hours is the State's (Decision 188/1999/QĐ-TTg); the hours of the day are each office's own, some with
//! a summer and a winter. `data/office_hours.csv` ships a default that every office should replace by its own row.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::DataError;
use crate::table::{at, day, rows};

const FILE: &str = "office_hours.csv";

/// The hours of one office over the years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHours {
    rules: Vec<Rule>,
}

/// The hours of a working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Morning and afternoon, each from its opening to its closing.
    pub spans: [(Time, Time); 2],
    /// The act that sets them.
    pub legal_basis: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    from: Option<Date>,
    until: Option<Date>,
    /// First and last day of the season, as month and day; it may run over the turn of the year.
    season: Option<((i8, i8), (i8, i8))>,
    hours: Hours,
}

#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) office: String,
    from: String,
    until: String,
    season_from: String,
    season_until: String,
    morning_from: String,
    morning_until: String,
    afternoon_from: String,
    afternoon_until: String,
    legal_basis: String,
}

impl OfficeHours {
    /// The default that ships: 07:30 to 11:30 and 13:00 to 17:00.
    #[must_use]
    pub fn usual() -> &'static OfficeHours {
        OfficeHours::shipped("usual").expect("the compiled-in table has the row: a test reads it")
    }

    /// The hours of an office in the table that ships; nothing if it has no row.
    #[must_use]
    pub fn shipped(office: &str) -> Option<&'static OfficeHours> {
        OfficeHours::all_shipped().get(office)
    }

    /// Every office of the table that ships.
    #[must_use]
    pub fn all_shipped() -> &'static BTreeMap<String, OfficeHours> {
        static SHIPPED: LazyLock<BTreeMap<String, OfficeHours>> = LazyLock::new(|| {
            OfficeHours::parse(include_str!("../../../../data/office_hours.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// Offices from a table with the columns of `data/office_hours.csv`. An error names line and fault.
    pub fn parse(table: &str) -> Result<BTreeMap<String, OfficeHours>, DataError> {
        let mut offices: BTreeMap<String, OfficeHours> = BTreeMap::new();
        for (line, row) in rows::<Row>(FILE, table)? {
            let office = row.office.clone();
            let rule = at(FILE, line, rule(row))?;
            offices.entry(office).or_insert_with(|| OfficeHours { rules: Vec::new() }).rules.push(rule);
        }
        Ok(offices)
    }

    /// Rules that hold on different days, in whatever order they came.
    pub(super) fn of(mut rules: Vec<Rule>) -> OfficeHours {
        rules.sort_by_key(|rule| (rule.from, rule.until, rule.season));
        OfficeHours { rules }
    }

    /// The hours on a day, were it a working day; nothing if no rule covers it. The first rule that fits counts.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&Hours> {
        self.rules.iter().find(|rule| rule.covers(day)).map(|rule| &rule.hours)
    }
}

impl Rule {
    /// True if there is a day on which both hold.
    pub(super) fn meets(&self, other: &Rule) -> bool {
        let from = self.from.max(other.from).unwrap_or(Date::constant(2000, 1, 1));
        if [self.until, other.until].into_iter().flatten().any(|until| until <= from) {
            return false;
        }
        // Seasons repeat, so the first four years tell: one of them has a 29 February.
        let mut days = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take(4 * 366);
        days.any(|day| self.covers(day) && other.covers(day))
    }

    fn covers(&self, day: Date) -> bool {
        let today = (day.month(), day.day());
        let in_season = self.season.is_none_or(|(first, last)| {
            if first <= last { first <= today && today <= last } else { first <= today || today <= last }
        });
        in_season && self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

pub(super) fn rule(row: Row) -> Result<Rule, String> {
    if row.office.is_empty() || row.legal_basis.is_empty() {
        return Err("`office` and `legal_basis` must not be empty".to_owned());
    }
    let season = match (row.season_from.as_str(), row.season_until.as_str()) {
        ("", "") => None,
        (first, last) => Some((month_day(first)?, month_day(last)?)),
    };
    let spans = [
        (time(&row.morning_from)?, time(&row.morning_until)?),
        (time(&row.afternoon_from)?, time(&row.afternoon_until)?),
    ];
    let [(opens, noon), (again, closes)] = spans;
    if !(opens < noon && noon <= again && again < closes) {
        return Err(format!("the hours {opens}–{noon}, {again}–{closes} do not follow each other"));
    }
    Ok(Rule {
        from: day(&row.from)?,
        until: day(&row.until)?,
        season,
        hours: Hours { spans, legal_basis: row.legal_basis },
    })
}

fn month_day(cell: &str) -> Result<(i8, i8), String> {
    let fault = || format!("`{cell}` is not a month and day such as 04-16");
    // Any leap year will do to check the day.
    let date: Date = format!("2000-{cell}").parse().map_err(|_| fault())?;
    Ok((date.month(), date.day()))
}

fn time(cell: &str) -> Result<Time, String> {
    cell.parse().map_err(|_| format!("`{cell}` is not a time such as 07:30"))
}
