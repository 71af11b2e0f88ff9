//! Accounts made and closed, roles given and taken: what an administrator does, on a page, by command or by program.
//!
//! An account is kept by the agency that made it, its home: only an administrator there gives it a new link, closes it or
//! ends its sessions, for whoever could would enter every other agency in its name. Any agency may give it roles of its own
//! and take those back. Nobody changes their own; roles that hold below are given only by whoever holds theirs below too.
//! The node's token may do all of it: it is the documented way back.

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
    if new.below {
        may_give_below(app, portal, who).await?;
    }
    let account =
        Account { id: app.dice.id(&app.clock)?, login: login.clone(), name, closed: false, home: portal.log };
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
            store::add(tx, &account).await?;
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
    let account = kept(app, portal, who, login).await?;
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
    not_oneself(who, &account)?;
    if change.below && !change.dismiss {
        may_give_below(app, portal, who).await?;
    }
    let (log, origin) = (portal.log, portal.origin.clone());
    let today = date::day(app.clock.now());
    app.db
        .write("people.appoint", async move |tx: &mut Tx| -> Result<(), Problem> {
            let before = has_administrator(tx, log, &origin, today).await?;
            for role in &roles {
                if change.dismiss {
                    store::dismiss(tx, account.id, log, *role).await?;
                } else {
                    store::appoint(tx, account.id, log, *role, change.below, days).await?;
                }
            }
            if before && !has_administrator(tx, log, &origin, today).await? {
                return Err(the_last());
            }
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
    let account = kept(app, portal, who, login).await?;
    let (log, origin) = (portal.log, portal.origin.clone());
    let today = date::day(app.clock.now());
    app.db
        .write("people.close", async move |tx: &mut Tx| -> Result<(), Problem> {
            let before = has_administrator(tx, log, &origin, today).await?;
            store::close(tx, account.id, closed).await?;
            if before && !has_administrator(tx, log, &origin, today).await? {
                return Err(the_last());
            }
            if closed {
                session::end_others(tx, account.id, None).await?;
            }
            let act = if closed { "account.close" } else { "account.open" };
            Ok(audit::add(tx, Line::new(who, log, act, account.id.to_string())).await?)
        })
        .await
}

/// Ends the sessions of somebody at a portal: a lost or forgotten device.
///
/// # Errors
/// No such account at this portal.
pub async fn end_sessions(app: &App, portal: &Portal, who: Who, login: &str) -> Result<(), Problem> {
    let account = at(app, portal, login).await?;
    let log = portal.log;
    app.db
        .write("people.end", async move |tx: &mut Tx| -> Result<(), Problem> {
            session::end_at(tx, account.id, log).await?;
            Ok(audit::add(tx, Line::new(who, log, "session.end", account.id.to_string())).await?)
        })
        .await
}

/// True if somebody at a portal keeps its accounts today.
async fn has_administrator(
    tx: &mut Tx,
    log: i64,
    origin: &network::names::Origin,
    today: Date,
) -> Result<bool, Problem> {
    let accounts = store::at_log(tx.conn(), log).await?;
    for account in accounts.iter().filter(|account| !account.closed) {
        let appointments = store::appointments(tx.conn(), account.id).await?;
        if super::roles(&appointments, origin, today, |_| false).contains(&Role::Administrator) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A step after which a portal that had an administrator has none.
fn the_last() -> Problem {
    Problem::refused(
        "Sau bước này cơ quan không còn quản trị nào. Hãy giao vai trò quản trị cho một người khác trước.",
        "After this step the agency has no administrator. Give somebody else that role first.",
    )
}

/// Refuses what somebody would do to their own roles or account: two people are asked for.
fn not_oneself(who: Who, account: &Account) -> Result<(), Problem> {
    if who != Who::Account(account.id) {
        return Ok(());
    }
    Err(Problem::refused(
        "Không ai tự đổi vai trò hay khóa tài khoản của chính mình. Nhờ một quản trị khác, hoặc chạy nhipcau people trên máy chủ.",
        "Nobody changes their own roles or closes their own account. Ask another administrator, or run nhipcau people on the node.",
    ))
}

/// Refuses roles that hold below from somebody whose own hold at this agency alone.
async fn may_give_below(app: &App, portal: &Portal, who: Who) -> Result<(), Problem> {
    let Who::Account(id) = who else { return Ok(()) };
    let mut conn = app.db.read().await?;
    let mut appointments = store::appointments(&mut conn, id).await?;
    appointments.retain(|a| a.below);
    let directory = app.directory.load();
    let above = |origin: &network::names::Origin| directory.is_ancestor(origin, &portal.origin);
    if super::roles(&appointments, &portal.origin, date::day(app.clock.now()), above)
        .contains(&Role::Administrator)
    {
        return Ok(());
    }
    Err(Problem::Invalid(vec![fault(
        "below",
        "Bạn là quản trị của riêng cơ quan này nên không giao được vai trò cho các cơ quan trực thuộc. Nhờ quản trị của cấp trên.",
        "You are administrator of this agency alone, so you cannot give roles that hold below it. Ask an administrator whose role does.",
    )]))
}

/// An account at a portal that `who` keeps: an administrator of its home does, and the token; nobody their own.
///
/// # Errors
/// There is none; it is another agency's; it is their own.
pub async fn kept(app: &App, portal: &Portal, who: Who, login: &str) -> Result<Account, Problem> {
    let account = at(app, portal, login).await?;
    not_oneself(who, &account)?;
    if keeps(app, who, &account).await? {
        return Ok(account);
    }
    Err(Problem::Forbidden {
        vi: "Tài khoản này do một cơ quan khác lập. Ở đây chỉ giao và thôi được vai trò của cơ quan mình; việc khác là của quản trị bên đó.".into(),
        en: "Another agency made this account. Here you give and take roles of your own agency; the rest is for its administrator.".into(),
    })
}

/// True if `who` is an administrator of the account's home, or the token.
///
/// # Errors
/// The database's.
pub async fn keeps(app: &App, who: Who, account: &Account) -> Result<bool, Problem> {
    let id = match who {
        Who::Token => return Ok(true),
        Who::Nobody => return Ok(false),
        Who::Account(id) => id,
    };
    let Some(home) = app.portals.load().find(|portal| portal.log == account.home) else {
        return Ok(false);
    };
    let mut conn = app.db.read().await?;
    Ok(super::gate::roles_at(app, &mut conn, id, &home).await?.contains(&Role::Administrator))
}

/// An account by its login, whatever its roles.
async fn known(app: &App, login: &str) -> Result<Account, Problem> {
    let login = super::login(login).map_err(|(vi, en)| Problem::Invalid(vec![fault("login", vi, en)]))?;
    let mut conn = app.db.read().await?;
    store::by_login(&mut conn, &login).await?.ok_or(Problem::NotFound("account"))
}

/// An account that a portal keeps or has given a role: nobody reaches those of other agencies.
///
/// # Errors
/// There is none.
pub async fn at(app: &App, portal: &Portal, login: &str) -> Result<Account, Problem> {
    let account = known(app, login).await?;
    let mut conn = app.db.read().await?;
    let here = account.home == portal.log
        || store::appointments(&mut conn, account.id).await?.iter().any(|a| a.origin == portal.origin);
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
