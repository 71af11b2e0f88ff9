//! Signing in by the agency's identity provider: there and back. No account is made by it: the login must be here.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::ceremony::{self, What};
use super::login::{self, Caller};
use super::pages::{Asked, let_in, next, no_portal, not_entered};
use super::provider::{self, Journey};
use super::session::{Token, Way};
use super::store;
use crate::agencies::Portal;
use crate::app::App;
use crate::config::Provider;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Where the provider sends the browser back to, at each portal's host.
pub const BACK: &str = "/dang-nhap/nha-cung-cap/ve";

/// `GET /dang-nhap/nha-cung-cap`: sends the browser to the provider.
pub async fn leave(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let Some(provider) = app.config.people.provider.as_ref() else {
        return failure(&app, &visitor, Problem::NotFound("identity provider"));
    };
    let sent = async {
        let back = format!("{}{BACK}", visitor.base);
        let begun = provider::begin(&app, provider, back, visitor.lang == Lang::En, next(&asked.next)).await;
        let (address, journey) = begun.map_err(|error| not_reached(provider, &error))?;
        let state = serde_json::to_string(&journey).map_err(anyhow::Error::from)?;
        let cookie = ceremony::begin(&app, &visitor, What::Provider, None, portal.log, state).await?;
        let head = [(header::LOCATION, address), (header::CACHE_CONTROL, "no-store".to_owned())];
        let mut response = (StatusCode::SEE_OTHER, head).into_response();
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        Ok(response)
    };
    match sent.await {
        Ok(response) => response,
        Err(problem) => not_entered(&app, &visitor, &portal, problem),
    }
}

/// What the browser brings back.
#[derive(Deserialize)]
pub struct Brought {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    iss: Option<String>,
}

/// `GET /dang-nhap/nha-cung-cap/ve`: the browser is back.
pub async fn back(
    State(app): State<App>,
    mut visitor: Visitor,
    headers: HeaderMap,
    Query(brought): Query<Brought>,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let Some(provider) = app.config.people.provider.as_ref() else {
        return failure(&app, &visitor, Problem::NotFound("identity provider"));
    };
    let begun = match ceremony::find(&app, &visitor, &headers, What::Provider, portal.log).await {
        Ok(Some(begun)) => begun,
        Ok(None) => return not_entered(&app, &visitor, &portal, ceremony::over()),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let Ok(journey) = serde_json::from_str::<Journey>(&begun.state) else {
        return not_entered(&app, &visitor, &portal, ceremony::over());
    };
    if journey.english {
        visitor.lang = Lang::En;
    }
    // The address holds what is of use once: whatever comes now is the last of this journey.
    let ended = begun.clone();
    let over = app.db.write("provider.back", async move |tx: &mut Tx| ended.end(tx).await).await;
    let caller = Caller::of(&visitor, &headers);
    let entered = match over {
        Ok(()) => entered(&app, &portal, provider, &journey, &brought, &caller).await,
        Err(problem) => Err(problem),
    };
    match entered {
        Ok(token) => let_in(&app, &visitor, &portal, &token, (journey.next, Vec::new())),
        Err(problem) => not_entered(&app, &visitor, &portal, problem),
    }
}

async fn entered(
    app: &App,
    portal: &Portal,
    provider: &Provider,
    journey: &Journey,
    brought: &Brought,
    caller: &Caller<'_>,
) -> Result<Token, Problem> {
    login::may_try(app, None, caller).await?;
    // Another provider's answer must not be taken for this one's (RFC 9207).
    let mixed = brought.iss.as_ref().is_some_and(|iss| *iss != provider.issuer);
    if !journey.fits(&brought.state) || mixed {
        login::failed(app, portal, None, caller).await?;
        return Err(ceremony::over());
    }
    if !brought.error.is_empty() {
        let error: String = brought.error.chars().filter(|c| !c.is_control()).take(60).collect();
        tracing::info!(error, "the identity provider let nobody in");
        return Err(Problem::Forbidden {
            vi: format!(
                "{} không cho đăng nhập (“{error}”). Hãy thử lại, hoặc dùng mật khẩu.",
                provider.name
            ),
            en: format!("{} did not sign you in ({error:?}). Try again, or use the password.", provider.name),
        });
    }
    let said = match provider::end(app, provider, journey, &brought.code).await {
        Ok(said) => said,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an identity provider's answer proves nothing");
            login::failed(app, portal, None, caller).await?;
            return Err(Problem::Forbidden {
                vi: format!(
                    "Câu trả lời của {} không chứng minh được bạn là ai. Hãy thử lại; nếu vẫn vậy, quản trị máy chủ xem nhật ký của máy chủ.",
                    provider.name
                ),
                en: format!(
                    "The answer of {} does not prove who you are. Try again; if it stays so, the node's log says why.",
                    provider.name
                ),
            });
        }
    };
    let login = super::login(&said).map_err(|_| no_account(&said))?;
    let mut conn = app.db.read().await?;
    let account = store::by_login(&mut conn, &login).await?.filter(|account| !account.closed);
    drop(conn);
    let account = account.ok_or_else(|| no_account(&said))?;
    login::works_at(app, portal, &account).await?;
    login::begin(app, portal, account.id, Way::Provider, caller.device).await
}

fn no_account(said: &str) -> Problem {
    let said: String = said.chars().filter(|c| !c.is_control()).take(64).collect();
    Problem::Forbidden {
        vi: format!(
            "“{said}” chưa có tài khoản ở đây, hoặc tài khoản đã khóa. Hãy nhờ quản trị của cơ quan mời."
        ),
        en: format!(
            "{said:?} has no account here, or it is closed. Ask your agency's administrator to invite you."
        ),
    }
}

fn not_reached(provider: &Provider, error: &anyhow::Error) -> Problem {
    tracing::warn!(error = format!("{error:#}"), "the identity provider cannot be asked");
    Problem::NotNow {
        vi: format!(
            "Chưa gọi được {}. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu.",
            provider.name
        ),
        en: format!(
            "{} cannot be reached. Try again in a few minutes, or sign in by password.",
            provider.name
        ),
    }
}
