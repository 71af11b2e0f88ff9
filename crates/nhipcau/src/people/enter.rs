//! The second step of a sign-in: a code of the authenticator app, or a recovery code.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Line, Who};
use super::ceremony::{self, What};
use super::factors::{self, Proof};
use super::forms::told;
use super::gate::Open;
use super::login::{self, Caller};
use super::pages::{NEXT, drawn, held, let_in, next, no_portal, not_entered, shell};
use super::session::Way;
use super::{Account, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

/// Where somebody goes after the sign-in, and the form that waits for it.
pub type Onward = (String, Vec<(String, String)>);

#[derive(Template)]
#[template(path = "people/second_step.html")]
struct SecondStep {
    shell: Shell,
    wrong: Option<String>,
    next: String,
    held: Vec<(String, String)>,
}

impl SecondStep {
    fn new(app: &App, visitor: &Visitor, portal: &Portal, (next, held): Onward) -> SecondStep {
        let shell = shell(app, visitor, portal, visitor.lang.desk().second_title);
        SecondStep { shell, wrong: None, next, held }
    }
}

/// The answer to somebody whose password was right: a session, or the question for the second factor.
///
/// # Errors
/// The database's.
pub async fn after_password(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    account: &Account,
    device: &str,
    onward: Onward,
) -> Result<Response, Problem> {
    let mut conn = app.db.read().await?;
    let twice = factors::has_totp(&mut conn, account.id).await?;
    drop(conn);
    if !twice {
        let token = login::begin(app, portal, account.id, Way::Password, device).await?;
        return Ok(let_in(app, visitor, portal, &token, onward));
    }
    let begun = ceremony::begin(app, visitor, What::SecondStep, Some(account.id), portal.log, String::new());
    let cookie = begun.await?;
    let page = SecondStep::new(app, visitor, portal, onward);
    let mut response = drawn(app, visitor, StatusCode::OK, &page);
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// `POST /dang-nhap/buoc-hai`
pub async fn second_step(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Open(form): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let caller = Caller::of(&visitor, &headers);
    let onward = (next(form.get(NEXT)), held(&form));
    let begun = match ceremony::find(&app, &visitor, &headers, What::SecondStep, portal.log).await {
        Ok(begun) => begun,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let Some((begun, account)) = begun.and_then(|begun| Some((begun.clone(), begun.account?))) else {
        return not_entered(&app, &visitor, &portal, ceremony::over());
    };
    let entered = async {
        let proof = prove(&app, &portal, account, form.get("ma"), &caller).await?;
        let log = portal.log;
        login::begin_after(
            &app,
            &portal,
            account,
            Way::SecondFactor,
            caller.device,
            async move |tx: &mut Tx| {
                begun.end(tx).await?;
                use_up(tx, account, log, proof).await
            },
        )
        .await
    };
    match entered.await {
        Ok(token) => let_in(&app, &visitor, &portal, &token, onward),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                let page =
                    SecondStep { wrong: Some(why), ..SecondStep::new(&app, &visitor, &portal, onward) };
                drawn(&app, &visitor, status, &page)
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// Checks a code; a wrong one is counted like a wrong password.
///
/// # Errors
/// It is wrong or was used; to wait; the account was closed meanwhile.
pub async fn prove(
    app: &App,
    portal: &Portal,
    account: Uuid,
    code: &str,
    caller: &Caller<'_>,
) -> Result<Proof, Problem> {
    login::may_try(app, Some(account), caller).await?;
    let mut conn = app.db.read().await?;
    let open = store::account(&mut conn, account).await?.is_some_and(|account| !account.closed);
    drop(conn);
    match factors::check(app, account, code).await? {
        Some(proof) if open => Ok(proof),
        _ => {
            login::failed(app, portal, Some(account), caller).await?;
            Err(wrong_code())
        }
    }
}

/// Uses a code up; a recovery code is noted in the audit trail.
///
/// # Errors
/// Somebody was quicker; or the database's.
pub async fn use_up(tx: &mut Tx, account: Uuid, log: i64, proof: Proof) -> Result<(), Problem> {
    if !factors::used(tx, account, proof).await? {
        return Err(wrong_code());
    }
    if let Proof::Recovery(_) = proof {
        let left = factors::codes_left(tx.conn(), account).await?;
        let line = Line::new(Who::Account(account), log, "recovery.used", account.to_string());
        audit::add(tx, line.with(json!({ "left": left }))).await?;
    }
    Ok(())
}

fn wrong_code() -> Problem {
    Problem::Forbidden {
        vi: "Mã chưa đúng, đã hết hạn hoặc đã dùng rồi. Chờ ứng dụng hiện mã mới rồi nhập lại; xem đồng hồ của điện thoại có đúng giờ không.".into(),
        en: "The code is wrong, too old, or was used already. Wait for the app's next one and type that; see that the phone's clock is right.".into(),
    }
}
