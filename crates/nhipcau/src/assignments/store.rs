//! Answers in the database, of every log that is mirrored here.

use network::entry::{ContentRef, Kind, TaskRef};
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::answering;
use super::state::Act;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// What an agency says of a task.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The log that says it.
    pub by: Origin,
    /// The agency whose word that is: its own, or whoever has taken its place since.
    pub speaks_for: Origin,
    /// Index of its entry.
    pub index: u64,
    /// The edition that it speaks of.
    pub edition: i64,
    /// The task's number.
    pub task: String,
    /// What it says.
    pub act: Act,
    /// When, by its own clock, in microseconds.
    pub at: i64,
    /// Its words.
    pub note: Option<ContentHash>,
    /// The evidence that its entry names.
    pub files: Vec<ContentHash>,
}

/// What an entry says of a task, taken apart; `None` for entries of other kinds.
pub fn said(kind: &Kind) -> Option<(&TaskRef, Act, Option<&ContentRef>, &[ContentRef])> {
    match kind {
        Kind::TaskAcknowledged(task) => Some((task, Act::Acknowledged, None, &[])),
        Kind::TaskReported { task, note, files } => Some((task, Act::Reported, Some(note), files)),
        Kind::TaskDone { task, note, files } => Some((task, Act::Done, Some(note), files)),
        _ => None,
    }
}

/// Whether the directive of a task was erased: what speaks of it is not kept either.
///
/// # Errors
/// The database's.
pub async fn is_erased(tx: &mut Tx, task: &TaskRef) -> sqlx::Result<bool> {
    let row = maybe!(
        tx,
        (i64,),
        "SELECT i.log FROM item i JOIN log l ON l.id = i.log
         WHERE l.origin = $1 AND i.item = $2 AND i.state = 'erased'",
        task.origin.as_str().to_owned(),
        task.item.to_string()
    )?;
    Ok(row.is_some())
}

/// Remembers what an entry says; the same at every node.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, (log, index, at): (i64, u64, i64), kind: &Kind) -> sqlx::Result<()> {
    let Some((task, act, note, files)) = said(kind) else { return Ok(()) };
    let files: Vec<String> = files.iter().map(|file| file.sha256.to_string()).collect();
    run!(
        tx,
        "INSERT INTO answer (log, idx, origin, item, edition, task, act, at, note, files)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (log, idx) DO NOTHING",
        log,
        index as i64,
        task.origin.as_str().to_owned(),
        task.item.to_string(),
        i64::from(task.edition),
        task.task.clone(),
        act.word(),
        at,
        note.map(|note| note.sha256.0.to_vec()),
        files.join(" ")
    )?;
    // The directive's page counts who has done what.
    let of = maybe!(tx, (i64,), "SELECT id FROM log WHERE origin = $1", task.origin.as_str().to_owned())?;
    tx.ledger.effects.items.extend(of.map(|(of,)| (of, task.item.to_string())));
    Ok(())
}

#[derive(FromRow)]
struct Row {
    by_origin: String,
    idx: i64,
    edition: i64,
    task: String,
    act: String,
    at: i64,
    note: Option<Vec<u8>>,
    files: String,
}

/// All answers about a directive, oldest first, whether they count or not.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, origin: &Origin, item: Uuid) -> anyhow::Result<Vec<Answer>> {
    let rows = all!(
        conn,
        Row,
        "SELECT l.origin AS by_origin, a.idx, a.edition, a.task, a.act, a.at, a.note, a.files
         FROM answer a JOIN log l ON l.id = a.log
         WHERE a.item = $1 AND a.origin = $2 ORDER BY a.at, a.log, a.idx",
        item.to_string(),
        origin.as_str().to_owned()
    )?;
    let answers = rows.into_iter().filter_map(|row| {
        let by: Origin = row.by_origin.parse().ok()?;
        Some(Answer {
            speaks_for: by.clone(),
            by,
            index: row.idx as u64,
            edition: row.edition,
            task: row.task,
            act: Act::of(&row.act)?,
            at: row.at,
            note: row.note.and_then(|bytes| bytes.try_into().ok()).map(ContentHash),
            files: row.files.split(' ').filter_map(|file| file.parse().ok()).collect(),
        })
    });
    Ok(answers.collect())
}

/// Forgets what was said of a directive that is erased. Returns the words and the evidence: they speak of what must vanish.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> anyhow::Result<Vec<ContentHash>> {
    let rows = all!(
        tx,
        (i64, i64, Option<Vec<u8>>, String),
        "SELECT a.log, a.idx, a.note, a.files FROM answer a JOIN log l ON l.origin = a.origin
         WHERE l.id = $1 AND a.item = $2",
        log,
        item.to_owned()
    )?;
    answering::forget(tx, log, item).await?;
    let mut hashes = Vec::new();
    for (by, index, note, files) in rows {
        run!(tx, "DELETE FROM answer WHERE log = $1 AND idx = $2", by, index)?;
        run!(tx, "DELETE FROM want WHERE log = $1 AND idx = $2", by, index)?;
        hashes.extend(note.and_then(|bytes| bytes.try_into().ok()).map(ContentHash));
        hashes.extend(files.split(' ').filter_map(|file| file.parse::<ContentHash>().ok()));
    }
    Ok(hashes)
}
