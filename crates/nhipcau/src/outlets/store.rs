//! Outlets in the database.

use anyhow::Context;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Kind, Outlet, packets, place, told};
use crate::db::{Conn, Tx};
use crate::open::cursor::Place;
use crate::{all, maybe, run};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    url: String,
    name: String,
    own: i64,
    kind: String,
    settings: String,
    secret: Vec<u8>,
    next: i64,
    at: i64,
    failures: i64,
    trouble: String,
    place: String,
}

impl TryFrom<Row> for Outlet {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Outlet> {
        Ok(Outlet {
            id: row.id.parse()?,
            log: row.log,
            url: row.url,
            name: row.name,
            own: row.own == 1,
            kind: Kind::of(&row.kind).with_context(|| format!("unknown stored kind {}", row.kind))?,
            settings: row.settings,
            secret: row.secret,
            next: row.next,
            at: row.at,
            failures: row.failures,
            trouble: row.trouble,
            place: place(&row.place).ok_or_else(|| anyhow::anyhow!("a stored place is damaged"))?,
        })
    }
}

/// Outlets that may be tried now.
///
/// # Errors
/// The database's.
pub(super) async fn due(conn: &mut Conn, now: i64) -> anyhow::Result<Vec<Outlet>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, url, name, own, kind, settings, secret, next, at, failures, trouble, place
         FROM outlet WHERE next > 0 AND next <= $1 ORDER BY next",
        now
    )?;
    rows.into_iter().map(Outlet::try_from).collect()
}

/// The outlets of a log, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Outlet>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, url, name, own, kind, settings, secret, next, at, failures, trouble, place
         FROM outlet WHERE log = $1 ORDER BY id",
        log
    )?;
    rows.into_iter().map(Outlet::try_from).collect()
}

/// An outlet.
///
/// # Errors
/// The database's.
pub(super) async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Outlet>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, url, name, own, kind, settings, secret, next, at, failures, trouble, place
         FROM outlet WHERE id = $1",
        id.to_string()
    )?;
    row.map(Outlet::try_from).transpose()
}

/// Adds an outlet.
///
/// # Errors
/// The database's.
pub(super) async fn add(tx: &mut Tx, outlet: &Outlet) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO outlet (id, log, url, name, own, kind, settings, secret, next, at, failures, trouble, place)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', $10)",
        outlet.id.to_string(),
        outlet.log,
        outlet.url.clone(),
        outlet.name.clone(),
        i64::from(outlet.own),
        outlet.kind.word(),
        outlet.settings.clone(),
        outlet.secret.clone(),
        outlet.next,
        told(&outlet.place)
    )?;
    Ok(())
}

/// Says when an outlet is tried next; 0 pauses it.
///
/// # Errors
/// The database's.
pub(super) async fn again(tx: &mut Tx, id: Uuid, next: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE outlet SET next = $1, failures = 0, trouble = '' WHERE id = $2", next, id.to_string())?;
    Ok(())
}

/// Moves the walk back: what comes after `from` is sent once more, beginning now.
///
/// # Errors
/// The database's.
pub(super) async fn replay(tx: &mut Tx, id: Uuid, from: &Place) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE outlet SET place = $1, next = 1, failures = 0, trouble = '' WHERE id = $2",
        told(from),
        id.to_string()
    )?;
    Ok(())
}

/// Forgets an outlet.
///
/// # Errors
/// The database's.
pub(super) async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    packets::store::forget(tx, id).await?;
    run!(tx, "DELETE FROM outlet_post WHERE outlet = $1", id.to_string())?;
    run!(tx, "DELETE FROM outlet WHERE id = $1", id.to_string())?;
    Ok(())
}

/// Notes that an outlet has taken what was sent, unless somebody moved its walk meanwhile. True if the walk goes on from there: nobody moved
/// it, paused it or took the outlet away.
///
/// # Errors
/// The database's.
pub(super) async fn taken(tx: &mut Tx, outlet: &Outlet, to: &Place) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE outlet SET place = $1, at = $2, failures = 0, trouble = '' WHERE id = $3 AND place = $4",
        told(to),
        now,
        outlet.id.to_string(),
        told(&outlet.place)
    )?;
    let goes_on = maybe!(
        tx,
        (i64,),
        "SELECT next FROM outlet WHERE id = $1 AND place = $2 AND next > 0",
        outlet.id.to_string(),
        told(to)
    )?;
    Ok(goes_on.is_some())
}

/// Notes that an outlet has not, and when it is tried again; unless it was paused meanwhile.
///
/// # Errors
/// The database's.
pub(super) async fn failed(tx: &mut Tx, outlet: &Outlet, next: i64, why: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE outlet SET next = $1, failures = failures + 1, trouble = $2 WHERE id = $3 AND next = $4",
        next,
        why.to_owned(),
        outlet.id.to_string(),
        outlet.next
    )?;
    Ok(())
}

/// What an outlet has put on a site.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Post {
    /// Its number there.
    pub post: i64,
    /// Its public page.
    pub url: String,
    /// The edition that was put last; 0 once it was taken away.
    pub edition: i64,
}

/// What an outlet has put on a site of an item.
///
/// # Errors
/// The database's.
pub async fn post_of(conn: &mut Conn, outlet: Uuid, log: i64, item: Uuid) -> sqlx::Result<Option<Post>> {
    maybe!(
        conn,
        Post,
        "SELECT post, url, edition FROM outlet_post WHERE outlet = $1 AND log = $2 AND item = $3",
        outlet.to_string(),
        log,
        item.to_string()
    )
}

/// Remembers what was put on a site of an item.
///
/// # Errors
/// The database's.
pub(super) async fn posted(
    tx: &mut Tx,
    outlet: Uuid,
    (log, item): (i64, Uuid),
    post: &Post,
) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO outlet_post (outlet, log, item, post, url, edition) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (outlet, log, item) DO UPDATE SET post = excluded.post, url = excluded.url, edition = excluded.edition",
        outlet.to_string(),
        log,
        item.to_string(),
        post.post,
        post.url.clone(),
        post.edition
    )?;
    Ok(())
}
