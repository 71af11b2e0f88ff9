//! One task, as the agency that was given it sees it: the directive's own words, the deadline, what to do, what was said.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::content::Note;
use serde::Deserialize;

use super::{days, deadline, label, name, path, state_name};
use crate::app::App;
use crate::assignments::state::Act;
use crate::assignments::{HOME, acts, board};
use crate::clock::instant;
use crate::drafts::acts::By;
use crate::items::store::Reference;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::date;

/// Which task, and what was just done.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    so: String,
    #[serde(default)]
    xong: String,
}

/// What was said of the task.
struct Said {
    what: &'static str,
    at: String,
    text: Option<String>,
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
    stage: &'static str,
    acknowledges: bool,
    reports: bool,
    closes: bool,
    wrong: Option<String>,
    typed: String,
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
        _ => None,
    };
    shown(&app, &staff, &visitor, (&reference, &asked.so), said, None, "").await
}

async fn shown(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    (reference, number): (&str, &str),
    said: Option<String>,
    wrong: Option<String>,
    typed: &str,
) -> Response {
    match page(app, staff, visitor, (reference, number), said, wrong, typed).await {
        Ok(page) => {
            let status = if page.wrong.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    (reference, number): (&str, &str),
    said: Option<String>,
    wrong: Option<String>,
    typed: &str,
) -> Result<TaskPage, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.desk();
    let own = &staff.portal.origin;
    let reference = read(reference)?;
    let mut conn = app.db.read().await?;
    let board = board::find(app, &mut conn, &reference).await?.ok_or(Problem::NotFound("directive"))?;
    let row = board.task(own, number).ok_or(Problem::NotFound("task of this agency"))?;
    let (task, state, history_of) = (&row.given.task, row.state(own), app.calendar.history());
    let (due, time) = (row.due(state, &history_of), history_of.now());
    let mut history = Vec::new();
    for answer in row.answers.iter().filter(|answer| answer.speaks_for == *own) {
        let bytes = match &answer.note {
            Some(hash) => app.folder.read(&mut conn, hash).await?,
            None => None,
        };
        history.push(Said {
            what: match answer.act {
                Act::Acknowledged => w.task_acknowledged,
                Act::Reported => w.task_reported,
                Act::Done => w.task_done,
            },
            at: date::short(lang, instant(answer.at), now),
            text: bytes.and_then(|bytes| Note::parse(&bytes).ok()).map(|note| note.text),
        });
    }
    let title = w.task_number(&task.number);
    let directory = app.directory.load();
    Ok(TaskPage {
        shell: shell(app, visitor, &staff.portal, &title),
        desk: Desk::of(staff, lang, HOME, said),
        number: task.number.clone(),
        title,
        text: task.text.clone(),
        from: name(&directory, &board.standing.origin, lang),
        document: label(&board.standing, lang),
        due: deadline(&due, state, time, now, lang),
        days: days(due.at, state, time, now, lang),
        late: state.is_late(due.at, now),
        stage: state_name(state, due.at, w),
        acknowledges: state.act.is_none() && staff.may(Duty::Write),
        reports: !state.is_done() && staff.may(Duty::Write),
        closes: !state.is_done() && staff.may(Duty::Approve),
        wrong,
        typed: typed.to_owned(),
        history,
        reference: reference.to_string(),
    })
}

fn read(reference: &str) -> Result<Reference, Problem> {
    reference.parse().map_err(|_| Problem::NotFound("directive"))
}

/// `POST /ban-lam-viec/nhiem-vu/{reference}`: acknowledges, or reports.
pub async fn answer(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Filled(form): Filled,
) -> Response {
    let act = if form.get("viec") == "bao-cao" { Act::Reported } else { Act::Acknowledged };
    done(&app, &staff, &visitor, &reference, &form, act).await
}

/// `POST /ban-lam-viec/nhiem-vu/{reference}/xong`
pub async fn close(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Filled(form): Filled,
) -> Response {
    done(&app, &staff, &visitor, &reference, &form, Act::Done).await
}

async fn done(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    reference: &str,
    form: &Fields,
    act: Act,
) -> Response {
    let (number, words) = (form.get("so"), form.get("noi-dung"));
    let answered = async {
        let reference = read(reference)?;
        acts::answer(app, &By::staff(staff), &reference, number, act, words).await?;
        Ok(path(&reference, number))
    };
    let said = match act {
        Act::Acknowledged => "nhan",
        Act::Reported => "bao-cao",
        Act::Done => "xong",
    };
    match answered.await {
        Ok(path) => see(visitor.lang, &format!("{path}&xong={said}")),
        // Whoever may not answer has no form to be shown again.
        Err(problem @ Problem::Forbidden { .. }) => failure(app, visitor, problem),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((_, why)) => shown(app, staff, visitor, (reference, number), None, Some(why), words).await,
            Err(problem) => failure(app, visitor, problem),
        },
    }
}
