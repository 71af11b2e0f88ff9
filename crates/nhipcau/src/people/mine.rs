//! My account: the password, where I am signed in, and what proves a second time that it is me.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;

use super::forms::{Filled, Wrong};
use super::gate::Staff;
use super::login::{self, Caller};
use super::pages::{Desk, Done, drawn, see, shell};
use super::session::{self, Session};
use super::{audit, confirm, device, factors, passkey, store};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date, number};

/// Where it is.
pub const PAGE: &str = "/ban-lam-viec/tai-khoan";

/// A session on the page.
struct SessionRow {
    /// By which it is ended: the hash of its token.
    id: String,
    device: String,
    /// The browser's own words.
    said: String,
    portal: String,
    begun: String,
    seen: String,
    way: &'static str,
    here: bool,
}

/// A passkey on the page.
struct PasskeyRow {
    id: String,
    name: String,
    since: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "people/mine.html")]
struct Mine {
    shell: Shell,
    desk: Desk,
    wrong: Wrong,
    login: String,
    /// True if the sign-in has a second step.
    totp: bool,
    /// Recovery codes left, in words.
    left: String,
    few: bool,
    passkeys: Vec<PasskeyRow>,
    sessions: Vec<SessionRow>,
    /// True if a role of this person demands a second factor first.
    demanded: bool,
    /// Where to prove who one is, if that is due before a passkey can be made.
    prove: Option<String>,
    script: &'static str,
}

/// The way back to the page, with what was done.
pub fn done(lang: Lang, what: &str) -> Response {
    see(lang, &format!("{PAGE}?xong={what}"))
}

/// `GET /ban-lam-viec/tai-khoan`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.desk();
    let said = match done.word() {
        "mat-khau" => Some(w.mine_done_password),
        "phien" => Some(w.mine_done_session),
        "bo-ung-dung" => Some(w.mine_done_totp_off),
        "khoa" => Some(w.mine_done_passkey),
        "bo-khoa" => Some(w.mine_done_passkey_off),
        _ => None,
    };
    show(&app, &visitor, &staff, StatusCode::OK, Wrong::default(), said).await
}

/// The page with what is wrong on it.
pub async fn refused(app: &App, visitor: &Visitor, staff: &Staff, problem: Problem) -> Response {
    match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => show(app, visitor, staff, status, wrong, None).await,
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn show(
    app: &App,
    visitor: &Visitor,
    staff: &Staff,
    status: StatusCode,
    wrong: Wrong,
    said: Option<&str>,
) -> Response {
    match drawn_for(app, visitor, staff, wrong, said).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn drawn_for(
    app: &App,
    visitor: &Visitor,
    staff: &Staff,
    wrong: Wrong,
    said: Option<&str>,
) -> Result<Mine, Problem> {
    let (lang, id, now) = (visitor.lang, staff.account.id, app.clock.now());
    let w = lang.desk();
    let mut conn = app.db.read().await?;
    let totp = factors::has_totp(&mut conn, id).await?;
    let left = factors::codes_left(&mut conn, id).await?;
    let passkeys = passkey::of(&mut conn, id).await?;
    let sessions = session::of(&mut conn, id).await?;
    drop(conn);
    let lives = app.clock.micros();
    Ok(Mine {
        shell: shell(app, visitor, &staff.portal, w.mine_title),
        desk: Desk::of(staff, lang, PAGE, said.map(str::to_owned)),
        wrong,
        login: staff.account.login.clone(),
        totp,
        left: w.codes_left(number::whole(lang, left.max(0).unsigned_abs())),
        few: left < 3,
        passkeys: passkeys
            .into_iter()
            .map(|kept| PasskeyRow {
                id: hex::encode(&kept.id),
                name: kept.name,
                since: date::short(lang, instant(kept.since), now),
                used: kept.used.map(|at| date::short(lang, instant(at), now)),
            })
            .collect(),
        sessions: sessions
            .into_iter()
            .filter(|session| session.lives(lives))
            .map(|session| row(app, lang, staff, session, now))
            .collect(),
        demanded: staff.demanded,
        prove: (!staff.session.fresh(lives)).then(|| confirm::way(PAGE)),
        script: assets::passkey(),
    })
}

fn row(app: &App, lang: Lang, staff: &Staff, session: Session, now: Timestamp) -> SessionRow {
    let portals = app.portals.load().all();
    let portal = portals.iter().find(|portal| portal.log == session.log);
    SessionRow {
        id: hex::encode(&session.token),
        device: device::name(&session.device),
        portal: portal.map_or_else(String::new, |portal| portal.domain.to_string()),
        begun: date::short(lang, instant(session.begun), now),
        seen: date::short(lang, instant(session.seen), now),
        way: session.way().name(lang),
        here: session.token == staff.session.token,
        said: session.device,
    }
}

/// `POST /ban-lam-viec/tai-khoan/mat-khau`
pub async fn password(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    headers: HeaderMap,
    Filled(form): Filled,
) -> Response {
    let (new, again) = (form.get("mat-khau-moi"), form.get("mat-khau-lai"));
    if new != again {
        let fault = Fault {
            field: "again".into(),
            vi: Lang::Vi.desk().choose_differ.into(),
            en: Lang::En.desk().choose_differ.into(),
        };
        return refused(&app, &visitor, &staff, Problem::Invalid(vec![fault])).await;
    }
    let caller = Caller::of(&visitor, &headers);
    match login::change_password(&app, &staff, form.get("mat-khau-cu"), new.to_owned(), &caller).await {
        Ok(()) => done(visitor.lang, "mat-khau"),
        Err(problem) => refused(&app, &visitor, &staff, problem).await,
    }
}

/// `POST /ban-lam-viec/tai-khoan/phien`: ends one session, or all the others.
pub async fn sessions(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(form): Filled,
) -> Response {
    let (id, own) = (staff.account.id, staff.session.token.clone());
    let one = hex::decode(form.get("phien")).unwrap_or_default();
    let line = staff.line("session.end", id.to_string());
    let ended = app.db.write("session.end", async move |tx: &mut Tx| -> Result<(), Problem> {
        match one.is_empty() {
            true => session::end_others(tx, id, Some(&own)).await?,
            // One that has ended meanwhile is ended.
            false => drop(session::end(tx, id, one).await?),
        }
        Ok(audit::add(tx, line).await?)
    });
    match ended.await {
        Ok(()) => done(visitor.lang, "phien"),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Takes every second factor of an account away and ends its sessions: the way back for whoever lost all of them.
///
/// # Errors
/// The account is not kept here; or the database's.
pub async fn reset(
    app: &App,
    portal: &crate::agencies::Portal,
    who: audit::Who,
    login: &str,
) -> Result<(), Problem> {
    let account = super::appoint::kept(app, portal, who, login).await?;
    let (id, log) = (account.id, portal.log);
    app.db
        .write("people.reset", async move |tx: &mut Tx| -> Result<(), Problem> {
            factors::forget(tx, id).await?;
            passkey::forget_all(tx, id).await?;
            store::set_failed(tx, id, 0, 0).await?;
            session::end_others(tx, id, None).await?;
            Ok(audit::add(tx, audit::Line::new(who, log, "factors.reset", id.to_string())).await?)
        })
        .await
}
