//! People over HTTP, by the node's token: what `nhipcau people` does, and the documented way back when nobody can sign in.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, Named, Nothing, Sent};
use super::write::{Administrator, created, portal};
use crate::app::App;
use crate::db::Tx;
use crate::people::appoint::{self, Appoint, Newcomer};
use crate::people::audit::{self, Kept, Line, Who};
use crate::people::{mine, store};
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;
use crate::words::date;

/// Of which portal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Its domain; the host's own if absent.
    #[serde(default)]
    portal: Option<String>,
}

/// Somebody who works at a portal.
#[derive(Serialize)]
struct Person {
    login: String,
    name: String,
    closed: bool,
    roles: Vec<Held>,
}

/// A role that somebody holds there.
#[derive(Serialize)]
struct Held {
    role: &'static str,
    below: bool,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    today: bool,
}

/// `GET /api/v1/people`
pub async fn list(
    _: Administrator,
    State(app): State<App>,
    Asked(of): Asked<Of>,
    visitor: Visitor,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, of.portal.as_deref())?;
        let today = date::day(app.clock.now());
        let mut conn = app.db.read().await?;
        let mut people = Vec::new();
        for account in store::at_log(&mut conn, portal.log).await? {
            let appointments = store::appointments(&mut conn, account.id).await?;
            let held = appointments.into_iter().filter(|a| a.origin == portal.origin).map(|a| Held {
                role: a.role.word(),
                below: a.below,
                today: a.holds(today),
                since: a.since.to_string(),
                until: a.until.map(|day| day.to_string()),
            });
            people.push(Person {
                login: account.login,
                name: account.name,
                closed: account.closed,
                roles: held.collect(),
            });
        }
        Ok(people)
    };
    answered(&app, result.await.map(Json))
}

/// Which part of the audit trail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// Domain of the portal; the host's own if absent.
    #[serde(default)]
    portal: Option<String>,
    /// After the line of this number.
    #[serde(default)]
    after: i64,
    /// At most so many, up to 1,000.
    #[serde(default)]
    most: Option<i64>,
    /// True to check the whole trail of the node as well.
    #[serde(default)]
    check: bool,
}

/// A part of the audit trail.
#[derive(Serialize)]
struct Told {
    /// Oldest first.
    lines: Vec<Kept>,
    /// The first line that is missing or was changed; absent if none is, or nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<i64>,
    /// Whether the trail is whole; absent if nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<bool>,
}

/// `GET /api/v1/audit`
pub async fn trail(
    _: Administrator,
    State(app): State<App>,
    Asked(of): Asked<Trail>,
    visitor: Visitor,
) -> Response {
    let result = async {
        let log = portal(&app, &visitor, of.portal.as_deref())?.log;
        // That it was taken is a line of it too; once, not for each part.
        if of.after == 0 {
            let line = Line::new(Who::Token, log, "audit.export", "");
            app.db
                .write("audit.export", async move |tx: &mut Tx| Ok::<_, Problem>(audit::add(tx, line).await?))
                .await?;
        }
        let mut conn = app.db.read().await?;
        let lines = audit::after(&mut conn, log, of.after, of.most.unwrap_or(1_000).clamp(1, 1_000)).await?;
        let broken = if of.check { Some(audit::broken(&mut conn).await?) } else { None };
        Ok(Told { lines, whole: broken.map(|broken| broken.is_none()), broken: broken.flatten() })
    };
    answered(&app, result.await.map(Json))
}

/// Somebody new at a portal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Domain of the portal; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// Who, with which roles.
    pub person: Newcomer,
}

/// `POST /api/v1/people`
pub async fn invite(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Invite>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.portal.as_deref())?;
        appoint::invite(&app, &portal, Who::Token, said.person).await
    };
    created(&app, result.await)
}

/// What is changed of somebody at a portal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Domain of the portal; the host's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// `link`, `appoint`, `close`, `open` or `reset` (every second factor is taken away).
    pub act: String,
    /// For `appoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Appoint>,
}

/// `POST /api/v1/people/{login}`
pub async fn change(
    _: Administrator,
    State(app): State<App>,
    Named(login): Named,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Change>,
) -> Response {
    let result = async {
        let portal = portal(&app, &visitor, said.portal.as_deref())?;
        match (said.act.as_str(), said.roles) {
            ("link", None) => {
                let invited = appoint::link(&app, &portal, Who::Token, &login).await?;
                return Ok(serde_json::to_value(invited).map_err(anyhow::Error::from)?);
            }
            ("appoint", Some(roles)) => appoint::appoint(&app, &portal, Who::Token, &login, roles).await?,
            ("close", None) => appoint::close(&app, &portal, Who::Token, &login, true).await?,
            ("reset", None) => mine::reset(&app, &portal, Who::Token, &login).await?,
            ("open", None) => appoint::close(&app, &portal, Who::Token, &login, false).await?,
            _ => {
                return Err(Problem::invalid(
                    "act",
                    "must be link, close, open or reset; or appoint with roles",
                ));
            }
        }
        Ok(serde_json::json!({ "login": login }))
    };
    created(&app, result.await)
}
