//! `/api/v1/records`: every item of a portal in the order in which it came to look as it does here, with its editions and,
//! if asked for, its content. What was withdrawn or erased is told as such, so that a copy elsewhere can follow.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use network::content::{Item, ItemKind};
use serde::Deserialize;
use serde_json::{Value, json};
use vietnam::documents::Status;

use super::cursor::{Cursor, Place};
use super::store::{self, Told};
use crate::api::{Asked, portal_of};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::law;
use crate::items::State as Standing;
use crate::items::store as items;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::visitor::Visitor;

/// Records in one answer at most.
const MOST: usize = 200;
/// Items that are looked at for one answer, whatever the filters leave out.
const MOST_SEEN: usize = 1_000;
/// Items that are looked at by one statement.
const PIECE: usize = 100;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// A portal's domain; the host's own if absent.
    portal: Option<String>,
    kind: Option<String>,
    /// The domain of the agency that published.
    agency: Option<String>,
    /// A field of administration.
    field: Option<String>,
    /// The first and the last moment at which it came to look as it does here.
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// The first and the last day of issue.
    issued_from: Option<Date>,
    issued_until: Option<Date>,
    /// Only documents that are in force on this day.
    in_force: Option<Date>,
    /// With the whole content.
    #[serde(default)]
    content: bool,
    /// Where the last answer ended.
    cursor: Option<String>,
    limit: Option<usize>,
}

impl Listing {
    fn walk(&self, app: &App) -> Result<Cursor, Problem> {
        if let Some(text) = &self.cursor {
            let cursor = Cursor::read(text).filter(|cursor| cursor.form == "records");
            return cursor.ok_or_else(|| {
                Problem::invalid("cursor", "is none that was given out here; begin without it")
            });
        }
        if let Some(kind) = &self.kind {
            kind.parse::<ItemKind>().map_err(|e| Problem::invalid("kind", e.to_string()))?;
        }
        let directory = app.directory.load();
        let issuer = match &self.agency {
            None => String::new(),
            Some(host) => directory
                .agencies()
                .find(|agency| agency.domain.as_str() == host)
                .map(|agency| agency.origin.to_string())
                .ok_or_else(|| {
                    Problem::invalid("agency", "must be the domain of an agency; see /api/v1/agencies")
                })?,
        };
        Ok(Cursor {
            from: self.from.map_or(0, Timestamp::as_microsecond),
            until: self.until.map_or(i64::MAX, Timestamp::as_microsecond),
            form: "records".into(),
            kind: self.kind.clone().unwrap_or_default(),
            issuer,
            after: Place { at: i64::MIN, ..Place::default() },
            told: 0,
        })
    }

    /// True if only documents and items that stand can fit.
    fn filters(&self) -> bool {
        self.field.is_some()
            || self.issued_from.is_some()
            || self.issued_until.is_some()
            || self.in_force.is_some()
    }

    fn fits(&self, item: &items::Standing, document: Option<&Item>, status: Option<Status>) -> bool {
        let field =
            self.field.as_ref().is_none_or(|field| document.is_some_and(|d| d.fields.contains(field)));
        let day = item.card.issued;
        let since = self.issued_from.is_none_or(|from| day.is_some_and(|day| day >= from));
        let before = self.issued_until.is_none_or(|until| day.is_some_and(|day| day <= until));
        let force =
            self.in_force.is_none_or(|_| matches!(status, Some(Status::InForce | Status::InForceChanged)));
        field && since && before && force
    }
}

/// `GET /api/v1/records`
pub async fn api(State(app): State<App>, Asked(asked): Asked<Listing>, visitor: Visitor) -> Response {
    answered(&app, found(&app, &asked, &visitor).await.map(Json))
}

async fn found(app: &App, asked: &Listing, visitor: &Visitor) -> Result<Value, Problem> {
    let limit = asked.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid("limit", format!("must be 1 to {MOST}")));
    }
    let mut walk = asked.walk(app)?;
    let portal = portal_of(app, visitor, asked.portal.as_deref())?;
    let mut conn = app.db.read().await?;
    let (mut records, mut seen, mut more) = (Vec::new(), 0, true);
    while more && records.len() < limit && seen < MOST_SEEN {
        let piece = PIECE.min(limit - records.len());
        let (told, rest) = store::next(&mut conn, &portal.domain, &walk, false, piece).await?;
        more = rest;
        for one in told {
            seen += 1;
            walk.after = one.place.clone();
            records.extend(record(app, &mut conn, asked, &one).await?);
        }
    }
    walk.told += records.len() as u64;
    Ok(json!({
        "portal": &*portal.domain, "records": records, "cursor": more.then(|| walk.text()),
    }))
}

/// One record; nothing if it does not fit.
async fn record(app: &App, conn: &mut Conn, asked: &Listing, told: &Told) -> Result<Option<Value>, Problem> {
    let reference = told.reference();
    let mut said = json!({
        "reference": reference.to_string(), "origin": told.origin.to_string(), "id": told.item.to_string(),
        "seen": instant(told.place.at).to_string(), "path": format!("/muc/{reference}"), "state": "erased",
    });
    let Some(item) = &told.stands else {
        if asked.filters() {
            return Ok(None);
        }
        if let Some(ended) = items::find(conn, &reference).await? {
            // Of what no longer stands nothing is told but that.
            said["state"] = json!(ended.state.word());
            said["changed"] = json!(instant(ended.changed).to_string());
        }
        return Ok(Some(said));
    };
    let bytes = match item.content {
        Some(hash) if asked.content || asked.field.is_some() => app.folder.read(conn, &hash).await?,
        _ => None,
    };
    let document = bytes.as_ref().and_then(|bytes| Item::parse(bytes).ok());
    let status = match (asked.in_force, law::subject(&item.kind, &item.card)) {
        (Some(day), Some(subject)) => {
            let number = subject.number.as_ref().map(|number| number.key());
            let known = law::known(conn, &app.directory.load(), number).await?;
            law::told(&known.standing(&subject, day))
        }
        _ => None,
    };
    if !asked.fits(item, document.as_ref(), status) {
        return Ok(None);
    }
    let editions = items::editions(conn, item.log, item.item).await?;
    said["state"] = json!(Standing::Standing.word());
    said["changed"] = json!(instant(item.changed).to_string());
    said["issued"] = json!(instant(item.issued).to_string());
    said["kind"] = json!(item.kind);
    said["edition"] = json!(item.shown);
    said["card"] = json!(item.card);
    said["content"] = json!(item.content.map(|hash| hash.to_string()));
    said["editions"] = editions
        .iter()
        .map(|e| {
            json!({ "edition": e.edition, "entry": e.idx, "change": e.change, "at": instant(e.at).to_string(), "sha256": hex::encode(&e.sha256) })
        })
        .collect();
    if asked.in_force.is_some() {
        said["legal_status"] = json!(status.map(Status::as_str));
    }
    if let (true, Some(bytes), Some(_)) = (asked.content, &bytes, &document) {
        said["document"] = serde_json::from_slice(bytes).map_err(anyhow::Error::from)?;
    }
    Ok(Some(said))
}
