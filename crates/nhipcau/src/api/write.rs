//! Writing: issue, correct, withdraw, erase, order. The token of the node is asked for.

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::entry::{Act, ItemChange, Withdrawal};
use network::names::{ContentHash, Origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::asked::{Asked, Named, Nothing, Sent};
use crate::agencies::Portal;
use crate::app::App;
use crate::embargo::seal;
use crate::items::draft::Draft;
use crate::items::publish::{self, Once, Reason};
use crate::items::store::Reference;
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::{Visitor, host_of};

/// Whoever holds the node's token. Without it the handlers do not compile.
pub struct Administrator {
    key: Option<String>,
    path: String,
}

/// The longest idempotency key, in characters.
const MOST_KEY: usize = 200;

impl FromRequestParts<App> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Administrator, Response> {
        if !is_administrator(app, &parts.headers) {
            let problem = Problem::Forbidden {
                vi: "Cần mã quản trị của máy chủ: gửi kèm “Authorization: Bearer <mã>”; mã nằm trong tệp admin.token.".into(),
                en: "The node's token is needed: send `Authorization: Bearer <token>`; it is in the file admin.token.".into(),
            };
            let mut response = problem_json(app, problem);
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return Err(response);
        }
        let key = match parts.headers.get("idempotency-key").map(|key| key.to_str()) {
            None => None,
            Some(Ok(key)) if (1..=MOST_KEY).contains(&key.trim().len()) => Some(key.trim().to_owned()),
            Some(_) => {
                let why = format!("must be 1 to {MOST_KEY} visible ASCII characters");
                return Err(problem_json(app, Problem::invalid("Idempotency-Key", why)));
            }
        };
        // The whole path: the same words about another item are another request.
        let path = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0).path().to_owned();
        Ok(Administrator { key, path })
    }
}

/// Whether a request carries the node's token.
pub(super) fn is_administrator(app: &App, headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|v| v.to_str().ok());
    let given = given.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
    // Compared as hashes, so that the time taken tells nothing of the token.
    ContentHash::of(given.trim().as_bytes()) == ContentHash::of(app.token.as_bytes())
}

impl Administrator {
    pub(super) fn once(&self, body: &[u8]) -> Option<Once> {
        let whole = [self.path.as_bytes(), b"\n", body].concat();
        self.key.clone().map(|name| Once { token: "admin".into(), name, digest: ContentHash::of(&whole).0 })
    }
}

pub(super) fn created<T: Serialize>(app: &App, result: Result<T, Problem>) -> Response {
    match result {
        Ok(done) => (StatusCode::CREATED, Json(done)).into_response(),
        Err(problem) => problem_json(app, problem),
    }
}

/// The portal named in a request, or the host's own. The node's own address speaks for its own portal, though
/// no reader is served there.
pub(super) fn portal(app: &App, visitor: &Visitor, named: Option<&str>) -> Result<Arc<Portal>, Problem> {
    let portals = app.portals.load();
    match named {
        Some(domain) => portals
            .by_host(domain)
            .or_else(|| portals.all().into_iter().find(|p| *p.origin.as_str() == *domain)),
        None => {
            let ours = app.config.url.split_once("://").map_or("", |(_, authority)| host_of(authority));
            visitor.portal.clone().or_else(|| portals.main().filter(|_| visitor.host == ours))
        }
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
    /// Sealed at every node until then, and opened everywhere at that instant (RFC 3339); issued at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo_until: Option<jiff::Timestamp>,
}

/// `POST /api/v1/items`
pub async fn issue(
    admin: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Issue>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.portal.as_deref())?;
        let once = admin.once(&bytes);
        match said.embargo_until {
            None => publish::issue(&app, portal.log, &portal.origin, said.item, once).await,
            Some(at) => {
                let due = at.as_microsecond();
                seal::issue(&app, portal.log, &portal.origin, said.item, due, once).await
            }
        }
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
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    Sent { said, bytes }: Sent<Edition>,
) -> Response {
    let result = async {
        let change: ItemChange = said.change.parse().map_err(|e: String| Problem::invalid("change", e))?;
        if change == ItemChange::New {
            return Err(Problem::invalid("change", "must be correct, update or replace"));
        }
        let once = admin.once(&bytes);
        if let Some(done) = publish::answered_before(&app, once.as_ref()).await? {
            return Ok(done);
        }
        let standing = publish::own(&app, &reference).await?;
        publish::change(&app, &standing, change, said.item, once).await
    };
    created(&app, result.await)
}

/// `POST /api/v1/items/{reference}/withdrawal`
pub async fn withdraw(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    sent: Sent<Reason>,
) -> Response {
    end(&app, &admin, &reference, sent, false).await
}

/// `POST /api/v1/items/{reference}/erasure`
pub async fn erase(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    sent: Sent<Reason>,
) -> Response {
    end(&app, &admin, &reference, sent, true).await
}

async fn end(
    app: &App,
    admin: &Administrator,
    reference: &str,
    Sent { said, bytes }: Sent<Reason>,
    erase: bool,
) -> Response {
    let result = async {
        let once = admin.once(&bytes);
        if let Some(done) = publish::answered_before(app, once.as_ref()).await? {
            return Ok(done);
        }
        // What is still sealed is called off.
        if let Some(done) = seal::call_off(app, reference, &said, erase, once.clone()).await? {
            return Ok(done);
        }
        let standing = publish::own(app, reference).await?;
        match erase {
            true => publish::erase(app, &standing, said, once).await,
            false => publish::withdraw(app, &standing, said, once).await,
        }
    };
    created(app, result.await)
}

/// An order about an item of a portal below.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Domain of the portal of ours that orders; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// `withdraw` or `erase`.
    pub act: String,
    /// Why; readers see it.
    #[serde(default)]
    pub reason: String,
    /// The legal basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// True to let nobody read it any more.
    #[serde(default)]
    pub gone: bool,
}

/// `POST /api/v1/items/{reference}/order`: an ancestor of the item's portal ends it; also before it has come.
pub async fn order(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Order>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let named: Reference = reference.parse().map_err(|e: &str| Problem::invalid("reference", e))?;
        let origin = issuer(&app, &named)?;
        let mode = if said.gone { Withdrawal::Gone } else { Withdrawal::Banner };
        let act = match said.act.as_str() {
            "withdraw" => Act::Withdraw { mode },
            "erase" => Act::Erase,
            _ => return Err(Problem::invalid("act", "must be withdraw or erase")),
        };
        let reason = Reason { reason: said.reason, basis: said.basis, gone: said.gone, urgent: true };
        publish::order(&app, &portal, &origin, named.item, act, reason, admin.once(&bytes)).await
    };
    created(&app, result.await)
}

/// The enrolled log whose name a reference abbreviates.
fn issuer(app: &App, reference: &Reference) -> Result<Origin, Problem> {
    let directory = app.directory.load();
    let mut found = directory.agencies().filter(|a| Reference::of(&a.origin, reference.item) == *reference);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.origin.clone()),
        // Eight digits of two names could be the same; then nobody is to be ended by mistake.
        (Some(_), Some(_)) => {
            Err(Problem::invalid("reference", "two logs begin like this; say it at their portal"))
        }
        (None, _) => Err(Problem::NotFound("enrolled log that this reference belongs to")),
    }
}
