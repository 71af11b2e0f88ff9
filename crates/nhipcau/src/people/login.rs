//! Signing in by password: who it is, or how long to wait; the same answer for a wrong name and a wrong password.

use std::net::IpAddr;

use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Line, Who};
use super::session::{self, Token, Way};
use super::{gate, store, tries};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::words::{Lang, number};

/// Somebody at the door.
pub struct Caller<'a> {
    /// From where.
    pub from: Option<IpAddr>,
    /// The browser's own words.
    pub device: &'a str,
}

/// Why somebody is not let in, in both languages.
fn not_known() -> Problem {
    Problem::Forbidden {
        vi: "Tên đăng nhập hoặc mật khẩu chưa đúng. Quên mật khẩu thì xin quản trị của cơ quan một liên kết đặt lại.".into(),
        en: "The login or the password is wrong. If you forgot it, ask your agency's administrator for a link to set a new one.".into(),
    }
}

fn wait(seconds: u64) -> Problem {
    Problem::NotNow {
        vi: format!(
            "Đã thử sai nhiều lần. Hãy đợi {} rồi thử lại, hoặc xin quản trị của cơ quan một liên kết đặt lại mật khẩu.",
            number::duration(Lang::Vi, seconds * 1000)
        ),
        en: format!(
            "Too many failures. Wait {} and try again, or ask your agency's administrator for a link to set a new password.",
            number::duration(Lang::En, seconds * 1000)
        ),
    }
}

/// Checks login and password at a portal. Returns the account's id.
///
/// # Errors
/// Not known; to wait; no role at this portal.
pub async fn check(
    app: &App,
    portal: &Portal,
    typed: &str,
    password: &str,
    caller: &Caller<'_>,
) -> Result<Uuid, Problem> {
    let now = app.clock.micros();
    let late = caller.from.map_or(0, |from| app.people.tries.wait(from, now));
    if late > 0 {
        return Err(wait(late));
    }
    let mut conn = app.db.read().await?;
    let account = match super::login(typed) {
        Ok(login) => store::by_login(&mut conn, &login).await?.filter(|account| !account.closed),
        Err(_) => None,
    };
    let secret = match &account {
        Some(account) => store::secret(&mut conn, account.id).await?,
        None => None,
    };
    drop(conn);
    if let Some(secret) = secret.as_ref().filter(|secret| secret.free_at > now) {
        let seconds = (secret.free_at - now).max(0).unsigned_abs().div_ceil(1_000_000);
        return Err(wait(seconds));
    }
    let too_long = password.len() > super::password::MOST;
    let kept = secret.as_ref().map(|secret| secret.password.clone()).filter(|_| !too_long);
    let given = if too_long { String::new() } else { password.to_owned() };
    let fits = app.people.hasher.verify(given, kept).await?;
    let Some(account) = account.filter(|_| fits) else {
        if let Some(from) = caller.from {
            app.people.tries.failed(from, now);
        }
        failed(app, portal, typed).await?;
        return Err(not_known());
    };
    let mut conn = app.db.read().await?;
    if gate::roles_at(app, &mut conn, account.id, portal).await?.is_empty() {
        return Err(Problem::Forbidden {
            vi: format!("Tài khoản này chưa được giao vai trò nào ở {}.", portal.domain),
            en: format!("This account has no role at {}.", portal.domain),
        });
    }
    Ok(account.id)
}

/// Counts a failure against the account, if there is one, and notes it.
async fn failed(app: &App, portal: &Portal, typed: &str) -> Result<(), Problem> {
    let (log, login) = (portal.log, super::login(typed).ok());
    app.db
        .write("login.failed", async move |tx: &mut Tx| -> Result<(), Problem> {
            let account = match login {
                Some(login) => store::by_login(tx.conn(), &login).await?,
                None => None,
            };
            // Of a name that nobody has, nothing is kept: it may be a password typed into the wrong field.
            let Some(account) = account else { return Ok(()) };
            let before = store::secret(tx.conn(), account.id).await?.map_or(0, |secret| secret.failed);
            let (failed, now) = (before + 1, tx.ledger.now());
            store::set_failed(tx, account.id, failed, tries::free_at(failed, now)).await?;
            let line = Line::new(Who::Nobody, log, "login.failed", account.id.to_string());
            Ok(audit::add(tx, line.with(json!({ "failures": failed }))).await?)
        })
        .await
}

/// Begins a session for somebody who has proved who they are. Returns its token.
///
/// # Errors
/// The database's.
pub async fn begin(
    app: &App,
    portal: &Portal,
    account: Uuid,
    way: Way,
    device: &str,
) -> Result<Token, Problem> {
    let token = Token::new(&app.dice)?;
    let (log, given) = (portal.log, token.clone());
    let device: String = device.chars().filter(|c| !c.is_control()).take(200).collect();
    app.db
        .write("login.begin", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::set_failed(tx, account, 0, 0).await?;
            session::begin(tx, &given, account, log, way, device).await?;
            let line = Line::new(Who::Account(account), log, "login", account.to_string());
            Ok(audit::add(tx, line.with(json!({ "way": way.word() }))).await?)
        })
        .await?;
    Ok(token)
}

/// Sets the password by a one-time link, and uses the link up. All sessions of the account end. Returns the account.
///
/// # Errors
/// The link is used up or too old; the password is weak.
pub async fn set_by_link(
    app: &App,
    portal: &Portal,
    link: &Token,
    password: String,
) -> Result<Uuid, Problem> {
    let mut conn = app.db.read().await?;
    let account = super::invite::account(&mut conn, link, app.clock.micros()).await?;
    let account = match account {
        Some(id) => store::account(&mut conn, id).await?.filter(|account| !account.closed),
        None => None,
    };
    drop(conn);
    let account = account.ok_or_else(used_up)?;
    if let Some((vi, en)) = super::password::weak(&password, &[&account.login, &account.name, &portal.domain])
    {
        return Err(Problem::Invalid(vec![crate::problem::Fault {
            field: "password".into(),
            vi: vi.into(),
            en: en.into(),
        }]));
    }
    let hash = app.people.hasher.hash(password, &app.dice).await?;
    let (id, log, link) = (account.id, portal.log, link.clone());
    app.db
        .write("password.set", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !super::invite::used(tx, &link).await? {
                return Err(used_up());
            }
            store::set_password(tx, id, hash).await?;
            session::end_others(tx, id, None).await?;
            let line = Line::new(Who::Account(id), log, "password.set", id.to_string());
            Ok(audit::add(tx, line.with(json!({ "by": "link" }))).await?)
        })
        .await?;
    Ok(id)
}

/// A one-time link that is of no use any more.
pub fn used_up() -> Problem {
    Problem::refused(
        "Liên kết này đã được dùng hoặc đã quá ba ngày. Hãy xin quản trị của cơ quan một liên kết mới.",
        "This link was used, or is older than three days. Ask your agency's administrator for a new one.",
    )
}
