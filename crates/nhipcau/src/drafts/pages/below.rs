//! The duty desk: what agencies below wait for, where this person may approve there by a dated delegation (an appointment at
//! their own agency that holds below). One list on their own home page; read and approved without signing in there.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::home::Row;
use super::look::Reads;
use super::{hand, kind_name, persons_say, stage_name};
use crate::agencies;
use crate::app::App;
use crate::channels;
use crate::clock::instant;
use crate::db::Conn;
use crate::drafts::Work;
use crate::drafts::acts::{self, By};
use crate::drafts::duty::{self, Below};
use crate::drafts::life::{self, Act, Actor, Facts, Stage};
use crate::people::confirm;
use crate::people::forms::{Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, see, shell};
use crate::people::{self, Appointment};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// What waits for this person at agencies below, as rows of their home page, the oldest first.
pub(super) async fn rows(app: &App, conn: &mut Conn, staff: &Staff, lang: Lang) -> Result<Vec<Row>, Problem> {
    let delegated = duty::delegated(app, conn, staff).await?;
    if delegated.is_empty() {
        return Ok(Vec::new());
    }
    let (now, me) = (app.clock.now(), staff.account.id.to_string());
    let directory = app.directory.load();
    let mut rows = Vec::new();
    for line in duty::in_review(conn, &delegated).await? {
        let Some(below) = delegated.iter().find(|below| below.portal.log == line.log) else { continue };
        let agency = agencies::name(directory.agency(&below.portal.origin), lang, &below.portal.domain);
        let line = line.line;
        let at = date::short(lang, instant(line.changed), now);
        rows.push(Row {
            href: format!("{HOME}/cap-duoi/{}/{}", below.portal.domain, line.id),
            mine: line.account != me,
            says: lang.doors().below_row(agency, kind_name(&line.kind, lang), hand(line.name, lang), at),
            title: if line.title.is_empty() { lang.desk().untitled.to_owned() } else { line.title },
        });
    }
    Ok(rows)
}

#[derive(Template)]
#[template(path = "drafts/below.html")]
struct BelowPage {
    shell: Shell,
    desk: Desk,
    to: String,
    version: i64,
    agency: String,
    delegation: String,
    stage: &'static str,
    kind: String,
    persons: String,
    reads: Reads,
    files: Vec<String>,
    /// What it says on channels: that is approved, too.
    channels: Vec<channels::pages::shown::Row>,
    wrong: Option<String>,
    approves: bool,
    issues: bool,
    sends_back: bool,
}

/// A draft of an agency below, and by what right this person acts on it.
async fn find(app: &App, staff: &Staff, domain: &str, id: &str) -> Result<(Below, Work), Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    let mut conn = app.db.read().await?;
    let delegated = duty::delegated(app, &mut conn, staff).await?;
    let below = delegated.into_iter().find(|below| *below.portal.domain == *domain);
    let below = below.ok_or(Problem::NotFound("draft"))?;
    let work = acts::find(&mut conn, below.portal.log, id).await?;
    // What is not handed in is nobody's but its writers'.
    if matches!(work.stage, Stage::Draft | Stage::Discarded) {
        return Err(Problem::refused(
            "Bản thảo này không còn chờ duyệt: đã được trả lại, sửa hoặc bỏ.",
            "This draft waits no more: it was sent back, changed or thrown away.",
        ));
    }
    Ok((below, work))
}

fn by(staff: &Staff, below: &Below) -> By {
    By {
        actor: Actor::Person(staff.account.id, below.roles.clone()),
        who: staff.who(),
        log: below.portal.log,
        origin: below.portal.origin.clone(),
    }
}

/// `GET /ban-lam-viec/cap-duoi/{portal}/{id}`
pub async fn below(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((domain, id)): Path<(String, String)>,
) -> Response {
    answer(&app, &staff, &visitor, &domain, &id, None).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    domain: &str,
    id: &str,
    wrong: Option<String>,
) -> Response {
    let status = if wrong.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    match page(app, staff, visitor, domain, id, wrong).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    domain: &str,
    id: &str,
    wrong: Option<String>,
) -> Result<BelowPage, Problem> {
    let lang = visitor.lang;
    let (below, work) = find(app, staff, domain, id).await?;
    let directory = app.directory.load();
    let agency = agencies::name(directory.agency(&below.portal.origin), lang, domain).to_owned();
    let mut conn = app.db.read().await?;
    let facts = acts::facts(&mut conn, &work, &by(staff, &below), app.clock.micros(), true).await?;
    let offered = |act| life::decide(work.stage, act, &Facts { sound: true, ..facts.clone() }).is_ok();
    let reads = Reads::of(&work.written.draft, lang);
    Ok(BelowPage {
        shell: shell(app, visitor, &staff.portal, &reads.title),
        desk: Desk::of(staff, lang, HOME, None),
        to: lang.path(&format!("{HOME}/cap-duoi/{domain}/{id}")),
        version: work.version,
        delegation: delegation(app, staff, &below, &agency, &mut conn, lang).await?,
        stage: stage_name(work.stage, lang),
        kind: kind_name(&work.written.draft.kind, lang),
        persons: persons_say(app, &work.written.draft.kind, lang),
        files: work.written.files.iter().map(|file| file.name.clone()).collect(),
        channels: channels::pages::shown::of(&mut conn, &work, date::day(app.clock.now()), lang).await?,
        approves: offered(Act::Approve),
        issues: offered(Act::Issue),
        sends_back: offered(Act::SendBack),
        reads,
        agency,
        wrong,
    })
}

/// By what right, and until which day.
async fn delegation(
    app: &App,
    staff: &Staff,
    below: &Below,
    agency: &str,
    conn: &mut Conn,
    lang: Lang,
) -> Result<String, Problem> {
    let today = date::day(app.clock.now());
    let holds = |a: &Appointment| a.below && a.holds(today) && below.roles.contains(&a.role);
    let appointments = people::store::appointments(conn, staff.account.id).await?;
    let until = appointments.iter().filter(|a| holds(a)).map(|a| a.until);
    // Without an end at all only if none of them ends.
    let until = until.fold(None, |first, until| match (first, until) {
        (None, until) => until,
        (first, None) => first,
        (Some(a), Some(b)) => Some(std::cmp::max(a, b)),
    });
    let roles = below.roles.iter().map(|role| role.name(lang)).collect::<Vec<_>>().join(", ");
    let d = lang.doors();
    Ok(match until {
        Some(day) => d.below_until(agency, roles, date::date(lang, day)),
        None => d.below_open(agency, roles),
    })
}

/// `POST /ban-lam-viec/cap-duoi/{portal}/{id}`: approves, issues what is approved, or sends back.
pub async fn decide(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((domain, id)): Path<(String, String)>,
    Filled(form): Filled,
) -> Response {
    let act = match form.get("viec") {
        "approve" => Act::Approve,
        "issue" => Act::Issue,
        "send-back" => Act::SendBack,
        _ => return failure(&app, &visitor, Problem::invalid("viec", "no such act")),
    };
    if act != Act::SendBack
        && let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await
    {
        return answer;
    }
    let acted = async {
        let (below, work) = find(&app, &staff, &domain, &id).await?;
        let version = form.get("version").parse().unwrap_or(0);
        acts::act(&app, &by(&staff, &below), work.id, version, act, form.some("ly-do")).await
    };
    match acted.await {
        Ok(acted) => {
            let said = match (acted.done, act) {
                (Some(_), _) => "dang",
                (None, Act::SendBack) => "tra-lai",
                // More may be done with it here.
                (None, _) => return see(visitor.lang, &format!("{HOME}/cap-duoi/{domain}/{id}")),
            };
            see(visitor.lang, &format!("{HOME}?xong={said}"))
        }
        Err(problem) => match told(problem, visitor.lang) {
            Ok((_, why)) => answer(&app, &staff, &visitor, &domain, &id, Some(why)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
