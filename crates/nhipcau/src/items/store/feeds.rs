//! Items as feeds and sitemaps read them: by their last change, by issuer, and where they stand.

use anyhow::Context;
use network::names::Origin;
use uuid::Uuid;

use super::{Reference, Row, Standing, standings, whose};
use crate::db::Conn;
use crate::{all, among, one};

/// Items that changed last on a portal, whatever their state: what feeds tell. An empty `kind` or `issuer` (a log's
/// name) means all; one issuer is told whole, also what this portal does not show of it. `own` is the portal's log, and
/// whether only its own items are meant or only others'.
///
/// # Errors
/// The database's.
pub async fn changes(
    conn: &mut Conn,
    portal: &str,
    (own, only): (i64, Option<bool>),
    kind: &str,
    issuer: &str,
    most: i64,
) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE ($3 <> '' OR i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1))
           AND ($2 = '' OR i.kind = $2 OR i.kind = '') AND ($3 = '' OR l.origin = $3)
           AND (i.shown > 0 OR i.state <> 'standing')
           AND ($4 = 0 OR ($4 = 1 AND i.log = $5) OR ($4 = 2 AND i.log <> $5))
         ORDER BY i.changed DESC, i.item DESC LIMIT $6",
        portal.to_owned(),
        kind.to_owned(),
        issuer.to_owned(),
        whose(only),
        own,
        most
    )?)
}

/// How many items [`changes`] could tell.
///
/// # Errors
/// The database's.
pub async fn count_changes(
    conn: &mut Conn,
    portal: &str,
    (own, only): (i64, Option<bool>),
    kind: &str,
    issuer: &str,
) -> sqlx::Result<i64> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM item i JOIN log l ON l.id = i.log
         WHERE ($3 <> '' OR i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1))
           AND ($2 = '' OR i.kind = $2 OR i.kind = '') AND ($3 = '' OR l.origin = $3)
           AND (i.shown > 0 OR i.state <> 'standing')
           AND ($4 = 0 OR ($4 = 1 AND i.log = $5) OR ($4 = 2 AND i.log <> $5))",
        portal.to_owned(),
        kind.to_owned(),
        issuer.to_owned(),
        whose(only),
        own
    )?;
    Ok(count)
}

/// The same items as [`changes`] in the order in which they were first issued, `most` of them after `skip`: what archives of feeds tell.
///
/// # Errors
/// The database's.
pub async fn archived(
    conn: &mut Conn,
    portal: &str,
    (own, only): (i64, Option<bool>),
    (kind, issuer): (&str, &str),
    skip: i64,
    most: i64,
) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE ($3 <> '' OR i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1))
           AND ($2 = '' OR i.kind = $2 OR i.kind = '') AND ($3 = '' OR l.origin = $3)
           AND (i.shown > 0 OR i.state <> 'standing')
           AND ($4 = 0 OR ($4 = 1 AND i.log = $5) OR ($4 = 2 AND i.log <> $5))
         ORDER BY i.issued, i.item LIMIT $6 OFFSET $7",
        portal.to_owned(),
        kind.to_owned(),
        issuer.to_owned(),
        whose(only),
        own,
        most,
        skip
    )?)
}

/// Items of a portal that were issued, or changed, between two instants each, whatever their state, the last changed first: its
/// own (`own` is its log), and what is urgent of others.
///
/// # Errors
/// The database's.
pub async fn between(
    conn: &mut Conn,
    portal: &str,
    own: i64,
    issued: (i64, i64),
    changed: (i64, i64),
    most: i64,
) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND (i.log = $2 OR i.urgent <> 0) AND (i.shown > 0 OR i.state <> 'standing')
           AND ((i.issued >= $3 AND i.issued < $4) OR (i.changed >= $5 AND i.changed < $6))
         ORDER BY i.changed DESC, i.item DESC LIMIT $7",
        portal.to_owned(),
        own,
        issued.0,
        issued.1,
        changed.0,
        changed.1,
        most
    )?)
}

/// Items of these logs that changed last, whatever their state: the newest of each group of logs, in no order.
///
/// # Errors
/// The database's.
pub async fn of_logs(conn: &mut Conn, origins: &[Origin]) -> anyhow::Result<Vec<Standing>> {
    standings(among!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE l.origin IN ($1) AND (i.shown > 0 OR i.state <> 'standing')
         ORDER BY i.changed DESC, i.item DESC LIMIT 50",
        origins,
        |origin| origin.as_str().to_owned()
    )?)
}

/// The documents of a number (by key), and those that do something to it or of which it says so, whatever their state, the
/// last changed first.
///
/// # Errors
/// The database's.
pub async fn about_number(conn: &mut Conn, number: &str, most: i64) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM (SELECT log, item FROM document WHERE number = $1
               UNION SELECT log, item FROM relation WHERE number = $1) d
         JOIN item i ON i.log = d.log AND i.item = d.item JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.shown > 0 OR i.state <> 'standing'
         ORDER BY i.changed DESC, i.item DESC LIMIT $2",
        number.to_owned(),
        most
    )?)
}

/// What ended last on this node, whatever it was about.
///
/// # Errors
/// The database's.
pub async fn ended(conn: &mut Conn, most: i64) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.state IN ('withdrawn', 'gone', 'erased')
         ORDER BY i.changed DESC, i.item DESC LIMIT $1",
        most
    )?)
}

/// The logs of which something stands on a portal, by name.
///
/// # Errors
/// The database's.
pub async fn issuers(conn: &mut Conn, portal: &str, most: i64) -> anyhow::Result<Vec<Origin>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT l.origin FROM log l
         WHERE l.id IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND EXISTS (SELECT 1 FROM item i WHERE i.log = l.id AND i.state = 'standing' AND i.shown > 0)
         ORDER BY l.origin LIMIT $2",
        portal.to_owned(),
        most
    )?;
    rows.into_iter().map(|(origin,)| origin.parse().context("a stored origin is damaged")).collect()
}

/// Where an item stands, for those who need no more of it.
pub struct Place {
    /// Its name in addresses.
    pub reference: Reference,
    /// When it last changed, by its issuer, in microseconds.
    pub changed: i64,
}

/// Where the items of a portal stand, oldest first, so that a page of them stays the same page.
///
/// # Errors
/// The database's.
pub async fn places(conn: &mut Conn, portal: &str, skip: i64, most: i64) -> anyhow::Result<Vec<Place>> {
    let rows = all!(
        conn,
        (String, String, i64),
        "SELECT l.origin, i.item, i.changed FROM item i JOIN log l ON l.id = i.log
         WHERE i.state = 'standing' AND i.shown > 0
           AND i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
         ORDER BY i.issued, i.item LIMIT $2 OFFSET $3",
        portal.to_owned(),
        most,
        skip
    )?;
    rows.into_iter()
        .map(|(origin, item, changed)| {
            let origin = origin.parse().context("a stored origin is damaged")?;
            let item = Uuid::try_parse(&item).context("a stored item id is damaged")?;
            Ok(Place { reference: Reference::of(&origin, item), changed })
        })
        .collect()
}
