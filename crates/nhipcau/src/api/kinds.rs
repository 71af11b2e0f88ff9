//! The kinds of items as data, the JSON Schema of each, and the digest of a day.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::asked::{Asked, Named, Nothing};
use super::write::portal;
use crate::agencies;
use crate::app::App;
use crate::items::{digest as digests, kinds};
use crate::problem::Problem;
use crate::web::answer::{answered, problem_json};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

fn base(visitor: &Visitor) -> String {
    format!("{}/api/v1/kinds", visitor.base)
}

/// `GET /api/v1/kinds`
pub async fn all(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>, visitor: Visitor) -> Response {
    let (today, base) = (date::day(app.clock.now()), base(&visitor));
    let kinds: Vec<_> = kinds::all().iter().map(|kind| kind.described(today, &base)).collect();
    Json(json!({ "kinds": kinds })).into_response()
}

/// `GET /api/v1/kinds/{kind}`
pub async fn schema(
    State(app): State<App>,
    Named(kind): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
) -> Response {
    match kinds::of(&kind) {
        Some(kind) => {
            let schema = kind.json_schema(&base(&visitor)).to_string();
            ([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response()
        }
        None => problem_json(&app, Problem::NotFound("kind; /api/v1/kinds lists them all")),
    }
}

/// Which day's digest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// A portal's domain; the host's own if absent.
    portal: Option<String>,
    /// The day in Viet Nam.
    day: Date,
}

/// `GET /api/v1/digest`: what a portal issued on a day, as a draft that an editor goes over.
pub async fn digest(State(app): State<App>, Asked(asked): Asked<Of>, visitor: Visitor) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, asked.portal.as_deref())?;
        let mut conn = app.db.read().await?;
        let entries = digests::of_day(&mut conn, portal.log, asked.day).await?;
        let directory = app.directory.load();
        let name = agencies::name(directory.agency(&portal.origin), Lang::Vi, portal.origin.as_str());
        let draft = digests::digest(&name, asked.day, &entries)?;
        Ok(Json(json!({ "portal": &*portal.domain, "day": asked.day.to_string(), "item": draft })))
    };
    answered(&app, result.await)
}
