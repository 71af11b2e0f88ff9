//! Reading the directory: who is who, one agency with all that is known of it, what portals lack. No key is asked for.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use network::directory::{Agency, Directory};
use serde_json::{Value, json};

use super::asked::{Asked, Named, Nothing};
use crate::agencies::findings::Finding;
use crate::agencies::register;
use crate::app::App;
use crate::clock::instant;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::words::Lang;

fn origins<'a>(all: impl IntoIterator<Item = &'a Agency>) -> Vec<String> {
    all.into_iter().map(|agency| agency.origin.to_string()).collect()
}

/// An agency as the directory has it.
fn facts(directory: &Directory, a: &Agency) -> Value {
    json!({
        "origin": a.origin.to_string(), "domain": a.domain.to_string(), "name": a.name.vi, "name_en": a.name.en,
        "level": a.level.to_string(), "parent": a.parent.to_string(), "enroller": a.enroller.to_string(), "code": a.code,
        "node": a.node.as_ref().map(ToString::to_string), "key": a.keys.valid_for(u64::MAX).to_string(),
        "accountable": a.accountable, "accountable_basis": a.accountable_basis,
        "closed": a.closed.is_some(),
        "last_size": a.closed.as_ref().and_then(|end| end.last_size),
        "predecessors": origins(directory.predecessors(&a.origin)),
        "successors": origins(directory.heirs(&a.origin)),
    })
}

/// `GET /api/v1/agencies`
pub async fn agencies(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let directory = app.directory.load();
    let all: Vec<Value> = directory.agencies().map(|agency| facts(&directory, agency)).collect();
    Json(json!({ "root": directory.root().to_string(), "confirmed_heads": directory.confirmed(), "agencies": all, "pending": directory.pending().len() }))
        .into_response()
}

/// `GET /api/v1/agencies/{domain}`
pub async fn agency(
    State(app): State<App>,
    Named(domain): Named,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    let result = async {
        let directory = app.directory.load_full();
        let found = register::asked_for(&directory, &domain).ok_or(Problem::NotFound("agency"))?;
        let mut conn = app.db.read().await?;
        let about = register::of(&app, &mut conn, &directory, found).await?;
        let channels = register::channels(&app, &mut conn, &found.origin, Lang::Vi).await?;
        let mut told = facts(&directory, found);
        told["legal_basis"] = json!(about.legal_basis);
        told["issued_alone"] = json!(about.alone);
        told["domain_pattern"] = json!(about.pattern.ok().flatten().map(|rule| json!({
            "id": rule.id, "pattern": rule.pattern, "legal_basis": rule.legal_basis,
        })));
        told["ipv6"] = json!({
            "reached": about.reach.v6,
            "as_of": about.reach.v6.map(|_| instant(about.reach.at).to_string()),
        });
        told["channels"] = channels.iter().map(|c| json!({ "title": c.title, "path": c.path })).collect();
        told["lacks"] = about.findings.iter().map(|finding| finding.lacks.word()).collect();
        Ok(Json(told))
    };
    answered(&app, result.await)
}

/// `GET /api/v1/agencies/findings`
pub async fn findings(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let result = async {
        let all = register::findings(&app).await?;
        let directory = app.directory.load();
        let rows = |all: &[Finding]| -> Vec<Value> {
            let unit = |finding: &Finding| {
                let mender = finding.mender.as_ref().and_then(|origin| directory.agency(origin));
                mender.and_then(|agency| agency.accountable.clone())
            };
            let row = |finding: &Finding| {
                json!({
                    "origin": finding.origin.to_string(), "domain": finding.domain.to_string(),
                    "lacks": finding.lacks.word(), "mender": finding.mender.as_ref().map(ToString::to_string),
                    "unit": unit(finding),
                })
            };
            all.iter().map(row).collect()
        };
        Ok(Json(json!({
            "without_parent": rows(&all.orphans), "off_pattern": rows(&all.pattern),
            "without_ipv6": rows(&all.ipv6), "ipv6_unknown": all.unknown,
        })))
    };
    answered(&app, result.await)
}
