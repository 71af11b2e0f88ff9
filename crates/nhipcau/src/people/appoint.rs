//! Accounts made and closed, roles given and taken: what an administrator does, on a page, by command or by program.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vietnam::text::nfc;

use super::audit::{self, Line, Who};
use super::session::{self, Token};
use super::{Account, Role, invite, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::{Fault, Problem};
use crate::words::date;

/// Somebody who is to work at an agency.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// What is typed to sign in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The roles: `editor`, `publisher`, `signer`, `clerk`, `leader`, `administrator`.
    pub roles: Vec<String>,
    /// True if the roles hold in the agencies under this one too.
    #[serde(default)]
    pub below: bool,
    /// First day; today if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Last day; until further notice if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What a newcomer is given.
#[derive(Clone, Debug, Serialize)]
pub struct Invited {
    /// The login.
    pub login: String,
    /// The path of the one-time link, on the portal's host.
    pub link: String,
    /// The last instant at which it works, RFC 3339.
    pub until: String,
}

/// Makes an account with roles at a portal and a one-time link to choose a password.
///
/// # Errors
/// What is wrong with a field; the login is taken.
pub async fn invite(app: &App, portal: &Portal, who: Who, new: Newcomer) -> Result<Invited, Problem> {
    let mut faults = Vec::new();
    let login = super::login(&new.login).unwrap_or_else(|(vi, en)| {
        faults.push(fault("login", vi, en));
        String::new()
    });
    let name = nfc(new.name.trim());
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        faults.push(fault(
            "name",
            "Hãy ghi họ tên, nhiều nhất 100 ký tự.",
            "Give the name, 100 characters at most.",
        ));
    }
    let roles = roles(&new.roles, &mut faults);
    let days = days(app, new.since, new.until, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let account = Account { id: app.dice.id(&app.clock)?, login: login.clone(), name, closed: false };
    let (token, log, below) = (Token::new(&app.dice)?, portal.log, new.below);
    let link = invite::path(&token);
    app.db
        .write("people.invite", async move |tx: &mut Tx| -> Result<(), Problem> {
            if store::by_login(tx.conn(), &account.login).await?.is_some() {
                return Err(Problem::Invalid(vec![fault(
                    "login",
                    "Tên đăng nhập này đã có trên máy chủ. Chọn tên khác, hoặc giao thêm vai trò cho tài khoản đó.",
                    "This login exists on this node. Choose another, or give that account a further role.",
                )]));
            }
            let now = tx.ledger.now();
            store::add(tx, &account, now).await?;
            for role in &roles {
                store::appoint(tx, account.id, log, *role, below, days).await?;
            }
            invite::keep(tx, &token, account.id).await?;
            let words: Vec<_> = roles.iter().map(|role| role.word()).collect();
            let line = Line::new(who, log, "account.add", account.id.to_string());
            Ok(audit::add(tx, line.with(json!({ "roles": words, "below": below }))).await?)
        })
        .await?;
    Ok(Invited { login, link, until: link_ends(app) })
}

/// Gives an account a new one-time link: the way back in for whoever lost password or device. Its sessions end when the link is used.
///
/// # Errors
/// There is no such account with a role at this portal.
pub async fn link(app: &App, portal: &Portal, who: Who, login: &str) -> Result<Invited, Problem> {
    let account = at(app, portal, login).await?;
    let (token, log, id) = (Token::new(&app.dice)?, portal.log, account.id);
    let link = invite::path(&token);
    app.db
        .write("people.link", async move |tx: &mut Tx| -> Result<(), Problem> {
            invite::keep(tx, &token, id).await?;
            Ok(audit::add(tx, Line::new(who, log, "account.link", id.to_string())).await?)
        })
        .await?;
    Ok(Invited { login: account.login, link, until: link_ends(app) })
}

/// A change of what somebody may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appoint {
    /// The roles that are given or changed.
    pub roles: Vec<String>,
    /// True to take them away instead.
    #[serde(default)]
    pub dismiss: bool,
    /// True if they hold in the agencies under this one too.
    #[serde(default)]
    pub below: bool,
    /// First day; today if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Last day; until further notice if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Gives or takes roles at a portal.
///
/// # Errors
/// What is wrong with a field; no such account; the last administrator would be gone.
pub async fn appoint(
    app: &App,
    portal: &Arc<Portal>,
    who: Who,
    login: &str,
    change: Appoint,
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let roles = roles(&change.roles, &mut faults);
    let days = days(app, change.since, change.until, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let account = known(app, login).await?;
    let (log, origin) = (portal.log, portal.origin.clone());
    let today = date::day(app.clock.now());
    app.db
        .write("people.appoint", async move |tx: &mut Tx| -> Result<(), Problem> {
            for role in &roles {
                if change.dismiss {
                    store::dismiss(tx, account.id, log, *role).await?;
                } else {
                    store::appoint(tx, account.id, log, *role, change.below, days).await?;
                }
            }
            an_administrator_stays(tx, log, &origin, today).await?;
            let act = if change.dismiss { "role.dismiss" } else { "role.appoint" };
            let words: Vec<_> = roles.iter().map(|role| role.word()).collect();
            let line = Line::new(who, log, act, account.id.to_string());
            Ok(audit::add(tx, line.with(json!({ "roles": words, "below": change.below }))).await?)
        })
        .await
}

/// Closes an account, or opens it again. A closed one is signed out everywhere at once.
///
/// # Errors
/// No such account with a role at this portal; the last administrator would be gone.
pub async fn close(
    app: &App,
    portal: &Arc<Portal>,
    who: Who,
    login: &str,
    closed: bool,
) -> Result<(), Problem> {
    let account = at(app, portal, login).await?;
    let (log, origin) = (portal.log, portal.origin.clone());
    let today = date::day(app.clock.now());
    app.db
        .write("people.close", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::close(tx, account.id, closed).await?;
            an_administrator_stays(tx, log, &origin, today).await?;
            if closed {
                session::end_others(tx, account.id, None).await?;
            }
            let act = if closed { "account.close" } else { "account.open" };
            Ok(audit::add(tx, Line::new(who, log, act, account.id.to_string())).await?)
        })
        .await
}

/// Refuses a step that would leave a portal with accounts and no administrator among them.
async fn an_administrator_stays(
    tx: &mut Tx,
    log: i64,
    origin: &network::names::Origin,
    today: Date,
) -> Result<(), Problem> {
    let accounts = store::at_log(tx.conn(), log).await?;
    for account in accounts.iter().filter(|account| !account.closed) {
        let appointments = store::appointments(tx.conn(), account.id).await?;
        if super::roles(&appointments, origin, today, |_| false).contains(&Role::Administrator) {
            return Ok(());
        }
    }
    if accounts.is_empty() {
        return Ok(());
    }
    Err(Problem::refused(
        "Sau bước này cơ quan không còn quản trị nào. Hãy giao vai trò quản trị cho một người khác trước.",
        "After this step the agency has no administrator. Give somebody else that role first.",
    ))
}

/// An account by its login, whatever its roles.
async fn known(app: &App, login: &str) -> Result<Account, Problem> {
    let login = super::login(login).map_err(|(vi, en)| Problem::Invalid(vec![fault("login", vi, en)]))?;
    let mut conn = app.db.read().await?;
    store::by_login(&mut conn, &login).await?.ok_or(Problem::NotFound("account"))
}

/// An account that has a role at a portal: nobody reaches those of other agencies.
///
/// # Errors
/// There is none.
pub async fn at(app: &App, portal: &Portal, login: &str) -> Result<Account, Problem> {
    let account = known(app, login).await?;
    let mut conn = app.db.read().await?;
    let here = store::appointments(&mut conn, account.id).await?.iter().any(|a| a.origin == portal.origin);
    if here { Ok(account) } else { Err(Problem::NotFound("account")) }
}

fn fault(field: &str, vi: &str, en: &str) -> Fault {
    Fault { field: field.into(), vi: vi.into(), en: en.into() }
}

fn roles(words: &[String], faults: &mut Vec<Fault>) -> Vec<Role> {
    if words.is_empty() {
        faults.push(fault("roles", "Hãy chọn ít nhất một vai trò.", "Choose at least one role."));
    }
    let mut roles: Vec<Role> = Vec::new();
    for word in words {
        match Role::of(word) {
            Some(role) => roles.push(role),
            None => faults.push(Fault {
                field: "roles".into(),
                vi: format!("Không có vai trò “{word}”; có: editor, publisher, signer, clerk, leader, administrator."),
                en: format!("There is no role {word:?}; there are editor, publisher, signer, clerk, leader, administrator."),
            }),
        }
    }
    roles
}

fn days(
    app: &App,
    since: Option<Date>,
    until: Option<Date>,
    faults: &mut Vec<Fault>,
) -> (Date, Option<Date>) {
    let since = since.unwrap_or_else(|| date::day(app.clock.now()));
    if until.is_some_and(|until| until < since) {
        faults.push(fault(
            "until",
            "Ngày cuối phải từ ngày đầu trở đi.",
            "The last day must not be before the first.",
        ));
    }
    (since, until)
}

fn link_ends(app: &App) -> String {
    crate::clock::instant(app.clock.micros() + invite::LASTS).to_string()
}
