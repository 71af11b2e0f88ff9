//! Mergers and divisions over HTTP, by the node's token: what the console's wizard does. The token is one person; whoever
//! proposes with it needs somebody in the console to confirm, and the other way round.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, portal};
use crate::agencies::merger::store::{self, Merger};
use crate::agencies::merger::view::PlanView;
use crate::agencies::merger::{self, Plan, acts};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::people::audit::Who;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Which portal states it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Its domain; the host's own if absent.
    #[serde(default)]
    portal: Option<String>,
}

/// A merger or division that is wanted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Domain of the portal of ours that states it; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What is wanted.
    pub merger: merger::Asked,
    /// True to propose it; else only its plan is told.
    #[serde(default)]
    pub propose: bool,
}

fn words(plan: &Plan, lang: Lang) -> Value {
    let view = PlanView::of(plan, lang);
    json!({
        "title": view.title,
        "ends": view.ends.iter().map(|end| json!({ "name": end.name, "lines": end.lines })).collect::<Vec<_>>(),
        "todo": view.todo,
        "steps": view.steps,
    })
}

fn planned(plan: &Plan) -> Value {
    json!({ "facts": plan, "vi": words(plan, Lang::Vi), "en": words(plan, Lang::En) })
}

async fn told(conn: &mut Conn, merger: &Merger) -> Result<Value, Problem> {
    let done = store::done(conn, merger.id).await?;
    Ok(json!({
        "id": merger.id.to_string(),
        "state": merger.state().word(),
        "proposed": instant(merger.proposed).to_string(),
        "ended": merger.ended.map(|at| instant(at).to_string()),
        "plan": planned(&merger.plan),
        "done": done.iter().map(|(step, at, outcome)| json!({
            "step": step + 1, "at": instant(*at).to_string(), "outcome": outcome,
        })).collect::<Vec<_>>(),
        "trouble": merger.trouble.lines().collect::<Vec<_>>(),
    }))
}

/// `GET /api/v1/mergers`
pub async fn list(
    _: Administrator,
    State(app): State<App>,
    Asked(of): Asked<Of>,
    visitor: Visitor,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, of.portal.as_deref())?;
        let mut conn = app.db.read().await?;
        let mut all = Vec::new();
        for merger in store::of_log(&mut conn, portal.log).await? {
            all.push(told(&mut conn, &merger).await?);
        }
        Ok(Json(json!({ "mergers": all })))
    };
    answered(&app, result.await)
}

/// `POST /api/v1/mergers`
pub async fn propose(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Wanted>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        if !said.propose {
            let plan = acts::plan(&app, &portal, &said.merger).await?;
            return Ok((StatusCode::OK, Json(planned(&plan))));
        }
        let id = acts::propose(&app, &portal, Who::Token, &said.merger).await?;
        let mut conn = app.db.read().await?;
        let merger = store::find(&mut conn, portal.log, id).await?.ok_or(Problem::NotFound("merger"))?;
        Ok((StatusCode::CREATED, Json(told(&mut conn, &merger).await?)))
    };
    answered(&app, result.await)
}

/// Whether a proposal is confirmed or dropped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Domain of the portal of ours that states it; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// True to confirm it, false to drop it.
    pub confirm: bool,
}

/// `POST /api/v1/mergers/{id}`
pub async fn decide(
    _: Administrator,
    State(app): State<App>,
    Named(id): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Decided>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let id: Uuid = id.parse().map_err(|_| Problem::NotFound("merger"))?;
        acts::decide(&app, &portal, Who::Token, id, said.confirm).await?;
        let mut conn = app.db.read().await?;
        let merger = store::find(&mut conn, portal.log, id).await?.ok_or(Problem::NotFound("merger"))?;
        Ok(Json(told(&mut conn, &merger).await?))
    };
    answered(&app, result.await)
}
