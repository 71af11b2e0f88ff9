//! A deadline counted day by day: from which day, how many days of which kind, and why it ends when it does.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use vietnam::working_time::{Deadline, Period};

use super::fields;
use crate::agencies::Portal;
use crate::app::App;
use crate::calendar::WorkingTime;
use crate::items::pages::{LONG, html, kept};
use crate::people::forms::Fields;
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, ProcedureWords, date};

/// More days than these nobody reads one by one.
const MOST: u32 = 365;

#[derive(Template)]
#[template(path = "procedures/deadline.html")]
struct Page {
    shell: Shell,
    p: &'static ProcedureWords,
    from: String,
    count: String,
    working: bool,
    /// The result, its rule, and each day; nothing if it cannot be counted.
    counted: Option<(String, &'static str, Vec<String>)>,
    asked: bool,
}

/// `/dich-vu/thoi-han?tu=2026-11-26&so=20&tinh=ngay-lam-viec`
pub async fn deadline(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Procedures);
        let p = shell.lang.procedures();
        let given = fields(&visitor);
        shell.title = Some(p.deadline_title.to_owned());
        html(&Page {
            p,
            from: given.some("tu").unwrap_or_else(|| date::day(shell.now).to_string()),
            count: given.some("so").unwrap_or_default(),
            working: given.get("tinh") != "ngay",
            counted: count(&given, &app.calendar.now()).map(|deadline| said(&deadline, shell.lang)),
            asked: given.has("so"),
            shell,
        })
    })
    .await
}

fn count(given: &Fields, time: &WorkingTime) -> Option<Deadline> {
    let from: Date = given.some("tu")?.parse().ok()?;
    let count: u32 = given.some("so")?.parse().ok().filter(|n| (1..=MOST).contains(n))?;
    let period = match given.get("tinh") {
        "ngay" => Period::CalendarDays(count),
        _ => Period::WorkingDays(count),
    };
    time.days.deadline(from, period, time.usual()).ok()
}

fn said(deadline: &Deadline, lang: Lang) -> (String, &'static str, Vec<String>) {
    let steps = deadline.steps.iter();
    match lang {
        Lang::Vi => (deadline.vi(), deadline.rule_vi(), steps.map(|step| step.vi()).collect()),
        Lang::En => (deadline.en(), deadline.rule_en(), steps.map(|step| step.en()).collect()),
    }
}
