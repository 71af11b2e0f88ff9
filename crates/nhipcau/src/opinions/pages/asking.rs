//! Asking: the form, and the list of what was asked of us and by us.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::{called, day, is_late, last};
use crate::app::App;
use crate::clock::instant;
use crate::drafts::acts as drafts;
use crate::drafts::{Work, Written};
use crate::opinions::acts::{self, Question};
use crate::opinions::{HOME, Verdict, store};
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// How many lines a list shows.
const MOST: i64 = 100;
/// The days that the form proposes.
const DAYS: &str = "3";

#[derive(Template)]
#[template(path = "opinions/ask.html")]
struct Ask {
    shell: Shell,
    desk: Desk,
    id: String,
    title: String,
    version: i64,
    goes: String,
    whom: String,
    words: String,
    days: String,
    wrong: Wrong,
}

async fn draft(app: &App, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    drafts::find(&mut app.db.read().await?, staff.portal.log, id).await
}

async fn form(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    typed: &Fields,
    wrong: Wrong,
) -> Result<Ask, Problem> {
    let lang = visitor.lang;
    let w = lang.opinion();
    let work = draft(app, staff, id).await?;
    let names: Vec<&str> = work.written.files.iter().map(|file| file.name.as_str()).collect();
    let files = if names.is_empty() { w.ask_no_files.to_owned() } else { names.join(", ") };
    Ok(Ask {
        shell: shell(app, visitor, &staff.portal, w.ask_title),
        desk: Desk::of(staff, lang, HOME, None),
        title: titled(work.title(), lang),
        version: work.version,
        goes: w.ask_goes(work.version, files),
        whom: typed.get("co-quan").to_owned(),
        words: typed.get("noi-dung").to_owned(),
        days: typed.some("ngay").unwrap_or_else(|| DAYS.to_owned()),
        id: work.id.to_string(),
        wrong,
    })
}

fn titled(title: &str, lang: Lang) -> String {
    if title.is_empty() { lang.desk().untitled } else { title }.to_owned()
}

/// `GET /ban-lam-viec/tin/{id}/y-kien`
pub async fn ask(State(app): State<App>, staff: Staff, visitor: Visitor, Path(id): Path<String>) -> Response {
    match form(&app, &staff, &visitor, &id, &Fields::default(), Wrong::default()).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/tin/{id}/y-kien`: asks, reminds, takes back.
pub async fn send(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let done = match typed.get("viec") {
        "nhac" => acts::remind(&app, &staff, typed.get("luot")).await.map(|()| "nhac"),
        "rut" => acts::cancel(&app, &staff, typed.get("luot")).await.map(|()| "rut"),
        _ => {
            let asks = Question {
                version: typed.get("version").parse().unwrap_or(0),
                whom: typed.get("co-quan"),
                words: typed.get("noi-dung"),
                days: typed.get("ngay"),
            };
            acts::ask(&app, &staff, &id, asks).await.map(|_| "hoi")
        }
    };
    let problem = match done {
        Ok(done) => return see(visitor.lang, &format!("/ban-lam-viec/tin/{id}?xong={done}")),
        Err(problem) => problem,
    };
    // What was typed stays on the page.
    let again = match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => {
            form(&app, &staff, &visitor, &id, &typed, wrong).await.map(|page| (status, page))
        }
        Err(problem) => Err(problem),
    };
    match again {
        Ok((status, page)) => drawn(&app, &visitor, status, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// A row of a list.
struct Row {
    href: String,
    title: String,
    says: String,
    mine: bool,
}

struct List {
    title: &'static str,
    empty: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "opinions/list.html")]
struct Lists {
    shell: Shell,
    desk: Desk,
    lists: [List; 2],
}

/// `GET /ban-lam-viec/y-kien`
pub async fn list(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    let page = async {
        let w = visitor.lang.opinion();
        Ok::<_, Problem>(Lists {
            shell: shell(&app, &visitor, &staff.portal, w.nav),
            desk: Desk::of(&staff, visitor.lang, HOME, None),
            lists: [
                List {
                    title: w.asked_of_us,
                    empty: w.asked_of_us_none,
                    rows: of_us(&app, &staff, visitor.lang).await?,
                },
                List {
                    title: w.asked_by_us,
                    empty: w.asked_by_us_none,
                    rows: by_us(&app, &staff, visitor.lang).await?,
                },
            ],
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn of_us(app: &App, staff: &Staff, lang: Lang) -> Result<Vec<Row>, Problem> {
    let (w, now) = (lang.opinion(), app.clock.now());
    let (directory, history) = (app.directory.load_full(), app.calendar.history());
    let mut rows = Vec::new();
    for request in store::requests(&mut app.db.read().await?, staff.portal.log, MOST).await? {
        let (due, _) = last(&request.due, request.stated(), &history, lang);
        let asker = called(&directory, &request.asker, lang);
        let verdict = Verdict::of(&request.verdict);
        let waits = request.ended.is_empty() && verdict.is_none();
        let mut says = match (request.ended.as_str(), verdict) {
            ("cancelled", _) => w.row_cancelled(asker),
            ("erased", _) => w.row_erased(asker),
            (_, Some(verdict)) => w.row_answered(asker, verdict.name(lang)),
            (_, None) if is_late(due, now) => w.row_late(asker, day(due, lang)),
            (_, None) => w.row(asker, day(due, lang)),
        };
        if let Some(at) = request.reminded.filter(|_| waits) {
            says = format!("{says} · {}", w.row_reminded(date::short(lang, instant(at), now)));
        }
        let written: Written = serde_json::from_str(&request.written).unwrap_or_default();
        rows.push(Row {
            href: format!("{HOME}/{}", request.round),
            title: titled(&written.draft.title, lang),
            says,
            mine: waits,
        });
    }
    Ok(rows)
}

async fn by_us(app: &App, staff: &Staff, lang: Lang) -> Result<Vec<Row>, Problem> {
    let (w, now) = (lang.opinion(), app.clock.now());
    let (mut conn, history) = (app.db.read().await?, app.calendar.history());
    let mut rows = Vec::new();
    for round in store::of_portal(&mut conn, staff.portal.log, MOST).await? {
        let sent = date::short(lang, instant(round.at), now);
        let waits = round.cancelled.is_none() && round.answered < round.asked;
        let (due, _) = last(&round.due, round.stated(), &history, lang);
        rows.push(Row {
            href: format!("/ban-lam-viec/tin/{}", round.draft),
            title: titled(&round.title, lang),
            says: if round.cancelled.is_some() {
                w.taken_back.to_owned()
            } else {
                w.row_ours(sent, round.answered, round.asked)
            },
            mine: waits && is_late(due, now),
        });
    }
    Ok(rows)
}
