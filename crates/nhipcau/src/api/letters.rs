//! Letters as an administrator tries them: one that says nothing goes out, and it is asked whether it has arrived.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use network::names::Origin;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, created, portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::peers::letters::send::{Posting, post};
use crate::peers::letters::{kinds, store};
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;

/// To whom, and from which portal of ours.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// Domain of the portal of ours that writes; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The recipient's log.
    pub to: String,
}

/// A letter and what it has come to.
#[derive(Serialize)]
struct Tried {
    /// Its name.
    id: String,
    /// `waiting`, `held`, `refused`, `dropped`.
    state: String,
    /// When it came to its end.
    done: Option<String>,
}

/// `POST /api/v1/letters`
pub async fn write(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Try>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let to = said.to.parse::<Origin>().map_err(|e| Problem::invalid("to", e.to_string()))?;
        let posting = Posting::new(&app, portal.log, &to, kinds::TRIED, Bytes::new())?;
        let id = app
            .db
            .write("letters.try", async move |tx: &mut Tx| -> Result<Uuid, Problem> {
                post(tx, posting).await
            })
            .await?;
        Ok(Tried { id: id.to_string(), state: "waiting".into(), done: None })
    };
    created(&app, result.await)
}

/// `GET /api/v1/letters/{id}`
pub async fn read(
    _: Administrator,
    State(app): State<App>,
    Named(id): Named,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    let result = async {
        let id: Uuid = id.parse().map_err(|_| Problem::NotFound("letter"))?;
        let found = store::outcome(&mut app.db.read().await?, id).await?;
        let (state, done) = found.ok_or(Problem::NotFound("letter"))?;
        let state = if state.is_empty() { "waiting".to_owned() } else { state };
        Ok(Json(Tried { id: id.to_string(), state, done: done.map(|at| instant(at).to_string()) }))
    };
    result.await.map_or_else(|problem| problem_json(&app, problem), IntoResponse::into_response)
}
