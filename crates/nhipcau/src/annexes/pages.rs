//! The annexes of an agency in its console: what stands, what must be looked at again, where one begins, and how one ends.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use network::content::Item;
use uuid::Uuid;

use super::store::{self, Standing};
use super::{HOME, acts, view};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::drafts::acts::By;
use crate::items::State;
use crate::items::pages::title;
use crate::items::store as items;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME as DESK, drawn, see, shell};
use crate::people::{Duty, confirm};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{AnnexWords, Lang, date};

/// How many annexes the page lists.
const MOST: i64 = 200;

struct Row {
    id: String,
    title: String,
    core: String,
    reference: String,
    says: String,
    review: Option<String>,
    open: Option<String>,
    /// True if a next edition may be begun.
    edits: bool,
    withdraws: bool,
}

#[derive(Template)]
#[template(path = "drafts/annexes.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    a: &'static AnnexWords,
    writes: bool,
    rows: Vec<Row>,
    wrong: Option<String>,
    typed: String,
    /// A reason that could not be taken, and of which annex.
    reason: (String, String),
}

/// An annex whose core has moved on.
pub struct Review {
    /// Its title.
    pub title: String,
    /// What is to be done, in one sentence.
    pub says: String,
}

/// The annexes of an agency that must be looked at again.
///
/// # Errors
/// The database's, or a damaged file.
pub async fn to_review(app: &App, conn: &mut Conn, log: i64, lang: Lang) -> Result<Vec<Review>, Problem> {
    let mut all = Vec::new();
    for annex in store::of_log(conn, log, MOST).await?.into_iter().filter(|annex| !annex.withdrawn) {
        let Some(core) = items::find(conn, &annex.core.reference()?).await? else { continue };
        if core.state == State::Standing && view::is_stale(&annex, &core) {
            let title = titled(app, conn, &annex, lang).await?;
            all.push(Review { title, says: lang.annex().review_says(annex.core.edition, core.edition) });
        }
    }
    Ok(all)
}

async fn titled(app: &App, conn: &mut Conn, annex: &Standing, lang: Lang) -> Result<String, Problem> {
    let bytes = app.folder.read(conn, &annex.content).await?;
    let document = bytes.and_then(|bytes| Item::parse(&bytes).ok());
    Ok(document.map_or_else(|| lang.desk().untitled.to_owned(), |document| document.title))
}

/// `GET /ban-lam-viec/viet-them`
pub async fn list(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.annex();
    let said = match done.word() {
        "dang" => Some(w.done_issued.to_owned()),
        "go" => Some(w.done_withdrawn.to_owned()),
        _ => None,
    };
    shown(&app, &staff, &visitor, said, None, (String::new(), &Fields::default())).await
}

/// The page; after a refusal with what was typed, in the form of one annex or in that where one begins.
async fn shown(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    wrong: Option<(StatusCode, String)>,
    (id, typed): (String, &Fields),
) -> Response {
    let page = async {
        let lang = visitor.lang;
        let mut conn = app.db.read().await?;
        let mut rows = Vec::new();
        for annex in store::of_log(&mut conn, staff.portal.log, MOST).await? {
            rows.push(row(app, &mut conn, staff, lang, annex).await?);
        }
        // What must be looked at again comes first.
        rows.sort_by_key(|row| row.review.is_none());
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, lang.annex().title),
            desk: Desk::of(staff, lang, HOME, said),
            a: lang.annex(),
            writes: staff.may(Duty::Write),
            rows,
            wrong: wrong.as_ref().map(|(_, why)| why.clone()),
            typed: typed.get("muc").to_owned(),
            reason: (id, typed.get("ly-do").to_owned()),
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, wrong.map_or(StatusCode::OK, |(status, _)| status), &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn row(app: &App, conn: &mut Conn, staff: &Staff, lang: Lang, annex: Standing) -> Result<Row, Problem> {
    let w = lang.annex();
    let reference = annex.core.reference()?;
    let core = items::find(conn, &reference).await?;
    let stands = core.as_ref().is_some_and(|core| core.state == State::Standing);
    let state = match &core {
        _ if annex.withdrawn => w.row_withdrawn.to_owned(),
        None => w.row_core_missing.to_owned(),
        Some(_) if !stands => w.row_core_ended.to_owned(),
        Some(_) => w.row_standing(annex.edition),
    };
    let at = date::short(lang, instant(annex.at), app.clock.now());
    let open = store::open(conn, annex.log, &annex.core.log()?, annex.core.item).await?;
    Ok(Row {
        title: titled(app, conn, &annex, lang).await?,
        core: w.row_beside(
            core.as_ref().map_or_else(|| reference.to_string(), |core| title(&core.card, lang).text),
        ),
        review: core
            .as_ref()
            .filter(|core| stands && !annex.withdrawn && view::is_stale(&annex, core))
            .map(|core| w.review_says(annex.core.edition, core.edition)),
        says: format!("{state} · {at}"),
        edits: stands && open.is_none() && staff.may(Duty::Write),
        open: open.map(|id| lang.path(&format!("{DESK}/tin/{id}"))),
        withdraws: !annex.withdrawn && staff.may(Duty::Approve),
        id: annex.id.to_string(),
        reference: reference.to_string(),
    })
}

/// `POST /ban-lam-viec/viet-them`
pub async fn begin(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(form): Filled) -> Response {
    match acts::begin(&app, &By::staff(&staff), form.get("muc")).await {
        Ok(id) => see(visitor.lang, &format!("{DESK}/tin/{id}")),
        Err(problem) => refused(&app, &staff, &visitor, problem, (String::new(), &form)).await,
    }
}

/// `POST /ban-lam-viec/viet-them/{id}`
pub async fn withdraw(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let Ok(annex) = id.parse::<Uuid>() else {
        return failure(&app, &visitor, Problem::NotFound("annex"));
    };
    match acts::withdraw(&app, &By::staff(&staff), annex, form.get("ly-do")).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}?xong=go")),
        Err(problem) => refused(&app, &staff, &visitor, problem, (id, &form)).await,
    }
}

async fn refused(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    problem: Problem,
    typed: (String, &Fields),
) -> Response {
    match told(problem, visitor.lang) {
        Ok(wrong) => shown(app, staff, visitor, None, Some(wrong), typed).await,
        Err(problem) => failure(app, visitor, problem),
    }
}
