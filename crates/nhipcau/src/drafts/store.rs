//! Drafts, their versions, approvals and notes in the database.

use std::collections::BTreeSet;

use anyhow::Context;
use network::entry::ItemChange;
use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use super::life::Stage;
use super::{Hour, Work, Written};
use crate::db::{Conn, Tx};
use crate::{all, annexes, maybe, one, run};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    item: String,
    change: String,
    base: i64,
    stage: String,
    version: i64,
    due: Option<i64>,
    sealed: i64,
    changed: i64,
    fields: String,
}

impl TryFrom<Row> for Work {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Work> {
        Ok(Work {
            id: row.id.parse()?,
            log: row.log,
            item: row.item.parse()?,
            change: row.change.parse().map_err(|e: String| anyhow::anyhow!(e))?,
            base: u32::try_from(row.base)?,
            stage: Stage::of(&row.stage).with_context(|| format!("unknown stored stage {}", row.stage))?,
            version: row.version,
            due: row.due,
            sealed: row.sealed != 0,
            changed: row.changed,
            written: serde_json::from_str(&row.fields).context("a stored draft is damaged")?,
        })
    }
}

/// A draft of an agency.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Work>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT d.id, d.log, d.item, d.change, d.base, d.stage, d.version, d.due, d.sealed, d.changed, v.fields
         FROM draft d JOIN draft_version v ON v.draft = d.id AND v.version = d.version
         WHERE d.id = $1 AND d.log = $2",
        id.to_string(),
        log
    )?;
    row.map(Work::try_from).transpose()
}

/// What was written in one version of a draft.
///
/// # Errors
/// The database's.
pub async fn version(conn: &mut Conn, id: Uuid, version: i64) -> anyhow::Result<Option<Written>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT fields FROM draft_version WHERE draft = $1 AND version = $2",
        id.to_string(),
        version
    )?;
    row.map(|(fields,)| Ok(serde_json::from_str(&fields)?)).transpose()
}

/// A draft as lists show it.
#[derive(FromRow, Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub stage: String,
    /// Its kind.
    pub kind: String,
    /// Its title; may be empty.
    pub title: String,
    /// Why the edition comes.
    pub change: String,
    /// When it is to be issued.
    pub due: Option<i64>,
    /// When it was last changed.
    pub changed: i64,
    /// Who saved last.
    pub account: String,
    /// Their name.
    pub name: String,
}

/// The drafts of an agency in a stage, the newest change first, at most `most`.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn, log: i64, stage: Stage, most: i64) -> sqlx::Result<Vec<Line>> {
    all!(
        conn,
        Line,
        "SELECT d.id, d.stage, d.kind, d.title, d.change, d.due, d.changed, v.account, COALESCE(a.name, '') AS name
         FROM draft d JOIN draft_version v ON v.draft = d.id AND v.version = d.version
         LEFT JOIN account a ON a.id = v.account
         WHERE d.log = $1 AND d.stage = $2 ORDER BY d.changed DESC LIMIT $3",
        log,
        stage.word(),
        most
    )
}

/// What a draft of an agency is called; empty if it has no title yet.
///
/// # Errors
/// The database's.
pub async fn title(conn: &mut Conn, log: i64, id: Uuid) -> sqlx::Result<Option<String>> {
    let row =
        maybe!(conn, (String,), "SELECT title FROM draft WHERE log = $1 AND id = $2", log, id.to_string())?;
    Ok(row.map(|(title,)| title))
}

/// How many drafts of an agency are in a stage.
///
/// # Errors
/// The database's.
pub async fn count(conn: &mut Conn, log: i64, stage: Stage) -> sqlx::Result<i64> {
    let (count,) =
        one!(conn, (i64,), "SELECT COUNT(*) FROM draft WHERE log = $1 AND stage = $2", log, stage.word())?;
    Ok(count)
}

/// An open draft of a further edition of an item, if there is one.
///
/// # Errors
/// The database's.
pub async fn open_of(conn: &mut Conn, log: i64, item: Uuid) -> anyhow::Result<Option<Uuid>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT id FROM draft WHERE log = $1 AND item = $2 AND stage IN ('draft', 'review', 'approved', 'scheduled')",
        log,
        item.to_string()
    )?;
    row.map(|(id,)| Ok(id.parse()?)).transpose()
}

/// What is scheduled for an instant that has come, with its log.
///
/// # Errors
/// The database's.
pub async fn due(conn: &mut Conn, now: i64) -> anyhow::Result<Vec<(i64, Uuid)>> {
    let rows = all!(
        conn,
        (i64, String),
        "SELECT log, id FROM draft WHERE stage IN ('scheduled', 'sealed') AND due <= $1 ORDER BY due, id",
        now
    )?;
    rows.into_iter().map(|(log, id)| Ok((log, id.parse()?))).collect()
}

/// Adds a draft with its first version.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, work: &Work, account: Uuid) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO draft (id, log, item, change, base, stage, version, kind, title, due, sealed, late, created, changed)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $11, 0, $10, $10)",
        work.id.to_string(),
        work.log,
        work.item.to_string(),
        work.change.to_string(),
        i64::from(work.base),
        work.stage.word(),
        work.written.draft.kind.clone(),
        work.written.draft.title.clone(),
        work.due,
        now,
        i64::from(work.sealed)
    )?;
    if let Some(core) = &work.written.beside {
        annexes::store::begun(tx, work.id, core).await?;
    }
    add_version(tx, work.id, 1, account, &work.written).await
}

async fn add_version(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    account: Uuid,
    written: &Written,
) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO draft_version (draft, version, account, at, fields) VALUES ($1, $2, $3, $4, $5)",
        id.to_string(),
        version,
        account.to_string(),
        now,
        serde_json::to_string(written)?
    )?;
    Ok(())
}

/// Saves a further version and the stage that follows; false if somebody saved since `version`.
///
/// # Errors
/// The database's.
pub async fn save(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    account: Uuid,
    (stage, hour): (Stage, Hour),
    written: &Written,
) -> anyhow::Result<bool> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE draft SET version = version + 1, stage = $3, due = $4, sealed = $8, late = 0, kind = $5, title = $6,
           changed = $7
         WHERE id = $1 AND version = $2",
        id.to_string(),
        version,
        stage.word(),
        hour.due,
        written.draft.kind.clone(),
        written.draft.title.clone(),
        now,
        i64::from(hour.sealed)
    )?;
    if moved != 1 {
        return Ok(false);
    }
    add_version(tx, id, version + 1, account, written).await?;
    Ok(true)
}

/// Moves a draft to a stage; false if somebody saved since `version`.
///
/// # Errors
/// The database's.
pub async fn set_stage(tx: &mut Tx, id: Uuid, version: i64, stage: Stage) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE draft SET stage = $3, changed = $4 WHERE id = $1 AND version = $2",
        id.to_string(),
        version,
        stage.word(),
        now
    )?;
    Ok(moved == 1)
}

/// Who has approved exactly `hash`.
///
/// # Errors
/// The database's.
pub async fn approvals(conn: &mut Conn, id: Uuid, hash: &ContentHash) -> anyhow::Result<BTreeSet<Uuid>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT account FROM approval WHERE draft = $1 AND hash = $2",
        id.to_string(),
        hash.0.to_vec()
    )?;
    rows.into_iter().map(|(account,)| Ok(account.parse()?)).collect()
}

/// Keeps an approval; an earlier one of the same person is replaced.
///
/// # Errors
/// The database's.
pub async fn approve(tx: &mut Tx, id: Uuid, account: Uuid, hash: &ContentHash) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO approval (draft, account, hash, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (draft, account) DO UPDATE SET hash = excluded.hash, at = excluded.at",
        id.to_string(),
        account.to_string(),
        hash.0.to_vec(),
        now
    )?;
    Ok(())
}

/// Forgets every approval of a draft.
///
/// # Errors
/// The database's.
pub async fn ask_again(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM approval WHERE draft = $1", id.to_string())?;
    Ok(())
}

/// Notes that a draft is late, once; true if it was not noted before.
///
/// # Errors
/// The database's.
pub async fn late(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    Ok(run!(tx, "UPDATE draft SET late = 1 WHERE id = $1 AND late = 0", id.to_string())? == 1)
}

/// Keeps a file's bytes for a draft.
///
/// # Errors
/// The database's.
pub async fn keep_file(tx: &mut Tx, id: Uuid, sha256: &ContentHash, bytes: Vec<u8>) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO draft_file (draft, sha256, bytes) VALUES ($1, $2, $3) ON CONFLICT (draft, sha256) DO NOTHING",
        id.to_string(),
        sha256.0.to_vec(),
        bytes
    )?;
    Ok(())
}

/// A file's bytes.
///
/// # Errors
/// The database's.
pub async fn file(conn: &mut Conn, id: Uuid, sha256: &ContentHash) -> sqlx::Result<Option<Vec<u8>>> {
    let row = maybe!(
        conn,
        (Vec<u8>,),
        "SELECT bytes FROM draft_file WHERE draft = $1 AND sha256 = $2",
        id.to_string(),
        sha256.0.to_vec()
    )?;
    Ok(row.map(|(bytes,)| bytes))
}

/// What a draft of the next edition begins with.
pub fn next_edition(log: i64, item: Uuid, base: u32, change: ItemChange, id: Uuid, written: Written) -> Work {
    let Hour { due, sealed } = Hour::default();
    Work { id, log, item, change, base, stage: Stage::Draft, version: 1, due, sealed, changed: 0, written }
}
