//! The path of a petition: one row for each thing that happened, and the files that came with it.

use network::content::ItemFile;
use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::petitions::exchange::store as exchange;
use crate::petitions::mail::notice;
use crate::{all, maybe, one, run};

/// Something that happened.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Step {
    /// Its number, from 1.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// The log of the agency at which it happened.
    pub log: i64,
    /// Who of its people; empty for the sender and for what happens by itself.
    pub account: String,
    /// The word of what happened.
    pub act: String,
    /// 1 if its sender reads it.
    pub shown: i64,
    /// What was said.
    pub words: String,
    /// Facts beside it: a log, a number.
    pub detail: String,
    /// Its name, by which every node knows it; empty for what is older than names.
    pub said: String,
}

/// The name of a step that is added here.
pub fn name(id: &str, seq: i64) -> Uuid {
    let hash = ContentHash::of(format!("nhipcau petition step\n{id}\n{seq}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.0[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

impl Step {
    /// Its name; that of an older step follows from its place.
    pub fn named(&self, id: &str) -> Uuid {
        Uuid::try_parse(&self.said).unwrap_or_else(|_| name(id, self.seq))
    }
}

/// Adds a step, of which its sender is told by mail if they wrote one; its number. One without a name gets one; one without a time happens now.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, id: &str, step: &Step) -> sqlx::Result<i64> {
    let now = tx.ledger.now();
    let (seq,) = one!(
        tx,
        (i64,),
        "SELECT COALESCE(MAX(seq), 0) + 1 FROM petition_step WHERE petition = $1",
        id.to_owned()
    )?;
    run!(
        tx,
        "INSERT INTO petition_step (petition, seq, at, log, account, act, shown, words, detail, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.to_owned(),
        seq,
        if step.at > 0 { step.at } else { now },
        step.log,
        step.account.clone(),
        step.act.clone(),
        step.shown,
        step.words.clone(),
        step.detail.clone(),
        if step.said.is_empty() { name(id, seq).to_string() } else { step.said.clone() }
    )?;
    if step.shown == 1 {
        exchange::changed(tx, id).await?;
    }
    notice::happens(tx, id, seq, step).await?;
    Ok(seq)
}

/// The number of the step of a name.
///
/// # Errors
/// The database's.
pub async fn of_name(conn: &mut Conn, id: &str, said: Uuid) -> sqlx::Result<Option<i64>> {
    let found = maybe!(
        conn,
        (i64,),
        "SELECT seq FROM petition_step WHERE petition = $1 AND said = $2",
        id.to_owned(),
        said.to_string()
    )?;
    Ok(found.map(|(seq,)| seq))
}

/// Says the words of a step again that were forgotten here.
///
/// # Errors
/// The database's.
pub async fn say(tx: &mut Tx, id: &str, seq: i64, words: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_step SET words = $1 WHERE petition = $2 AND seq = $3 AND words = ''",
        words.to_owned(),
        id.to_owned(),
        seq
    )?;
    Ok(())
}

/// All steps of a petition, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, id: &str) -> sqlx::Result<Vec<Step>> {
    all!(
        conn,
        Step,
        "SELECT seq, at, log, account, act, shown, words, detail, said FROM petition_step
         WHERE petition = $1 ORDER BY seq",
        id.to_owned()
    )
}

/// How often its sender has written to a petition since `since`.
///
/// # Errors
/// The database's.
pub async fn written(tx: &mut Tx, id: &str, since: i64) -> sqlx::Result<i64> {
    let (count,) = one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM petition_step WHERE petition = $1 AND act = 'replied' AND at > $2",
        id.to_owned(),
        since
    )?;
    Ok(count)
}

/// Keeps the files that came with a step.
///
/// # Errors
/// The database's.
pub async fn attach(tx: &mut Tx, id: &str, seq: i64, files: &[(ItemFile, Vec<u8>)]) -> sqlx::Result<()> {
    for (n, (file, bytes)) in (1..).zip(files) {
        run!(
            tx,
            "INSERT INTO petition_file (petition, seq, n, name, media, sha256, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id.to_owned(),
            seq,
            n,
            file.name.clone(),
            file.media.clone(),
            file.sha256.0.to_vec(),
            bytes.clone()
        )?;
    }
    Ok(())
}

/// A file by its name, without its bytes.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    /// The step it came with.
    pub seq: i64,
    /// Its number in that step.
    pub n: i64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// Its size in bytes; 0 while it is on its way from another node.
    pub size: i64,
}

/// The files of a petition, in the order in which they came.
///
/// # Errors
/// The database's.
pub async fn files(conn: &mut Conn, id: &str) -> sqlx::Result<Vec<Named>> {
    all!(
        conn,
        Named,
        "SELECT seq, n, name, media, sha256, CAST(LENGTH(bytes) AS BIGINT) AS size FROM petition_file
         WHERE petition = $1 ORDER BY seq, n",
        id.to_owned()
    )
}

/// A file: its name, its media type, its bytes.
///
/// # Errors
/// The database's.
pub async fn file(
    conn: &mut Conn,
    id: &str,
    seq: i64,
    n: i64,
) -> sqlx::Result<Option<(String, String, Vec<u8>)>> {
    maybe!(
        conn,
        (String, String, Vec<u8>),
        "SELECT name, media, bytes FROM petition_file WHERE petition = $1 AND seq = $2 AND n = $3",
        id.to_owned(),
        seq,
        n
    )
}

/// The hash of a file that is listed.
pub fn hash(file: &Named) -> Option<ContentHash> {
    file.sha256.clone().try_into().ok().map(ContentHash)
}

/// Puts a file beside a step: its bytes, or an empty place for them.
///
/// # Errors
/// The database's.
pub async fn lay(
    tx: &mut Tx,
    id: &str,
    seq: i64,
    n: i64,
    file: (&str, &str, &[u8], Vec<u8>),
) -> sqlx::Result<()> {
    let (name, media, sha256, bytes) = file;
    run!(
        tx,
        "INSERT INTO petition_file (petition, seq, n, name, media, sha256, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (petition, seq, n) DO UPDATE SET bytes = excluded.bytes
         WHERE LENGTH(petition_file.bytes) = 0 AND petition_file.sha256 = excluded.sha256",
        id.to_owned(),
        seq,
        n,
        name.to_owned(),
        media.to_owned(),
        sha256.to_vec(),
        bytes
    )?;
    Ok(())
}
