//! What everybody may read, as JSON.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use vietnam::petition_code::Code;

use crate::agencies::Portal;
use crate::api::{Asked, Named, Nothing};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::try_kept;
use crate::petitions::following::name_of;
use crate::petitions::place;
use crate::petitions::public::{LONG, figures_of};
use crate::petitions::store::draft::{self, Shown};
use crate::problem::Problem;
use crate::web::answer::{answered, problem_json};
use crate::web::pages::{Drawn, Tag};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// Petitions in one answer, and the most that may be asked for.
const USUAL: i64 = 20;
const MOST: i64 = 100;

/// Which part of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Those answered before this moment: `next` of the answer before.
    #[serde(default)]
    before: Option<i64>,
    /// At most so many, up to 100.
    #[serde(default)]
    limit: Option<i64>,
}

async fn told(app: &App, conn: &mut Conn, case: &Shown) -> Result<Value, Problem> {
    let at = |at: i64| date::machine(instant(at));
    Ok(json!({
        "code": case.code,
        "kind": case.sort,
        "commune": case.place,
        "commune_name": place::name(&case.place, Lang::Vi),
        "agency": name_of(app, conn, case.log, Lang::Vi).await?,
        "registered": at(case.registered),
        "answered": at(case.at),
        "question": case.question,
        "answer": case.reply,
    }))
}

/// `GET /api/v1/petitions`
pub async fn list(State(app): State<App>, visitor: Visitor, Asked(part): Asked<Part>) -> Response {
    let listed = async {
        let portal = visitor.portal.as_ref().ok_or(Problem::NotFound("portal"))?;
        let most = part.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&most) {
            return Err(Problem::invalid("limit", format!("1–{MOST}")));
        }
        let mut conn = app.db.read().await?;
        let before = part.before.unwrap_or(i64::MAX);
        let mut cases = draft::shown(&mut conn, portal.log, before, most + 1).await?;
        let more = cases.len() as i64 > most;
        cases.truncate(most as usize);
        let next = cases.last().filter(|_| more).map(|last| last.at);
        let mut all = Vec::new();
        for case in &cases {
            all.push(told(&app, &mut conn, case).await?);
        }
        Ok(json!({ "petitions": all, "next": next }))
    };
    answered(&app, listed.await.map(Json))
}

/// `GET /api/v1/petitions/{code}`
pub async fn one(State(app): State<App>, Named(code): Named, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let found = async {
        let code: Code = code.parse().map_err(|_| Problem::NotFound("petition"))?;
        let mut conn = app.db.read().await?;
        let case =
            draft::shown_one(&mut conn, &code.to_string()).await?.ok_or(Problem::NotFound("petition"))?;
        told(&app, &mut conn, &case).await
    };
    answered(&app, found.await.map(Json))
}

/// `GET /api/v1/petitions/figures`
pub async fn figures(
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
) -> Response {
    const NAMES: [&str; 8] = ["all", "answered", "in_time", "open", "overdue", "yes", "partly", "no"];
    // All cases are counted for it, so it is kept for as long as the page of the same figures.
    let counted = async |_: &Portal| {
        let mut conn = app.db.read().await?;
        let agencies = figures_of(&app, &mut conn, Lang::Vi).await?.into_iter().map(|agency| {
            let mut one = json!({ "agency": agency.name, "in_time_percent": agency.share });
            for (name, count) in NAMES.iter().zip(agency.counts) {
                one[*name] = count.into();
            }
            one
        });
        let told = json!({ "agencies": agencies.collect::<Vec<_>>() });
        Ok(Drawn::whole(200, "application/json", &told.to_string()))
    };
    let kept = try_kept(&app, &visitor, vec![Tag::Directory], LONG, counted).await;
    kept.unwrap_or_else(|problem| problem_json(&app, problem))
}
