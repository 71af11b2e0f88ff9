//! What became of a directive's tasks, as its issuer sees it: the numbers in a sentence, then the exceptions, then every agency.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::Origin;

use super::said::{self, Said};
use super::{deadline, label, name, state_name};
use crate::app::App;
use crate::assignments::board::{Board, Row};
use crate::assignments::directive::Readers;
use crate::assignments::state::{Act, State as Came};
use crate::assignments::store::Words;
use crate::assignments::{HOME, board, restricted};
use crate::clock::instant;
use crate::items::store::Reference;
use crate::logs::coverage;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::date;

/// An agency's row in the table of a task.
struct Place {
    agency: String,
    received: String,
    acknowledged: String,
    reported: String,
    done: String,
    stage: &'static str,
    late: bool,
}

/// What an agency said, in its words.
struct Report {
    agency: String,
    said: Said,
}

struct Task {
    number: String,
    text: String,
    due: String,
    places: Vec<Place>,
    reports: Vec<Report>,
    unknown: Vec<String>,
    restricted: bool,
}

#[derive(Template)]
#[template(path = "assignments/follow.html")]
struct Follow {
    shell: Shell,
    desk: Desk,
    reference: String,
    title: String,
    sum: String,
    /// What needs somebody's eye.
    exceptions: Vec<String>,
    tasks: Vec<Task>,
}

/// How many places there are, and how many of them have come how far.
#[derive(Default)]
struct Count {
    all: usize,
    received: usize,
    acknowledged: usize,
    working: usize,
    done: usize,
    late: usize,
}

impl Count {
    fn add(&mut self, state: Came, received: bool, late: bool) {
        self.all += 1;
        self.received += usize::from(received);
        self.late += usize::from(late);
        match state.act {
            None => {}
            Some(Act::Acknowledged) => self.acknowledged += 1,
            Some(Act::Reported) => self.working += 1,
            Some(Act::Done) => self.done += 1,
        }
    }
}

/// `GET /ban-lam-viec/nhiem-vu/theo-doi/{reference}`
pub async fn follow(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
) -> Response {
    match page(&app, &staff, &visitor, &reference).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn page(app: &App, staff: &Staff, visitor: &Visitor, reference: &str) -> Result<Follow, Problem> {
    let missing = || Problem::NotFound("directive of this agency");
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.desk();
    let reference: Reference = reference.parse().map_err(|_| missing())?;
    let mut conn = app.db.read().await?;
    let board = board::find(app, &mut conn, &reference, &staff.portal.origin).await?;
    let directory = app.directory.load_full();
    let ours = |board: &Board| board::looks_after(&directory, &staff.portal.origin, &board.standing.origin);
    let board = board.filter(ours).ok_or_else(missing)?;
    if board.tasks.iter().any(|row| row.given.task.restricted.is_some()) {
        staff.saw(app, "task.seen", reference.to_string()).await?;
    }
    let held = coverage::held(app, &mut conn, &board.standing).await?;
    let history = app.calendar.history();
    let (mut count, mut exceptions, mut tasks) = (Count::default(), Vec::new(), Vec::new());
    for row in &board.tasks {
        let task = &row.given.task;
        let mut places = Vec::new();
        for agency in &row.given.to.agencies {
            let state = row.state(agency);
            let due = row.due(state, &history).at;
            let late = state.is_late(due, now);
            let node = directory.agency(agency).and_then(|agency| agency.node.as_ref());
            let had = node.and_then(|node| held.get(node.as_str()));
            // Whoever answers has received it, whether or not its receipt has come.
            let received = had.is_some() || state.act.is_some();
            count.add(state, received, late);
            let called = name(&directory, agency, lang);
            if late {
                exceptions.push(w.task_exception_late(&task.number, &called, state_name(state, due, w)));
            } else if !received {
                exceptions.push(w.task_exception_away(&task.number, &called));
            }
            let at = |act| first(row, agency, act).map(|at| date::short(lang, instant(at), now));
            let dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
            let heard = had.and_then(|at| *at).map(|at| date::short(lang, instant(at), now));
            places.push(Place {
                received: heard.unwrap_or_else(|| if received { w.task_yes } else { "–" }.to_owned()),
                acknowledged: dash(at(Act::Acknowledged)),
                reported: dash(at(Act::Reported)),
                done: dash(at(Act::Done)),
                stage: state_name(state, due, w),
                late,
                agency: called,
            });
        }
        let told = row.answers.iter().filter(|answer| !matches!(answer.words, Words::No));
        let told = told.collect::<Vec<_>>();
        let said = said::of(app, &mut conn, &board.standing, &told, lang, now).await?;
        let reports = told.iter().zip(said);
        let reports =
            reports.map(|(answer, said)| Report { agency: name(&directory, &answer.speaks_for, lang), said });
        let without = row.given.without.iter().map(|agency| name(&directory, agency, lang));
        exceptions.extend(without.map(|agency| lang.task().restricted_unread(&task.number, agency)));
        if let Some(Readers::Sealed(readers)) = &task.restricted {
            // Whoever answered has read it.
            let silent = |agency: &&Origin| row.state(agency).act.is_none();
            let changed = restricted::rekeyed(&directory, readers).into_iter().filter(silent);
            let changed = changed.map(|agency| name(&directory, agency, lang));
            exceptions.extend(changed.map(|agency| lang.task().restricted_rekeyed(&task.number, agency)));
        }
        let unknown = &row.given.to.unknown;
        exceptions.extend(unknown.iter().map(|phrase| w.task_exception_unknown(&task.number, phrase)));
        tasks.push(Task {
            number: task.number.clone(),
            text: task.text.clone(),
            // What remains is said of each agency; the head of the table has the hour alone.
            due: deadline(
                &row.due(Came::default(), &history),
                Came { act: Some(Act::Done), done: None },
                history.now(),
                now,
                lang,
            ),
            places,
            reports: reports.collect(),
            unknown: unknown.clone(),
            restricted: task.restricted.is_some(),
        });
    }
    let Count { all, received, acknowledged, working, done, late } = count;
    let title = w.task_follow(label(&board.standing, lang));
    Ok(Follow {
        shell: shell(app, visitor, &staff.portal, &title),
        desk: Desk::of(staff, lang, HOME, None),
        sum: w.task_count(all, received, acknowledged, working, done, late),
        title,
        exceptions,
        tasks,
        reference: reference.to_string(),
    })
}

/// When an agency first said something of a task, in microseconds.
fn first(row: &Row, agency: &Origin, act: Act) -> Option<i64> {
    let own = row.answers.iter().filter(|answer| answer.speaks_for == *agency && answer.act == act);
    own.map(|answer| answer.at).min()
}
