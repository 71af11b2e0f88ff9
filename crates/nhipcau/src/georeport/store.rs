//! What is published, as Open311 tells it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, time};
use jiff::tz::Offset;
use open311::{Query, Request, Status, When};
use routing::table::CATCH_ALL;
use sqlx::FromRow;
use vietnam::petition_code::Code;

use super::services;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::petitions::following::name_of;
use crate::petitions::place;
use crate::problem::Problem;
use crate::words::{Lang, date};
use crate::{all, maybe};

/// Rows read at once.
const STEP: i64 = 1_000;

/// A published petition.
#[derive(FromRow)]
struct Published {
    id: String,
    code: String,
    place: String,
    state: String,
    owner: i64,
    registered: i64,
    answered: i64,
    reopened: i64,
    closed: i64,
    due: String,
    at: i64,
    question: String,
    reply: String,
    service: Option<String>,
    topic: Option<String>,
}

impl Published {
    /// What its sender has said that it is about, else what its text was read as.
    fn service(&self) -> &str {
        let said = self.service.as_deref().or(self.topic.as_deref()).unwrap_or(CATCH_ALL);
        if services::topic(said).is_some() { said } else { CATCH_ALL }
    }

    fn status(&self) -> Status {
        match self.state.as_str() {
            "answered" | "closed" | "withdrawn" => Status::Closed,
            _ => Status::Open,
        }
    }

    /// When it was closed, or was last different.
    fn updated(&self) -> i64 {
        match self.status() {
            Status::Closed if self.answered > 0 => self.answered,
            Status::Closed => self.closed.max(self.at),
            Status::Open => self.at.max(self.reopened),
        }
    }
}

fn when(at: Timestamp) -> When {
    When { at, offset: Offset::constant(date::OFFSET) }
}

/// The end of a day.
fn end_of(day: Date) -> Option<When> {
    let at = day.to_datetime(time(23, 59, 59, 0)).to_zoned_datetime(date::zone()).ok()?;
    Some(when(at.timestamp()))
}

/// Names of agencies by their logs, each asked for once in an answer.
#[derive(Default)]
struct Names(BTreeMap<i64, String>);

impl Names {
    async fn of(&mut self, app: &App, conn: &mut Conn, log: i64) -> Result<String, Problem> {
        if let Some(known) = self.0.get(&log) {
            return Ok(known.clone());
        }
        let name = name_of(app, conn, log, Lang::Vi).await?;
        self.0.insert(log, name.clone());
        Ok(name)
    }
}

async fn told(app: &App, conn: &mut Conn, names: &mut Names, row: &Published) -> Result<Request, Problem> {
    let code = row.service();
    let closed = row.status() == Status::Closed;
    Ok(Request {
        id: row.code.clone(),
        status: row.status(),
        status_notes: closed.then(|| row.reply.clone()),
        service_name: services::topic(code).map(|topic| topic.name.clone()).unwrap_or_default(),
        service_code: code.to_owned(),
        description: Some(row.question.clone()),
        agency_responsible: Some(names.of(app, conn, row.owner).await?),
        service_notice: None,
        requested: when(instant(row.registered)),
        updated: when(instant(row.updated())),
        expected: row.due.parse().ok().and_then(end_of),
        address: Some(place::name(&row.place, Lang::Vi)),
        address_id: Some(row.place.clone()),
        zipcode: None,
        // Where exactly it is could tell who has asked.
        position: None,
        media_url: None,
    })
}

/// What an agency has published, as far as it is asked for, the newest first; no more than the specification gives at once.
///
/// # Errors
/// The database's.
pub async fn list(app: &App, log: i64, query: &Query) -> Result<Vec<Request>, Problem> {
    let mut conn = app.db.read().await?;
    let (mut found, mut names) = (Vec::new(), Names::default());
    if !query.ids.is_empty() {
        for id in &query.ids {
            if let Some(row) = find(&mut conn, id).await? {
                found.push(told(app, &mut conn, &mut names, &row).await?);
            }
        }
        return Ok(found);
    }
    let (start, end) = query.span(app.clock.now());
    let (mut until, mut id) = (end.as_microsecond(), "z".to_owned());
    let fits = |row: &Published| {
        let service = row.service();
        (query.service_codes.is_empty() || query.service_codes.iter().any(|code| code == service))
            && (query.statuses.is_empty() || query.statuses.contains(&row.status()))
    };
    loop {
        let rows = all!(
            &mut conn,
            Published,
            "SELECT p.id, p.code, p.place, p.state, p.owner, p.registered, p.answered, p.reopened, p.closed, p.due, s.at,
               s.question, s.reply, v.service, r.topic
             FROM petition_public s JOIN petition p ON p.id = s.petition
             LEFT JOIN petition_service v ON v.petition = p.id LEFT JOIN petition_reading r ON r.petition = p.id
             WHERE s.log = $1 AND s.at >= $2 AND p.registered >= $2 AND (p.registered < $3 OR (p.registered = $3 AND p.id < $4))
             ORDER BY p.registered DESC, p.id DESC LIMIT $5",
            log,
            start.as_microsecond(),
            until,
            id.clone(),
            STEP
        )?;
        let last = rows.last().map(|row| (row.registered, row.id.clone()));
        let whole = rows.len() == STEP as usize;
        for row in rows.iter().filter(|row| fits(row)) {
            found.push(told(app, &mut conn, &mut names, row).await?);
            if found.len() == open311::MAX_RESULTS {
                return Ok(found);
            }
        }
        match last.filter(|_| whole) {
            Some((registered, last)) => (until, id) = (registered, last),
            None => return Ok(found),
        }
    }
}

/// One that is published, of any agency of this node.
///
/// # Errors
/// The database's.
pub async fn one(app: &App, code: &str) -> Result<Option<Request>, Problem> {
    let mut conn = app.db.read().await?;
    match find(&mut conn, code).await? {
        Some(row) => told(app, &mut conn, &mut Names::default(), &row).await.map(Some),
        None => Ok(None),
    }
}

async fn find(conn: &mut Conn, code: &str) -> sqlx::Result<Option<Published>> {
    // What is no code is asked of no database; one of the engines takes no zero byte.
    let Ok(code) = code.parse::<Code>().map(|code| code.to_string()) else { return Ok(None) };
    maybe!(
        conn,
        Published,
        "SELECT p.id, p.code, p.place, p.state, p.owner, p.registered, p.answered, p.reopened, p.closed, p.due, s.at,
           s.question, s.reply, v.service, r.topic
         FROM petition_public s JOIN petition p ON p.id = s.petition
         LEFT JOIN petition_service v ON v.petition = p.id LEFT JOIN petition_reading r ON r.petition = p.id
         WHERE p.code = $1",
        code
    )
}
