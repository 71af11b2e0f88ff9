//! The weekly brief and the quarterly publication: what was asked and answered in a week or a quarter at an agency and those below it, of this
//! node by its cases and of other nodes by their logs (`far`), as a page and as an official paper (PDF, DOCX). Whoever may approve approves it; from then on its figures stand as
//! they were, and readers may read them.

mod far;
mod figures;
mod glance;
mod map;
mod pages;
pub(super) mod paper;
mod readers;
mod shown;
mod store;

use axum::routing::{get, post as posted};
use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, open_page};

pub use glance::{Glance, glance};

/// Where the console has it.
pub const DESK: &str = "/ban-lam-viec/phan-anh/bao-cao";
/// Where readers find those that were approved.
pub const HOME: &str = "/phan-anh/bao-cao";

/// What a brief is of: a week from Monday to Sunday (ISO 8601), or a quarter of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// A week.
    Week(ISOWeekDate),
    /// A year and one of its quarters, 1 to 4.
    Quarter(i16, i8),
}

impl Term {
    /// The week of a day.
    pub fn week(day: Date) -> Term {
        let week = day.iso_week_date();
        Term::Week(ISOWeekDate::new(week.year(), week.week(), Weekday::Monday).unwrap_or(week))
    }

    /// The quarter of a day.
    pub fn quarter(day: Date) -> Term {
        Term::Quarter(day.year(), (day.month() - 1) / 3 + 1)
    }

    /// One of the same kind, on a day.
    pub fn running(self, day: Date) -> Term {
        if self.is_week() { Term::week(day) } else { Term::quarter(day) }
    }

    /// True for a week.
    pub fn is_week(self) -> bool {
        matches!(self, Term::Week(_))
    }

    /// Reads `2026-W48` or `2026-Q4`.
    pub fn parse(text: &str) -> Option<Term> {
        let digits = |text: &str, many| text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
        if let Some((year, quarter)) = text.split_once("-Q") {
            let whole = digits(year, 4) && digits(quarter, 1);
            let (year, quarter) = (year.parse().ok()?, quarter.parse().ok()?);
            return (whole && (1..=4).contains(&quarter)).then_some(Term::Quarter(year, quarter));
        }
        let (year, week) = text.split_once("-W")?;
        let whole = digits(year, 4) && digits(week, 2);
        let parsed = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok();
        parsed.filter(|_| whole).map(Term::Week)
    }

    /// Its first and its last day.
    pub fn days(self) -> (Date, Date) {
        match self {
            Term::Week(week) => {
                let at = |day| ISOWeekDate::new(week.year(), week.week(), day).unwrap_or(week).date();
                (at(Weekday::Monday), at(Weekday::Sunday))
            }
            Term::Quarter(year, quarter) => {
                let first = jiff::civil::date(year, (quarter - 1) * 3 + 1, 1);
                (first, jiff::civil::date(year, quarter * 3, 1).last_of_month())
            }
        }
    }

    /// The one so many later.
    pub fn later(self, many: i64) -> Term {
        let first = self.days().0;
        match self {
            Term::Week(_) => Term::week(first.saturating_add(jiff::Span::new().weeks(many))),
            Term::Quarter(..) => Term::quarter(first.saturating_add(jiff::Span::new().months(3 * many))),
        }
    }

    /// Its year and its number in it.
    pub fn numbers(self) -> (i16, i8) {
        match self {
            Term::Week(week) => (week.year(), week.week()),
            Term::Quarter(year, quarter) => (year, quarter),
        }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, number) = self.numbers();
        match self {
            Term::Week(_) => write!(f, "{year}-W{number:02}"),
            Term::Quarter(..) => write!(f, "{year}-Q{number}"),
        }
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(
            DESK,
            Duty::Petitions,
            "the weekly brief and the quarterly report on petitions",
            get(pages::desk),
        ),
        desk_page(
            "/ban-lam-viec/phan-anh/bao-cao/tep",
            Duty::Petitions,
            "the same as PDF or DOCX",
            get(pages::desk_file),
        ),
        desk_form(DESK, Duty::Approve, "approves one of them", posted(pages::approve)),
        open_page(HOME, "weekly briefs and quarterly reports that were approved", get(readers::list)),
        open_page("/phan-anh/bao-cao/{week}", "one of them", get(readers::one)),
    ]
}

/// The rows that are no pages.
pub fn machines() -> Vec<Route> {
    vec![open_page(
        "/phan-anh/bao-cao/{week}/tep",
        "a weekly brief or quarterly report as PDF, DOCX or JSON",
        get(readers::file),
    )]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_is_read_as_it_is_written() {
        let week = Term::week(date(2026, 11, 26));
        assert_eq!(week.to_string(), "2026-W48");
        assert_eq!(week.days(), (date(2026, 11, 23), date(2026, 11, 29)));
        assert_eq!(Term::parse("2026-W48"), Some(Term::week(date(2026, 11, 23))));
        assert_eq!(
            Term::week(date(2027, 1, 2)).to_string(),
            "2026-W53",
            "the first days may belong to the year before"
        );
        assert_eq!(Term::week(date(2026, 12, 30)).later(1).to_string(), "2027-W01");
        let quarter = Term::quarter(date(2026, 11, 26));
        assert_eq!(quarter.to_string(), "2026-Q4");
        assert_eq!(quarter.days(), (date(2026, 10, 1), date(2026, 12, 31)));
        assert_eq!(Term::parse("2026-Q4"), Some(quarter));
        assert_eq!(
            (quarter.later(1).to_string(), quarter.later(-4).to_string()),
            ("2027-Q1".into(), "2025-Q4".into())
        );
        assert_eq!(Term::parse("2024-Q1").unwrap().days().1, date(2024, 3, 31));
        for text in [
            "2026-Q0", "2026-Q5", "2026-Q", "26-Q1", "2026-Q04", "", "2026-W54", "2026-48", "2026-W4",
            "+026-W48", "2026-W-1",
        ] {
            assert_eq!(Term::parse(text), None, "{text}");
        }
    }
}
