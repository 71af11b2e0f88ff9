//! Proving again who one is, before a grave act: by a passkey, which is one tap, or by the password (and a code, where
//! the sign-in has a second step). It holds for ten minutes.
//!
//! A handler of such an act asks first, and what was typed is not lost:
//! ```text
//! if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await { return answer; }
//! ```

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::audit;
use super::ceremony::{self, What};
use super::factors;
use super::forms::{Fields, Filled, told};
use super::gate::Staff;
use super::go_on::go_on;
use super::login::{self, Caller};
use super::pages::{Asked, Desk, NEXT, drawn, held, hold, next, see, shell};
use super::session::{self, Way};
use super::{enter, passkey};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

/// Where it is proved.
pub const PAGE: &str = "/ban-lam-viec/xac-nhan";
/// The field in which the page's script puts the browser's answer.
pub const ANSWER: &str = "tra-loi";

#[derive(Template)]
#[template(path = "people/confirm.html")]
struct Confirm {
    shell: Shell,
    desk: Desk,
    wrong: Option<String>,
    next: String,
    held: Vec<(String, String)>,
    /// True if a code is asked for beside the password.
    code: bool,
    /// True if the person has a passkey.
    passkey: bool,
    provider: Option<String>,
    script: &'static str,
}

impl Confirm {
    async fn new(
        app: &App,
        visitor: &Visitor,
        staff: &Staff,
        (next, held): enter::Onward,
    ) -> Result<Confirm, Problem> {
        let mut conn = app.db.read().await?;
        let id = staff.account.id;
        Ok(Confirm {
            shell: shell(app, visitor, &staff.portal, visitor.lang.desk().confirm_title),
            desk: Desk::of(staff, visitor.lang, "", None),
            wrong: None,
            next,
            held,
            code: factors::has_totp(&mut conn, id).await?,
            passkey: !passkey::of(&mut conn, id).await?.is_empty(),
            provider: app.config.people.provider.as_ref().map(|provider| provider.name.clone()),
            script: assets::passkey(),
        })
    }
}

/// Asks somebody who has not proved who they are within the last minutes to do so, and holds the form meanwhile. `None` if
/// they have: the act may be carried out.
pub async fn asked(app: &App, visitor: &Visitor, staff: &Staff, form: &Fields) -> Option<Response> {
    if staff.session.fresh(app.clock.micros()) {
        return None;
    }
    let onward = (super::pages::HOME.to_owned(), hold(form, &visitor.path));
    Some(match Confirm::new(app, visitor, staff, onward).await {
        Ok(page) => drawn(app, visitor, StatusCode::UNAUTHORIZED, &page),
        Err(problem) => failure(app, visitor, problem),
    })
}

/// The way to the page that asks, for a link that leads on to `path` afterwards.
pub fn way(path: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(NEXT, path).finish();
    format!("{PAGE}?{query}")
}

/// `GET /ban-lam-viec/xac-nhan?tiep=…`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    match Confirm::new(&app, &visitor, &staff, (next(&asked.next), Vec::new())).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/xac-nhan`
pub async fn prove(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    headers: HeaderMap,
    Filled(form): Filled,
) -> Response {
    let (to, held) = (next(form.get(NEXT)), held(&form));
    let caller = Caller::of(&visitor, &headers);
    let proved = match form.get(ANSWER) {
        "" => by_password(&app, &staff, &form, &caller).await,
        answer => by_passkey(&app, &visitor, &headers, &staff, answer, &caller).await,
    };
    match proved {
        Ok(()) => match held.iter().find(|(name, _)| name == "gui-den") {
            None => see(visitor.lang, &to),
            Some((_, path)) => {
                // Whoever has tapped a passkey has a script, and need not press another button.
                let tapped = !form.get(ANSWER).is_empty();
                go_on(&app, &visitor, &staff.portal, (staff.form_key.clone(), tapped), &next(path), &held)
            }
        },
        Err(problem) => {
            let page = Confirm::new(&app, &visitor, &staff, (to, held)).await;
            match (told(problem, visitor.lang), page) {
                (Ok((status, why)), Ok(page)) => {
                    drawn(&app, &visitor, status, &Confirm { wrong: Some(why), ..page })
                }
                (Err(problem), _) | (_, Err(problem)) => failure(&app, &visitor, problem),
            }
        }
    }
}

async fn by_password(app: &App, staff: &Staff, form: &Fields, caller: &Caller<'_>) -> Result<(), Problem> {
    login::prove(app, &staff.portal, &staff.account, form.get("mat-khau"), caller).await?;
    let account = staff.account.id;
    let mut conn = app.db.read().await?;
    let twice = factors::has_totp(&mut conn, account).await?;
    drop(conn);
    let proof = match twice {
        true => Some(enter::prove(app, &staff.portal, account, form.get("ma"), caller).await?),
        false => None,
    };
    let way = if twice { Way::SecondFactor } else { staff.session.way() };
    let log = staff.portal.log;
    noted(app, staff, way, async move |tx: &mut Tx| match proof {
        Some(proof) => enter::use_up(tx, account, log, proof).await,
        None => Ok(()),
    })
    .await
}

async fn by_passkey(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    staff: &Staff,
    answer: &str,
    caller: &Caller<'_>,
) -> Result<(), Problem> {
    let (portal, account) = (&staff.portal, staff.account.id);
    login::may_try(app, Some(account), caller).await?;
    let begun = ceremony::of(app, visitor, headers, What::PasskeyConfirms, (portal.log, account)).await?;
    let mut conn = app.db.read().await?;
    let proved = passkey::answered(&mut conn, visitor, portal, answer, &begun.state).await;
    drop(conn);
    let proved = match proved {
        Ok(proved) if proved.account == account => proved,
        Ok(_) => return Err(ceremony::over()),
        Err(problem) => {
            login::failed(app, portal, Some(account), caller).await?;
            return Err(problem);
        }
    };
    noted(app, staff, Way::Passkey, async move |tx: &mut Tx| {
        begun.end(tx).await?;
        if passkey::used(tx, &proved).await? { Ok(()) } else { Err(ceremony::over()) }
    })
    .await
}

/// Notes the proof in the session and the trail, with what it used up.
async fn noted(
    app: &App,
    staff: &Staff,
    way: Way,
    first: impl AsyncFnOnce(&mut Tx) -> Result<(), Problem> + Send + 'static,
) -> Result<(), Problem> {
    let token = staff.session.token.clone();
    let line = staff.line("confirm", staff.account.id.to_string());
    let line = line.with(serde_json::json!({ "way": way.word() }));
    let account = staff.account.id;
    app.db
        .write("people.confirm", async move |tx: &mut Tx| -> Result<(), Problem> {
            first(tx).await?;
            super::store::set_failed(tx, account, 0, 0).await?;
            session::proved(tx, token, way).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// `POST /ban-lam-viec/xac-nhan/khoa-truy-cap`: the challenge for the person's own passkeys.
pub async fn challenge(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(_): Filled,
) -> Response {
    let result = async {
        let mut conn = app.db.read().await?;
        let known = passkey::of(&mut conn, staff.account.id).await?;
        drop(conn);
        let known = known.iter().map(passkey::Kept::credential).collect::<anyhow::Result<Vec<_>>>()?;
        if known.is_empty() {
            return Err(Problem::NotFound("passkey"));
        }
        let asked = passkey::ask(&visitor, &staff.portal, known)?;
        let account = Some(staff.account.id);
        let begun =
            ceremony::begin(&app, &visitor, What::PasskeyConfirms, account, staff.portal.log, asked.state);
        Ok((asked.options, begun.await?))
    };
    options(&app, &visitor, result.await)
}

/// A challenge as the page's script takes it, bound to the browser by its cookie.
pub fn options(
    app: &App,
    visitor: &Visitor,
    challenge: Result<(String, Option<axum::http::HeaderValue>), Problem>,
) -> Response {
    match challenge {
        Ok((options, cookie)) => {
            let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            let mut response = (head, options).into_response();
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
        Err(problem) => failure(app, visitor, problem),
    }
}
