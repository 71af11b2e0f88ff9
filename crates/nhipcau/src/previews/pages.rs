//! Preview links: the list of those of a draft, and what somebody outside sees.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Link};
use super::{MOST_DAYS, MOST_LINKS};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::drafts::pages::Reads;
use crate::drafts::{Work, acts, store as drafts};
use crate::people::audit::{self, Line, Who};
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::{Staff, roles_at};
use crate::people::pages::{Desk, HOME, drawn, shell};
use crate::people::session::Token;
use crate::people::{Duty, store as people};
use crate::problem::{Fault, Problem};
use crate::web::answer::{failure, fault_page};
use crate::web::error_view;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, PreviewWords, date};

const DAY: i64 = 86_400_000_000;

struct Row {
    id: String,
    name: String,
    says: String,
    looks: String,
    lasts: bool,
}

#[derive(Template)]
#[template(path = "drafts/links.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    p: &'static PreviewWords,
    id: String,
    writes: bool,
    rows: Vec<Row>,
    /// The link that was just made, which is shown only once.
    made: Option<String>,
    wrong: Option<String>,
    typed: [String; 4],
}

/// `GET /ban-lam-viec/tin/{id}/duong-dan`
pub async fn list(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    shown(&app, &staff, &visitor, &id, None, None).await
}

/// The page; with the link that was just made, or after a refusal with what was typed.
async fn shown(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    made: Option<String>,
    refused: Option<(StatusCode, String, &Fields)>,
) -> Response {
    let page = async {
        let lang = visitor.lang;
        let (p, now) = (lang.preview(), app.clock.now());
        let mut conn = app.db.read().await?;
        let work = find(&mut conn, staff, id).await?;
        let mut rows = Vec::new();
        for link in store::of(&mut conn, work.id).await? {
            let lasts =
                link.lasts(now.as_microsecond()) && may_be_seen(app, &mut conn, staff, &work, &link).await?;
            rows.push(row(link, lasts, lang, now));
        }
        let form = refused.as_ref().map(|(_, _, form)| *form);
        let typed = ["ten", "viec-gi", "ngay", "ban"].map(|f| form.map_or("", |form| form.get(f)).to_owned());
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, p.title),
            desk: Desk::of(staff, lang, HOME, None),
            p,
            id: work.id.to_string(),
            writes: work.stage.is_open() && staff.may(Duty::Write),
            rows,
            made,
            wrong: refused.as_ref().map(|(_, why, _)| why.clone()),
            typed,
        })
    };
    match page.await {
        Ok(page) => {
            let status = refused.map_or(StatusCode::OK, |(status, ..)| status);
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn find(conn: &mut Conn, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    acts::find(conn, staff.portal.log, id).await
}

fn row(link: Link, lasts: bool, lang: Lang, now: jiff::Timestamp) -> Row {
    let p = lang.preview();
    let at = |at: i64| date::short(lang, instant(at), now);
    let what = link.version.map_or_else(|| p.shows_newest.to_owned(), |version| p.shows_version(version));
    let until = if lasts { p.until(at(link.until)) } else { p.ended.to_owned() };
    Row {
        says: [link.purpose, what, until].join(" · "),
        looks: link.last.map_or_else(|| p.looks_none.to_owned(), |last| p.looks(link.looks, at(last))),
        id: link.id,
        name: link.name,
        lasts,
    }
}

/// True while the draft is still one, and whoever made the link may still write here.
async fn may_be_seen(
    app: &App,
    conn: &mut Conn,
    staff: &Staff,
    work: &Work,
    link: &Link,
) -> Result<bool, Problem> {
    Ok(work.stage.is_open() && maker_writes(app, conn, &staff.portal, link).await?)
}

async fn maker_writes(
    app: &App,
    conn: &mut Conn,
    portal: &crate::agencies::Portal,
    link: &Link,
) -> Result<bool, Problem> {
    let id: Uuid = link.account.parse().map_err(anyhow::Error::from)?;
    let there = people::account(conn, id).await?.is_some_and(|account| !account.closed);
    Ok(there && Duty::Write.met_by(&roles_at(app, conn, id, portal).await?))
}

/// `POST /ban-lam-viec/tin/{id}/duong-dan`: makes a link, or takes one back (`bo`).
pub async fn change(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(form): Filled,
) -> Response {
    let done = async {
        match form.some("bo") {
            Some(link) => end(&app, &staff, &id, link).await.map(|()| None),
            None => make(&app, &staff, &visitor, &id, &form).await.map(Some),
        }
    };
    match done.await {
        Ok(made) => shown(&app, &staff, &visitor, &id, made, None).await,
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => shown(&app, &staff, &visitor, &id, None, Some((status, why, &form))).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// Makes a link; returns its whole address, which is kept nowhere.
async fn make(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    form: &Fields,
) -> Result<String, Problem> {
    let work = find(&mut app.db.read().await?, staff, id).await?;
    if !work.stage.is_open() {
        return Err(Problem::refused(
            "Bản nháp này đã đăng hoặc đã bỏ, nên không có gì để xem trước.",
            "This draft was issued or discarded; there is nothing to preview.",
        ));
    }
    let (name, purpose) = (form.some("ten"), form.some("viec-gi"));
    let days = form.get("ngay").trim().parse::<i64>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let short = |text: &Option<String>| {
        text.as_ref().is_some_and(|text| text.chars().count() <= 200 && !text.chars().any(char::is_control))
    };
    let mut faults = Vec::new();
    for (field, fine, vi, en) in [
        (
            "ten",
            short(&name),
            "Ghi tên người được xem, không quá 200 ký tự.",
            "Name who may look, in at most 200 characters.",
        ),
        (
            "viec-gi",
            short(&purpose),
            "Ghi để làm gì, không quá 200 ký tự.",
            "Say what for, in at most 200 characters.",
        ),
        ("ngay", days.is_some(), "Số ngày phải từ 1 đến 14.", "The number of days must be 1 to 14."),
    ] {
        if !fine {
            faults.push(Fault { field: field.into(), vi: vi.into(), en: en.into() });
        }
    }
    let (Some(name), Some(purpose), Some(days), true) = (name, purpose, days, faults.is_empty()) else {
        return Err(Problem::Invalid(faults));
    };
    let token = Token::new(&app.dice)?;
    let link = Link {
        id: app.dice.id(&app.clock)?.to_string(),
        draft: work.id.to_string(),
        name,
        purpose,
        version: (form.get("ban") != "moi").then_some(work.version),
        account: staff.account.id.to_string(),
        until: app.clock.micros() + days * DAY,
        ended: None,
        looks: 0,
        last: None,
    };
    let (log, hash) = (staff.portal.log, token.hash());
    let line = staff.line("preview.make", work.id.to_string());
    let line = line.with(json!({ "link": link.id, "days": days, "version": link.version }));
    app.db
        .write("preview.make", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::add(tx, log, hash, &link).await? {
                return Err(Problem::refused(
                    format!("Bản nháp này đã có {MOST_LINKS} đường dẫn đang dùng. Hãy thu lại bớt."),
                    format!("This draft has {MOST_LINKS} links already. Take some back first."),
                ));
            }
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(format!("{}/xem-truoc/{}", visitor.base, token.text()))
}

async fn end(app: &App, staff: &Staff, id: &str, link: String) -> Result<(), Problem> {
    let work = find(&mut app.db.read().await?, staff, id).await?;
    let line = staff.line("preview.end", work.id.to_string()).with(json!({ "link": link }));
    app.db
        .write("preview.end", async move |tx: &mut Tx| -> Result<(), Problem> {
            match store::end(tx, work.id, &link).await? {
                true => Ok(audit::add(tx, line).await?),
                false => Err(Problem::NotFound("link")),
            }
        })
        .await
}

#[derive(Template)]
#[template(path = "drafts/shown.html")]
struct ShownPage {
    shell: Shell,
    p: &'static PreviewWords,
    /// What is shown, with the sentence above it; `None` if the link leads nowhere.
    seen: Option<(String, Reads)>,
}

/// `GET /xem-truoc/{link}`. Whatever the reason, a link that leads nowhere says the same.
pub async fn look(State(app): State<App>, visitor: Visitor, Path(link): Path<String>) -> Response {
    let Some(portal) = visitor.portal.clone() else {
        let fault = error_view::Fault::UnknownHost { host: visitor.host.clone() };
        return fault_page(&app, &visitor, fault);
    };
    let found = match Token::read(&link) {
        Some(token) => opened(&app, &portal, &token).await,
        None => Ok(None),
    };
    let (lang, now) = (visitor.lang, app.clock.now());
    let p = lang.preview();
    let (status, title, seen) = match found {
        Ok(Some((link, work))) => {
            let says = p.bar(&link.name, date::short(lang, instant(link.until), now));
            let reads = Reads::of(&work.written.draft, lang);
            (StatusCode::OK, reads.title.clone(), Some((says, reads)))
        }
        Ok(None) => (StatusCode::NOT_FOUND, p.gone_title.to_owned(), None),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
    (shell.title, shell.feeds) = (Some(title), None);
    let page = ShownPage { shell, p, seen };
    let mut response = drawn(&app, &visitor, status, &page);
    let headers = response.headers_mut();
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow, noarchive"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What a token opens now, the look counted and in the audit trail.
async fn opened(
    app: &App,
    portal: &crate::agencies::Portal,
    token: &Token,
) -> Result<Option<(Link, Work)>, Problem> {
    let mut conn = app.db.read().await?;
    let now = app.clock.micros();
    let Some(link) = store::find(&mut conn, portal.log, token.hash()).await? else { return Ok(None) };
    if !link.lasts(now) || !maker_writes(app, &mut conn, portal, &link).await? {
        return Ok(None);
    }
    let id: Uuid = link.draft.parse().map_err(anyhow::Error::from)?;
    let Some(work) = drafts::find(&mut conn, portal.log, id).await?.filter(|work| work.stage.is_open())
    else {
        return Ok(None);
    };
    let work = match link.version {
        Some(version) => match drafts::version(&mut conn, id, version).await? {
            Some(written) => Work { written, ..work },
            None => return Ok(None),
        },
        None => work,
    };
    drop(conn);
    let line = Line::new(Who::Nobody, portal.log, "preview.look", id.to_string());
    let line = line.with(json!({ "link": link.id }));
    let which = link.id.clone();
    let counted = app
        .db
        .write("preview.look", async move |tx: &mut Tx| -> Result<bool, Problem> {
            let counted = store::looked(tx, &which).await?;
            if counted {
                audit::add(tx, line).await?;
            }
            Ok(counted)
        })
        .await?;
    Ok(counted.then_some((link, work)))
}
