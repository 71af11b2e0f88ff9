//! The page of a one-time link: somebody chooses a password, the first time or as the way back.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::forms::told;
use super::gate::Open;
use super::login::{self, Caller};
use super::pages::{HOME, drawn, no_portal, shell};
use super::session::Token;
use super::{enter, invite, store};
use crate::app::App;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "people/choose.html")]
struct Choose {
    shell: Shell,
    name: String,
    login: String,
    wrong: Option<String>,
}

/// `GET /loi-moi/{token}`
pub async fn page(State(app): State<App>, visitor: Visitor, Path(link): Path<String>) -> Response {
    choose_with(&app, &visitor, &link, None).await
}

async fn choose_with(app: &App, visitor: &Visitor, link: &str, wrong: Option<String>) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(app, visitor) };
    let found = async {
        let link = Token::read(link).ok_or(Problem::NotFound("link"))?;
        let mut conn = app.db.read().await?;
        let account = invite::account(&mut conn, &link, app.clock.micros()).await?;
        match account {
            Some(id) => store::account(&mut conn, id).await?.ok_or(Problem::NotFound("account")),
            None => Err(login::used_up()),
        }
    };
    match found.await {
        Ok(account) => {
            let page = Choose {
                shell: shell(app, visitor, &portal, visitor.lang.desk().choose_title),
                name: account.name,
                login: account.login,
                wrong,
            };
            let status = if page.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /loi-moi/{token}`: sets the password and signs in.
pub async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    headers: HeaderMap,
    Open(form): Open,
) -> Response {
    let Some(portal) = visitor.portal.clone() else { return no_portal(&app, &visitor) };
    let w = visitor.lang.desk();
    if form.get("mat-khau") != form.get("mat-khau-lai") {
        return choose_with(&app, &visitor, &link, Some(w.choose_differ.to_owned())).await;
    }
    let Some(token) = Token::read(&link) else {
        return failure(&app, &visitor, Problem::NotFound("link"));
    };
    let set = login::set_by_link(&app, &portal, &token, form.get("mat-khau").to_owned()).await;
    let account = match set {
        Ok(account) => account,
        Err(problem @ Problem::Invalid(_)) => match told(problem, visitor.lang) {
            Ok((_, why)) => return choose_with(&app, &visitor, &link, Some(why)).await,
            Err(problem) => return failure(&app, &visitor, problem),
        },
        Err(problem) => return failure(&app, &visitor, problem),
    };
    // A role is asked for at this portal as at every sign-in; without one the next page says so. Nor does a link, which may
    // have gone astray, stand in for the second step.
    let caller = Caller::of(&visitor, &headers);
    let to = (HOME.to_owned(), Vec::new());
    enter::after_password(&app, &visitor, &portal, &account, caller.device, to)
        .await
        .unwrap_or_else(|problem| failure(&app, &visitor, problem))
}
