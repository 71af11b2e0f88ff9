//! Files that are coming or being made, and the copies of clips, in the database.

use anyhow::Context;
use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use super::{LASTS, SHOWN, copies};
use crate::db::{Conn, Tx};
use crate::drafts::Attached;
use crate::files::Ready;
use crate::{all, maybe, one, run};

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Parts of it are to come.
    Coming,
    /// It is whole, or in the draft, and waits for what is made of it.
    Waiting,
    /// That is being made.
    Working,
    /// It is in the draft, with all that is made of it.
    Done,
    /// It is not: somebody must look.
    Failed,
}

impl Stage {
    const ALL: [Stage; 5] = [Stage::Coming, Stage::Waiting, Stage::Working, Stage::Done, Stage::Failed];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Coming => "coming",
            Stage::Waiting => "waiting",
            Stage::Working => "working",
            Stage::Done => "done",
            Stage::Failed => "failed",
        }
    }
}

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// The draft that it is for.
    pub draft: Uuid,
    /// Our number for the agency's log.
    pub log: i64,
    /// Who sends it.
    pub account: Uuid,
    /// Its name.
    pub name: String,
    /// What was said of it, as it was said.
    pub metadata: String,
    /// Its bytes.
    pub size: u64,
    /// How many of them are held.
    pub held: u64,
    /// Where it stands.
    pub stage: Stage,
    /// What is being made; empty if nothing is.
    pub step: String,
    /// Why it failed, in Vietnamese and in English.
    pub why: Option<(String, String)>,
    /// The file of the draft that it became.
    pub attached: Option<Attached>,
    /// How often it was begun to be made.
    pub tries: i64,
    /// True if it is wanted though the draft was handed in meanwhile.
    pub asked: bool,
    /// When it is forgotten, in microseconds.
    pub ends: i64,
}

impl File {
    /// True if it comes to the draft; false if the draft holds it already and only copies are made of it.
    pub fn comes(&self) -> bool {
        !self.metadata.is_empty()
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    draft: String,
    log: i64,
    account: String,
    name: String,
    metadata: String,
    size: i64,
    held: i64,
    stage: String,
    step: String,
    why: String,
    attached: String,
    tries: i64,
    asked: i64,
    ends: i64,
}

impl TryFrom<Row> for File {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<File> {
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == row.stage);
        let told = |text: &str| (!text.is_empty()).then(|| serde_json::from_str(text)).transpose();
        Ok(File {
            id: row.id.parse()?,
            draft: row.draft.parse()?,
            log: row.log,
            account: row.account.parse()?,
            name: row.name,
            metadata: row.metadata,
            size: u64::try_from(row.size)?,
            held: u64::try_from(row.held)?,
            stage: stage.with_context(|| format!("unknown stored stage {}", row.stage))?,
            step: row.step,
            why: told(&row.why)?,
            attached: (!row.attached.is_empty()).then(|| serde_json::from_str(&row.attached)).transpose()?,
            tries: row.tries,
            asked: row.asked != 0,
            ends: row.ends,
        })
    }
}

/// A file of a draft of an agency.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, draft: Uuid, id: Uuid) -> anyhow::Result<Option<File>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, draft, log, account, name, metadata, size, held, stage, step, why, attached, tries, asked, ends
         FROM upload WHERE id = $1 AND draft = $2 AND log = $3",
        id.to_string(),
        draft.to_string(),
        log
    )?;
    row.map(File::try_from).transpose()
}

/// The files of a draft, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_draft(conn: &mut Conn, draft: Uuid) -> anyhow::Result<Vec<File>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, draft, log, account, name, metadata, size, held, stage, step, why, attached, tries, asked, ends
         FROM upload WHERE draft = $1 ORDER BY begun DESC, id",
        draft.to_string()
    )?;
    rows.into_iter().map(File::try_from).collect()
}

/// The file that has waited longest to be made.
///
/// # Errors
/// The database's.
pub async fn next(conn: &mut Conn) -> anyhow::Result<Option<File>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, draft, log, account, name, metadata, size, held, stage, step, why, attached, tries, asked, ends
         FROM upload WHERE stage = 'waiting' ORDER BY begun, id LIMIT 1"
    )?;
    row.map(File::try_from).transpose()
}

/// How many files of a person, and of their agency, are coming, and how many bytes the agency's come to that are not made yet.
///
/// # Errors
/// The database's.
pub async fn load(conn: &mut Conn, log: i64, account: Uuid) -> sqlx::Result<(i64, i64, i64)> {
    let (own,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM upload WHERE log = $1 AND account = $2 AND stage = 'coming'",
        log,
        account.to_string()
    )?;
    let (all,) = one!(conn, (i64,), "SELECT COUNT(*) FROM upload WHERE log = $1 AND stage = 'coming'", log)?;
    // What is in the draft already takes none of the room for what comes.
    let sizes = all!(conn, (i64,), "SELECT size FROM upload WHERE log = $1 AND attached = ''", log)?;
    Ok((own, all, sizes.iter().map(|(size,)| size).sum()))
}

/// Keeps a file that is to come, or one of the draft of which copies are to be made.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, file: &File) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    let attached = file.attached.as_ref().map(serde_json::to_string).transpose()?;
    run!(
        tx,
        "INSERT INTO upload (id, draft, log, account, name, metadata, size, held, stage, step, why, attached, tries, asked,
           begun, ends)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $10, 0, 0, $11, $12)",
        file.id.to_string(),
        file.draft.to_string(),
        file.log,
        file.account.to_string(),
        file.name.clone(),
        file.metadata.clone(),
        i64::try_from(file.size)?,
        i64::try_from(file.held)?,
        file.stage.word(),
        attached.unwrap_or_default(),
        now,
        now + LASTS
    )?;
    Ok(())
}

/// Notes how many bytes are held; a whole file then waits to be made. False if it is not coming any more.
///
/// # Errors
/// The database's.
pub async fn holds(tx: &mut Tx, id: Uuid, held: u64) -> anyhow::Result<bool> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE upload SET held = $2, ends = $3, stage = CASE WHEN size = $2 THEN 'waiting' ELSE stage END
         WHERE id = $1 AND stage = 'coming'",
        id.to_string(),
        i64::try_from(held)?,
        now + LASTS
    )?;
    Ok(moved == 1)
}

/// Begins to make a file; false if somebody left it meanwhile.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    let moved = run!(
        tx,
        "UPDATE upload SET stage = 'working', step = '', tries = tries + 1 WHERE id = $1 AND stage = 'waiting'",
        id.to_string()
    )?;
    Ok(moved == 1)
}

/// Notes what is being made.
///
/// # Errors
/// The database's.
pub async fn step(tx: &mut Tx, id: Uuid, step: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE upload SET step = $2 WHERE id = $1 AND stage = 'working'",
        id.to_string(),
        step.to_owned()
    )?;
    Ok(())
}

/// Notes which file of the draft it became; false if it was erased meanwhile: then nothing of it may be kept.
///
/// # Errors
/// The database's.
pub async fn became(tx: &mut Tx, id: Uuid, attached: &Attached) -> anyhow::Result<bool> {
    let moved = run!(
        tx,
        "UPDATE upload SET attached = $2 WHERE id = $1 AND stage = 'working'",
        id.to_string(),
        serde_json::to_string(attached)?
    )?;
    Ok(moved == 1)
}

/// Notes that it is made, with the copies of a clip, if it is one; nothing if it was erased meanwhile.
///
/// # Errors
/// The database's.
pub async fn done(tx: &mut Tx, file: &File, main: Option<(ContentHash, Vec<Ready>)>) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    let moved = run!(
        tx,
        "UPDATE upload SET stage = 'done', step = '', why = '', ends = $2 WHERE id = $1 AND stage = 'working'",
        file.id.to_string(),
        now + SHOWN
    )?;
    match main {
        Some((hash, copies)) if moved == 1 => copies::keep(tx, file.draft, &hash, copies).await,
        _ => Ok(()),
    }
}

/// Notes that it is not made, and why.
///
/// # Errors
/// The database's.
pub async fn failed(tx: &mut Tx, id: Uuid, why: &(String, String)) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE upload SET stage = 'failed', step = '', why = $2, ends = $3 WHERE id = $1 AND stage = 'working'",
        id.to_string(),
        serde_json::to_string(why)?,
        now + LASTS
    )?;
    Ok(())
}

/// Lets what failed wait to be made again, as somebody asks; false if it did not fail.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    let moved = run!(
        tx,
        "UPDATE upload SET stage = 'waiting', tries = 0, asked = 1, why = '' WHERE id = $1 AND stage = 'failed'",
        id.to_string()
    )?;
    Ok(moved == 1)
}

/// Lets everything wait again that was being made when the node stopped.
///
/// # Errors
/// The database's.
pub async fn interrupted(tx: &mut Tx) -> sqlx::Result<()> {
    run!(tx, "UPDATE upload SET stage = 'waiting', step = '' WHERE stage = 'working'")?;
    Ok(())
}

/// Forgets a file that is not being made; false if there is none such.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    Ok(run!(tx, "DELETE FROM upload WHERE id = $1 AND stage <> 'working'", id.to_string())? == 1)
}

/// Forgets what has ended.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM upload WHERE ends < $1 AND stage IN ('coming', 'done', 'failed')", now)?;
    Ok(())
}

/// The files whose bytes are still needed.
///
/// # Errors
/// The database's.
pub async fn needed(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    let rows = all!(conn, (String,), "SELECT id FROM upload WHERE attached = ''")?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
