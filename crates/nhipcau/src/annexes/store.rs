//! Annexes in the database: what entries say of them, of every log that is mirrored here.

use anyhow::Context;
use network::entry::{Annex, ContentRef};
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::Core;
use crate::db::{Conn, Tx};
use crate::{all, drafts, maybe, one, run};

/// An annex in its newest edition.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Our number for its log.
    pub log: i64,
    /// The log of the portal that says it.
    pub by: Origin,
    /// Its id.
    pub id: Uuid,
    /// Its own edition.
    pub edition: u32,
    /// Index of the entry that issued it.
    pub index: u64,
    /// When, by its issuer, in microseconds.
    pub at: i64,
    /// Beside what, and which edition of that.
    pub core: Core,
    /// Its document.
    pub content: ContentHash,
    /// True if its portal took it back.
    pub withdrawn: bool,
}

#[derive(FromRow)]
struct Row {
    log: i64,
    by_origin: String,
    annex: String,
    edition: i64,
    idx: i64,
    at: i64,
    core_origin: String,
    core: String,
    core_edition: i64,
    sha256: Vec<u8>,
    ended: Option<i64>,
}

impl TryFrom<Row> for Standing {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Standing> {
        Ok(Standing {
            log: row.log,
            by: row.by_origin.parse().context("a stored origin is damaged")?,
            id: row.annex.parse()?,
            edition: u32::try_from(row.edition)?,
            index: row.idx as u64,
            at: row.at,
            core: Core {
                origin: row.core_origin,
                item: row.core.parse()?,
                edition: u32::try_from(row.core_edition)?,
            },
            content: ContentHash(
                row.sha256.try_into().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?,
            ),
            withdrawn: row.ended.is_some(),
        })
    }
}

/// Remembers an edition; false if it says nothing new (editions count up) or speaks of what was erased.
///
/// # Errors
/// The database's.
pub async fn issued(tx: &mut Tx, (log, index, at): (i64, u64, i64), annex: &Annex) -> sqlx::Result<bool> {
    let (newest,) = one!(
        tx,
        (i64,),
        "SELECT COALESCE(MAX(edition), 0) FROM annex WHERE log = $1 AND annex = $2",
        log,
        annex.id.to_string()
    )?;
    if i64::from(annex.edition) <= newest || is_erased(tx, annex).await? {
        return Ok(false);
    }
    run!(
        tx,
        "INSERT INTO annex (log, annex, edition, idx, at, core_origin, core, core_edition, sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        log,
        annex.id.to_string(),
        i64::from(annex.edition),
        index as i64,
        at,
        annex.origin.as_str().to_owned(),
        annex.item.to_string(),
        i64::from(annex.of),
        annex.content.sha256.0.to_vec()
    )?;
    touched(tx, log, annex.id).await?;
    Ok(true)
}

async fn is_erased(tx: &mut Tx, annex: &Annex) -> sqlx::Result<bool> {
    let row = maybe!(
        tx,
        (i64,),
        "SELECT i.log FROM item i JOIN log l ON l.id = i.log
         WHERE l.origin = $1 AND i.item = $2 AND i.state = 'erased'",
        annex.origin.as_str().to_owned(),
        annex.item.to_string()
    )?;
    Ok(row.is_some())
}

/// Remembers that an annex was taken back; false if there is none.
///
/// # Errors
/// The database's.
pub async fn withdrawn(
    tx: &mut Tx,
    (log, index): (i64, u64),
    annex: Uuid,
    note: &ContentRef,
) -> sqlx::Result<bool> {
    let moved = run!(
        tx,
        "UPDATE annex SET ended = $3, note = $4 WHERE log = $1 AND annex = $2",
        log,
        annex.to_string(),
        index as i64,
        note.sha256.0.to_vec()
    )?;
    touched(tx, log, annex).await?;
    Ok(moved > 0)
}

/// Takes an annex away whose log is folded anew.
///
/// # Errors
/// The database's.
pub async fn cut(tx: &mut Tx, log: i64, annex: &str) -> sqlx::Result<()> {
    if let Ok(id) = annex.parse() {
        touched(tx, log, id).await?;
    }
    run!(tx, "DELETE FROM annex WHERE log = $1 AND annex = $2", log, annex.to_owned())?;
    Ok(())
}

/// The page of the item beside which it stands shows something else now.
async fn touched(tx: &mut Tx, log: i64, annex: Uuid) -> sqlx::Result<()> {
    let cores = all!(
        tx,
        (i64, String),
        "SELECT DISTINCT l.id, a.core FROM annex a JOIN log l ON l.origin = a.core_origin
         WHERE a.log = $1 AND a.annex = $2",
        log,
        annex.to_string()
    )?;
    tx.ledger.effects.items.extend(cores);
    Ok(())
}

/// The content of an entry has come: the page beside which its annex stands was drawn without it.
///
/// # Errors
/// The database's.
pub async fn came(tx: &mut Tx, log: i64, index: i64) -> sqlx::Result<()> {
    let cores = all!(
        tx,
        (i64, String),
        "SELECT l.id, a.core FROM annex a JOIN log l ON l.origin = a.core_origin WHERE a.log = $1 AND a.idx = $2",
        log,
        index
    )?;
    tx.ledger.effects.items.extend(cores);
    Ok(())
}

/// Portals that are asked for in one question: a commune's own, its province's, the Government's, and one more.
const AT_ONCE: usize = 4;

/// The annexes of some portals beside an item, withdrawn ones too: in the order of the portals, the newest first.
///
/// # Errors
/// The database's.
pub async fn beside(
    conn: &mut Conn,
    by: &[Origin],
    origin: &Origin,
    item: Uuid,
) -> anyhow::Result<Vec<Standing>> {
    let mut all: Vec<Standing> = Vec::new();
    for these in by.chunks(AT_ONCE) {
        let nth = |n: usize| these.get(n).map_or("", Origin::as_str).to_owned();
        let rows = all!(
            conn,
            Row,
            "SELECT a.log, l.origin AS by_origin, a.annex, a.edition, a.idx, a.at, a.core_origin, a.core,
                    a.core_edition, a.sha256, a.ended
             FROM log l JOIN annex a ON a.core = $2 AND a.log = l.id
             WHERE l.origin IN ($3, $4, $5, $6) AND a.core_origin = $1
               AND a.edition = (SELECT MAX(b.edition) FROM annex b WHERE b.log = a.log AND b.annex = a.annex)
             ORDER BY a.idx DESC LIMIT 80",
            origin.as_str().to_owned(),
            item.to_string(),
            nth(0),
            nth(1),
            nth(2),
            nth(3)
        )?;
        for row in rows {
            all.push(Standing::try_from(row)?);
        }
    }
    all.sort_by_key(|annex| by.iter().position(|by| *by == annex.by));
    Ok(all)
}

/// An annex of a log, in its newest edition.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Standing>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT a.log, l.origin AS by_origin, a.annex, a.edition, a.idx, a.at, a.core_origin, a.core,
                a.core_edition, a.sha256, a.ended
         FROM annex a JOIN log l ON l.id = a.log
         WHERE a.log = $1 AND a.annex = $2 ORDER BY a.edition DESC LIMIT 1",
        log,
        id.to_string()
    )?;
    row.map(Standing::try_from).transpose()
}

/// The annexes of an agency, the newest first, at most `most`.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64, most: i64) -> anyhow::Result<Vec<Standing>> {
    let rows = all!(
        conn,
        Row,
        "SELECT a.log, l.origin AS by_origin, a.annex, a.edition, a.idx, a.at, a.core_origin, a.core,
                a.core_edition, a.sha256, a.ended
         FROM annex a JOIN log l ON l.id = a.log
         WHERE a.log = $1
           AND a.edition = (SELECT MAX(b.edition) FROM annex b WHERE b.log = a.log AND b.annex = a.annex)
         ORDER BY a.idx DESC LIMIT $2",
        log,
        most
    )?;
    rows.into_iter().map(Standing::try_from).collect()
}

/// Notes beside which item a draft stands.
///
/// # Errors
/// The database's.
pub async fn begun(tx: &mut Tx, draft: Uuid, core: &Core) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO annex_draft (draft, origin, item) VALUES ($1, $2, $3)",
        draft.to_string(),
        core.origin.clone(),
        core.item.to_string()
    )?;
    Ok(())
}

/// An open draft of an agency beside an item, if there is one.
///
/// # Errors
/// The database's.
pub async fn open(conn: &mut Conn, log: i64, origin: &Origin, item: Uuid) -> anyhow::Result<Option<Uuid>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT d.id FROM annex_draft a JOIN draft d ON d.id = a.draft
         WHERE a.item = $3 AND a.origin = $2 AND d.log = $1
           AND d.stage IN ('draft', 'review', 'approved', 'scheduled') ORDER BY d.changed DESC LIMIT 1",
        log,
        origin.as_str().to_owned(),
        item.to_string()
    )?;
    row.map(|(id,)| Ok(id.parse()?)).transpose()
}

/// Forgets what stands, and what is being written here, beside an item that is erased. Returns the contents: they speak of
/// what must vanish.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> anyhow::Result<Vec<ContentHash>> {
    let rows = all!(
        tx,
        (i64, i64, Vec<u8>, Option<Vec<u8>>),
        "SELECT a.log, a.idx, a.sha256, a.note FROM annex a JOIN log l ON l.origin = a.core_origin
         WHERE l.id = $1 AND a.core = $2",
        log,
        item.to_owned()
    )?;
    let mut hashes = Vec::new();
    for (by, index, document, note) in rows {
        run!(tx, "DELETE FROM annex WHERE log = $1 AND idx = $2", by, index)?;
        run!(tx, "DELETE FROM want WHERE log = $1 AND idx = $2", by, index)?;
        let bytes = [Some(document), note].into_iter().flatten();
        hashes.extend(bytes.filter_map(|bytes| bytes.try_into().ok()).map(ContentHash));
    }
    let written = all!(
        tx,
        (String,),
        "SELECT a.draft FROM annex_draft a JOIN log l ON l.origin = a.origin JOIN draft d ON d.id = a.draft
         WHERE l.id = $1 AND a.item = $2",
        log,
        item.to_owned()
    )?;
    for (draft,) in written {
        run!(tx, "DELETE FROM annex_draft WHERE draft = $1", draft.clone())?;
        drafts::erased::forget_one(tx, draft).await?;
    }
    Ok(hashes)
}
