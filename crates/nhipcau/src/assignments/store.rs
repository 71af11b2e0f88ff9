//! Answers in the database, of every log that is mirrored here.

use std::collections::HashMap;

use network::content::Note;
use network::entry::{ContentRef, Kind, TaskRef};
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::answering;
use super::state::Act;
use crate::db::{Conn, Tx};
use crate::items::store::Standing;
use crate::{all, among, maybe, run};

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
    pub words: Words,
    /// The evidence that its entry names; of a restricted task, sealed.
    pub files: Vec<ContentHash>,
}

/// The words of an answer.
#[derive(Clone, Debug)]
pub enum Words {
    /// None.
    No,
    /// They lie in a content.
    At(ContentHash),
    /// They were sealed, and are opened here for whoever asked.
    Opened(Note),
}

/// Something that is said of a restricted task of a directive; of which, and what, is sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The log that says it.
    pub by: Origin,
    /// Index of its entry.
    pub index: u64,
    /// The edition that it speaks of.
    pub edition: u32,
    /// When, by its own clock, in microseconds.
    pub at: i64,
    /// The sealed words.
    pub content: ContentHash,
    /// The sealed evidence.
    pub files: Vec<ContentHash>,
}

/// The word that is stored of what is sealed.
const SEALED: &str = "sealed";

/// What an entry says of a task, taken apart.
struct Said<'a> {
    origin: &'a Origin,
    item: Uuid,
    edition: u32,
    task: &'a str,
    act: &'static str,
    note: Option<&'a ContentRef>,
    files: &'a [ContentRef],
}

/// What an entry says of a task; `None` for entries of other kinds.
fn said(kind: &Kind) -> Option<Said<'_>> {
    match kind {
        Kind::TaskAcknowledged(task) => Some(open(task, Act::Acknowledged, None, &[])),
        Kind::TaskReported { task, note, files } => Some(open(task, Act::Reported, Some(note), files)),
        Kind::TaskDone { task, note, files } => Some(open(task, Act::Done, Some(note), files)),
        Kind::TaskSealed { origin, item, edition, content, files } => Some(Said {
            origin,
            item: *item,
            edition: *edition,
            task: "",
            act: SEALED,
            note: Some(content),
            files,
        }),
        _ => None,
    }
}

fn open<'a>(of: &'a TaskRef, act: Act, note: Option<&'a ContentRef>, files: &'a [ContentRef]) -> Said<'a> {
    let TaskRef { origin, item, edition, task } = of;
    Said { origin, item: *item, edition: *edition, task, act: act.word(), note, files }
}

/// Whether an entry speaks of a task of a directive; and then, whether that was erased: what speaks of it is not kept either.
///
/// # Errors
/// The database's.
pub async fn is_kept(tx: &mut Tx, kind: &Kind) -> sqlx::Result<bool> {
    let Some(said) = said(kind) else { return Ok(false) };
    let erased = maybe!(
        tx,
        (i64,),
        "SELECT i.log FROM item i JOIN log l ON l.id = i.log
         WHERE l.origin = $1 AND i.item = $2 AND i.state = 'erased'",
        said.origin.as_str().to_owned(),
        said.item.to_string()
    )?;
    Ok(erased.is_none())
}

/// Remembers what an entry says; the same at every node.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, (log, index, at): (i64, u64, i64), kind: &Kind) -> sqlx::Result<()> {
    let Some(said) = said(kind) else { return Ok(()) };
    let files: Vec<String> = said.files.iter().map(|file| file.sha256.to_string()).collect();
    run!(
        tx,
        "INSERT INTO answer (log, idx, origin, item, edition, task, act, at, note, files)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (log, idx) DO NOTHING",
        log,
        index as i64,
        said.origin.as_str().to_owned(),
        said.item.to_string(),
        i64::from(said.edition),
        said.task.to_owned(),
        said.act,
        at,
        said.note.map(|note| note.sha256.0.to_vec()),
        files.join(" ")
    )?;
    // The directive's page counts who has done what.
    let of = maybe!(tx, (i64,), "SELECT id FROM log WHERE origin = $1", said.origin.as_str().to_owned())?;
    tx.ledger.effects.items.extend(of.map(|(of,)| (of, said.item.to_string())));
    Ok(())
}

#[derive(FromRow)]
struct Row {
    origin: String,
    item: String,
    by_origin: String,
    log: i64,
    idx: i64,
    edition: i64,
    task: String,
    act: String,
    at: i64,
    note: Option<Vec<u8>>,
    files: String,
}

/// What is said of one directive, oldest first, whether it counts or not.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// In the open.
    pub open: Vec<Answer>,
    /// Sealed.
    pub sealed: Vec<Sealed>,
}

/// What is said of directives, by their log and id.
///
/// # Errors
/// The database's.
pub async fn of_all(
    conn: &mut Conn,
    directives: &[Standing],
) -> anyhow::Result<HashMap<(Origin, Uuid), Heard>> {
    let mut rows = among!(
        conn,
        Row,
        "SELECT a.origin, a.item, l.origin AS by_origin, a.log, a.idx, a.edition, a.task, a.act, a.at, a.note, a.files
         FROM answer a JOIN log l ON l.id = a.log WHERE a.item IN ($1)",
        directives,
        |directive| directive.item.to_string()
    )?;
    rows.sort_by_key(|row| (row.at, row.log, row.idx));
    let mut all: HashMap<(Origin, Uuid), Heard> = HashMap::new();
    for row in rows {
        let (Ok(origin), Ok(item)) = (row.origin.parse(), row.item.parse()) else { continue };
        let heard = all.entry((origin, item)).or_default();
        let Ok(by) = row.by_origin.parse::<Origin>() else { continue };
        let note = row.note.and_then(|bytes| bytes.try_into().ok()).map(ContentHash);
        let files = row.files.split(' ').filter_map(|file| file.parse().ok()).collect();
        let (index, at) = (row.idx as u64, row.at);
        match (Act::of(&row.act), note, u32::try_from(row.edition)) {
            (Some(act), note, _) => heard.open.push(Answer {
                speaks_for: by.clone(),
                by,
                index,
                edition: row.edition,
                task: row.task,
                act,
                at,
                words: note.map_or(Words::No, Words::At),
                files,
            }),
            (None, Some(content), Ok(edition)) if row.act == SEALED => {
                heard.sealed.push(Sealed { by, index, edition, at, content, files });
            }
            _ => {}
        }
    }
    Ok(all)
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
