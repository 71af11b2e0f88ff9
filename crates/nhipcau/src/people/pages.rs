//! The pages at the door of the console: signing in and out, choosing a password, what a role does not cover.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::audit;
use super::forms::{Fields, Filled, KEY, told};
use super::gate::{Open, Staff};
use super::go_on::go_on;
use super::login::{self, Caller};
use super::session::{self, Token, no_cookie};
use super::{Duty, Role, accounts, enter, mine, trail};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::{failure, fault_page, once};
use crate::web::assets;
use crate::web::error_view::Fault;
use crate::web::shell::{NavLink, Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Where the console begins.
pub const HOME: &str = "/ban-lam-viec";
/// Where one chooses what to write.
pub const WRITE: &str = "/ban-lam-viec/tin/moi";
/// What the agency has issued.
pub const ISSUED: &str = "/ban-lam-viec/da-dang";
const SIGN_IN: &str = "/dang-nhap";
/// Where somebody signs out.
pub const SIGN_OUT: &str = "/ban-lam-viec/dang-xuat";
/// The field that says where to go after signing in.
pub const NEXT: &str = "tiep";
/// Fields of a form that waits for a sign-in are sent under this prefix.
pub(super) const HELD: &str = "giu.";
/// Where the held form is to be sent.
const HELD_FOR: &str = "gui-den";

/// What the console's frame needs beside the shell.
pub struct Desk {
    /// Who is signed in.
    pub name: String,
    /// Their account: under it the page's script keeps what this browser holds of theirs.
    pub who: String,
    /// What the forms of this page must carry.
    pub form_key: String,
    /// The navigation.
    pub nav: Vec<NavLink>,
    /// What was just done, if anything.
    pub said: Option<String>,
    /// True if this person should set up a second factor.
    pub urged: bool,
}

impl Desk {
    /// The frame for somebody; `here` is the path of the current entry of the navigation.
    pub fn of(staff: &Staff, lang: Lang, here: &str, said: Option<String>) -> Desk {
        let w = lang.desk();
        let entries = [
            (HOME, w.nav_home, Duty::Work),
            (crate::assignments::HOME, w.nav_tasks, Duty::Work),
            (crate::opinions::HOME, lang.opinion().nav, Duty::Work),
            (crate::petitions::DESK, lang.petition_desk().nav, Duty::Petitions),
            (WRITE, w.nav_write, Duty::Write),
            (ISSUED, w.nav_issued, Duty::Write),
            (crate::annexes::HOME, lang.annex().nav, Duty::Write),
            (crate::sources::PAGE, lang.source().nav, Duty::Approve),
            (crate::outlets::PAGE, lang.outlet().nav, Duty::Approve),
            (crate::sightings::PAGE, lang.sighting().nav, Duty::Approve),
            (crate::channels::PAGE, lang.channel().nav, Duty::Work),
            (crate::bulletins::DESK, lang.bulletin().nav, Duty::Work),
            (accounts::PAGE, w.accounts_nav, Duty::People),
            (crate::agencies::merger::pages::PAGE, lang.agency().merger_nav, Duty::Agencies),
            (crate::breaches::pages::PAGE, lang.breach().nav, Duty::Breaches),
            (crate::operate::doctor::page::PAGE, lang.words().node_nav, Duty::Node),
            (crate::calendar::pages::PAGE, lang.calendar().nav, Duty::Node),
            (crate::petitions::authority::pages::PAGE, lang.authority().nav, Duty::Node),
            (crate::petitions::exchange::forward::pages::PAGE, lang.petition_forward().nav, Duty::Node),
            (trail::PAGE, w.trail_nav, Duty::Audit),
            (mine::PAGE, w.mine_nav, Duty::Work),
        ];
        let nav = entries
            .into_iter()
            .filter(|(_, _, duty)| staff.may(*duty))
            .map(|(path, label, _)| NavLink { href: lang.path(path), label, current: path == here })
            .collect();
        let urged = staff.urged && here == HOME;
        let who = staff.account.id.to_string();
        Desk { name: staff.account.name.clone(), who, form_key: staff.form_key.clone(), nav, said, urged }
    }

    /// What the current entry of the navigation is called, if the page belongs to one.
    pub fn here(&self) -> Option<&'static str> {
        self.nav.iter().find(|link| link.current).map(|link| link.label)
    }
}

/// The portal whose administrators look after what is the whole node's, where it is another one than this.
pub fn kept_elsewhere(app: &App, staff: &Staff, lang: Lang) -> Option<String> {
    let main = app.portals.load().main().filter(|main| main.log != staff.portal.log)?;
    Some(agencies::name(app.directory.load().agency(&main.origin), lang, &main.domain))
}

/// The shell of a page of the console.
pub fn shell(app: &App, visitor: &Visitor, portal: &Portal, title: &str) -> Shell {
    let mut shell = portal.shell(app, visitor, Section::Elsewhere);
    shell.portal.parent = Some(visitor.lang.desk().console.to_owned());
    shell.title = Some(title.to_owned());
    shell.feeds = None;
    shell
}

/// A page drawn for one visitor, as those of the console are.
pub fn drawn(app: &App, visitor: &Visitor, status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => once(visitor, status, html),
        Err(error) => failure(app, visitor, Problem::Ours(error.into())),
    }
}

/// What was just done, as the address of the page that comes after it says: `?xong=…`.
#[derive(Deserialize, Default)]
pub struct Done {
    #[serde(default)]
    xong: String,
}

impl Done {
    /// The word for it; empty if nothing was.
    pub fn word(&self) -> &str {
        &self.xong
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
    /// What the agency's identity provider is called, if there is one.
    provider: Option<String>,
    script: &'static str,
}

impl SignIn {
    fn new(app: &App, visitor: &Visitor, portal: &Portal) -> SignIn {
        SignIn {
            shell: shell(app, visitor, portal, visitor.lang.desk().sign_in),
            wrong: None,
            login: String::new(),
            next: HOME.to_owned(),
            held: Vec::new(),
            provider: app.config.people.provider.as_ref().map(|provider| provider.name.clone()),
            script: assets::passkey(),
        }
    }

    fn to(self, next: String) -> SignIn {
        SignIn { next, ..self }
    }

    /// The page again, with what was typed and what is wrong.
    fn refused(self, app: &App, visitor: &Visitor, problem: Problem) -> Response {
        match told(problem, visitor.lang) {
            Ok((status, why)) => drawn(app, visitor, status, &SignIn { wrong: Some(why), ..self }),
            Err(problem) => failure(app, visitor, problem),
        }
    }
}

/// The sign-in page with what went wrong on the way in.
pub fn not_entered(app: &App, visitor: &Visitor, portal: &Portal, problem: Problem) -> Response {
    SignIn::new(app, visitor, portal).refused(app, visitor, problem)
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Asked {
    /// The path.
    #[serde(default, rename = "tiep")]
    pub next: String,
}

/// A path of the console on this host; anything else is its home, so that a link leads nowhere foreign.
pub fn next(asked: &str) -> String {
    let (_, path) = Lang::of_path(asked);
    let plain = path.bytes().all(|b| b.is_ascii_graphic()) && !path.contains(['\\', '"', '<', '>']);
    let inside = path == HOME || path.strip_prefix(HOME).is_some_and(|rest| rest.starts_with(['/', '?']));
    if plain && inside { path.to_owned() } else { HOME.to_owned() }
}

/// `GET /dang-nhap`
pub async fn sign_in_page(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let page = SignIn::new(&app, &visitor, &portal).to(next(&asked.next));
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
    let caller = Caller::of(&visitor, &headers);
    let (to, held) = (next(form.get(NEXT)), held(&form));
    let entered = async {
        let account = login::check(&app, &portal, form.get("ten"), form.get("mat-khau"), &caller).await?;
        enter::after_password(&app, &visitor, &portal, &account, caller.device, (to.clone(), held.clone()))
            .await
    };
    match entered.await {
        Ok(response) => response,
        Err(problem) => {
            let page = SignIn {
                login: form.get("ten").chars().take(64).collect(),
                held,
                ..SignIn::new(&app, &visitor, &portal)
            };
            page.to(to).refused(&app, &visitor, problem)
        }
    }
}

/// The answer to whoever has proved who they are: the session's cookie and the way on, or the form that waited.
pub fn let_in(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    token: &Token,
    (to, held): (String, Vec<(String, String)>),
) -> Response {
    let mut response = match held.iter().find(|(name, _)| name == HELD_FOR) {
        None => see(visitor.lang, &to),
        Some((_, path)) => go_on(app, visitor, portal, (token.form_key(), false), &next(path), &held),
    };
    response.headers_mut().extend(token.cookie(visitor.secure()).map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// What a form holds for after the sign-in.
pub fn held(form: &Fields) -> Vec<(String, String)> {
    form.pairs().iter().filter(|(name, _)| name.starts_with(HELD) || name == HELD_FOR).cloned().collect()
}

/// A form that was sent, as another page holds it meanwhile; without the key, which will be another.
pub fn hold(sent: &Fields, path: &str) -> Vec<(String, String)> {
    let kept = sent.pairs().iter().filter(|(name, _)| name != KEY);
    let mut held: Vec<_> = kept.map(|(name, value)| (format!("{HELD}{name}"), value.clone())).collect();
    held.push((HELD_FOR.to_owned(), next(path)));
    held
}

/// The page that asks for a new sign-in and holds what was sent.
pub fn sign_in_again(app: &App, visitor: &Visitor, portal: &Portal, sent: &Fields) -> Response {
    let page = SignIn {
        wrong: Some(visitor.lang.desk().session_ended.to_owned()),
        held: hold(sent, &visitor.path),
        ..SignIn::new(app, visitor, portal)
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

/// The page of a host that is no portal's.
pub fn no_portal(app: &App, visitor: &Visitor) -> Response {
    fault_page(app, visitor, Fault::UnknownHost { host: visitor.host.clone() })
}

/// The answer to whoever must set up a second factor before anything else.
pub fn second_factor_first(app: &App, visitor: &Visitor, staff: &Staff, posted: bool) -> Response {
    if !posted {
        return see(visitor.lang, mine::PAGE);
    }
    let roles = app.config.people.demanded.iter().filter(|role| staff.roles.contains(role));
    let names = |lang| roles.clone().map(|role| role.name(lang)).collect::<Vec<_>>().join(", ");
    let problem = Problem::Forbidden {
        vi: Lang::Vi.desk().demanded_says(names(Lang::Vi)),
        en: Lang::En.desk().demanded_says(names(Lang::En)),
    };
    failure(app, visitor, problem)
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
