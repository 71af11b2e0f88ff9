//! One task, as the agency that was given it sees it: the directive's own words, the deadline, what to do, what was said.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::said::{self, Evidence, Said};
use super::{days, deadline, label, name, place, state_name};
use crate::app::App;
use crate::assignments::{HOME, answering, board};
use crate::people::Duty;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

/// Which task, and what was just done.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    so: String,
    #[serde(default)]
    xong: String,
}

/// What was just done, and what a form must not lose.
#[derive(Default)]
pub(super) struct With {
    /// What was done.
    pub(super) said: Option<String>,
    /// Why it was not done.
    pub(super) wrong: Option<String>,
    /// What was typed; `None` for what was kept of it.
    pub(super) typed: Option<Typed>,
}

/// What a form held.
pub(super) struct Typed {
    pub(super) words: String,
    pub(super) alt: String,
}

#[derive(Template)]
#[template(path = "assignments/task.html")]
struct TaskPage {
    shell: Shell,
    desk: Desk,
    reference: String,
    number: String,
    title: String,
    text: String,
    from: String,
    document: String,
    due: String,
    days: Vec<String>,
    late: bool,
    restricted: bool,
    stage: &'static str,
    acknowledges: bool,
    reports: bool,
    closes: bool,
    wrong: Option<String>,
    words: String,
    alt: String,
    /// What is attached and not said yet.
    attached: Vec<Evidence>,
    history: Vec<Said>,
}

/// `GET /ban-lam-viec/nhiem-vu/{reference}?so=…`
pub async fn task(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let w = visitor.lang.desk();
    let said = match asked.xong.as_str() {
        "nhan" => Some(w.task_said_acknowledged.to_owned()),
        "bao-cao" => Some(w.task_said_reported.to_owned()),
        "xong" => Some(w.task_said_done.to_owned()),
        "tep" => Some(w.file_taken.to_owned()),
        _ => None,
    };
    let with = With { said, ..With::default() };
    shown(&app, &staff, &visitor, (&reference, &asked.so), StatusCode::OK, with).await
}

/// The page of a task.
pub(super) async fn shown(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    task: (&str, &str),
    status: StatusCode,
    with: With,
) -> Response {
    match page(app, staff, visitor, task, with).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    (reference, number): (&str, &str),
    with: With,
) -> Result<TaskPage, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.desk();
    let own = &staff.portal.origin;
    let reference = reference.parse().map_err(|_| Problem::NotFound("directive"))?;
    let mut conn = app.db.read().await?;
    let board = board::find(app, &mut conn, &reference, own).await?.ok_or(Problem::NotFound("directive"))?;
    let row = board.task(own, number).ok_or(Problem::NotFound("task of this agency"))?;
    let (task, state, history_of) = (&row.given.task, row.state(own), app.calendar.history());
    let (due, time) = (row.due(state, &history_of), history_of.now());
    let own_answers: Vec<_> = row.answers.iter().filter(|answer| answer.speaks_for == *own).collect();
    let history = said::of(app, &mut conn, &board.standing, &own_answers, lang, now).await?;
    let begun = place(staff, &board.standing, &task.number);
    let words = answering::words(&mut conn, &begun).await?;
    let attached = answering::files(&mut conn, &begun).await?;
    let typed = with.typed.unwrap_or(Typed { words, alt: String::new() });
    let title = w.task_number(&task.number);
    if task.restricted.is_some() {
        staff.saw(app, "task.seen", format!("{reference} {}", task.number)).await?;
    }
    let directory = app.directory.load();
    Ok(TaskPage {
        shell: shell(app, visitor, &staff.portal, &title),
        desk: Desk::of(staff, lang, HOME, with.said),
        number: task.number.clone(),
        title,
        text: task.text.clone(),
        from: name(&directory, &board.standing.origin, lang),
        document: label(&board.standing, lang),
        due: deadline(&due, state, time, now, lang),
        days: days(due.at, state, time, now, lang),
        late: state.is_late(due.at, now),
        stage: state_name(state, due.at, w),
        restricted: task.restricted.is_some(),
        acknowledges: state.act.is_none() && staff.may(Duty::Write),
        reports: !state.is_done() && staff.may(Duty::Write),
        closes: !state.is_done() && staff.may(Duty::Approve),
        wrong: with.wrong,
        words: typed.words,
        alt: typed.alt,
        attached: attached.iter().map(|file| Evidence::of(file, None, lang)).collect(),
        history,
        reference: reference.to_string(),
    })
}
