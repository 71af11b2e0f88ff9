//! Who works here: the pages on which an administrator invites, appoints, dismisses and closes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::appoint::{self, Appoint, Invited, Newcomer};
use super::forms::{Fields, Filled, Wrong};
use super::gate::Staff;
use super::pages::{Desk, drawn, see, shell};
use super::{Account, Appointment, Role, confirm, factors, mine, passkey, session, store};
use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// Where they are.
pub const PAGE: &str = "/ban-lam-viec/can-bo";

/// A role that somebody holds here.
struct Held {
    word: &'static str,
    name: &'static str,
    below: bool,
    since: String,
    until: Option<String>,
    /// True if it holds today.
    today: bool,
}

/// Somebody in the list.
struct Person {
    login: String,
    name: String,
    closed: bool,
    roles: Vec<Held>,
    /// True if another agency made the account.
    guest: bool,
}

/// A role that can be chosen.
struct Choice {
    word: &'static str,
    name: &'static str,
    says: &'static str,
    chosen: bool,
}

/// What stands in the fields of a form of roles.
struct RoleForm {
    choices: Vec<Choice>,
    below: bool,
    since: String,
    until: String,
}

impl RoleForm {
    fn of(form: &Fields, lang: Lang) -> RoleForm {
        let w = lang.desk();
        let says = |role| match role {
            Role::Editor => w.role_editor_says,
            Role::Publisher => w.role_publisher_says,
            Role::Signer => w.role_signer_says,
            Role::Clerk => w.role_clerk_says,
            Role::Leader => w.role_leader_says,
            Role::Administrator => w.role_administrator_says,
        };
        let choices = Role::ALL.map(|role| Choice {
            word: role.word(),
            name: role.name(lang),
            says: says(role),
            chosen: form.all("vai-tro").any(|word| word == role.word()),
        });
        RoleForm {
            choices: choices.into(),
            below: form.has("truc-thuoc"),
            since: form.get("tu-ngay").to_owned(),
            until: form.get("den-ngay").to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "people/accounts.html")]
struct Accounts {
    shell: Shell,
    desk: Desk,
    wrong: Wrong,
    people: Vec<Person>,
    /// What was typed.
    name: String,
    login: String,
    roles: RoleForm,
}

#[derive(Template)]
#[template(path = "people/link.html")]
struct Link {
    shell: Shell,
    desk: Desk,
    login: String,
    link: String,
    until: String,
}

#[derive(Template)]
#[template(path = "people/account.html")]
struct One {
    shell: Shell,
    desk: Desk,
    wrong: Wrong,
    person: Person,
    roles: RoleForm,
    /// How many sessions there are at this portal.
    sessions: usize,
    /// What proves a second time who this is, in words.
    second: Vec<&'static str>,
    /// True if the account is kept here and is not one's own: it can be closed, and given a link.
    kept: bool,
    own: bool,
}

impl One {
    /// Where the forms of the page are sent.
    fn to(&self) -> String {
        self.shell.to(&format!("{PAGE}/{}", self.person.login))
    }
}

fn held(appointments: Vec<Appointment>, staff: &Staff, lang: Lang, today: Date) -> Vec<Held> {
    let here = appointments.into_iter().filter(|a| a.origin == staff.portal.origin);
    here.map(|a| Held {
        word: a.role.word(),
        name: a.role.name(lang),
        below: a.below,
        since: date::date(lang, a.since),
        until: a.until.map(|day| date::date(lang, day)),
        today: a.holds(today),
    })
    .collect()
}

/// `GET /ban-lam-viec/can-bo`
pub async fn list(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    show_list(&app, &staff, &visitor, StatusCode::OK, Wrong::default(), &Fields::default()).await
}

async fn show_list(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    status: StatusCode,
    wrong: Wrong,
    form: &Fields,
) -> Response {
    let lang = visitor.lang;
    let people = async {
        let today = date::day(app.clock.now());
        let mut conn = app.db.read().await?;
        let mut people = Vec::new();
        for account in store::at_log(&mut conn, staff.portal.log).await? {
            let roles = held(store::appointments(&mut conn, account.id).await?, staff, lang, today);
            people.push(Person {
                guest: account.home != staff.portal.log,
                login: account.login,
                name: account.name,
                closed: account.closed,
                roles,
            });
        }
        Ok(people)
    };
    let people: Vec<Person> = match people.await {
        Ok(people) => people,
        Err(problem) => return failure(app, visitor, problem),
    };
    let page = Accounts {
        shell: shell(app, visitor, &staff.portal, lang.desk().accounts_title),
        desk: Desk::of(staff, lang, PAGE, None),
        wrong,
        people,
        name: form.get("ho-ten").to_owned(),
        login: form.get("ten-dang-nhap").to_owned(),
        roles: RoleForm::of(form, lang),
    };
    drawn(app, visitor, status, &page)
}

/// `POST /ban-lam-viec/can-bo`: invites somebody; the link is shown this once.
pub async fn invite(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let result = async {
        let (since, until) = days(&form)?;
        let new = Newcomer {
            login: form.get("ten-dang-nhap").to_owned(),
            name: form.get("ho-ten").to_owned(),
            roles: form.all("vai-tro").map(str::to_owned).collect(),
            below: form.has("truc-thuoc"),
            since,
            until,
        };
        appoint::invite(&app, &staff.portal, staff.who(), new).await
    };
    match result.await {
        Ok(invited) => link(&app, &staff, &visitor, invited),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => show_list(&app, &staff, &visitor, status, wrong, &form).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

fn link(app: &App, staff: &Staff, visitor: &Visitor, invited: Invited) -> Response {
    let lang = visitor.lang;
    let ends = crate::clock::instant(app.clock.micros() + super::invite::LASTS);
    let page = Link {
        shell: shell(app, visitor, &staff.portal, lang.desk().link_title),
        desk: Desk::of(staff, lang, PAGE, None),
        login: invited.login,
        link: format!("{}{}", visitor.base, lang.path(&invited.link)),
        until: date::in_sentence(lang, ends, app.clock.now()),
    };
    drawn(app, visitor, StatusCode::OK, &page)
}

/// The days of a form; an empty field is none.
fn days(form: &Fields) -> Result<(Option<Date>, Option<Date>), Problem> {
    let mut faults = Vec::new();
    let mut day = |name: &str, field: &str| match form.some(name) {
        None => None,
        Some(text) => text
            .parse()
            .map_err(|_| {
                faults.push(Fault {
                    field: field.into(),
                    vi: format!("“{text}” không phải một ngày; ghi như 2026-12-31."),
                    en: format!("{text:?} is not a date; write it like 2026-12-31."),
                });
            })
            .ok(),
    };
    let days = (day("tu-ngay", "since"), day("den-ngay", "until"));
    if faults.is_empty() { Ok(days) } else { Err(Problem::Invalid(faults)) }
}

/// `GET /ban-lam-viec/can-bo/{login}`
pub async fn person(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(login): Path<BTreeMap<String, String>>,
) -> Response {
    let login = login.get("login").cloned().unwrap_or_default();
    show_one(&app, &staff, &visitor, &login, StatusCode::OK, Wrong::default(), &Fields::default()).await
}

async fn show_one(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    login: &str,
    status: StatusCode,
    wrong: Wrong,
    form: &Fields,
) -> Response {
    let page = async {
        let account = appoint::at(app, &staff.portal, login).await?;
        one(app, staff, visitor, account, wrong, form).await
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn one(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    account: Account,
    wrong: Wrong,
    form: &Fields,
) -> Result<One, Problem> {
    let (lang, id) = (visitor.lang, account.id);
    let (w, own) = (lang.desk(), account.id == staff.account.id);
    let kept = !own && appoint::keeps(app, staff.who(), &account).await?;
    let mut conn = app.db.read().await?;
    let appointments = store::appointments(&mut conn, id).await?;
    let now = app.clock.micros();
    let sessions = session::of(&mut conn, id).await?;
    let mut second = Vec::new();
    if factors::has_totp(&mut conn, id).await? {
        second.push(w.account_totp);
    }
    if !passkey::of(&mut conn, id).await?.is_empty() {
        second.push(w.account_passkey);
    }
    Ok(One {
        shell: shell(app, visitor, &staff.portal, &account.name),
        desk: Desk::of(staff, lang, PAGE, None),
        wrong,
        person: Person {
            guest: account.home != staff.portal.log,
            roles: held(appointments, staff, lang, date::day(app.clock.now())),
            login: account.login,
            name: account.name,
            closed: account.closed,
        },
        roles: RoleForm::of(form, lang),
        sessions: sessions.iter().filter(|s| s.log == staff.portal.log && s.lives(now)).count(),
        second,
        kept,
        own,
    })
}

/// `POST /ban-lam-viec/can-bo/{login}`: one act on one person, named by the pressed button.
pub async fn change(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(login): Path<BTreeMap<String, String>>,
    Filled(form): Filled,
) -> Response {
    let login = login.get("login").cloned().unwrap_or_default();
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    match act(&app, &staff, &login, &form).await {
        Ok(Some(invited)) => link(&app, &staff, &visitor, invited),
        Ok(None) => see(visitor.lang, &format!("{PAGE}/{login}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => show_one(&app, &staff, &visitor, &login, status, wrong, &form).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn act(app: &App, staff: &Staff, login: &str, form: &Fields) -> Result<Option<Invited>, Problem> {
    let (portal, who) = (&staff.portal, staff.who());
    let roles = || form.all("vai-tro").map(str::to_owned).collect();
    match form.get("viec") {
        "giao" => {
            let (since, until) = days(form)?;
            let below = form.has("truc-thuoc");
            let change = Appoint { roles: roles(), dismiss: false, below, since, until };
            appoint::appoint(app, portal, who, login, change).await?;
        }
        "thoi" => {
            let change = Appoint { roles: roles(), dismiss: true, below: false, since: None, until: None };
            appoint::appoint(app, portal, who, login, change).await?;
        }
        "lien-ket" => return Ok(Some(appoint::link(app, portal, who, login).await?)),
        "khoa" => appoint::close(app, portal, who, login, true).await?,
        "mo" => appoint::close(app, portal, who, login, false).await?,
        "ket-thuc" => appoint::end_sessions(app, portal, who, login).await?,
        "dat-lai" => mine::reset(app, portal, who, login).await?,
        _ => return Err(Problem::NotFound("act")),
    }
    Ok(None)
}
