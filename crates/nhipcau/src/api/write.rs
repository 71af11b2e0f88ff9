//! Writing: issue, correct, withdraw. The token of the node is asked for; what needs a second person waits for one.

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::entry::ItemChange;
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::asked::{Asked, Named, Nothing, Sent};
use crate::agencies::Portal;
use crate::app::App;
use crate::drafts::acts::{self, Waits};
use crate::drafts::rules;
use crate::embargo::seal;
use crate::items::State as Stands;
use crate::items::draft::Draft;
use crate::items::publish::{self, Done, Once, Reason};
use crate::problem::Problem;
use crate::web::answer::{answered, problem_json};
use crate::web::visitor::{Visitor, host_of};
use crate::words::date;

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

pub(crate) fn created<T: Serialize>(app: &App, result: Result<T, Problem>) -> Response {
    answered(app, result.map(|done| (StatusCode::CREATED, Json(done))))
}

/// What came of handing something in.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Came {
    /// It waits for a second person.
    Waits(Waits),
    /// It stands.
    Done(Done),
}

/// 201 for what stands, 202 for what waits.
fn came(app: &App, result: Result<Came, Problem>) -> Response {
    match result {
        Ok(Came::Waits(waits)) => (StatusCode::ACCEPTED, Json(waits)).into_response(),
        Ok(Came::Done(done)) => created(app, Ok(done)),
        Err(problem) => problem_json(app, problem),
    }
}

/// The portal named in a request, or the host's own. The node's own address speaks for its own portal, though
/// no reader is served there.
pub(crate) fn portal(app: &App, visitor: &Visitor, named: Option<&str>) -> Result<Arc<Portal>, Problem> {
    let portals = app.portals.load();
    match named {
        Some(domain) => portals.by_host(domain).or_else(|| portals.find(|p| *p.origin.as_str() == *domain)),
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
        let once = admin.once(&bytes);
        if let Some(before) = publish::answered_before(&app, once.as_ref()).await? {
            return Ok(before);
        }
        let portal = portal(&app, &visitor, said.portal.as_deref())?;
        let until = said.embargo_until.map(|at| at.as_microsecond());
        if rules::waits(&app.config, &portal, &said.item.kind, date::day(app.clock.now())) {
            let item = app.dice.id(&app.clock)?;
            let waits = acts::hand_in(&app, &portal, (item, 0), ItemChange::New, said.item, until, once);
            return Ok(Came::Waits(waits.await?));
        }
        let (log, origin) = (portal.log, &portal.origin);
        let done = match until {
            None => publish::issue(&app, log, origin, said.item, once).await?,
            Some(due) => seal::issue(&app, log, origin, said.item, due, once).await?,
        };
        Ok(Came::Done(done))
    };
    came(&app, result.await)
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
        if let Some(before) = publish::answered_before(&app, once.as_ref()).await? {
            return Ok(before);
        }
        let standing = publish::own(&app, &reference).await?;
        let portal = app.portals.load().find(|portal| portal.log == standing.log);
        let portal = portal.ok_or(Problem::NotFound("portal"))?;
        if rules::waits(&app.config, &portal, &said.item.kind, date::day(app.clock.now())) {
            if standing.state == Stands::Erased {
                return Err(publish::erased());
            }
            if standing.card.carried.is_some() {
                return Err(publish::carried());
            }
            let base = u32::try_from(standing.edition).map_err(anyhow::Error::from)?;
            let draft = publish::carry_on(&app, &standing, said.item).await?;
            let waits = acts::hand_in(&app, &portal, (standing.item, base), change, draft, None, once);
            return Ok(Came::Waits(waits.await?));
        }
        Ok(Came::Done(publish::change(&app, &standing, change, said.item, once).await?))
    };
    came(&app, result.await)
}

/// `POST /api/v1/items/{reference}/withdrawal`
pub async fn withdraw(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    Sent { said, bytes }: Sent<Reason>,
) -> Response {
    let result = async {
        let once = admin.once(&bytes);
        if let Some(done) = publish::answered_before::<Done>(&app, once.as_ref()).await? {
            return Ok(done);
        }
        // What is still sealed is called off.
        if let Some(done) = seal::call_off(&app, &reference, &said, once.clone()).await? {
            return Ok(done);
        }
        let standing = publish::own(&app, &reference).await?;
        publish::withdraw(&app, &standing, said, once).await
    };
    created(&app, result.await)
}
