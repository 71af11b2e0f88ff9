//! Reading logs without a Merkle library: their entries as JSON, and what a check of them begins with.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use network::names::Origin;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{Asked, Nothing};
use crate::agencies::fold::{CONFIRMED, remembered};
use crate::app::App;
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;

/// Entries in one answer at most.
const MOST: u64 = 1000;

/// Which entries are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The log; the one of the host's portal if absent.
    origin: Option<String>,
    /// The first entry.
    #[serde(default)]
    from: u64,
    /// How many, up to [`MOST`]; 100 if absent.
    limit: Option<u64>,
}

/// `GET /api/v1/entries`: entries of a log that is here, as they were signed.
pub async fn entries(State(app): State<App>, Asked(part): Asked<Part>, visitor: Visitor) -> Response {
    let result = async {
        let limit = part.limit.unwrap_or(100);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::invalid("limit", format!("must be 1 to {MOST}")));
        }
        if i64::try_from(part.from).is_err() {
            return Err(Problem::invalid("from", format!("must be at most {}", i64::MAX)));
        }
        let origin: Origin = match &part.origin {
            Some(name) => name
                .parse()
                .map_err(|e: network::names::NameError| Problem::invalid("origin", e.to_string()))?,
            None => visitor.portal.as_ref().ok_or(Problem::NotFound("portal"))?.origin.clone(),
        };
        let mut conn = app.db.read().await?;
        let head = logs::by_origin(&mut conn, origin.as_str()).await?.ok_or(Problem::NotFound("log"))?;
        // What no checkpoint covers yet is nobody's word.
        let to = part.from.saturating_add(limit).min(head.checkpoint_size);
        let found = match part.from < to {
            true => logs::entries(&mut conn, head.id, part.from, to).await?,
            false => Vec::new(),
        };
        let entries: Vec<Value> =
            found.iter().enumerate().map(|(at, bytes)| entry(part.from + at as u64, bytes)).collect();
        let next = (to < head.checkpoint_size && part.from < to)
            .then(|| format!("/api/v1/entries?origin={origin}&from={to}&limit={limit}"));
        Ok(Json(json!({
            "origin": origin.to_string(), "size": head.checkpoint_size, "checkpoint": &*head.checkpoint,
            "entries": entries, "next": next,
        })))
    };
    answered(&app, result.await)
}

fn entry(index: u64, bytes: &[u8]) -> Value {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(entry) => json!({ "index": index, "entry": entry, "bytes": base(bytes) }),
        Err(_) => json!({ "index": index, "entry": null, "bytes": base(bytes) }),
    }
}

/// The leaf itself: JSON that was read and written again need not have the same bytes.
fn base(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// `GET /api/v1/heads`: the root note, and the newest heads checkpoint that a quorum has cosigned.
pub async fn heads(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let result = async {
        let mut conn = app.db.read().await?;
        let checkpoint = remembered(&mut conn, CONFIRMED).await?.ok_or_else(|| Problem::NotNow {
            vi: "Sổ mốc chung chưa có đủ số máy chủ xác nhận ở đây; hãy thử lại sau ít giây.".into(),
            en: "No heads checkpoint with a quorum is here yet; repeat in a few seconds.".into(),
        })?;
        let directory = app.directory.load();
        Ok(Json(json!({
            "origin": directory.heads().to_string(),
            "confirmed": directory.confirmed(),
            "checkpoint": checkpoint,
            "root_note": app.root.note().to_string(),
            "root_version": app.root.text().version,
            "demo": app.config.demo,
        })))
    };
    answered(&app, result.await)
}
