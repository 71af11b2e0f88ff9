//! Helping: an agency is asked to say its part to an answer of another, by a day of its own. It reads what was asked and what was sent, not
//! who sent it; what it says is read by whoever has the case, and stands in the one answer only if they put it there.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::json;

use super::super::asking::check;
use super::super::following::name_of;
use super::super::handling::Done;
use super::super::store as cases;
use super::super::{DESK, place};
use super::far;
use super::store::{self, Help};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionTieWords, date};

/// Where the console has them.
pub const HOME: &str = "/ban-lam-viec/phan-anh/phoi-hop";
/// The most that are listed.
const MOST: i64 = 200;

/// One that is asked of the agency, as it stands in a list.
pub struct Row {
    /// Its page in the reader's language.
    pub href: String,
    /// Its page.
    pub path: String,
    /// The code of the petition.
    pub code: String,
    /// What is asked.
    pub question: String,
    /// Who asks, by when, or that it was said.
    pub says: String,
    /// True if its day is over.
    pub presses: bool,
}

#[derive(Template)]
#[template(path = "petitions/helps.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
}

impl ListPage {
    fn d(&self) -> &'static PetitionTieWords {
        self.shell.lang.petition_tie()
    }
}

#[derive(Template)]
#[template(path = "petitions/help.html")]
struct OnePage {
    shell: Shell,
    desk: Desk,
    id: String,
    code: String,
    asker: String,
    due: String,
    overdue: bool,
    question: String,
    place: String,
    words: String,
    said: String,
    open: bool,
    typed: Fields,
    wrong: Wrong,
}

impl OnePage {
    fn d(&self) -> &'static PetitionTieWords {
        self.shell.lang.petition_tie()
    }
}

/// True once the day of what is asked is over.
pub fn is_late(help: &Help, today: Date) -> bool {
    help.is_open() && help.due.parse().is_ok_and(|due: Date| today > due)
}

/// What is still to be said by an agency, by its day.
///
/// # Errors
/// The database's.
pub async fn waiting(app: &App, conn: &mut Conn, log: i64, lang: Lang) -> Result<Vec<Row>, Problem> {
    let asked = store::asked_of(conn, log, MOST).await?;
    let waiting = asked.into_iter().filter(Help::is_open).collect();
    rows(app, conn, waiting, lang).await
}

async fn rows(app: &App, conn: &mut Conn, asked: Vec<Help>, lang: Lang) -> Result<Vec<Row>, Problem> {
    let (w, today) = (lang.petition_tie(), date::day(app.clock.now()));
    let mut rows = Vec::new();
    for help in asked {
        let code = match help.is_far() {
            true => help.code.clone(),
            false => match cases::of_id(conn, &help.petition).await? {
                Some(case) => case.code,
                None => continue,
            },
        };
        let asker = name_of(app, conn, help.asker, lang).await?;
        let day = help.due.parse().map(|due| date::date(lang, due)).unwrap_or_default();
        let presses = is_late(&help, today);
        let says = match (help.is_open(), presses) {
            (false, _) => w.help_done(asker),
            (_, true) => w.help_late(asker, day),
            _ => w.help_due_line(asker, day),
        };
        let path = format!("{HOME}/{}", help.id);
        rows.push(Row { href: lang.path(&path), path, code, question: help.question, says, presses });
    }
    Ok(rows)
}

/// `GET /ban-lam-viec/phan-anh/phoi-hop`
pub async fn list(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    let page = async {
        let mut conn = app.db.read().await?;
        let asked = store::asked_of(&mut conn, staff.portal.log, MOST).await?;
        Ok(ListPage {
            shell: shell(&app, &visitor, &staff.portal, visitor.lang.petition_tie().helps),
            desk: Desk::of(&staff, visitor.lang, DESK, None),
            rows: rows(&app, &mut conn, asked, visitor.lang).await?,
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// What is asked of the agency; of any other it is not there.
async fn asked(app: &App, staff: &Staff, id: &str) -> Result<Help, Problem> {
    let found = store::help(&mut app.db.read().await?, id).await?;
    let ours = found.filter(|help| help.log == staff.portal.log && help.ended == 0);
    ours.ok_or(Problem::NotFound("request for help"))
}

/// The code of the case and the code of its commune.
async fn told(conn: &mut Conn, help: &Help) -> Result<(String, String), Problem> {
    if help.is_far() {
        return Ok((help.code.clone(), help.commune.clone()));
    }
    let case = cases::of_id(conn, &help.petition).await?.ok_or(Problem::NotFound("petition"))?;
    Ok((case.code, case.place))
}

/// `GET /ban-lam-viec/phan-anh/phoi-hop/{id}`
pub async fn one(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let said = done.is_done().then(|| visitor.lang.petition_desk().said.to_owned());
    show(&app, &staff, &visitor, &id, (said, Fields::default(), Wrong::default(), StatusCode::OK)).await
}

type Look = (Option<String>, Fields, Wrong, StatusCode);

async fn show(app: &App, staff: &Staff, visitor: &Visitor, id: &str, look: Look) -> Response {
    let status = look.3;
    match page_of(app, staff, visitor, id, look).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page_of(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    (done, typed, wrong, _): Look,
) -> Result<OnePage, Problem> {
    let lang = visitor.lang;
    let help = asked(app, staff, id).await?;
    let mut conn = app.db.read().await?;
    let (code, commune) = told(&mut conn, &help).await?;
    let asker = name_of(app, &mut conn, help.asker, lang).await?;
    let words = match help.is_far() {
        true => Some((help.place.clone(), help.words.clone())),
        false => cases::words(&mut conn, &help.petition).await?,
    };
    drop(conn);
    staff.saw(app, "petition.seen", code.clone()).await?;
    let (said_place, text) = words.filter(|_| help.is_open()).unwrap_or_default();
    Ok(OnePage {
        shell: shell(app, visitor, &staff.portal, lang.petition_tie().help_title),
        desk: Desk::of(staff, lang, DESK, done),
        overdue: is_late(&help, date::day(app.clock.now())),
        due: help.due.parse().map(|due| date::date(lang, due)).unwrap_or_default(),
        open: help.is_open(),
        id: help.id,
        code,
        asker,
        question: help.question,
        said: help.said,
        place: place::whole(&said_place, &commune, lang),
        words: text,
        typed,
        wrong,
    })
}

/// `POST /ban-lam-viec/phan-anh/phoi-hop/{id}`
pub async fn said(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    match say(&app, &staff, &id, &typed).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}/{id}?xong=1")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => show(&app, &staff, &visitor, &id, (None, typed, wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn say(app: &App, staff: &Staff, id: &str, typed: &Fields) -> Result<(), Problem> {
    let help = asked(app, staff, id).await?;
    let mut faults = Vec::new();
    let words = check::words(typed, "loi", &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (code, _) = told(&mut app.db.read().await?, &help).await?;
    let line = staff.line("petition.step", code).with(json!({ "act": "phoi-hop" }));
    let (account, within) = (staff.account.id.to_string(), app.clone());
    app.db
        .write("petition.help", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::say_help(tx, &help.id, &words, &account).await? {
                let says = |lang: Lang| lang.petition_tie().refused_said;
                return Err(Problem::refused(says(Lang::Vi), says(Lang::En)));
            }
            if help.is_far() {
                far::says(&within, tx, &help, &words).await?;
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}
