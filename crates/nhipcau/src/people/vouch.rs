//! A person proves who they are to a command: login, password, and the second step where they have one. The same door as the
//! sign-in: the same counting of failures, the same rules about who must prove it twice; no session comes of it.

use std::collections::BTreeSet;

use serde_json::json;

use super::audit::{self, Line, Who};
use super::login::{self, Caller};
use super::{Account, Role, enter, factors, gate};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::{Fault, Problem};

/// What a person gives to prove who they are.
pub struct Given<'a> {
    /// The login.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code of the authenticator app, or a recovery code; used up.
    pub code: Option<&'a str>,
}

/// Whoever has proved who they are, with the roles that they hold at the portal today.
///
/// # Errors
/// Not known, the code is missing or wrong, to wait; no role at this portal; a second step is demanded and not set up.
pub async fn vouch(
    app: &App,
    portal: &Portal,
    given: &Given<'_>,
    caller: &Caller<'_>,
) -> Result<(Account, BTreeSet<Role>), Problem> {
    let account = login::check(app, portal, given.login, given.password, caller).await?;
    let mut conn = app.db.read().await?;
    let twice = factors::has_totp(&mut conn, account.id).await?;
    let roles = gate::roles_at(app, &mut conn, account.id, portal).await?;
    drop(conn);
    let proof = match (twice, given.code) {
        (true, Some(code)) => Some(enter::prove(app, portal, account.id, code, caller).await?),
        (true, None) => return Err(code_is_due()),
        (false, _) if app.config.people.demanded.iter().any(|role| roles.contains(role)) => {
            return Err(Problem::Forbidden {
                vi: "Vai trò này phải có xác thực hai bước: hãy thiết lập ở bàn làm việc trước.".into(),
                en: "This role must prove twice who it is: set up the second step in the console first."
                    .into(),
            });
        }
        (false, _) => None,
    };
    let (id, log) = (account.id, portal.log);
    app.db
        .write("people.vouch", async move |tx: &mut Tx| -> Result<(), Problem> {
            super::store::set_failed(tx, id, 0, 0).await?;
            if let Some(proof) = proof {
                enter::use_up(tx, id, log, proof).await?;
            }
            let line = Line::new(Who::Account(id), log, "confirm", id.to_string());
            Ok(audit::add(tx, line.with(json!({ "way": "command" }))).await?)
        })
        .await?;
    Ok((account, roles))
}

fn code_is_due() -> Problem {
    Problem::Invalid(vec![Fault {
        field: "code".into(),
        vi: "Tài khoản này có bước thứ hai: nhập mã trên ứng dụng xác thực, hoặc một mã dự phòng.".into(),
        en: "This account has a second step: give the code of its authenticator app, or a recovery code."
            .into(),
    }])
}

/// The logins of those who may approve at a portal today: its own people, and those of agencies above on this node.
///
/// # Errors
/// The database's.
pub async fn approvers(app: &App, portal: &Portal) -> Result<Vec<String>, Problem> {
    let mut conn = app.db.read().await?;
    let directory = app.directory.load();
    let mut logins = BTreeSet::new();
    for here in app.portals.load().iter() {
        if here.log != portal.log && !directory.is_ancestor(&here.origin, &portal.origin) {
            continue;
        }
        for account in super::store::at_log(&mut conn, here.log).await? {
            let roles = gate::roles_at(app, &mut conn, account.id, portal).await?;
            if !account.closed && super::Duty::Approve.met_by(&roles) {
                logins.insert(account.login);
            }
        }
    }
    Ok(logins.into_iter().collect())
}
