//! Another agency's draft, as those see it who are asked: marked as not public, with the form to answer. Each look is a
//! line of the audit trail.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::ContentHash;
use serde_json::json;
use uuid::Uuid;

use super::{called, cut, day, is_late, last};
use crate::app::App;
use crate::clock::instant;
use crate::drafts::pages::Reads;
use crate::drafts::{Attached, Written};
use crate::opinions::{HOME, Verdict, acts, store};
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{date, number};

#[derive(Template)]
#[template(path = "opinions/one.html")]
struct One {
    shell: Shell,
    desk: Desk,
    round: String,
    from: String,
    due: String,
    /// Why it is another day than was told, if it is.
    why: Option<String>,
    late: bool,
    question: String,
    /// Why there is nothing to read any more.
    gone: Option<&'static str>,
    /// What we said, and in which words.
    said: Option<String>,
    words: String,
    answers: bool,
    choices: Vec<(&'static str, &'static str)>,
    chosen: String,
    typed: String,
    wrong: Wrong,
    reads: Reads,
    files: Vec<Attached>,
}

impl One {
    fn size(&self, bytes: &u64) -> String {
        number::bytes(self.shell.lang, *bytes)
    }
}

fn missing() -> Problem {
    Problem::NotFound("request for an opinion")
}

async fn request(app: &App, staff: &Staff, round: &str) -> Result<(Uuid, store::Request), Problem> {
    let round: Uuid = round.parse().map_err(|_| missing())?;
    let found = store::request(&mut app.db.read().await?, staff.portal.log, round).await?;
    Ok((round, found.ok_or_else(missing)?))
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    round: &str,
    done: bool,
    typed: Option<(&Fields, Wrong)>,
) -> Result<One, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.opinion();
    let (id, request) = request(app, staff, round).await?;
    // Who looked is written down before anything is shown.
    staff.saw(app, "opinion.read", id.to_string()).await?;
    let written: Written = serde_json::from_str(&request.written).unwrap_or_default();
    let reads = Reads::of(&written.draft, lang);
    let (last, why) = last(&request.due, request.stated(), &app.calendar.history(), lang);
    // Who counts by another calendar than the asker is told so.
    let theirs = request.due.parse().ok().filter(|theirs| Some(*theirs) != last);
    let theirs =
        theirs.filter(|_| why.is_none()).map(|theirs| lang.calendar().theirs(date::date(lang, theirs)));
    let verdict = Verdict::of(&request.verdict);
    let late = verdict.is_none() && is_late(last, now);
    let (chosen, typed, wrong) = match typed {
        Some((typed, wrong)) => (typed.get("y-kien").to_owned(), typed.get("noi-dung").to_owned(), wrong),
        None => (request.verdict.clone(), request.words.clone(), Wrong::default()),
    };
    Ok(One {
        shell: shell(app, visitor, &staff.portal, &reads.title),
        desk: Desk::of(staff, lang, HOME, done.then(|| w.done_answered.to_owned())),
        round: request.round,
        from: w.from(
            called(&app.directory.load(), &request.asker, lang),
            date::in_sentence(lang, instant(request.at), now),
        ),
        due: match (last, late) {
            (None, _) => String::new(),
            (_, true) => w.due_late(day(last, lang)),
            (_, false) => w.due(day(last, lang)),
        },
        why: why.or(theirs),
        late,
        question: request.question,
        gone: match request.ended.as_str() {
            "" => None,
            "erased" => Some(w.gone_erased),
            _ => Some(w.gone_cancelled),
        },
        said: verdict
            .zip(request.answered)
            .map(|(verdict, at)| w.ours_said(verdict.name(lang), date::in_sentence(lang, instant(at), now))),
        words: request.words,
        answers: staff.may(Duty::Approve),
        choices: Verdict::ALL.map(|verdict| (verdict.word(), verdict.name(lang))).into(),
        chosen,
        typed,
        wrong,
        reads,
        files: written.files,
    })
}

/// `GET /ban-lam-viec/y-kien/{round}`
pub async fn one(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(round): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    match page(&app, &staff, &visitor, &round, done.word() == "gui", None).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/y-kien/{round}`
pub async fn answer(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(round): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let said = acts::answer(&app, &staff, &round, typed.get("y-kien"), typed.get("noi-dung")).await;
    let problem = match said {
        Ok(()) => return see(visitor.lang, &format!("{HOME}/{round}?xong=gui")),
        Err(problem) => problem,
    };
    let again = match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => {
            let page = page(&app, &staff, &visitor, &round, false, Some((&typed, wrong))).await;
            page.map(|page| (status, page))
        }
        Err(problem) => Err(problem),
    };
    match again {
        Ok((status, page)) => drawn(&app, &visitor, status, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `GET /ban-lam-viec/y-kien/{round}/tep/{sha256}`: always to be saved, never shown by the browser.
pub async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((round, sha256)): Path<(String, String)>,
) -> Response {
    let found = async {
        let (id, request) = request(&app, &staff, &round).await?;
        let wanted: ContentHash = sha256.parse().map_err(|_| missing())?;
        let written: Written = serde_json::from_str(&request.written).unwrap_or_default();
        let files = store::files(&mut app.db.read().await?, staff.portal.log, id).await?.unwrap_or_default();
        let bytes = cut(&files, written.files.iter().map(|file| file.size), &wanted).ok_or_else(missing)?;
        let named = written.files.iter().find(|file| file.sha256 == sha256).ok_or_else(missing)?;
        let line = staff.line("opinion.read", id.to_string()).with(json!({ "file": sha256 }));
        audit::saw(&app, line).await?;
        Ok::<_, Problem>((named.name.clone(), bytes.to_vec()))
    };
    match found.await {
        Ok((name, bytes)) => saved(&name, bytes),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
