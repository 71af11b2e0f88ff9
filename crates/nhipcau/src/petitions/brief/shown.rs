//! A brief as it is shown to its agency and to readers alike: its figures on a page, its name, its file.

use axum::response::Response;

use super::Term;
use super::figures::Brief;
use super::paper::{self, Around};
use super::store::Approved;
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::petitions::rules::Kind;
use crate::problem::Problem;
use crate::web::answer::saved;
use crate::words::{Lang, date};

/// A brief as a page shows it: every count as it may be told.
pub(crate) struct Shown {
    pub brief: Brief,
    pub days: String,
    pub public: bool,
    pub lang: Lang,
}

impl Shown {
    pub fn told(&self, count: &i64) -> String {
        paper::told(*count, self.public)
    }

    /// What is counted, and the count.
    pub fn counts(&self) -> Vec<(&'static str, String)> {
        let (w, c) = (self.lang.brief(), &self.brief.counts);
        [
            (w.received, c.received),
            (w.answered, c.answered),
            (w.in_time, c.in_time),
            (w.open, c.open),
            (w.overdue, c.overdue),
            (w.yes, c.yes),
            (w.partly, c.partly),
            (w.no, c.no),
        ]
        .map(|(what, count)| (what, self.told(&count)))
        .into()
    }

    /// What to know of the agencies at other nodes: that their ratings are not told, which nodes are behind and since when; in sentences.
    pub fn elsewhere(&self) -> Vec<String> {
        paper::elsewhere(&self.brief, self.lang)
    }

    pub fn level(&self, word: &str) -> &'static str {
        paper::level(word)
    }

    pub fn kind(&self, sort: &str) -> String {
        Kind::name_of(sort, self.lang)
    }
}

pub(super) fn missing() -> Problem {
    Problem::NotFound("weekly brief")
}

/// What a report of a week or a quarter is called.
pub(super) fn title(week: Term, lang: Lang) -> &'static str {
    if week.is_week() { lang.brief().title } else { lang.brief().title_quarter }
}

pub(super) fn days(week: Term, lang: Lang) -> String {
    let (from, until) = week.days();
    let (year, number) = week.numbers();
    let (w, from, until) = (lang.brief(), date::date(lang, from), date::date(lang, until));
    if week.is_week() {
        w.week_days(number, year, from, until)
    } else {
        w.quarter_days(number, year, from, until)
    }
}

/// What an approved brief says.
pub(super) fn says(approved: &Approved) -> Result<Brief, Problem> {
    serde_json::from_str(&approved.says).map_err(|error| Problem::Ours(error.into()))
}

pub(super) fn approved_line(approved: &Approved, lang: Lang) -> String {
    lang.brief().approved_by(&approved.name, date::date(lang, date::day(instant(approved.at))))
}

/// The paper of a brief; `approved` one as it was, for readers or for the agency.
pub(super) fn paper_of(
    app: &App,
    portal: &Portal,
    brief: &Brief,
    week: Term,
    approved: Option<&Approved>,
    public: bool,
) -> papers::Paper {
    let directory = app.directory.load();
    let above = paper::above(&directory, &portal.origin);
    let home = agencies::address(&directory, &portal.origin).unwrap_or_default();
    paper::of(
        brief,
        week,
        &Around {
            above: &above,
            approved: approved.map(|one| (one.name.as_str(), date::day(instant(one.at)))),
            today: date::day(app.clock.now()),
            home: &home,
            public,
        },
    )
}

/// A paper as the file that was asked for.
pub(super) fn file_of(paper: &papers::Paper, form: &str, week: Term) -> Result<Response, Problem> {
    let bytes = paper::bytes(paper, form)?.ok_or_else(missing)?;
    Ok(saved(&format!("bao-cao-phan-anh-{week}.{form}"), bytes))
}
