//! Reading: items, coverage, the directory, the node's state, proofs, receipts. No key is asked for.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::content::{Item, ItemKind};
use serde::Deserialize;
use serde_json::{Value, json};
use tlog::TlogProof;

use super::asked::{Asked, Named, Nothing, portal_of};
use crate::annexes;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State as Standing;
use crate::items::store::{self, Filter, Reference};
use crate::logs::keys::Signing;
use crate::logs::{coverage as cover, proof as proofs, store as logs};
use crate::operate::alarms;
use crate::peers::receipts as kept;
use crate::problem::Problem;
use crate::web::answer::{answered, problem_json};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Items in one answer at most.
const MOST: u32 = 500;

/// What a list is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// A portal's domain; the host's own if absent.
    portal: Option<String>,
    /// A kind.
    kind: Option<String>,
    /// `true`: only the portal's own; `false`: only others'.
    own: Option<bool>,
    /// How many to pass over.
    #[serde(default)]
    skip: u32,
    /// How many at most, up to [`MOST`]; 50 if absent.
    limit: Option<u32>,
}

impl Listing {
    fn checked(&self) -> Result<Filter, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::invalid("limit", format!("must be 1 to {MOST}")));
        }
        if let Some(kind) = &self.kind {
            kind.parse::<ItemKind>().map_err(|e| Problem::invalid("kind", e.to_string()))?;
        }
        Ok(Filter {
            kind: self.kind.clone(),
            own: self.own,
            skip: self.skip.into(),
            most: limit.into(),
            ..Filter::default()
        })
    }

    /// Where the next page is, if there is one.
    fn next(&self, portal: &str, filter: &Filter, total: i64) -> Option<String> {
        let skip = filter.skip + filter.most;
        (skip < total).then(|| {
            let kind = self.kind.as_ref().map(|kind| format!("&kind={kind}")).unwrap_or_default();
            let own = self.own.map(|own| format!("&own={own}")).unwrap_or_default();
            format!("/api/v1/items?portal={portal}{kind}{own}&skip={skip}&limit={}", filter.most)
        })
    }
}

/// `GET /api/v1/items`
pub async fn items(State(app): State<App>, Asked(asked): Asked<Listing>, visitor: Visitor) -> Response {
    let result = async {
        let filter = asked.checked()?;
        let portal = portal_of(&app, &visitor, asked.portal.as_deref())?;
        let mut conn = app.db.read().await?;
        let total = store::count(&mut conn, &portal.domain, portal.log, &filter).await?;
        let found = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        Ok(Json(json!({
            "portal": &*portal.domain, "total": total,
            "items": found.iter().map(facts).collect::<Vec<_>>(),
            "next": asked.next(&portal.domain, &filter, total),
        })))
    };
    answered(&app, result.await)
}

fn facts(item: &store::Standing) -> Value {
    json!({
        "reference": item.reference().to_string(),
        "origin": item.origin.to_string(),
        "id": item.item.to_string(),
        "state": item.state.word(),
        "edition": item.edition,
        "shown_edition": item.shown,
        "entry": item.index,
        "issued": instant(item.issued).to_string(),
        "changed": instant(item.changed).to_string(),
        "kind": item.kind,
        "content": item.content.map(|c| c.to_string()),
        "card": item.card,
        "path": format!("/muc/{}", item.reference()),
    })
}

async fn found(app: &App, reference: &str) -> Result<store::Standing, Problem> {
    let reference: Reference = reference.parse().map_err(|e: &str| Problem::invalid("reference", e))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))
}

/// `GET /api/v1/items/{reference}`
pub async fn item(
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
) -> Response {
    let result = async {
        let item = found(&app, &reference).await?;
        let mut told = facts(&item);
        let mut conn = app.db.read().await?;
        let editions = store::editions(&mut conn, item.log, item.item).await?;
        told["editions"] = editions
            .iter()
            .map(|e| json!({ "edition": e.edition, "entry": e.idx, "change": e.change, "at": instant(e.at).to_string(), "sha256": hex::encode(&e.sha256) }))
            .collect();
        if let (Some(hash), true) = (item.content, item.state < Standing::Gone)
            && let Some(bytes) = app.folder.read(&mut conn, &hash).await?
            && Item::parse(&bytes).is_ok()
        {
            told["document"] = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
        }
        // What this host's portal shows beside it, in words of its own.
        if let Some(portal) = &visitor.portal {
            told["annexes"] = annexes::view::told(&app, &mut conn, portal, &item).await?.into();
        }
        Ok(Json(told))
    };
    answered(&app, result.await)
}

/// `GET /api/v1/items/{reference}/coverage`
pub async fn coverage(
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    let result = async {
        let item = found(&app, &reference).await?;
        let mut conn = app.db.read().await?;
        let told = cover::told(&app, &mut conn, &item, Lang::Vi).await?;
        Ok(Json(json!({
            "reference": reference,
            "state": item.state.word(),
            "portals": { "good": told.portals.0, "of": told.portals.1 },
            "accounts": told.accounts.iter().map(|a| json!({
                "at": a.at.to_string(), "reached": a.reached.0, "of": a.reached.1,
                "half_ms": a.half_ms, "most_ms": a.most_ms, "closed": a.closed_at.map(|t| t.to_string()),
            })).collect::<Vec<_>>(),
            "nodes": told.holders.iter().map(|h| json!({
                "name": h.name, "agency": h.agency, "size": h.size,
                "stored": h.stored_at.map(|t| t.to_string()), "shown": h.shown_at.map(|t| t.to_string()),
                "portals": { "good": h.portals.0, "of": h.portals.1 },
            })).collect::<Vec<_>>(),
            "sites": told.sites.iter().map(|s| json!({
                "name": s.name, "url": s.url, "seen": s.verdict.word(), "since": s.since.to_string(),
                "looked": s.looked.map(|t| t.to_string()),
            })).collect::<Vec<_>>(),
            "exceptions": told.exceptions.iter().flat_map(|e| e.portals.iter().map(|(name, _)| name)).collect::<Vec<_>>(),
        })))
    };
    answered(&app, result.await)
}

/// `GET /api/v1/status`
pub async fn status(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let result = async {
        let status = app.status.load();
        let mut conn = app.db.read().await?;
        let heads = logs::every(&mut conn).await?;
        let alarms = alarms::all(&app, &mut conn).await?;
        Ok(Json(json!({
            "node": app.config.name.to_string(),
            "version": env!("CARGO_PKG_VERSION"),
            "demo": app.config.demo,
            "time": app.clock.now().to_string(),
            "synced": status.synced.map(|at| instant(at).to_string()),
            "neighbours": status.neighbours.iter().map(|n| json!({
                "name": n.name, "url": n.url, "source": n.source, "up": n.up, "since": instant(n.since).to_string(), "trouble": n.trouble,
            })).collect::<Vec<_>>(),
            "behind": status.behind.iter().map(|(origin, by)| json!({ "origin": origin, "entries": by })).collect::<Vec<_>>(), "waiting_contents": status.waiting,
            "signing": { "waiting": app.keys.all(Signing::Waiting).len(), "allowed": app.keys.all(Signing::Allowed).len(), "frozen": app.keys.all(Signing::Frozen).iter().map(ToString::to_string).collect::<Vec<_>>() },
            "portals": app.portals.load().iter().map(|p| p.domain.to_string()).collect::<Vec<_>>(),
            "logs": heads.iter().map(|h| json!({ "origin": h.origin.to_string(), "own": h.own, "size": h.size, "root": h.root.to_string(), "frozen": h.frozen.is_some() })).collect::<Vec<_>>(),
            "alarms": alarms.iter().map(|a| json!({
                "about": a.about, "peer": a.peer, "origin": a.origin, "detail": a.detail, "times": a.times,
                "first": instant(a.first).to_string(), "last": instant(a.last).to_string(),
            })).collect::<Vec<_>>(),
            "died": app.tasks.died(),
        })))
    };
    answered(&app, result.await)
}

/// `GET /healthz`: 200 while the database answers and no background task has died; else 503.
pub async fn health(State(app): State<App>) -> Response {
    let well = match app.db.read().await {
        Ok(mut conn) => crate::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM portal").is_ok(),
        Err(_) => false,
    };
    if well && app.tasks.died() == 0 {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not well; see the log and nhipcau doctor\n").into_response()
    }
}

/// `GET /proof/{reference}`: the `.tlog-proof` of the item's newest entry.
pub async fn proof(State(app): State<App>, Named(reference): Named) -> Response {
    let reference = reference.strip_suffix(".tlog-proof").unwrap_or(&reference).to_owned();
    let result = async {
        let item = found(&app, &reference).await?;
        let mut conn = app.db.read().await?;
        proof_of(&app, &mut conn, &item).await
    };
    match result.await {
        Ok(proof) => (
            [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::CONTENT_DISPOSITION, format!("inline; filename=\"{reference}.tlog-proof\"")),
            ],
            proof.to_string(),
        )
            .into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

/// The proof of an item's newest entry.
///
/// # Errors
/// Not found while no checkpoint covers the entry, or the database's.
pub async fn proof_of(app: &App, conn: &mut Conn, item: &store::Standing) -> Result<TlogProof, Problem> {
    let head = logs::head(conn, item.log).await?.ok_or(Problem::NotFound("log"))?;
    // The entry of the text that is shown; for what no longer stands, the entry that ended it.
    let editions = store::editions(conn, item.log, item.item).await?;
    let shown =
        editions.iter().find(|e| e.edition == item.shown).filter(|_| item.state == Standing::Standing);
    let index = shown.map_or(item.index, |e| e.idx as u64);
    if index >= head.checkpoint_size {
        return Err(Problem::NotFound("checkpoint that covers the entry yet"));
    }
    let directory = app.directory.load();
    Ok(proofs::whole(conn, &directory, &head, index, app.config.demo).await?)
}

/// `GET /receipts/{origin-hash}`: the newest receipts for a log, signed, as they came.
pub async fn receipts(State(app): State<App>, Named(hash): Named) -> Response {
    let result = async {
        let mut conn = app.db.read().await?;
        let head = logs::by_hash(&mut conn, &hash).await?.ok_or(Problem::NotFound("log"))?;
        let receipts = kept::of_log(&mut conn, head.origin.as_str()).await?;
        Ok(Json(json!({ "origin": head.origin.to_string(), "receipts": receipts })))
    };
    answered(&app, result.await)
}
