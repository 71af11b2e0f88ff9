//! What lies aside, with its words, until a person tries it again or lets it go.

use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::draft::Found;
use crate::db::{Conn, Tx};
use crate::items::draft::Draft;
use crate::items::kinds::Both;
use crate::{all, maybe, run};

/// What lies aside with its draft: enough to try it again without the site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The draft.
    pub draft: Draft,
    /// Where it is carried: when it was read.
    pub at: Option<jiff::Timestamp>,
    /// And the hash of what was read, in hexadecimal digits.
    pub sha256: Option<String>,
}

/// Something that lies aside.
#[derive(Clone, Debug, FromRow)]
pub struct Aside {
    /// Its name there.
    pub name: Vec<u8>,
    /// Since when, in microseconds.
    pub at: i64,
    /// Its title, or what else it is known by.
    pub called: String,
    /// Its page.
    pub url: Option<String>,
    /// Why, in Vietnamese.
    pub vi: String,
    /// Why, in English.
    pub en: String,
    /// What was read of it ([`Kept`]).
    pub draft: String,
}

/// What lies aside of a source, the newest first.
///
/// # Errors
/// The database's.
pub async fn asides(conn: &mut Conn, source: Uuid, most: i64) -> sqlx::Result<Vec<Aside>> {
    all!(
        conn,
        Aside,
        "SELECT name, at, called, url, vi, en, draft FROM source_aside WHERE source = $1 ORDER BY at DESC, name LIMIT $2",
        source.to_string(),
        most
    )
}

/// What lies aside of a source under a name.
///
/// # Errors
/// The database's.
pub async fn aside(conn: &mut Conn, source: Uuid, name: &ContentHash) -> sqlx::Result<Option<Aside>> {
    maybe!(
        conn,
        Aside,
        "SELECT name, at, called, url, vi, en, draft FROM source_aside WHERE source = $1 AND name = $2",
        source.to_string(),
        name.0.to_vec()
    )
}

/// Puts something aside, with the reason.
///
/// # Errors
/// The database's.
pub async fn put_aside(
    tx: &mut Tx,
    source: Uuid,
    found: &Found,
    why: &Both,
    kept: &Kept,
) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO source_aside (source, name, at, called, url, vi, en, draft) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (source, name) DO UPDATE SET at = excluded.at, called = excluded.called, url = excluded.url,
           vi = excluded.vi, en = excluded.en, draft = excluded.draft",
        source.to_string(),
        found.name.0.to_vec(),
        now,
        found.called.clone(),
        found.draft.source.as_ref().and_then(|source| source.url.clone()),
        why.vi.clone(),
        why.en.clone(),
        serde_json::to_string(kept)?
    )?;
    Ok(())
}

/// Lets what lies aside go until it reads otherwise. What was taken over before stays as it is.
///
/// # Errors
/// The database's.
pub async fn drop_aside(tx: &mut Tx, source: Uuid, name: &ContentHash) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM source_aside WHERE source = $1 AND name = $2",
        source.to_string(),
        name.0.to_vec()
    )?;
    run!(
        tx,
        "UPDATE source_item SET lot = 'dropped' WHERE source = $1 AND name = $2 AND lot = 'aside'",
        source.to_string(),
        name.0.to_vec()
    )?;
    Ok(())
}

/// How many lie aside at each source of a log.
///
/// # Errors
/// The database's.
pub async fn aside_counts(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<(String, i64)>> {
    all!(
        conn,
        (String, i64),
        "SELECT a.source, COUNT(*) FROM source s JOIN source_aside a ON a.source = s.id WHERE s.log = $1 GROUP BY a.source",
        log
    )
}
