//! People: who works at the agencies of this node, what each may do, and what each has done.
//!
//! An account is one person. An appointment gives it a role in one agency, for a time, and in the agencies under it
//! where that is said. `gate` lets a request through that holds a session and a role that the route asks for; without
//! it no page of the console is drawn. `audit` keeps what was done and seen, and is only ever added to.

pub mod accounts;
pub mod appoint;
pub mod audit;
pub mod ceremony;
pub mod choose;
pub mod confirm;
pub mod device;
pub mod enter;
pub mod factors;
pub mod forms;
pub mod gate;
pub mod go_on;
pub mod invite;
pub mod journey;
pub mod login;
pub mod mine;
pub mod pages;
pub mod passkey;
pub mod password;
pub mod provider;
pub mod seal;
pub mod session;
pub mod store;
pub mod tap;
pub mod trail;
pub mod tries;
pub mod twice;
pub mod upload;
pub mod vouch;

use std::collections::BTreeSet;
use std::fmt;

use axum::routing::{get, post};
use jiff::civil::Date;
use network::names::Origin;
use uuid::Uuid;

use crate::clock::Dice;
use crate::config::Config;
use crate::web::routes::{Route, desk_form, desk_page, door_form, door_page};
use crate::words::{DeskWords, Lang};

/// What the door of one node keeps in memory.
pub struct Door {
    /// Works on passwords.
    pub hasher: password::Hasher,
    /// What network addresses have tried.
    pub tries: tries::Tries,
    /// Keeps second factors.
    pub seal: seal::Seal,
    /// What the identity provider says of itself.
    pub provider: provider::Known,
}

impl Door {
    /// One that nobody has knocked at; its key is opened, or made.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn open(config: &Config, dice: &Dice) -> anyhow::Result<Door> {
        Ok(Door {
            hasher: password::Hasher::new(dice)?,
            tries: tries::Tries::default(),
            seal: seal::Seal::open(&config.keys, dice)?,
            provider: provider::Known::default(),
        })
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        door_page("/dang-nhap", "sign in", get(pages::sign_in_page)),
        door_form("/dang-nhap", "sign in", post(pages::sign_in)),
        door_form("/dang-nhap/buoc-hai", "sign in: the second step", post(enter::second_step)),
        door_form("/dang-nhap/khoa-truy-cap", "a passkey's challenge", post(tap::challenge)),
        door_form("/dang-nhap/khoa-truy-cap/xong", "sign in by a passkey", post(tap::sign_in)),
        door_page("/dang-nhap/nha-cung-cap", "to the identity provider", get(journey::leave)),
        door_page(journey::BACK, "back from the identity provider", get(journey::back)),
        door_page("/loi-moi/{link}", "choose a password by a one-time link", get(choose::page)),
        door_form("/loi-moi/{link}", "choose a password by a one-time link", post(choose::choose)),
        desk_form("/ban-lam-viec/dang-xuat", Duty::Work, "sign out", post(pages::sign_out)),
        desk_page(confirm::PAGE, Duty::Work, "prove again who one is", get(confirm::page)),
        desk_form(confirm::PAGE, Duty::Work, "prove again who one is", post(confirm::prove)),
        desk_page(accounts::PAGE, Duty::People, "who works here", get(accounts::list)),
        desk_form(accounts::PAGE, Duty::People, "invite somebody", post(accounts::invite)),
        desk_page(
            "/ban-lam-viec/can-bo/{login}",
            Duty::People,
            "somebody who works here",
            get(accounts::person),
        ),
        desk_form(
            "/ban-lam-viec/can-bo/{login}",
            Duty::People,
            "roles, a new link, closing",
            post(accounts::change),
        ),
        desk_page(trail::PAGE, Duty::Audit, "the audit trail", get(trail::page)),
        desk_form(trail::PAGE, Duty::Audit, "the audit trail as JSON lines", post(trail::export)),
    ];
    let own = |path, what, handler| desk_form(path, Duty::Work, what, handler);
    routes.extend([
        desk_page(mine::PAGE, Duty::Work, "my account", get(mine::page)),
        own("/ban-lam-viec/tai-khoan/mat-khau", "change my password", post(mine::password)),
        own("/ban-lam-viec/tai-khoan/phien", "end my sessions", post(mine::sessions)),
        own("/ban-lam-viec/tai-khoan/hai-buoc", "set up or remove my authenticator app", post(twice::totp)),
        own("/ban-lam-viec/tai-khoan/ma-du-phong", "new recovery codes", post(twice::codes)),
        own(
            "/ban-lam-viec/tai-khoan/khoa-truy-cap/moi",
            "a new passkey's challenge",
            post(twice::passkey_challenge),
        ),
        own("/ban-lam-viec/tai-khoan/khoa-truy-cap", "keep a new passkey", post(twice::passkey_made)),
        own("/ban-lam-viec/tai-khoan/khoa-truy-cap/bo", "remove a passkey", post(twice::passkey_gone)),
        own("/ban-lam-viec/xac-nhan/khoa-truy-cap", "a passkey's challenge", post(confirm::challenge)),
    ]);
    routes
}

/// What somebody does at an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Writes and hands in for review.
    Editor,
    /// Checks what others wrote, approves and issues it.
    Publisher,
    /// Answers for the text of official documents.
    Signer,
    /// Receives petitions and passes them on.
    Clerk,
    /// Leads the agency: may approve anything, and override in an emergency.
    Leader,
    /// Keeps accounts, the audit trail and the portal's look; issues nothing.
    Administrator,
}

impl Role {
    /// All of them, in the order in which people meet them.
    pub const ALL: [Role; 6] =
        [Role::Editor, Role::Publisher, Role::Signer, Role::Clerk, Role::Leader, Role::Administrator];

    /// The word that is stored and typed.
    pub fn word(self) -> &'static str {
        match self {
            Role::Editor => "editor",
            Role::Publisher => "publisher",
            Role::Signer => "signer",
            Role::Clerk => "clerk",
            Role::Leader => "leader",
            Role::Administrator => "administrator",
        }
    }

    /// The role behind a word.
    pub fn of(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// What it is called.
    pub fn name(self, lang: Lang) -> &'static str {
        let w: &DeskWords = lang.desk();
        match self {
            Role::Editor => w.role_editor,
            Role::Publisher => w.role_publisher,
            Role::Signer => w.role_signer,
            Role::Clerk => w.role_clerk,
            Role::Leader => w.role_leader,
            Role::Administrator => w.role_administrator,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a route of the console asks of whoever calls it. Finer questions (whose draft, in which stage) are for the noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// Any role at the agency.
    Work,
    /// Writing: editors and whoever is above them.
    Write,
    /// Approving, issuing, withdrawing.
    Approve,
    /// Handling petitions, and approving answers to them.
    Petitions,
    /// Accounts and appointments.
    People,
    /// Reading the audit trail.
    Audit,
    /// What becomes of agencies below: mergers, divisions.
    Agencies,
    /// The record of a breach of personal data.
    Breaches,
    /// What holds for the whole node: its calendar.
    Node,
}

impl Duty {
    /// All of them.
    pub const ALL: [Duty; 9] = [
        Duty::Work,
        Duty::Write,
        Duty::Approve,
        Duty::Petitions,
        Duty::People,
        Duty::Audit,
        Duty::Agencies,
        Duty::Breaches,
        Duty::Node,
    ];

    /// Who may.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Duty::Work => &Role::ALL,
            Duty::Write => &[Role::Editor, Role::Publisher, Role::Signer, Role::Leader],
            Duty::Approve => &[Role::Publisher, Role::Signer, Role::Leader],
            Duty::Petitions => &[Role::Publisher, Role::Clerk, Role::Leader],
            Duty::People | Duty::Node => &[Role::Administrator],
            Duty::Audit | Duty::Agencies | Duty::Breaches => &[Role::Administrator, Role::Leader],
        }
    }

    /// True if one of these roles is enough.
    pub fn met_by(self, roles: &BTreeSet<Role>) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}

/// Who an account is.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// What is typed to sign in: 2 to 64 of `a-z`, `0-9`, `.`, `-`, `_`, `@`.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// True if it may not sign in any more.
    pub closed: bool,
    /// Our number for the log of the agency that made it and keeps it.
    pub home: i64,
}

/// A role in an agency, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The agency's log.
    pub origin: Origin,
    /// The role.
    pub role: Role,
    /// True if it holds in the agencies under that one too.
    pub below: bool,
    /// First day.
    pub since: Date,
    /// Last day; `None` until further notice.
    pub until: Option<Date>,
}

impl Appointment {
    /// True on the days on which it holds.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.since <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// The roles that these appointments give in the agency of `origin` on a day; `above` says whether an agency is over it.
pub fn roles(
    appointments: &[Appointment],
    origin: &Origin,
    day: Date,
    above: impl Fn(&Origin) -> bool,
) -> BTreeSet<Role> {
    appointments
        .iter()
        .filter(|a| a.holds(day))
        .filter(|a| a.origin == *origin || (a.below && above(&a.origin)))
        .map(|a| a.role)
        .collect()
}

/// What somebody typed to sign in, as it is stored: lower case, without blanks around it.
///
/// # Errors
/// What is wrong with it, in Vietnamese and in English.
pub fn login(typed: &str) -> Result<String, (&'static str, &'static str)> {
    let login = typed.trim().to_ascii_lowercase();
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_@".contains(&b);
    if (2..=64).contains(&login.len()) && login.bytes().all(fits) {
        return Ok(login);
    }
    Err((
        "Tên đăng nhập gồm 2 đến 64 ký tự: chữ a–z không dấu, chữ số, và các dấu . - _ @.",
        "A login has 2 to 64 of a-z, digits and . - _ @.",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_appointment_holds_for_its_days_and_its_agency() {
        let (a, b): (Origin, Origin) = ("a.vn/log".parse().unwrap(), "b.vn/log".parse().unwrap());
        let day = |text: &str| text.parse::<Date>().unwrap();
        let editor = |below| Appointment {
            origin: a.clone(),
            role: Role::Editor,
            below,
            since: day("2026-11-01"),
            until: Some(day("2026-11-30")),
        };
        let on = |below, origin: &Origin, text| {
            roles(&[editor(below)], origin, day(text), |above| *above == a).len()
        };
        assert_eq!(
            [on(false, &a, "2026-10-31"), on(false, &a, "2026-11-01"), on(false, &a, "2026-11-30")],
            [0, 1, 1]
        );
        assert_eq!(
            [on(false, &a, "2026-12-01"), on(false, &b, "2026-11-15"), on(true, &b, "2026-11-15")],
            [0, 0, 1]
        );
    }

    #[test]
    fn an_administrator_issues_nothing_and_an_editor_approves_nothing() {
        let only = |role| BTreeSet::from([role]);
        assert!(!Duty::Approve.met_by(&only(Role::Administrator)));
        assert!(!Duty::Write.met_by(&only(Role::Administrator)));
        assert!(!Duty::Approve.met_by(&only(Role::Editor)));
        assert!(Duty::Work.met_by(&only(Role::Clerk)) && !Duty::Write.met_by(&only(Role::Clerk)));
        assert!(!Duty::Work.met_by(&BTreeSet::new()));
    }

    #[test]
    fn a_login_is_plain_letters() {
        assert_eq!(login(" An.Nguyen@xa-a "), Ok("an.nguyen@xa-a".to_owned()));
        assert!(login("nguyễn").is_err() && login("a").is_err() && login("").is_err());
    }
}
