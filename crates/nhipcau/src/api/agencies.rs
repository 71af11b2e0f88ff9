//! Writing about agencies: enrol, change, close; and a portal's own look. The token of the node is asked for.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use network::entry::{Change, Kind, Name};
use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, created, portal};
use crate::agencies::enrol::{self as enrolments, JoinRequest};
use crate::agencies::key_change;
use crate::agencies::look::{self, Look};
use crate::app::App;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;

/// What was written about an agency.
#[derive(Serialize)]
struct Stated {
    /// The child's log.
    origin: String,
    /// Index of the entry in the parent's log.
    entry: u64,
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
pub async fn enrol(
    admin: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Enrol>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let enrolment = said.request.check()?;
        let origin = enrolment.origin.to_string();
        let kind = Kind::AgencyEnrolled(enrolment);
        let entry = enrolments::state(&app, portal.log, &portal.origin, kind, admin.once(&bytes)).await?;
        Ok(Stated { origin, entry })
    };
    created(&app, result.await)
}

/// What is different of a child: single fields, or all that its fresh join request says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// Domain of the portal of ours that says so; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The child's log; may be absent beside a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its new name in Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// And in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Its new code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A new key of its log, with which its node signs already beside the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The unit that is accountable now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable: Option<String>,
    /// The act that makes it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable_basis: Option<String>,
    /// A fresh join request: another node, address or domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<JoinRequest>,
}

impl Changed {
    async fn change(self, app: &App) -> Result<Change, Problem> {
        let mut change = match (&self.request, &self.origin) {
            (Some(request), _) => enrolments::difference(app, &request.check()?)?,
            (None, Some(origin)) => Change::of(
                origin
                    .parse()
                    .map_err(|e: network::names::NameError| Problem::invalid("origin", e.to_string()))?,
            ),
            (None, None) => return Err(Problem::invalid("origin", "name the log, or send its join request")),
        };
        if self.name.is_some() || self.name_en.is_some() {
            let directory = app.directory.load();
            let known = directory.agency(&change.origin).ok_or(Problem::NotFound("agency"))?.name.clone();
            change.name =
                Some(Name { vi: self.name.unwrap_or(known.vi), en: self.name_en.unwrap_or(known.en) });
        }
        if let Some(key) = &self.key {
            change.key = Some(key_change::stated(app, &change.origin, key).await?);
        }
        change.code = self.code.or(change.code);
        change.accountable = self.accountable.or(change.accountable);
        change.accountable_basis = self.accountable_basis.or(change.accountable_basis);
        if change == Change::of(change.origin.clone()) {
            return Err(Problem::invalid("body", "says nothing that is different"));
        }
        Ok(change)
    }
}

/// `POST /api/v1/agencies/change`
pub async fn change(
    admin: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Changed>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let change = said.change(&app).await?;
        let origin = change.origin.to_string();
        let kind = Kind::AgencyChanged(change);
        let entry = enrolments::state(&app, portal.log, &portal.origin, kind, admin.once(&bytes)).await?;
        Ok(Stated { origin, entry })
    };
    created(&app, result.await)
}

/// `POST /api/v1/portals/{domain}/look`
pub async fn look(
    _: Administrator,
    State(app): State<App>,
    Named(domain): Named,
    Asked(Nothing {}): Asked<Nothing>,
    Sent { said, .. }: Sent<Look>,
) -> Response {
    let result = async { look::set(&app, &domain, said.check()?).await };
    answered(&app, result.await.map(|()| StatusCode::NO_CONTENT))
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
    /// Logs that take over a part beside it, when the agency is divided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// For a compromised log: its last honest size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_size: Option<u64>,
}

/// `POST /api/v1/agencies/close`
pub async fn close(
    admin: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, bytes }: Sent<Close>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.by.as_deref())?;
        let name = |field: &str, text: &str| {
            text.parse::<Origin>().map_err(|e| Problem::invalid(field, e.to_string()))
        };
        let origin = name("origin", &said.origin)?;
        let successor = said.successor.as_deref().map(|s| name("successor", s)).transpose()?;
        let also = said.also.iter().map(|s| name("also", s)).collect::<Result<_, _>>()?;
        let last_size = said.last_size;
        let kind = Kind::AgencyClosed { origin: origin.clone(), successor, also, last_size };
        let entry = enrolments::state(&app, portal.log, &portal.origin, kind, admin.once(&bytes)).await?;
        Ok(Stated { origin: origin.to_string(), entry })
    };
    created(&app, result.await)
}
