//! What a check looks up: documents of a number in every state, and who ever published some bytes.

use network::names::ContentHash;
use sqlx::FromRow;
use vietnam::number::DocumentNumber;

use crate::db::Conn;
use crate::{all, maybe};

/// Documents of one number that are looked at; a commune's decision 1/QĐ-UBND exists ten thousand times a year.
const MOST: i64 = 400;
/// Editions that name the same bytes.
const MOST_EDITIONS: i64 = 40;

/// A document of a number, in whichever state.
#[derive(Clone, Debug, FromRow)]
pub struct Numbered {
    /// Its log.
    pub origin: String,
    /// Its item.
    pub item: String,
    /// What makes it one of its kind.
    pub uniq: String,
}

/// The documents of a number; those that stand first, then the newest.
///
/// # Errors
/// The database's.
pub async fn of_number(conn: &mut Conn, number: &DocumentNumber) -> sqlx::Result<Vec<Numbered>> {
    all!(
        conn,
        Numbered,
        "SELECT l.origin, d.item, d.uniq FROM document d
         JOIN item i ON i.log = d.log AND i.item = d.item JOIN log l ON l.id = d.log
         WHERE d.number = $1
         ORDER BY CASE i.state WHEN 'standing' THEN 0 WHEN 'withdrawn' THEN 1 ELSE 2 END, d.issued DESC, d.log, d.item
         LIMIT $2",
        number.key(),
        MOST
    )
}

/// The numbers of a serial and a year, `209/2026`, whatever their symbols, each once.
///
/// # Errors
/// The database's.
pub async fn dated(conn: &mut Conn, dated: &str) -> sqlx::Result<Vec<String>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT DISTINCT number FROM document WHERE dated = $1 ORDER BY number",
        dated.to_owned()
    )?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// True if a document that stands names this number.
///
/// # Errors
/// The database's.
pub async fn is_named(conn: &mut Conn, number: &DocumentNumber) -> sqlx::Result<bool> {
    let row = maybe!(
        conn,
        (i64,),
        "SELECT r.place FROM relation r JOIN item i ON i.log = r.log AND i.item = r.item
         WHERE r.number = $1 AND i.state = 'standing' LIMIT 1",
        number.key()
    )?;
    Ok(row.is_some())
}

/// An edition that holds some bytes, as its text or as a file.
#[derive(Clone, Debug, FromRow)]
pub struct Holder {
    /// Its log.
    pub origin: String,
    /// Its item.
    pub item: String,
    /// Which edition.
    pub edition: i64,
}

/// The editions that hold these bytes: of items that stand first, and of each item its newest first.
///
/// # Errors
/// The database's.
pub async fn holding(conn: &mut Conn, hash: &ContentHash) -> sqlx::Result<Vec<Holder>> {
    all!(
        conn,
        Holder,
        "SELECT l.origin, h.item, h.edition FROM
           (SELECT log, item, edition FROM edition WHERE sha256 = $1
            UNION SELECT log, item, edition FROM file WHERE sha256 = $1) h
         JOIN item i ON i.log = h.log AND i.item = h.item JOIN log l ON l.id = h.log
         ORDER BY CASE i.state WHEN 'standing' THEN 0 WHEN 'withdrawn' THEN 1 ELSE 2 END, h.edition DESC, l.origin, h.item
         LIMIT $2",
        hash.0.to_vec(),
        MOST_EDITIONS
    )
}

/// When these bytes were erased here, in microseconds.
///
/// # Errors
/// The database's.
pub async fn erased(conn: &mut Conn, hash: &ContentHash) -> sqlx::Result<Option<i64>> {
    let row = maybe!(conn, (i64,), "SELECT at FROM erased WHERE sha256 = $1", hash.0.to_vec())?;
    Ok(row.map(|(at,)| at))
}

/// True if any edition of an item has a file.
///
/// # Errors
/// The database's.
pub async fn has_files(conn: &mut Conn, log: i64, item: &str) -> sqlx::Result<bool> {
    let row = maybe!(
        conn,
        (i64,),
        "SELECT edition FROM edition WHERE log = $1 AND item = $2 AND files <> '' LIMIT 1",
        log,
        item.to_owned()
    )?;
    Ok(row.is_some())
}
