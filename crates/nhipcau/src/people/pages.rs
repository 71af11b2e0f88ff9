//! The pages at the door of the console: signing in and out, choosing a password, what a role does not cover.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::audit;
use super::forms::{Fields, Filled, KEY};
use super::gate::{Open, Staff};
use super::login::{self, Caller};
use super::session::{self, Token, Way, no_cookie};
use super::{Duty, Role, invite, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::{failure, fault_page, guard};
use crate::web::error_view::Fault;
use crate::web::shell::{NavLink, Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Where the console begins.
pub const HOME: &str = "/ban-lam-viec";
const SIGN_IN: &str = "/dang-nhap";
/// The field that says where to go after signing in.
const NEXT: &str = "tiep";
/// Fields of a form that waits for a sign-in are sent under this prefix.
const HELD: &str = "giu.";
/// Where the held form is to be sent.
const HELD_FOR: &str = "gui-den";

/// What the console's frame needs beside the shell.
pub struct Desk {
    /// Who is signed in.
    pub name: String,
    /// What the forms of this page must carry.
    pub form_key: String,
    /// The navigation.
    pub nav: Vec<NavLink>,
    /// What was just done, if anything.
    pub said: Option<String>,
}

impl Desk {
    /// The frame for somebody; `here` is the path of the current entry of the navigation.
    pub fn of(staff: &Staff, lang: Lang, here: &str, said: Option<String>) -> Desk {
        let w = lang.desk();
        let entries = [
            (HOME, w.nav_home, Duty::Work),
            ("/ban-lam-viec/tin/moi", w.nav_write, Duty::Write),
            ("/ban-lam-viec/da-dang", w.nav_issued, Duty::Write),
        ];
        let nav = entries
            .into_iter()
            .filter(|(_, _, duty)| staff.may(*duty))
            .map(|(path, label, _)| NavLink { href: lang.path(path), label, current: path == here })
            .collect();
        Desk { name: staff.account.name.clone(), form_key: staff.form_key.clone(), nav, said }
    }
}

/// The shell of a page of the console.
pub fn shell(app: &App, visitor: &Visitor, portal: &Portal, title: &str) -> Shell {
    let mut shell = portal.shell(app, visitor, Section::Elsewhere);
    shell.portal.parent = Some(visitor.lang.desk().console.to_owned());
    shell.title = Some(title.to_owned());
    shell.feeds = None;
    shell
}

/// A drawn page of the console.
pub fn drawn(app: &App, visitor: &Visitor, status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let mut response =
                (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            guard(response.headers_mut());
            response
        }
        Err(error) => failure(app, visitor, Problem::Ours(error.into())),
    }
}

/// The answer to a form that was carried out: the next page, by GET.
pub fn see(lang: Lang, path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, lang.path(path))]).into_response()
}

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignIn {
    shell: Shell,
    /// What is wrong, and the login that was typed.
    wrong: Option<String>,
    login: String,
    next: String,
    held: Vec<(String, String)>,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default, rename = "tiep")]
    next: String,
}

/// A path of the console on this host; anything else is its home, so that a link leads nowhere foreign.
fn next(asked: &str) -> String {
    let (_, path) = Lang::of_path(asked);
    let plain = path.bytes().all(|b| b.is_ascii_graphic()) && !path.contains(['\\', '"', '<', '>']);
    let inside = path == HOME || path.strip_prefix(HOME).is_some_and(|rest| rest.starts_with(['/', '?']));
    if plain && inside { path.to_owned() } else { HOME.to_owned() }
}

/// `GET /dang-nhap`
pub async fn sign_in_page(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let page = SignIn {
        shell: shell(&app, &visitor, &portal, visitor.lang.desk().sign_in),
        wrong: None,
        login: String::new(),
        next: next(&asked.next),
        held: Vec::new(),
    };
    drawn(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /dang-nhap`
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Open(form): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let device = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let caller = Caller { from: visitor.client, device };
    let signed_in = async {
        let account = login::check(&app, &portal, form.get("ten"), form.get("mat-khau"), &caller).await?;
        login::begin(&app, &portal, account, Way::Password, device).await
    };
    let token = match signed_in.await {
        Ok(token) => token,
        Err(problem @ (Problem::Forbidden { .. } | Problem::NotNow { .. })) => {
            let (status, why) = match (&problem, visitor.lang) {
                (Problem::Forbidden { vi, .. }, Lang::Vi) => (StatusCode::FORBIDDEN, vi.clone()),
                (Problem::NotNow { vi, .. }, Lang::Vi) => (StatusCode::TOO_MANY_REQUESTS, vi.clone()),
                (Problem::Forbidden { .. }, _) => (StatusCode::FORBIDDEN, problem.to_string()),
                _ => (StatusCode::TOO_MANY_REQUESTS, problem.to_string()),
            };
            let page = SignIn {
                shell: shell(&app, &visitor, &portal, visitor.lang.desk().sign_in),
                wrong: Some(why),
                login: form.get("ten").chars().take(64).collect(),
                next: next(form.get(NEXT)),
                held: held(&form),
            };
            return drawn(&app, &visitor, status, &page);
        }
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let mut response = match held(&form) {
        held if held.is_empty() => see(visitor.lang, &next(form.get(NEXT))),
        held => {
            let page = GoOn {
                shell: shell(&app, &visitor, &portal, visitor.lang.desk().go_on_title),
                to: visitor.lang.path(&next(form.get(HELD_FOR))),
                form_key: token.form_key(),
                // As the form that was sent; the page's own key takes the place of the old session's.
                held: held
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix(HELD)?.to_owned(), value)))
                    .collect(),
            };
            drawn(&app, &visitor, StatusCode::OK, &page)
        }
    };
    response.headers_mut().extend(token.cookie(visitor.secure()).map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

#[derive(Template)]
#[template(path = "people/go_on.html")]
struct GoOn {
    shell: Shell,
    to: String,
    form_key: String,
    held: Vec<(String, String)>,
}

/// What a form holds for after the sign-in.
fn held(form: &Fields) -> Vec<(String, String)> {
    form.pairs().iter().filter(|(name, _)| name.starts_with(HELD) || name == HELD_FOR).cloned().collect()
}

/// The page that asks for a new sign-in and holds what was sent.
pub fn sign_in_again(app: &App, visitor: &Visitor, portal: &Portal, sent: &Fields) -> Response {
    let mut held: Vec<_> = sent
        .pairs()
        .iter()
        .filter(|(name, _)| name != KEY)
        .map(|(name, value)| (format!("{HELD}{name}"), value.clone()))
        .collect();
    held.push((HELD_FOR.to_owned(), next(&visitor.path)));
    let page = SignIn {
        shell: shell(app, visitor, portal, visitor.lang.desk().sign_in),
        wrong: Some(visitor.lang.desk().session_ended.to_owned()),
        login: String::new(),
        next: HOME.to_owned(),
        held,
    };
    drawn(app, visitor, StatusCode::UNAUTHORIZED, &page)
}

/// Sends somebody who is not signed in to the door, and back afterwards.
pub fn sign_in_first(visitor: &Visitor) -> Response {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair(NEXT, &next(&visitor.path)).finish();
    see(visitor.lang, &format!("{SIGN_IN}?{query}"))
}

/// `POST /ban-lam-viec/dang-xuat`
pub async fn sign_out(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(_): Filled) -> Response {
    let (token, line) = (staff.session.token.clone(), staff.line("logout", staff.account.id.to_string()));
    let account = staff.account.id;
    let ended = app.db.write("session.end", async move |tx: &mut Tx| -> Result<(), Problem> {
        session::end(tx, account, token).await?;
        Ok(audit::add(tx, line).await?)
    });
    if let Err(problem) = ended.await {
        return failure(&app, &visitor, problem);
    }
    let mut response = see(visitor.lang, SIGN_IN);
    response.headers_mut().extend(no_cookie(visitor.secure()).map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

#[derive(Template)]
#[template(path = "people/choose.html")]
struct Choose {
    shell: Shell,
    name: String,
    login: String,
    wrong: Option<String>,
}

/// `GET /loi-moi/{token}`
pub async fn choose_page(State(app): State<App>, visitor: Visitor, Path(link): Path<String>) -> Response {
    choose_with(&app, &visitor, &link, None).await
}

async fn choose_with(app: &App, visitor: &Visitor, link: &str, wrong: Option<String>) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(app, visitor) };
    let found = async {
        let link = Token::read(link).ok_or(Problem::NotFound("link"))?;
        let mut conn = app.db.read().await?;
        let account = invite::account(&mut conn, &link, app.clock.micros()).await?;
        match account {
            Some(id) => store::account(&mut conn, id).await?.ok_or(Problem::NotFound("account")),
            None => Err(login::used_up()),
        }
    };
    match found.await {
        Ok(account) => {
            let page = Choose {
                shell: shell(app, visitor, &portal, visitor.lang.desk().choose_title),
                name: account.name,
                login: account.login,
                wrong,
            };
            let status = if page.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /loi-moi/{token}`: sets the password and signs in.
pub async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    headers: HeaderMap,
    Open(form): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let w = visitor.lang.desk();
    if form.get("mat-khau") != form.get("mat-khau-lai") {
        return choose_with(&app, &visitor, &link, Some(w.choose_differ.to_owned())).await;
    }
    let Some(token) = Token::read(&link) else {
        return failure(&app, &visitor, Problem::NotFound("link"));
    };
    let set = login::set_by_link(&app, &portal, &token, form.get("mat-khau").to_owned()).await;
    let account = match set {
        Ok(account) => account,
        Err(Problem::Invalid(faults)) => {
            let why = faults.into_iter().map(|f| if visitor.lang == Lang::Vi { f.vi } else { f.en });
            let why = why.collect::<Vec<_>>().join(" ");
            return choose_with(&app, &visitor, &link, Some(why)).await;
        }
        Err(problem) => return failure(&app, &visitor, problem),
    };
    // A role is asked for at this portal as at every sign-in; without one the next page says so.
    let device = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match login::begin(&app, &portal, account, Way::Password, device).await {
        Ok(token) => {
            let mut response = see(visitor.lang, HOME);
            let cookie = token.cookie(visitor.secure()).map(|cookie| (header::SET_COOKIE, cookie));
            response.headers_mut().extend(cookie);
            response
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

#[derive(Template)]
#[template(path = "people/not_yours.html")]
struct NotYours {
    shell: Shell,
    desk: Desk,
    needs: String,
    has: String,
}

/// The page of a route that asks for a role that this person does not have.
pub fn not_yours(app: &App, visitor: &Visitor, staff: &Staff, duty: Duty) -> Response {
    let lang = visitor.lang;
    let names = |roles: &mut dyn Iterator<Item = &Role>| {
        roles.map(|role| role.name(lang)).collect::<Vec<_>>().join(", ")
    };
    let page = NotYours {
        shell: shell(app, visitor, &staff.portal, lang.desk().not_yours),
        desk: Desk::of(staff, lang, "", None),
        needs: names(&mut duty.roles().iter()),
        has: names(&mut staff.roles.iter()),
    };
    drawn(app, visitor, StatusCode::FORBIDDEN, &page)
}

fn no_portal(app: &App, visitor: &Visitor) -> Response {
    fault_page(app, visitor, Fault::UnknownHost { host: visitor.host.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_to_the_console_and_nowhere_else() {
        for (asked, to) in [
            ("/ban-lam-viec/tin/1?a=b", "/ban-lam-viec/tin/1?a=b"),
            ("/en/ban-lam-viec", "/ban-lam-viec"),
            ("/ban-lam-viecx", HOME),
            ("//evil.vn/ban-lam-viec", HOME),
            ("https://evil.vn", HOME),
            ("/ban-lam-viec\r\nx", HOME),
            ("", HOME),
        ] {
            assert_eq!(next(asked), to, "{asked}");
        }
    }
}
