//! Signing in by a passkey: no name, no password. The page's script asks for a challenge and sends the browser's answer.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::ceremony::{self, What};
use super::confirm::{ANSWER, options};
use super::gate::Open;
use super::login::{self, Caller};
use super::pages::{NEXT, held, let_in, next, no_portal, not_entered};
use super::session::{Token, Way};
use super::{passkey, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::visitor::Visitor;

/// `POST /dang-nhap/khoa-truy-cap`: the challenge for any passkey of this host.
pub async fn challenge(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Open(_): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let result = async {
        login::may_try(&app, None, &Caller::of(&visitor, &headers)).await?;
        let asked = passkey::ask(&visitor, &portal, Vec::new())?;
        let begun = ceremony::begin(&app, &visitor, What::PasskeyEnters, None, portal.log, asked.state);
        Ok((asked.options, begun.await?))
    };
    options(&app, &visitor, result.await)
}

/// `POST /dang-nhap/khoa-truy-cap/xong`
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Open(form): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    match entered(&app, &visitor, &headers, &portal, form.get(ANSWER)).await {
        Ok(token) => let_in(&app, &visitor, &portal, &token, (next(form.get(NEXT)), held(&form))),
        Err(problem) => not_entered(&app, &visitor, &portal, problem),
    }
}

async fn entered(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    portal: &Portal,
    answer: &str,
) -> Result<Token, Problem> {
    let caller = Caller::of(visitor, headers);
    login::may_try(app, None, &caller).await?;
    let begun = ceremony::find(app, visitor, headers, What::PasskeyEnters, portal.log).await?;
    let begun = begun.ok_or_else(ceremony::over)?;
    let mut conn = app.db.read().await?;
    let proved = passkey::answered(&mut conn, visitor, portal, answer, &begun.state).await;
    let proved = match proved {
        Ok(proved) => proved,
        Err(problem) => {
            drop(conn);
            login::failed(app, portal, None, &caller).await?;
            return Err(problem);
        }
    };
    let account = store::account(&mut conn, proved.account).await?.filter(|account| !account.closed);
    drop(conn);
    let account = account.ok_or(Problem::Forbidden {
        vi: "Tài khoản của khóa truy cập này đã khóa. Hãy hỏi quản trị của cơ quan.".into(),
        en: "The account of this passkey is closed. Ask your agency's administrator.".into(),
    })?;
    login::works_at(app, portal, &account).await?;
    login::begin_after(app, portal, account.id, Way::Passkey, caller.device, async move |tx: &mut Tx| {
        begun.end(tx).await?;
        if passkey::used(tx, &proved).await? { Ok(()) } else { Err(ceremony::over()) }
    })
    .await
}
