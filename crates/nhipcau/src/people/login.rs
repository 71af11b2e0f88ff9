//! Signing in by password: who it is, or how long to wait; the same answer for a wrong name and a wrong password.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Line, Who};
use super::gate::Staff;
use super::session::{self, Token, Way};
use super::{Account, gate, store, tries};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::{Fault, Problem};
use crate::web::visitor::Visitor;
use crate::words::{Lang, number};

/// Somebody at the door.
pub struct Caller<'a> {
    /// From where.
    pub from: Option<IpAddr>,
    /// The browser's own words.
    pub device: &'a str,
}

impl<'a> Caller<'a> {
    /// Whoever sends a request.
    pub fn of(visitor: &Visitor, headers: &'a HeaderMap) -> Caller<'a> {
        let device = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Caller { from: visitor.client, device: device.unwrap_or_default() }
    }
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

/// Checks login and password at a portal. Returns the account.
///
/// # Errors
/// Not known; to wait; no role at this portal.
pub async fn check(
    app: &App,
    portal: &Portal,
    typed: &str,
    password: &str,
    caller: &Caller<'_>,
) -> Result<Account, Problem> {
    let mut conn = app.db.read().await?;
    let account = match super::login(typed) {
        Ok(login) => store::by_login(&mut conn, &login).await?.filter(|account| !account.closed),
        Err(_) => None,
    };
    drop(conn);
    let fits = fits(app, portal, account.as_ref(), password, caller).await?;
    let account = account.filter(|_| fits).ok_or_else(not_known)?;
    works_at(app, portal, &account).await?;
    Ok(account)
}

/// Refuses an account without a role at a portal.
///
/// # Errors
/// It has none.
pub async fn works_at(app: &App, portal: &Portal, account: &Account) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    if !gate::roles_at(app, &mut conn, account.id, portal).await?.is_empty() {
        return Ok(());
    }
    Err(Problem::Forbidden {
        vi: format!("Tài khoản này chưa được giao vai trò nào ở {}.", portal.domain),
        en: format!("This account has no role at {}.", portal.domain),
    })
}

/// Checks the password of somebody who is signed in.
///
/// # Errors
/// It is wrong; to wait.
pub async fn prove(
    app: &App,
    portal: &Portal,
    account: &Account,
    password: &str,
    caller: &Caller<'_>,
) -> Result<(), Problem> {
    match fits(app, portal, Some(account), password, caller).await? {
        true => Ok(()),
        false => Err(Problem::Forbidden {
            vi: "Mật khẩu chưa đúng.".into(),
            en: "The password is wrong.".into(),
        }),
    }
}

/// Whether this is the account's password; a failure is counted. It takes as long for nobody's.
async fn fits(
    app: &App,
    portal: &Portal,
    account: Option<&Account>,
    password: &str,
    caller: &Caller<'_>,
) -> Result<bool, Problem> {
    let secret = may_try(app, account.map(|account| account.id), caller).await?;
    let too_long = password.len() > super::password::MOST;
    let kept = secret.map(|secret| secret.password).filter(|_| !too_long);
    let given = if too_long { String::new() } else { password.to_owned() };
    let fits = app.people.hasher.verify(given, kept).await?;
    if !fits {
        failed(app, portal, account.map(|account| account.id), caller).await?;
    }
    Ok(fits)
}

/// Refuses a try that comes too soon after failures, of this address or for this account.
///
/// # Errors
/// How long to wait.
pub async fn may_try(
    app: &App,
    account: Option<Uuid>,
    caller: &Caller<'_>,
) -> Result<Option<store::Secret>, Problem> {
    let now = app.clock.micros();
    let late = caller.from.map_or(0, |from| app.people.tries.wait(from, now));
    if late > 0 {
        return Err(wait(late));
    }
    let Some(account) = account else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let secret = store::secret(&mut conn, account).await?;
    match secret.as_ref().map_or(0, |secret| tries::left(secret.free_at, now)) {
        late if late > 0 => Err(wait(late.unsigned_abs().div_ceil(1_000_000))),
        _ => Ok(secret),
    }
}

/// Counts a failure against the address and, if there is one, the account, and notes it. Of a name that nobody has
/// nothing is kept: it may be a password typed into the wrong field.
///
/// # Errors
/// The database's.
pub async fn failed(
    app: &App,
    portal: &Portal,
    account: Option<Uuid>,
    caller: &Caller<'_>,
) -> Result<(), Problem> {
    if let Some(from) = caller.from {
        app.people.tries.failed(from, app.clock.micros());
    }
    let log = portal.log;
    app.db
        .write("login.failed", async move |tx: &mut Tx| -> Result<(), Problem> {
            let Some(account) = account else { return Ok(()) };
            let before = store::secret(tx.conn(), account).await?.map_or(0, |secret| secret.failed);
            let (failed, now) = (before + 1, tx.ledger.now());
            store::set_failed(tx, account, failed, tries::free_at(failed, now)).await?;
            let line = Line::new(Who::Nobody, log, "login.failed", account.to_string());
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
    begin_after(app, portal, account, way, device, async |_| Ok(())).await
}

/// The same, with what it follows from in one transaction: a code used up, a ceremony ended.
///
/// # Errors
/// Those of `first`; the database's.
pub async fn begin_after(
    app: &App,
    portal: &Portal,
    account: Uuid,
    way: Way,
    device: &str,
    first: impl AsyncFnOnce(&mut Tx) -> Result<(), Problem> + Send + 'static,
) -> Result<Token, Problem> {
    let token = Token::new(&app.dice)?;
    let (log, given) = (portal.log, token.clone());
    let device: String = device.chars().filter(|c| !c.is_control()).take(200).collect();
    app.db
        .write("login.begin", async move |tx: &mut Tx| -> Result<(), Problem> {
            first(tx).await?;
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
) -> Result<Account, Problem> {
    let mut conn = app.db.read().await?;
    let account = super::invite::account(&mut conn, link, app.clock.micros()).await?;
    let account = match account {
        Some(id) => store::account(&mut conn, id).await?.filter(|account| !account.closed),
        None => None,
    };
    drop(conn);
    let account = account.ok_or_else(used_up)?;
    good_enough(portal, &account, &password)?;
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
    Ok(account)
}

/// Refuses a weak password.
fn good_enough(portal: &Portal, account: &Account, password: &str) -> Result<(), Problem> {
    match super::password::weak(password, &[&account.login, &account.name, &portal.domain]) {
        None => Ok(()),
        Some((vi, en)) => {
            Err(Problem::Invalid(vec![Fault { field: "password".into(), vi: vi.into(), en: en.into() }]))
        }
    }
}

/// Sets a new password of somebody who has typed the old one. All sessions but the one with this token end.
///
/// # Errors
/// The old one is wrong; the new one is weak; to wait.
pub async fn change_password(
    app: &App,
    staff: &Staff,
    old: &str,
    new: String,
    caller: &Caller<'_>,
) -> Result<(), Problem> {
    let (portal, account) = (&staff.portal, &staff.account);
    match prove(app, portal, account, old, caller).await {
        Err(Problem::Forbidden { vi, en }) => {
            return Err(Problem::Invalid(vec![Fault { field: "old".into(), vi, en }]));
        }
        other => other?,
    }
    good_enough(portal, account, &new)?;
    let hash = app.people.hasher.hash(new, &app.dice).await?;
    let (id, session) = (account.id, staff.session.token.clone());
    let line = staff.line("password.set", id.to_string()).with(json!({ "by": "change" }));
    app.db
        .write("password.change", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::set_password(tx, id, hash).await?;
            session::end_others(tx, id, Some(&session)).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// A one-time link that is of no use any more.
pub fn used_up() -> Problem {
    Problem::refused(
        "Liên kết này đã được dùng hoặc đã quá ba ngày. Hãy xin quản trị của cơ quan một liên kết mới.",
        "This link was used, or is older than three days. Ask your agency's administrator for a new one.",
    )
}
