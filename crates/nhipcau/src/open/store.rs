//! The items of a portal in every state, in the order in which they came to look as they do here.

use network::names::Origin;
use sqlx::FromRow;
use uuid::Uuid;

use super::cursor::{Cursor, Place};
use crate::db::Conn;
use crate::items::State;
use crate::items::store::{Reference, Standing, find};
use crate::{all, one};

/// An item, or what is left of it.
pub struct Told {
    /// Its place in the walk.
    pub place: Place,
    /// Its log.
    pub origin: Origin,
    /// Its id.
    pub item: Uuid,
    /// The item, if it stands; else only that it did.
    pub stands: Option<Standing>,
}

impl Told {
    /// Its name in addresses.
    pub fn reference(&self) -> Reference {
        Reference::of(&self.origin, self.item)
    }
}

#[derive(FromRow)]
struct Row {
    at: i64,
    log: i64,
    origin: String,
    item: String,
}

/// The next items of a walk, and whether there are more. With `documents` only those that are official documents, beside
/// all that no longer stand. Of an erased item no kind is known any more, so it is told in every one.
///
/// # Errors
/// The database's.
pub async fn next(
    conn: &mut Conn,
    portal: &str,
    walk: &Cursor,
    documents: bool,
    most: usize,
) -> anyhow::Result<(Vec<Told>, bool)> {
    let rows = all!(
        conn,
        Row,
        "SELECT s.at, s.log, l.origin, s.item FROM seen s JOIN log l ON l.id = s.log
         LEFT JOIN item i ON i.log = s.log AND i.item = s.item
         WHERE s.at >= $1 AND s.at <= $2
           AND (s.at > $3 OR (s.at = $3 AND (s.log > $4 OR (s.log = $4 AND s.item > $5))))
           AND EXISTS (SELECT 1 FROM carries c WHERE c.portal = $6 AND c.log = s.log)
           AND ($7 = '' OR i.kind = $7 OR i.kind = '' OR i.kind IS NULL) AND ($8 = '' OR l.origin = $8)
           AND (i.item IS NULL OR i.shown > 0 OR i.state <> 'standing')
           AND ($9 = 0 OR i.item IS NULL OR i.state <> 'standing'
                OR EXISTS (SELECT 1 FROM document d WHERE d.log = s.log AND d.item = s.item))
         ORDER BY s.at, s.log, s.item LIMIT $10",
        // Where the walk stands bounds what the index is read from, not only what is passed over.
        walk.from.max(walk.after.at),
        walk.until,
        walk.after.at,
        walk.after.log,
        walk.after.item.clone(),
        portal.to_owned(),
        walk.kind.clone(),
        walk.issuer.clone(),
        i64::from(documents),
        most as i64 + 1
    )?;
    let more = rows.len() > most;
    let mut told = Vec::with_capacity(most.min(rows.len()));
    for row in rows.into_iter().take(most) {
        let (origin, item): (Origin, Uuid) = (row.origin.parse()?, Uuid::try_parse(&row.item)?);
        let standing = find(conn, &Reference::of(&origin, item)).await?;
        let stands = standing.filter(|item| item.state == State::Standing && item.content.is_some());
        let place = Place { at: row.at, log: row.log, item: row.item };
        told.push(Told { place, origin, item, stands });
    }
    Ok((told, more))
}

/// The first items of a portal that came to look as they do at `since` or later, in microseconds, and whether there are more.
///
/// # Errors
/// The database's.
pub async fn next_of(
    conn: &mut Conn,
    portal: &str,
    since: i64,
    most: usize,
) -> anyhow::Result<(Vec<Told>, bool)> {
    let after = Place { at: i64::MIN, ..Place::default() };
    let walk = Cursor { from: since, until: i64::MAX, after, ..Cursor::default() };
    next(conn, portal, &walk, false, most).await
}

/// When an item came to look as it does, if a portal carries its log.
///
/// # Errors
/// The database's.
pub async fn seen(conn: &mut Conn, portal: &str, reference: &Reference) -> anyhow::Result<Option<Told>> {
    let rows = all!(
        conn,
        Row,
        "SELECT s.at, s.log, l.origin, s.item FROM log l JOIN seen s ON s.log = l.id AND s.item = $1
         WHERE l.origin_hash >= $2 AND l.origin_hash < $3 AND l.id IN (SELECT c.log FROM carries c WHERE c.portal = $4)",
        reference.item.to_string(),
        reference.log.clone(),
        // No hexadecimal digit comes after `f`, so this is the end of what begins so.
        format!("{}g", reference.log),
        portal.to_owned()
    )?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let standing = find(conn, reference).await?;
    // What has not been shown yet is no record yet.
    if standing.as_ref().is_some_and(|item| item.state == State::Standing && item.content.is_none()) {
        return Ok(None);
    }
    Ok(Some(Told {
        origin: row.origin.parse()?,
        item: reference.item,
        stands: standing.filter(|item| item.state == State::Standing),
        place: Place { at: row.at, log: row.log, item: row.item },
    }))
}

/// The first moment that a walk through a portal's items can tell, in microseconds; 0 if there is none.
///
/// # Errors
/// The database's.
pub async fn earliest(conn: &mut Conn, portal: &str) -> sqlx::Result<i64> {
    let (at,) = one!(
        conn,
        (Option<i64>,),
        "SELECT MIN(s.at) FROM seen s WHERE s.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)",
        portal.to_owned()
    )?;
    Ok(at.unwrap_or(0))
}
