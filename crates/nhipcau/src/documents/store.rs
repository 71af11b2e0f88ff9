//! Documents and their relations in the database, as statuses, pages and the origin's own check read them.
//!
//! Only what stands counts: a text that was withdrawn or erased does nothing to others.

use std::collections::BTreeSet;

use sqlx::FromRow;

use crate::db::Conn;
use crate::{among, maybe};

/// A document that stands, as its item says.
#[derive(Clone, Debug, FromRow)]
pub struct DocumentRow {
    /// The log of its item, by name.
    pub origin: String,
    /// Our number for that log.
    pub log: i64,
    /// Its item.
    pub item: String,
    /// The key of its number.
    pub number: String,
    /// Its number as printed.
    pub printed: String,
    /// The name of its form.
    pub form: String,
    /// Who issued it, as printed; empty if it does not say.
    pub agency: String,
    /// Its day of issue.
    pub issued: String,
    /// Its first day in force.
    pub effective: Option<String>,
    /// Its last day in force.
    pub expires: Option<String>,
    /// What makes it one of its kind.
    pub uniq: String,
    /// Its address below `/vb/`.
    pub address: String,
    /// How its item stands.
    pub state: String,
    /// What lists show of its item.
    pub card: String,
}

/// A relation that a standing document states.
#[derive(Clone, Debug, FromRow)]
pub struct RelationRow {
    /// The log of the item that states it, by name.
    pub origin: String,
    /// Our number for that log.
    pub log: i64,
    /// The item that states it.
    pub own_item: String,
    /// The number of the document that states it, as printed.
    pub own: String,
    /// Who issued that document.
    pub own_agency: String,
    /// When.
    pub own_issued: String,
    /// The key of the other document's number.
    pub number: String,
    /// The other number as printed.
    pub printed: String,
    /// What is done.
    pub effect: String,
    /// 1 if the other document does it.
    pub done_to: i64,
    /// Who issued the other document, if it says so.
    pub agency: Option<String>,
    /// When.
    pub issued: Option<String>,
    /// The log of the other document's item, if it says so.
    pub other_origin: Option<String>,
    /// The other document's item.
    pub other: Option<String>,
    /// The first day of the effect.
    pub starts: Option<String>,
    /// The first day without it again.
    pub ends: Option<String>,
    /// The part that is concerned.
    pub part: Option<String>,
}

/// The standing documents of these numbers (by key).
///
/// # Errors
/// The database's.
pub async fn of_numbers(conn: &mut Conn, numbers: &[String]) -> sqlx::Result<Vec<DocumentRow>> {
    among!(
        conn,
        DocumentRow,
        "SELECT l.origin, d.log, d.item, d.number, d.printed, d.form, d.agency, d.issued, d.effective, d.expires,
                d.uniq, d.address, i.state, i.card
         FROM document d JOIN item i ON i.log = d.log AND i.item = d.item JOIN log l ON l.id = d.log
         WHERE d.number IN ($1) AND i.state = 'standing' ORDER BY d.number, d.log, d.item",
        numbers,
        |number| number.clone()
    )
}

/// Those of these numbers of which a document stands.
///
/// # Errors
/// The database's.
pub async fn standing(conn: &mut Conn, numbers: &[String]) -> sqlx::Result<BTreeSet<String>> {
    let rows = among!(
        conn,
        (String,),
        "SELECT DISTINCT d.number FROM document d JOIN item i ON i.log = d.log AND i.item = d.item
         WHERE d.number IN ($1) AND i.state = 'standing'",
        numbers,
        |number| number.clone()
    )?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// The documents at this address, also those that were withdrawn; those that stand first.
///
/// # Errors
/// The database's.
pub async fn at_address(conn: &mut Conn, address: &str) -> sqlx::Result<Vec<DocumentRow>> {
    among!(
        conn,
        DocumentRow,
        "SELECT l.origin, d.log, d.item, d.number, d.printed, d.form, d.agency, d.issued, d.effective, d.expires,
                d.uniq, d.address, i.state, i.card
         FROM document d JOIN item i ON i.log = d.log AND i.item = d.item JOIN log l ON l.id = d.log
         WHERE d.address IN ($1)
         ORDER BY CASE i.state WHEN 'standing' THEN 0 ELSE 1 END, d.number, d.log, d.item",
        &[address.to_owned()],
        |address| address.clone()
    )
}

/// A relation, and why it was found.
#[derive(FromRow)]
struct Found {
    /// 1 if a document of the numbers states it, 0 if it names one of them.
    stated: i32,
    #[sqlx(flatten)]
    row: RelationRow,
}

/// What standing documents state of documents of these numbers (what they do to them, or is done to them by those), and what
/// standing documents of these numbers state.
///
/// # Errors
/// The database's.
pub async fn relations(
    conn: &mut Conn,
    numbers: &[String],
) -> sqlx::Result<(Vec<RelationRow>, Vec<RelationRow>)> {
    let found = among!(
        conn,
        Found,
        "SELECT 0 AS stated, l.origin, r.log AS log, r.item AS own_item, d.printed AS own, d.agency AS own_agency, d.issued AS own_issued,
                r.number, r.printed, r.effect, r.done_to, r.agency, r.issued, r.origin AS other_origin, r.other, r.starts,
                r.ends, r.part, r.number AS sort, r.place AS place
         FROM relation r JOIN document d ON d.log = r.log AND d.item = r.item
         JOIN item i ON i.log = r.log AND i.item = r.item JOIN log l ON l.id = r.log
         WHERE r.number IN ($1) AND i.state = 'standing'
         UNION ALL
         SELECT 1, l.origin, r.log, r.item, d.printed, d.agency, d.issued, r.number, r.printed, r.effect, r.done_to, r.agency,
                r.issued, r.origin, r.other, r.starts, r.ends, r.part, '', r.place
         FROM document d JOIN relation r ON r.log = d.log AND r.item = d.item
         JOIN item i ON i.log = d.log AND i.item = d.item JOIN log l ON l.id = d.log
         WHERE d.number IN ($1) AND i.state = 'standing'
         ORDER BY stated, sort, log, own_item, place",
        numbers,
        |number| number.clone()
    )?;
    let (stated, naming): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.stated != 0);
    let rows = |found: Vec<Found>| found.into_iter().map(|found| found.row).collect();
    Ok((rows(naming), rows(stated)))
}

/// Another readable item of a log that is the same document: its id.
///
/// # Errors
/// The database's.
pub async fn taken(conn: &mut Conn, log: i64, item: &str, uniq: &str) -> sqlx::Result<Option<String>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT d.item FROM document d JOIN item i ON i.log = d.log AND i.item = d.item
         WHERE d.log = $1 AND d.uniq = $2 AND d.item <> $3 AND i.state IN ('standing', 'withdrawn') LIMIT 1",
        log,
        uniq.to_owned(),
        item.to_owned()
    )?;
    Ok(row.map(|(item,)| item))
}
