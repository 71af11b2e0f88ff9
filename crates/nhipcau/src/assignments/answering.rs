//! What somebody is about to say of a task, kept until it is said: so a refused file, a lost line or a session that ends takes
//! neither their words nor the evidence that was attached before.

use network::content::ItemFile;
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// What nobody has gone on with for so long is thrown away, in microseconds.
const KEPT: i64 = 90 * 86_400_000_000;

/// Who is about to say something, for which agency, of which task.
#[derive(Clone, Debug)]
pub struct Place {
    /// The person.
    pub account: Uuid,
    /// Our number for the log of their agency.
    pub log: i64,
    /// The log that holds the directive.
    pub origin: Origin,
    /// The directive.
    pub item: Uuid,
    /// The task's number.
    pub task: String,
}

#[derive(FromRow)]
struct Row {
    sha256: Vec<u8>,
    name: String,
    media: String,
    alt: Option<String>,
    width: i64,
    height: i64,
    size: i64,
}

impl Row {
    fn file(self) -> Option<ItemFile> {
        let side = |pixels: i64| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
        Some(ItemFile {
            sha256: ContentHash(self.sha256.try_into().ok()?),
            size: self.size as u64,
            media: self.media,
            name: self.name,
            alt: self.alt,
            pixels: side(self.width).zip(side(self.height)),
            of: None,
            text: None,
            seconds: None,
        })
    }
}

/// The words so far; empty if there are none.
///
/// # Errors
/// The database's.
pub async fn words(conn: &mut Conn, at: &Place) -> sqlx::Result<String> {
    let found = maybe!(
        conn,
        (String,),
        "SELECT words FROM answering WHERE account = $1 AND log = $2 AND origin = $3 AND item = $4 AND task = $5",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone()
    )?;
    Ok(found.map(|(words,)| words).unwrap_or_default())
}

/// The evidence so far, in the order in which it was attached.
///
/// # Errors
/// The database's.
pub async fn files(conn: &mut Conn, at: &Place) -> sqlx::Result<Vec<ItemFile>> {
    let rows = all!(
        conn,
        Row,
        "SELECT sha256, name, media, alt, width, height, CAST(LENGTH(bytes) AS BIGINT) AS size FROM answering_file
         WHERE account = $1 AND log = $2 AND origin = $3 AND item = $4 AND task = $5 ORDER BY at, sha256",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone()
    )?;
    Ok(rows.into_iter().filter_map(Row::file).collect())
}

#[derive(FromRow)]
struct Whole {
    #[sqlx(flatten)]
    row: Row,
    bytes: Vec<u8>,
}

/// The evidence so far with its bytes, in the order in which it was attached.
///
/// # Errors
/// The database's.
pub async fn whole(conn: &mut Conn, at: &Place) -> sqlx::Result<Vec<(ItemFile, Vec<u8>)>> {
    let rows = all!(
        conn,
        Whole,
        "SELECT sha256, name, media, alt, width, height, CAST(LENGTH(bytes) AS BIGINT) AS size, bytes
         FROM answering_file
         WHERE account = $1 AND log = $2 AND origin = $3 AND item = $4 AND task = $5 ORDER BY at, sha256",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone()
    )?;
    Ok(rows.into_iter().filter_map(|Whole { row, bytes }| Some((row.file()?, bytes))).collect())
}

/// Keeps the words so far, and throws away what was forgotten long ago.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, at: &Place, words: String) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM answering WHERE at < $1", now - KEPT)?;
    run!(tx, "DELETE FROM answering_file WHERE at < $1", now - KEPT)?;
    run!(
        tx,
        "INSERT INTO answering (account, log, origin, item, task, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (account, log, origin, item, task) DO UPDATE SET words = excluded.words, at = excluded.at",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone(),
        words,
        now
    )?;
    Ok(())
}

/// Attaches a file.
///
/// # Errors
/// The database's.
pub async fn attach(tx: &mut Tx, at: &Place, file: ItemFile, bytes: Vec<u8>) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    let (width, height) = file.pixels.unwrap_or_default();
    run!(
        tx,
        "INSERT INTO answering_file
           (account, log, origin, item, task, sha256, name, media, alt, width, height, at, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (account, log, origin, item, task, sha256) DO UPDATE SET name = excluded.name, alt = excluded.alt",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone(),
        file.sha256.0.to_vec(),
        file.name,
        file.media,
        file.alt,
        i64::from(width),
        i64::from(height),
        now,
        bytes
    )?;
    Ok(())
}

/// Takes a file off again.
///
/// # Errors
/// The database's.
pub async fn detach(tx: &mut Tx, at: &Place, sha256: &ContentHash) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM answering_file
         WHERE account = $1 AND log = $2 AND origin = $3 AND item = $4 AND task = $5 AND sha256 = $6",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone(),
        sha256.0.to_vec()
    )?;
    Ok(())
}

/// It is said, with this evidence: that does not wait any more. What was attached meanwhile does.
///
/// # Errors
/// The database's.
pub async fn said(tx: &mut Tx, at: &Place, files: &[ContentHash]) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM answering WHERE account = $1 AND log = $2 AND origin = $3 AND item = $4 AND task = $5",
        at.account.to_string(),
        at.log,
        at.origin.as_str().to_owned(),
        at.item.to_string(),
        at.task.clone()
    )?;
    for file in files {
        detach(tx, at, file).await?;
    }
    Ok(())
}

/// The directive is erased: nothing is to be said of it.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM answering WHERE item = $1 AND origin = (SELECT origin FROM log WHERE id = $2)",
        item.to_owned(),
        log
    )?;
    run!(
        tx,
        "DELETE FROM answering_file WHERE item = $1 AND origin = (SELECT origin FROM log WHERE id = $2)",
        item.to_owned(),
        log
    )?;
    Ok(())
}
