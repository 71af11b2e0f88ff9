//! The page of the link, and what whoever follows a case does about their address.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::asking::shell;
use super::super::handover;
use super::super::store::{self, Case};
use super::{New, ask, by_digits, by_link};
use crate::app::App;
use crate::db::Tx;
use crate::items::pages::portal;
use crate::people::gate::Open;
use crate::people::pages::drawn;
use crate::problem::{Fault, Problem};
use crate::subscriptions::door::{Opens, opened};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords};

/// Where links lead.
pub const LINK: &str = "/phan-anh/xac-nhan";

#[derive(Template)]
#[template(path = "petitions/verify.html")]
struct VerifyPage {
    shell: Shell,
    /// The word of the link, where there is something to confirm.
    asks: Option<String>,
    said: &'static str,
}

impl VerifyPage {
    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    asks: Option<String>,
    said: &'static str,
) -> Response {
    match portal(app, visitor) {
        Ok(portal) => {
            let shell = shell(app, visitor, &portal, visitor.lang.petition().verify_title);
            drawn(app, visitor, status, &VerifyPage { shell, asks, said })
        }
        Err(answer) => *answer,
    }
}

/// `GET /phan-anh/xac-nhan/{token}`: asks once more, because programs that check mails open links, too. Whether it is good is not told
/// before that.
pub async fn link(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Response {
    match opened(&app, Opens::Petition, &token) {
        Some(_) => page(&app, &visitor, StatusCode::OK, Some(token), ""),
        None => page(&app, &visitor, StatusCode::GONE, None, visitor.lang.petition().verify_over),
    }
}

/// `POST /phan-anh/xac-nhan/{token}`
pub async fn confirmed(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Open(_): Open,
) -> Response {
    let p = visitor.lang.petition();
    match by_link(&app, &token).await {
        Ok(true) => page(&app, &visitor, StatusCode::OK, None, p.verify_done),
        Ok(false) => page(&app, &visitor, StatusCode::GONE, None, p.verify_over),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Digits that were typed, or nothing: then another mail is asked for.
///
/// # Errors
/// That the digits are not those of the last mail, or too old, or tried too often: one answer to all; the database's.
pub async fn act(app: &App, case: &Case, digits: &str) -> Result<(), Problem> {
    if !digits.trim().is_empty() {
        return match by_digits(app, &case.id, digits).await? {
            true => Ok(()),
            false => {
                let says = |lang: Lang| lang.petition().fault_digits.to_owned();
                let fault = Fault { field: "so".into(), vi: says(Lang::Vi), en: says(Lang::En) };
                Err(Problem::Invalid(vec![fault]))
            }
        };
    }
    let new = New::of(app)?;
    let (app, case) = (app.clone(), case.clone());
    let db = app.db.clone();
    db.write("petition.verify", async move |tx: &mut Tx| -> Result<(), Problem> {
        let contact = store::contact(&app, tx.conn(), &case.id).await?;
        // Its own portal asks, or whoever took its place, wherever it is followed.
        let home = handover::named(tx.conn(), &case).await?.origin;
        let log = handover::seat(&app, &home).map(|seat| seat.log);
        let portal = app.portals.load().find(|portal| Some(portal.log) == log);
        match portal {
            Some(portal) => ask(&app, tx, (&case.id, &portal.domain), contact.as_ref(), new).await,
            None => Ok(()),
        }
    })
    .await
}
