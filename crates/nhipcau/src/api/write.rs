//! Writing: issue, correct, withdraw, erase, order, enrol, close. The token of the node is asked for.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use network::entry::{Act, ItemChange, Withdrawal};
use network::names::{ContentHash, Origin};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

use crate::agencies::Portal;
use crate::agencies::enrol::{self as enrolments, JoinRequest};
use crate::app::App;
use crate::items::draft::Draft;
use crate::items::publish::{self, Done, Once, Reason};
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;

/// Whoever holds the node's token. Without it the handlers do not compile.
pub struct Administrator {
    key: Option<String>,
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Administrator, Response> {
        let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        let given = text("authorization").and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        // Compared as hashes, so that the time taken tells nothing of the token.
        if ContentHash::of(given.trim().as_bytes()) != ContentHash::of(app.token.as_bytes()) {
            let problem = Problem::Forbidden {
                vi: "Cần mã quản trị của máy chủ: gửi kèm “Authorization: Bearer <mã>”; mã nằm trong tệp admin.token.".into(),
                en: "The node's token is needed: send `Authorization: Bearer <token>`; it is in the file admin.token.".into(),
            };
            let mut response = problem_json(app, problem);
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            return Err(response);
        }
        Ok(Administrator { key: text("idempotency-key").map(str::to_owned) })
    }
}

impl Administrator {
    fn once(&self, path: &str, body: &[u8]) -> Option<Once> {
        let whole = [path.as_bytes(), b"\n", body].concat();
        self.key.clone().map(|name| Once { token: "admin".into(), name, digest: ContentHash::of(&whole).0 })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|e| Problem::invalid("body", format!("not the JSON that is due here: {e}")))
}

fn created(app: &App, result: Result<Done, Problem>) -> Response {
    match result {
        Ok(done) => (StatusCode::CREATED, Json(done)).into_response(),
        Err(problem) => problem_json(app, problem),
    }
}

/// The portal named in a request, or the host's own.
fn portal(app: &App, visitor: &Visitor, named: Option<&str>) -> Result<Arc<Portal>, Problem> {
    let portals = app.portals.load();
    match named {
        Some(domain) => portals
            .by_host(domain)
            .or_else(|| portals.all().into_iter().find(|p| *p.origin.as_str() == *domain)),
        None => visitor.portal.clone(),
    }
    .ok_or(Problem::NotFound("portal"))
}

/// A new item.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Domain of the portal that issues it; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// The item.
    pub item: Draft,
}

/// `POST /api/v1/items`
pub async fn issue(admin: Administrator, State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let result = async {
        let asked: Issue = read(&body)?;
        let portal = portal(&app, &visitor, asked.portal.as_deref())?;
        publish::issue(&app, portal.log, &portal.origin, asked.item, admin.once("issue", &body)).await
    };
    created(&app, result.await)
}

/// A further edition.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// `correct`, `update`, `replace`.
    pub change: String,
    /// The whole item as it stands from now.
    pub item: Draft,
}

/// `POST /api/v1/items/{reference}/editions`
pub async fn edition(
    admin: Administrator,
    State(app): State<App>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Response {
    let result = async {
        let asked: Edition = read(&body)?;
        let change: ItemChange = asked.change.parse().map_err(|e: String| Problem::invalid("change", e))?;
        let standing = publish::own(&app, &reference).await?;
        publish::change(&app, &standing, change, asked.item, admin.once(&reference, &body)).await
    };
    created(&app, result.await)
}

/// `POST /api/v1/items/{reference}/withdrawal`
pub async fn withdraw(
    admin: Administrator,
    State(app): State<App>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Response {
    end(&app, &admin, &reference, &body, false).await
}

/// `POST /api/v1/items/{reference}/erasure`
pub async fn erase(
    admin: Administrator,
    State(app): State<App>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Response {
    end(&app, &admin, &reference, &body, true).await
}

async fn end(app: &App, admin: &Administrator, reference: &str, body: &[u8], erase: bool) -> Response {
    let result = async {
        let reason: Reason = read(body)?;
        let standing = publish::own(app, reference).await?;
        let once = admin.once(if erase { "erase" } else { "withdraw" }, body);
        match erase {
            true => publish::erase(app, &standing, reason, once).await,
            false => publish::withdraw(app, &standing, reason, once).await,
        }
    };
    created(app, result.await)
}

/// An order about an item of a portal below.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The item's log.
    pub origin: String,
    /// The item's id.
    pub item: uuid::Uuid,
    /// `withdraw` or `erase`.
    pub act: String,
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
}

/// `POST /api/v1/items/{reference}/order`: by the host's own portal.
pub async fn order(admin: Administrator, State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let result = async {
        let asked: Order = read(&body)?;
        let portal = portal(&app, &visitor, None)?;
        let origin: Origin = asked
            .origin
            .parse()
            .map_err(|e: network::names::NameError| Problem::invalid("origin", e.to_string()))?;
        let mode = if asked.reason.gone { Withdrawal::Gone } else { Withdrawal::Banner };
        let act = match asked.act.as_str() {
            "withdraw" => Act::Withdraw { mode },
            "erase" => Act::Erase,
            _ => return Err(Problem::invalid("act", "must be withdraw or erase")),
        };
        let once = admin.once("order", &body);
        publish::order(&app, &portal, &origin, asked.item, act, asked.reason, once).await
    };
    created(&app, result.await)
}

/// A join request and the portal of ours that vouches.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// Domain of the portal of ours that vouches; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The child's request.
    pub request: JoinRequest,
}

/// `POST /api/v1/agencies`
pub async fn enrol(_: Administrator, State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let result = async {
        let asked: Enrol = read(&body)?;
        let portal = portal(&app, &visitor, asked.by.as_deref())?;
        let enrolment = asked.request.check()?;
        enrolments::enrol(&app, portal.log, &portal.origin, enrolment).await
    };
    entry(&app, result.await)
}

/// The end of a child's log.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Domain of the portal of ours that says so; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The child's log.
    pub origin: String,
    /// The log that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// For a compromised log: its last honest size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_size: Option<u64>,
}

/// `POST /api/v1/agencies/close`
pub async fn close(_: Administrator, State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    let result = async {
        let asked: Close = read(&body)?;
        let portal = portal(&app, &visitor, asked.by.as_deref())?;
        let name = |field: &str, text: &str| {
            text.parse::<Origin>().map_err(|e| Problem::invalid(field, e.to_string()))
        };
        let origin = name("origin", &asked.origin)?;
        let successor = asked.successor.as_deref().map(|s| name("successor", s)).transpose()?;
        enrolments::close(&app, portal.log, &portal.origin, origin, successor, asked.last_size).await
    };
    entry(&app, result.await)
}

fn entry(app: &App, result: Result<u64, Problem>) -> Response {
    match result {
        Ok(index) => (StatusCode::CREATED, Json(json!({ "entry": index }))).into_response(),
        Err(problem) => problem_json(app, problem),
    }
}
