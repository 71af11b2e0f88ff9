//! What the agency was given, late tasks first, and the directives by which it gave tasks itself.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{beginning, deadline, label, name, path, state_name};
use crate::app::App;
use crate::assignments::{HOME, board};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

/// A row of a list.
struct Row {
    href: String,
    title: String,
    says: String,
    late: bool,
}

#[derive(Template)]
#[template(path = "assignments/list.html")]
struct List {
    shell: Shell,
    desk: Desk,
    sum: String,
    rows: Vec<Row>,
    given: Vec<Row>,
}

/// `GET /ban-lam-viec/nhiem-vu`
pub async fn list(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    let page = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.desk();
        let own = &staff.portal.origin;
        let directory = app.directory.load_full();
        let mut conn = app.db.read().await?;
        let (history, mut rows) = (app.calendar.history(), Vec::new());
        for board in board::given_to(&app, &mut conn, own).await? {
            for row in board.tasks.iter().filter(|row| row.given.to.agencies.contains(own)) {
                let (task, state) = (&row.given.task, row.state(own));
                let due = row.due(state, &history);
                let late = state.is_late(due.at, now);
                let mut says = vec![
                    label(&board.standing, lang),
                    name(&directory, &board.standing.origin, lang),
                    deadline(&due, state, history.now(), now, lang),
                    state_name(state, due.at, w).to_owned(),
                ];
                if task.restricted.is_some() {
                    says.insert(0, lang.task().restricted.to_owned());
                }
                // Late first, then open by deadline, then what is done.
                let order = (state.is_done(), !late, due.at.is_none(), due.at);
                let row = Row {
                    href: lang.path(&path(&board.standing.reference(), &task.number)),
                    title: format!("{}. {}", task.number, beginning(&task.text)),
                    says: says.join(" · "),
                    late,
                };
                rows.push((order, row));
            }
        }
        rows.sort_by_key(|(order, _)| *order);
        let open = rows.iter().filter(|((done, ..), _)| !done).count();
        let late = rows.iter().filter(|(_, row)| row.late).count();
        let given = board::given_by(&app, &mut conn, own).await?.into_iter().map(|board| {
            let (done, of) = board.done();
            let late = board.tasks.iter().any(|row| {
                let late = |of| {
                    let state = row.state(of);
                    state.is_late(row.due(state, &history).at, now)
                };
                row.given.to.agencies.iter().any(late)
            });
            Row {
                href: lang.path(&format!("{HOME}/theo-doi/{}", board.standing.reference())),
                title: crate::items::pages::title(&board.standing.card, lang).text,
                says: [label(&board.standing, lang), w.task_done_of(done, of)].join(" · "),
                late,
            }
        });
        Ok::<_, Problem>(List {
            shell: shell(&app, &visitor, &staff.portal, w.nav_tasks),
            desk: Desk::of(&staff, lang, HOME, None),
            sum: w.task_sum(open, late),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            given: given.collect(),
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
