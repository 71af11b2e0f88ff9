//! Keys of Open311 over HTTP, by the node's token: what `nhipcau open311` does.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, created, portal};
use crate::app::App;
use crate::georeport::keys;
use crate::people::audit::Who;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;

/// `GET /api/v1/open311/keys`
pub async fn list(_: Administrator, State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let given = async { Ok::<_, Problem>(keys::list(&mut app.db.read().await?).await?) };
    answered(&app, given.await.map(|keys| Json(json!({ "keys": keys }))))
}

/// A program that is to get a key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Whose program it is.
    name: String,
}

/// `POST /api/v1/open311/keys`
pub async fn give(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Wanted>,
) -> Response {
    let given = async {
        let log = portal(&app, &visitor, None)?.log;
        keys::give(&app, log, Who::Token, &said.name).await
    };
    created(&app, given.await)
}

/// What is done with a key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `end`.
    act: String,
}

/// `POST /api/v1/open311/keys/{id}`
pub async fn change(
    _: Administrator,
    State(app): State<App>,
    Named(id): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Change>,
) -> Response {
    let ended = async {
        if said.act != "end" {
            return Err(Problem::invalid("act", "phải là end · must be end"));
        }
        let log = portal(&app, &visitor, None)?.log;
        keys::end(&app, log, Who::Token, id).await
    };
    created(&app, ended.await)
}
