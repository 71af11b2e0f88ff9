//! Passing everything on, in the console: to where, since when, what waits, and the end of it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use super::store::{self, Forward};
use super::{LATE, checked};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::operate::alarms;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::people::{Duty, audit};
use crate::petitions::handling::Done;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{PetitionForwardWords, date};

/// Where the console has it.
pub const PAGE: &str = "/ban-lam-viec/chuyen-tiep";
/// So many of what waits are listed.
const MOST: usize = 50;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(PAGE, Duty::Node, "whether every petition is passed on to another system", get(page)),
        desk_form(PAGE, Duty::Node, "begins or ends that", post(sent)),
    ]
}

/// What waits, as the page shows it.
struct Row {
    code: String,
    since: String,
    late: bool,
}

#[derive(Template)]
#[template(path = "petitions/forward.html")]
struct ForwardPage {
    shell: Shell,
    desk: Desk,
    /// The system's name, what readers call it, since when.
    now: Option<(String, String, String)>,
    rows: Vec<Row>,
    waiting: usize,
    /// How many are not listed.
    more: Option<usize>,
    typed: Fields,
    wrong: Wrong,
}

impl ForwardPage {
    fn d(&self) -> &'static PetitionForwardWords {
        self.shell.lang.petition_forward()
    }
}

/// `GET /ban-lam-viec/chuyen-tiep`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let said = done.is_done().then(|| visitor.lang.petition_desk().said.to_owned());
    show(&app, &staff, &visitor, said, None, (StatusCode::OK, Wrong::default())).await
}

async fn show(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Option<Fields>,
    (status, wrong): (StatusCode, Wrong),
) -> Response {
    let lang = visitor.lang;
    let page = async {
        let mut conn = app.db.read().await?;
        let forward = store::of(&mut conn, staff.portal.log).await?;
        let waiting = match &forward {
            Some(forward) => store::waiting(&mut conn, forward).await?,
            None => Vec::new(),
        };
        let now = app.clock.now();
        let typed = typed.unwrap_or_else(|| {
            let kept = forward.clone().map_or_else(Default::default, |it| (it.system, it.name));
            Fields::of(vec![("he-thong".to_owned(), kept.0), ("ten-goi".to_owned(), kept.1)])
        });
        let since = |at: i64| date::in_sentence(lang, instant(at), now);
        Ok(ForwardPage {
            shell: shell(app, visitor, &staff.portal, lang.petition_forward().title),
            desk: Desk::of(staff, lang, PAGE, said),
            waiting: waiting.len(),
            more: waiting.len().checked_sub(MOST).filter(|more| *more > 0),
            rows: waiting
                .into_iter()
                .take(MOST)
                .map(|one| Row {
                    late: app.clock.micros() - one.registered > LATE,
                    since: since(one.registered),
                    code: one.code,
                })
                .collect(),
            now: forward.map(|Forward { system, name, since: at, .. }| (system, name, since(at))),
            typed,
            wrong,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/chuyen-tiep`
pub async fn sent(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    match done(&app, &staff, &typed).await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}?xong=1")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok(wrong) => show(&app, &staff, &visitor, None, Some(typed), wrong).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn done(app: &App, staff: &Staff, typed: &Fields) -> Result<(), Problem> {
    let (log, origin) = (staff.portal.log, staff.portal.origin.to_string());
    let line = |to: &str| staff.line("petition.forward", "").with(json!({ "to": to }));
    if typed.get("viec") == "dung" {
        let line = line("");
        return app
            .db
            .write("petition.forward", async move |tx: &mut Tx| -> Result<(), Problem> {
                store::end(tx, log).await?;
                alarms::settle(tx, super::ALARM, "", &origin).await?;
                Ok(audit::add(tx, line).await?)
            })
            .await;
    }
    let (system, title) = checked(typed)?;
    let (line, account) = (line(&system), staff.account.id.to_string());
    app.db
        .write("petition.forward", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::begin(tx, log, (&system, &title), &account).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}
