//! Everything at once: tables in JSON Lines and CSV, written while they are read.
//!
//! Nothing is prepared: a file that waits on the disk would still hold what was erased meanwhile. The table is read piece by
//! piece, and each piece goes out compressed, so a nation's items need no more memory than a hundred of them. The last line
//! of a table in JSON Lines says how many records there were and the SHA-256 of all lines before it: whoever has that line
//! has everything.

mod readings;

use std::fmt::Write;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use network::content::Item;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use super::cursor::{Cursor, Place};
use super::store::{self, Told};
use crate::agencies::{self, address};
use crate::all;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::{portal, publisher};
use crate::problem::Problem;
use crate::reach::store::After;
use crate::web::answer::failure;
use crate::web::gzip::gzip;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Rows that are read at a time.
const PIECE: usize = 100;

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Items with their whole content, and what is left of those that ended.
    Items,
    /// Items without their texts.
    Cards,
    /// What documents do to documents.
    Relations,
    /// The directory.
    Agencies,
    /// How portals report that items were read.
    Readings,
}

/// The tables with their names, media types and whether they are JSON Lines.
pub const TABLES: [(Table, &str, &str); 6] = [
    (Table::Items, "muc.jsonl.gz", "application/x-ndjson"),
    (Table::Cards, "muc.csv.gz", "text/csv"),
    (Table::Relations, "quan-he.csv.gz", "text/csv"),
    (Table::Agencies, "co-quan.csv.gz", "text/csv"),
    (Table::Agencies, "co-quan.jsonl.gz", "application/x-ndjson"),
    (Table::Readings, READINGS, "text/csv"),
];

/// The name of the table of readings.
pub const READINGS: &str = "luot-doc.csv.gz";

/// Where a table that goes out has come to.
struct Going {
    app: App,
    portal: String,
    table: Table,
    lines: bool,
    walk: Cursor,
    /// The same in the table of readings.
    read: After,
    /// Nothing was sent yet.
    first: bool,
    ended: bool,
    records: u64,
    digest: Sha256,
}

/// `/du-lieu/{name}`
pub async fn dump(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let Some((table, name, media)) = TABLES.into_iter().find(|(_, known, _)| *known == name) else {
        return failure(&app, &visitor, Problem::NotFound("table"));
    };
    let walk = Cursor {
        until: app.clock.micros(),
        after: Place { at: i64::MIN, ..Place::default() },
        ..Cursor::default()
    };
    let going = Going {
        portal: portal.domain.to_string(),
        lines: media.ends_with("ndjson"),
        first: true,
        ended: false,
        records: 0,
        digest: Sha256::new(),
        read: After::default(),
        app,
        table,
        walk,
    };
    // What cannot be read any more breaks the line: half a table must not look like a whole one.
    let pieces = stream::try_unfold(going, async |mut going: Going| {
        if going.ended {
            return Ok(None);
        }
        let piece = going.piece().await.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "a table of everything broke off");
            std::io::Error::other("broke off")
        })?;
        Ok::<_, std::io::Error>(Some((Bytes::from(gzip(piece.as_bytes())), going)))
    });
    (
        [
            (header::CONTENT_TYPE, "application/gzip".to_owned()),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ],
        Body::from_stream(pieces),
    )
        .into_response()
}

impl Going {
    async fn piece(&mut self) -> anyhow::Result<String> {
        let mut conn = self.app.db.read().await?;
        let mut text = String::new();
        if std::mem::take(&mut self.first) && !self.lines {
            text.push_str(self.head());
        }
        match self.table {
            Table::Agencies => self.agencies(&mut text)?,
            Table::Relations => self.relations(&mut conn, &mut text).await?,
            Table::Readings => self.readings(&mut conn, &mut text).await?,
            Table::Items | Table::Cards => self.items(&mut conn, &mut text).await?,
        }
        self.digest.update(text.as_bytes());
        if self.ended && self.lines {
            let hash = hex::encode(self.digest.clone().finalize());
            let end = json!({ "end": { "records": self.records, "sha256": hash, "as_of": instant(self.walk.until).to_string() } });
            writeln!(text, "{end}")?;
        }
        Ok(text)
    }

    fn head(&self) -> &'static str {
        match self.table {
            Table::Items | Table::Cards => {
                "reference,state,seen,changed,issued,kind,form,number,agency,issued_on,effective_on,expires_on,title,publisher,origin,edition,content\r\n"
            }
            Table::Relations => {
                "reference,number,agency,issued_on,effect,done_to,other_number,other_agency,other_issued_on,from,until,part\r\n"
            }
            Table::Readings => "portal,day,reference,origin,views,viewers,links\r\n",
            Table::Agencies => "domain,address,name,name_en,level,parent,code,origin,open\r\n",
        }
    }

    async fn items(&mut self, conn: &mut Conn, text: &mut String) -> anyhow::Result<()> {
        let (told, more) = store::next(conn, &self.portal, &self.walk, false, PIECE).await?;
        self.ended = !more;
        for one in told {
            self.walk.after = one.place.clone();
            self.records += 1;
            match self.table {
                Table::Items => writeln!(text, "{}", self.whole(conn, &one).await?)?,
                _ => self.card(text, &one),
            }
        }
        Ok(())
    }

    /// An item with its content, as the issuer signed it.
    async fn whole(&self, conn: &mut Conn, told: &Told) -> anyhow::Result<Value> {
        let mut said = json!({
            "reference": told.reference().to_string(), "origin": told.origin.to_string(), "seen": instant(told.place.at).to_string(),
            "state": if told.stands.is_some() { "standing" } else { "ended" },
        });
        let Some((item, hash)) = told.stands.as_ref().and_then(|item| Some((item, item.content?))) else {
            return Ok(said);
        };
        said["issued"] = json!(instant(item.issued).to_string());
        said["changed"] = json!(instant(item.changed).to_string());
        said["edition"] = json!(item.shown);
        said["content"] = json!(hash.to_string());
        if let Some(bytes) = self.app.folder.read(conn, &hash).await?
            && Item::parse(&bytes).is_ok()
        {
            said["document"] = serde_json::from_slice(&bytes)?;
        }
        Ok(said)
    }

    fn card(&self, text: &mut String, told: &Told) {
        let (reference, seen) = (told.reference().to_string(), instant(told.place.at).to_string());
        let Some(item) = &told.stands else {
            return row(
                text,
                &[
                    &reference,
                    "ended",
                    &seen,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    told.origin.as_str(),
                    "",
                    "",
                ],
            );
        };
        let (card, day) =
            (&item.card, |day: Option<jiff::civil::Date>| day.map(|d| d.to_string()).unwrap_or_default());
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        row(
            text,
            &[
                &reference,
                "standing",
                &seen,
                &instant(item.changed).to_string(),
                &instant(item.issued).to_string(),
                &item.kind,
                &word(&card.form),
                &word(&card.number),
                &word(&card.agency),
                &day(card.issued),
                &day(card.effective),
                &day(card.expires),
                &card.title,
                &publisher(&self.app, item, Lang::Vi),
                item.origin.as_str(),
                &item.shown.to_string(),
                &item.content.map(|hash| hash.to_string()).unwrap_or_default(),
            ],
        );
    }

    fn agencies(&mut self, text: &mut String) -> anyhow::Result<()> {
        self.ended = true;
        let directory = self.app.directory.load_full();
        for agency in directory.agencies() {
            self.records += 1;
            let place = address(&directory, &agency.origin).unwrap_or_default();
            let (name, code) =
                (agencies::name(Some(agency), Lang::Vi, ""), agency.code.clone().unwrap_or_default());
            let (level, open) = (agency.level.to_string(), agency.closed.is_none());
            if self.lines {
                let said = json!({
                    "domain": agency.domain.to_string(), "address": place, "name": name, "name_en": agency.name.en, "level": level,
                    "parent": agency.parent.to_string(), "code": code, "origin": agency.origin.to_string(), "open": open,
                });
                writeln!(text, "{said}")?;
            } else {
                let (domain, open) = (agency.domain.to_string(), open.to_string());
                row(
                    text,
                    &[
                        &domain,
                        &place,
                        &name,
                        &agency.name.en,
                        &level,
                        agency.parent.as_str(),
                        &code,
                        agency.origin.as_str(),
                        &open,
                    ],
                );
            }
        }
        Ok(())
    }

    async fn relations(&mut self, conn: &mut Conn, text: &mut String) -> anyhow::Result<()> {
        let place = i64::try_from(self.walk.told).unwrap_or(0);
        let first = (self.walk.after.log, self.walk.after.item.clone(), place);
        let rows = relations(conn, &self.portal, first, PIECE as i64 + 1).await?;
        self.ended = rows.len() <= PIECE;
        for relation in rows.into_iter().take(PIECE) {
            self.records += 1;
            self.walk.after = Place { at: 0, log: relation.log, item: relation.item.clone() };
            // Places count from 0; the next one is asked for.
            self.walk.told = relation.place as u64 + 1;
            let origin = relation.origin.parse::<network::names::Origin>()?;
            let reference =
                crate::items::store::Reference::of(&origin, uuid::Uuid::try_parse(&relation.item)?);
            let word = |text: &Option<String>| text.clone().unwrap_or_default();
            row(
                text,
                &[
                    &reference.to_string(),
                    &relation.own,
                    &relation.own_agency,
                    &relation.own_issued,
                    &relation.effect,
                    if relation.done_to == 0 { "false" } else { "true" },
                    &relation.printed,
                    &word(&relation.agency),
                    &word(&relation.issued),
                    &word(&relation.starts),
                    &word(&relation.ends),
                    &word(&relation.part),
                ],
            );
        }
        Ok(())
    }
}

#[derive(FromRow)]
struct Relation {
    log: i64,
    item: String,
    place: i64,
    origin: String,
    own: String,
    own_agency: String,
    own_issued: String,
    effect: String,
    done_to: i64,
    printed: String,
    agency: Option<String>,
    issued: Option<String>,
    starts: Option<String>,
    ends: Option<String>,
    part: Option<String>,
}

/// The relations of documents that stand on a portal, from this place on.
async fn relations(
    conn: &mut Conn,
    portal: &str,
    (log, item, place): (i64, String, i64),
    most: i64,
) -> sqlx::Result<Vec<Relation>> {
    all!(
        conn,
        Relation,
        "SELECT r.log, r.item, r.place, l.origin, d.printed AS own, d.agency AS own_agency, d.issued AS own_issued, r.effect,
                r.done_to, r.printed, r.agency, r.issued, r.starts, r.ends, r.part
         FROM relation r JOIN document d ON d.log = r.log AND d.item = r.item
         JOIN item i ON i.log = r.log AND i.item = r.item JOIN log l ON l.id = r.log
         WHERE i.state = 'standing' AND r.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND (r.log > $2 OR (r.log = $2 AND (r.item > $3 OR (r.item = $3 AND r.place >= $4))))
         ORDER BY r.log, r.item, r.place LIMIT $5",
        portal.to_owned(),
        log,
        item,
        place,
        most
    )
}

/// A row of CSV (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn row(out: &mut String, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{cell}")
        } else {
            (*cell).to_owned()
        };
        if cell.contains(['"', ',', '\n', '\r']) {
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell() {
        let mut out = String::new();
        row(&mut out, &["a", "b,c", "d\"e", "=HYPERLINK(\"x\")", "hai\ndòng", ""]);
        assert_eq!(out, "a,\"b,c\",\"d\"\"e\",\"'=HYPERLINK(\"\"x\"\")\",\"hai\ndòng\",\r\n");
    }
}
