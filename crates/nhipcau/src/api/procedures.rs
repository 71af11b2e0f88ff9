//! The catalogue of procedures for programs: the same filters as its pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use vietnam::text::slug;

use super::asked::{Asked, portal_of};
use crate::agencies::Portal;
use crate::app::App;
use crate::items::Card;
use crate::items::store::Reference;
use crate::problem::Problem;
use crate::procedures::brief::Brief;
use crate::procedures::rules::{self, Group, Level, others};
use crate::procedures::store::{self, Filter, Row};
use crate::web::answer::answered;
use crate::web::visitor::Visitor;

/// Procedures in one answer at most.
const MOST: u32 = 500;

/// Whose catalogue is asked for: `?portal=`, else the host's own.
pub struct Portalled(Asked<OnePortal>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnePortal {
    portal: Option<String>,
}

impl FromRequestParts<App> for Portalled {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Portalled, Response> {
        Asked::from_request_parts(parts, app).await.map(Portalled)
    }
}

impl Portalled {
    /// The portal.
    ///
    /// # Errors
    /// There is none of that name, or none at that host.
    pub fn of(&self, app: &App, visitor: &Visitor) -> Result<Arc<Portal>, Problem> {
        portal_of(app, visitor, self.0.0.portal.as_deref())
    }
}

/// What a list is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    portal: Option<String>,
    event: Option<String>,
    audience: Option<String>,
    field: Option<String>,
    level: Option<String>,
    name: Option<String>,
    code: Option<String>,
    #[serde(default)]
    own: bool,
    #[serde(default)]
    skip: u32,
    limit: Option<u32>,
}

impl Listing {
    fn checked(&self) -> Result<Filter, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::invalid("limit", format!("must be 1 to {MOST}")));
        }
        let known = |id: &String| {
            rules::shipped().events.iter().any(|event| event.id == *id)
                || Group::ALL.into_iter().any(|group| others(group) == id)
        };
        if self.event.as_ref().is_some_and(|id| !known(id)) {
            return Err(Problem::invalid("event", "is no event; data/services/events.toml lists them"));
        }
        let group = self.audience.as_deref().map(|word| {
            Group::ALL
                .into_iter()
                .find(|group| group.slug() == word)
                .ok_or_else(|| Problem::invalid("audience", "must be nguoi-dan, doanh-nghiep or to-chuc"))
        });
        let level = self.level.as_deref().map(|word| {
            Level::ALL
                .into_iter()
                .find(|level| level.slug() == word)
                .ok_or_else(|| Problem::invalid("level", "must be cap-xa, cap-tinh, cap-bo or co-quan-khac"))
        });
        Ok(Filter {
            event: self.event.clone(),
            group: group.transpose()?,
            field: self.field.as_deref().map(slug),
            level: level.transpose()?,
            name: self.name.clone(),
            code: self.code.clone(),
            own: self.own,
            skip: self.skip.into(),
            most: limit.into(),
        })
    }

    /// Where the next page is, if there is one.
    fn next(&self, portal: &str, filter: &Filter, total: i64) -> Option<String> {
        let skip = filter.skip + filter.most;
        if skip >= total {
            return None;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("portal", portal);
        let pairs = [
            ("event", &self.event),
            ("audience", &self.audience),
            ("field", &self.field),
            ("level", &self.level),
            ("name", &self.name),
            ("code", &self.code),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if self.own {
            query.append_pair("own", "true");
        }
        query.append_pair("skip", &skip.to_string()).append_pair("limit", &filter.most.to_string());
        Some(format!("/api/v1/procedures?{}", query.finish()))
    }
}

/// `GET /api/v1/procedures`
pub async fn list(State(app): State<App>, Asked(asked): Asked<Listing>, visitor: Visitor) -> Response {
    let result = async {
        let filter = asked.checked()?;
        let portal = portal_of(&app, &visitor, asked.portal.as_deref())?;
        let mut conn = app.db.read().await?;
        let total = store::count(&mut conn, &portal.domain, portal.log, &filter).await?;
        let rows = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        Ok(Json(json!({
            "portal": &*portal.domain, "total": total,
            "procedures": rows.iter().filter_map(told).collect::<Vec<_>>(),
            "next": asked.next(&portal.domain, &filter, total),
        })))
    };
    answered(&app, result.await)
}

fn told(row: &Row) -> Option<Value> {
    let reference = Reference::of(&row.origin.parse().ok()?, Uuid::try_parse(&row.item).ok()?);
    let card: Card = serde_json::from_str(&row.card).ok()?;
    let brief: Brief = serde_json::from_str(&row.brief).unwrap_or_default();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(json!({
        "reference": reference.to_string(),
        "origin": row.origin,
        "code": row.code,
        "title": card.title,
        "field": row.field,
        "levels": row.levels().iter().map(|level| level.slug()).collect::<Vec<_>>(),
        "audiences": row.groups().iter().map(|group| group.slug()).collect::<Vec<_>>(),
        "time": { "least": some(&brief.least), "most": some(&brief.most), "by_way": brief.mixed },
        "fee": { "free": brief.free, "said": some(&brief.fee), "by_way": brief.fees },
        "online": brief.online,
        "path": format!("/muc/{reference}"),
        "cpsv": format!("/muc/{reference}/cpsv.ttl"),
    }))
}
