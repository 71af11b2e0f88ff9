//! Erasures over HTTP: the token proposes, a person confirms – in the console, or here by proving who they are.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use network::entry::{Act, Withdrawal};
use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, created, portal};
use crate::agencies::Portal;
use crate::app::App;
use crate::drafts::acts::By;
use crate::drafts::ends::{self, Proposal, Proposed, Target};
use crate::drafts::life::Actor;
use crate::embargo::seal;
use crate::items::desk::{self, Request};
use crate::items::publish::{self, Done, Reason};
use crate::items::store::Reference;
use crate::people::audit::Who;
use crate::people::login::Caller;
use crate::people::vouch::{self, Given};
use crate::problem::Problem;
use crate::web::answer::{answered, problem_json};
use crate::web::visitor::Visitor;

fn accepted<T: Serialize>(app: &App, result: Result<T, Problem>) -> Response {
    answered(app, result.map(|waits| (StatusCode::ACCEPTED, Json(waits))))
}

/// `POST /api/v1/items/{reference}/erasure`: proposes it.
pub async fn erase(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    Sent { said, bytes }: Sent<Reason>,
) -> Response {
    let result = async {
        let once = admin.once(&bytes);
        if let Some(before) = publish::answered_before::<Proposed>(&app, once.as_ref()).await? {
            return Ok(before);
        }
        if seal::is_waiting(&app, &reference).await? {
            return Err(Problem::refused(
                "Mục này còn niêm phong, chưa ai đọc được: hãy gỡ (withdraw) để hủy niêm phong, nội dung sẽ không bao giờ được mở.",
                "This item is still sealed and read by nobody: withdraw it, which calls the embargo off, and it is never opened.",
            ));
        }
        let standing = publish::own(&app, &reference).await?;
        let portals = app.portals.load();
        let portal = portals.find(|portal| portal.log == standing.log);
        let portal = portal.ok_or(Problem::NotFound("portal"))?;
        let confirm = vouch::approvers(&app, &portal).await?;
        let by = By::token(portal.log, portal.origin.clone());
        ends::propose_once(&app, &by, &Target::Own(Box::new(standing)), "erase", said, once, confirm).await
    };
    accepted(&app, result.await)
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

/// What came of an order: carried out, or proposed.
enum Ordered {
    Done(Done),
    Proposed(Proposed),
}

/// `POST /api/v1/items/{reference}/order`: an ancestor of the item's portal ends it; also before it has come. An erasure is
/// only proposed.
pub async fn order(
    admin: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Order>,
) -> Response {
    let result = async {
        let once = admin.once(&bytes);
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let named: Reference = reference.parse().map_err(|e: &str| Problem::invalid("reference", e))?;
        let mode = if said.gone { Withdrawal::Gone } else { Withdrawal::Banner };
        let reason = Reason { reason: said.reason, basis: said.basis, gone: said.gone, urgent: true };
        match said.act.as_str() {
            "withdraw" => {
                let (origin, act) = (issuer(&app, &named)?, Act::Withdraw { mode });
                let request = publish::ordering(&app, &portal, &origin, named.item, act, reason)?;
                Ok(Ordered::Done(desk::submit(&app, Request { once, ..request }).await?))
            }
            "erase" => {
                if let Some(before) = publish::answered_before(&app, once.as_ref()).await? {
                    return Ok(Ordered::Proposed(before));
                }
                let origin = issuer(&app, &named)?;
                let target = Target::Below { by: Portal::clone(&portal), origin, item: named.item };
                let confirm = vouch::approvers(&app, &portal).await?;
                let by = By::token(portal.log, portal.origin.clone());
                let waits = ends::propose_once(&app, &by, &target, "erase", reason, once, confirm).await?;
                Ok(Ordered::Proposed(waits))
            }
            _ => Err(Problem::invalid("act", "must be withdraw or erase")),
        }
    };
    match result.await {
        Ok(Ordered::Done(done)) => created(&app, Ok(done)),
        Ok(Ordered::Proposed(waits)) => accepted(&app, Ok(waits)),
        Err(problem) => problem_json(&app, problem),
    }
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

/// Of which portal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Its domain, where two of this node propose the end of one item.
    #[serde(default)]
    portal: Option<String>,
}

/// A proposal that waits.
#[derive(Serialize)]
struct Waiting {
    #[serde(flatten)]
    proposed: Proposed,
    /// The portal at which it is confirmed.
    portal: String,
    /// Why.
    reason: String,
    /// The legal basis.
    basis: String,
    /// Who proposes; absent for the node's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

/// `GET /api/v1/items/{reference}/proposal`
pub async fn proposal(
    _: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(of): Asked<Of>,
    visitor: Visitor,
) -> Response {
    let result = async {
        let (portal, target, proposal) = found(&app, &visitor, &reference, of.portal.as_deref()).await?;
        let confirm = vouch::approvers(&app, &portal).await?;
        let reference = target.reference().to_string();
        let path = format!("{}/muc/{reference}", crate::people::pages::HOME);
        let Proposal { how, reason, basis, name, at, .. } = proposal;
        Ok(Waiting {
            proposed: Proposed { reference, proposed: how, at, path, confirm },
            portal: portal.domain.to_string(),
            reason,
            basis,
            by: Some(name).filter(|name| !name.is_empty()),
        })
    };
    answered(&app, result.await.map(Json))
}

async fn found(
    app: &App,
    visitor: &Visitor,
    reference: &str,
    named: Option<&str>,
) -> Result<(std::sync::Arc<Portal>, Target, Proposal), Problem> {
    let only = match named {
        Some(_) => Some(portal(app, visitor, named)?.log),
        None => None,
    };
    ends::proposed(app, reference, only).await
}

/// Somebody confirms a proposal, or drops it, and proves who they are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Domain of the portal whose proposal it is, where two of this node propose the end of one item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// Which proposal: its `at`.
    pub at: i64,
    /// False to drop it.
    #[serde(default = "yes")]
    pub confirm: bool,
    /// Who.
    pub login: String,
    /// Their password.
    pub password: String,
    /// The code of their authenticator app, or a recovery code, where they have a second step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

fn yes() -> bool {
    true
}

/// What came of it.
#[derive(Serialize)]
struct Decided {
    /// Where it stands; absent if the proposal was dropped.
    #[serde(flatten)]
    done: Option<Done>,
    /// `confirmed` or `dropped`.
    decided: &'static str,
}

/// `POST /api/v1/items/{reference}/confirmation`: the second person, at the command line.
pub async fn confirm(
    _: Administrator,
    State(app): State<App>,
    Named(reference): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    headers: HeaderMap,
    Sent { said, .. }: Sent<Confirmation>,
) -> Response {
    let result = async {
        let (portal, target, _) = found(&app, &visitor, &reference, said.portal.as_deref()).await?;
        let given = Given { login: &said.login, password: &said.password, code: said.code.as_deref() };
        let caller = Caller::of(&visitor, &headers);
        let (account, roles) = vouch::vouch(&app, &portal, &given, &caller).await?;
        let by = By {
            actor: Actor::Person(account.id, roles),
            who: Who::Account(account.id),
            log: portal.log,
            origin: portal.origin.clone(),
        };
        let done = ends::decide(&app, &by, &target, said.at, said.confirm).await?;
        Ok(Decided { done, decided: if said.confirm { "confirmed" } else { "dropped" } })
    };
    created(&app, result.await)
}
