//! Recommendations in the console: filed, listed by the level that is to solve them, opened as their sender.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::super::following::{name_of, state_until};
use super::super::handling::Done;
use super::super::life::State as Stage;
use super::super::route::{self, Target};
use super::super::{DESK, FOLLOW};
use super::{HOME, LEVELS, ONCE, file, secret, store};
use crate::app::App;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, RecommendWords, date};

/// So many are listed.
const MOST: i64 = 500;

/// One that was filed.
struct Row {
    code: String,
    /// What opens it to the agency.
    secret: String,
    summary: String,
    says: String,
    late: bool,
}

/// Those of a level.
struct Group {
    name: &'static str,
    /// How many were filed, and how many wait for an answer.
    counts: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "petitions/recommend.html")]
struct HomePage {
    shell: Shell,
    desk: Desk,
    groups: Vec<Group>,
    levels: [(&'static str, &'static str); 3],
    targets: Vec<Target>,
    follow: String,
    /// What tells this form from any other.
    once: String,
    typed: Fields,
    wrong: Wrong,
}

impl HomePage {
    fn d(&self) -> &'static RecommendWords {
        self.shell.lang.recommend()
    }
}

/// `GET /ban-lam-viec/phan-anh/kien-nghi`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let said = done.is_done().then(|| visitor.lang.recommend().filed.to_owned());
    show(&app, &staff, &visitor, said, Fields::default(), (StatusCode::OK, Wrong::default())).await
}

/// `POST /ban-lam-viec/phan-anh/kien-nghi`
pub async fn sent(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    match file(&app, &staff, &typed).await {
        Ok(_) => see(visitor.lang, &format!("{HOME}?xong=1")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok(wrong) => show(&app, &staff, &visitor, None, typed, wrong).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn show(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    (status, wrong): (StatusCode, Wrong),
) -> Response {
    let lang = visitor.lang;
    let page = async {
        Ok(HomePage {
            shell: shell(app, visitor, &staff.portal, lang.recommend().title),
            desk: Desk::of(staff, lang, DESK, said),
            groups: groups(app, staff, lang).await?,
            levels: LEVELS.map(|level| (level.id(), level.name())),
            targets: route::near(app, &staff.portal.origin, lang),
            follow: lang.path(FOLLOW),
            once: match typed.get(ONCE) {
                "" => hex::encode(app.dice.bytes::<16>()?),
                once => once.to_owned(),
            },
            typed,
            wrong,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn groups(app: &App, staff: &Staff, lang: Lang) -> Result<Vec<Group>, Problem> {
    let w = lang.recommend();
    let today = date::day(app.clock.now());
    let mut conn = app.db.read().await?;
    let all = store::of(&mut conn, staff.portal.log, MOST).await?;
    let mut groups = Vec::new();
    for level in LEVELS {
        let (mut rows, mut open) = (Vec::new(), 0);
        for one in all.iter().filter(|one| one.level == level.id()) {
            let stage = Stage::of(&one.state);
            let agency = name_of(app, &mut conn, one.owner, lang).await?;
            let due: Option<Date> = one.due.parse().ok();
            open += usize::from(stage.is_open());
            rows.push(Row {
                code: one.code.clone(),
                secret: secret(app, &one.id).shown(),
                summary: one.summary.clone(),
                says: state_until(stage, &agency, due, lang),
                late: stage.is_open() && due.is_some_and(|due| today > due),
            });
        }
        if !rows.is_empty() {
            groups.push(Group { name: level.name(), counts: w.counts(rows.len(), open), rows });
        }
    }
    Ok(groups)
}
