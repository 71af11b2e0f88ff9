//! Preview links in the database.

use sqlx::FromRow;
use uuid::Uuid;

use super::{MOST_LINKS, MOST_LOOKS};
use crate::db::{Conn, Tx};
use crate::{all, maybe, one, run};

/// A link.
#[derive(FromRow, Clone, Debug)]
pub struct Link {
    /// Its id; not its token, of which only the hash is kept.
    pub id: String,
    /// The draft.
    pub draft: String,
    /// For whom.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// The version that it shows; `None` for the newest.
    pub version: Option<i64>,
    /// Who made it.
    pub account: String,
    /// Until when it may be used, in microseconds.
    pub until: i64,
    /// When it was taken back.
    pub ended: Option<i64>,
    /// How often it was opened.
    pub looks: i64,
    /// When it was last opened.
    pub last: Option<i64>,
}

impl Link {
    /// True while it may be used, as far as the link itself says.
    pub fn lasts(&self, now: i64) -> bool {
        self.ended.is_none() && now < self.until && self.looks < MOST_LOOKS
    }
}

/// Adds a link; false if the draft has too many already.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, log: i64, hash: [u8; 32], link: &Link) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let (open,) = one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM preview_link WHERE draft = $1 AND ended IS NULL AND until > $2",
        link.draft.clone(),
        now
    )?;
    if open >= MOST_LINKS {
        return Ok(false);
    }
    run!(
        tx,
        "INSERT INTO preview_link (id, draft, log, hash, name, purpose, version, account, made, until, looks)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
        link.id.clone(),
        link.draft.clone(),
        log,
        hash.to_vec(),
        link.name.clone(),
        link.purpose.clone(),
        link.version,
        link.account.clone(),
        now,
        link.until
    )?;
    Ok(true)
}

/// The link of a token at the portal of a log.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, hash: [u8; 32]) -> sqlx::Result<Option<Link>> {
    maybe!(
        conn,
        Link,
        "SELECT id, draft, name, purpose, version, account, until, ended, looks, last
         FROM preview_link WHERE hash = $1 AND log = $2",
        hash.to_vec(),
        log
    )
}

/// The links of a draft, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, draft: Uuid) -> sqlx::Result<Vec<Link>> {
    all!(
        conn,
        Link,
        "SELECT id, draft, name, purpose, version, account, until, ended, looks, last
         FROM preview_link WHERE draft = $1 ORDER BY made DESC, id LIMIT 100",
        draft.to_string()
    )
}

/// Counts a look; false if the link has ended meanwhile.
///
/// # Errors
/// The database's.
pub async fn looked(tx: &mut Tx, id: &str) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE preview_link SET looks = looks + 1, last = $2
         WHERE id = $1 AND ended IS NULL AND until > $2 AND looks < $3",
        id.to_owned(),
        now,
        MOST_LOOKS
    )?;
    Ok(moved == 1)
}

/// Takes a link of a draft back; false if there is none that lasts.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, draft: Uuid, id: &str) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE preview_link SET ended = $3 WHERE id = $1 AND draft = $2 AND ended IS NULL",
        id.to_owned(),
        draft.to_string(),
        now
    )?;
    Ok(moved == 1)
}

/// Ends every link of a draft that is none any more; one that is taken up again later has none.
///
/// # Errors
/// The database's.
pub async fn end_all(tx: &mut Tx, draft: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE preview_link SET ended = $2 WHERE draft = $1 AND ended IS NULL",
        draft.to_string(),
        now
    )?;
    Ok(())
}
