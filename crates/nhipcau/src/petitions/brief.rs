//! The weekly brief: what was asked and answered in a week at an agency and those below it that this node hosts, as a page and as
//! an official paper (PDF, DOCX). Whoever may approve approves it; from then on its figures stand as they were, and readers may
//! read them.

mod figures;
mod pages;
mod paper;
mod store;

use axum::routing::{get, post as posted};
use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, open_page};

/// Where the console has it.
pub const DESK: &str = "/ban-lam-viec/phan-anh/bao-cao";
/// Where readers find those that were approved.
pub const HOME: &str = "/phan-anh/bao-cao";

/// A week from Monday to Sunday (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week(ISOWeekDate);

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Week {
        Week(day.iso_week_date())
    }

    /// Reads `2026-W48`.
    pub fn parse(text: &str) -> Option<Week> {
        let (year, week) = text.split_once("-W")?;
        let whole = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'W'));
        let parsed = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok();
        parsed.filter(|_| whole).map(Week)
    }

    /// Its Monday and its Sunday.
    pub fn days(self) -> (Date, Date) {
        let at = |day| ISOWeekDate::new(self.0.year(), self.0.week(), day).unwrap_or(self.0).date();
        (at(Weekday::Monday), at(Weekday::Sunday))
    }

    /// The week so many weeks later.
    pub fn later(self, weeks: i64) -> Week {
        Week::of(self.days().0.saturating_add(jiff::Span::new().weeks(weeks)))
    }

    /// Its year and its number in it.
    pub fn numbers(self) -> (i16, i8) {
        (self.0.year(), self.0.week())
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-W{:02}", self.0.year(), self.0.week())
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(DESK, Duty::Petitions, "the weekly brief on petitions", get(pages::desk)),
        desk_page(
            "/ban-lam-viec/phan-anh/bao-cao/tep",
            Duty::Petitions,
            "the weekly brief as PDF or DOCX",
            get(pages::desk_file),
        ),
        desk_form(DESK, Duty::Approve, "approves a weekly brief", posted(pages::approve)),
        open_page(HOME, "weekly briefs that were approved", get(pages::list)),
        open_page("/phan-anh/bao-cao/{week}", "a weekly brief", get(pages::one)),
    ]
}

/// The rows that are no pages.
pub fn machines() -> Vec<Route> {
    vec![open_page("/phan-anh/bao-cao/{week}/tep", "a weekly brief as PDF, DOCX or JSON", get(pages::file))]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_is_read_as_it_is_written() {
        let week = Week::of(date(2026, 11, 26));
        assert_eq!(week.to_string(), "2026-W48");
        assert_eq!(week.days(), (date(2026, 11, 23), date(2026, 11, 29)));
        assert_eq!(Week::parse("2026-W48"), Some(Week::of(date(2026, 11, 23))));
        assert_eq!(
            Week::of(date(2027, 1, 2)).to_string(),
            "2026-W53",
            "the first days may belong to the year before"
        );
        assert_eq!(Week::of(date(2026, 12, 30)).later(1).to_string(), "2027-W01");
        for text in ["", "2026-W54", "2026-48", "2026-W4", "+026-W48", "2026-W-1"] {
            assert_eq!(Week::parse(text), None, "{text}");
        }
    }
}
