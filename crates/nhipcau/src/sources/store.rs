//! Joined sites in the database: what they are, what was met there, what lies aside. What was taken over leaves nothing here but hashes;
//! words lie here only while they wait for a person, and vanish when the item is erased.

use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::draft::Found;
use super::fetch::Validators;
use super::plan::{Known, Lot};
use super::{Source, Way};
use crate::db::{Conn, Tx};
use crate::items::draft::Draft;
use crate::items::kinds::Both;
use crate::{all, among, maybe, run};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    kind: String,
    url: String,
    name: String,
    own: i64,
    mapping: String,
    begun: i64,
    next: i64,
    at: i64,
    failures: i64,
    trouble: String,
    etag: Option<String>,
    modified: Option<String>,
    place: String,
}

impl TryFrom<Row> for Source {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Source> {
        Ok(Source {
            id: row.id.parse()?,
            log: row.log,
            way: Way::of(&row.kind).ok_or_else(|| anyhow::anyhow!("unknown stored way {}", row.kind))?,
            url: row.url,
            name: row.name,
            own: row.own == 1,
            mapping: serde_json::from_str(&row.mapping)?,
            begun: row.begun,
            next: row.next,
            at: row.at,
            failures: row.failures,
            trouble: row.trouble,
            validators: Validators { etag: row.etag, modified: row.modified },
            place: row.place,
        })
    }
}

/// Sources that are due, the longest due first.
///
/// # Errors
/// The database's.
pub async fn due(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Source>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE next > 0 AND next <= $1 ORDER BY next LIMIT $2",
        now,
        most
    )?;
    rows.into_iter().map(Source::try_from).collect()
}

/// The sources of a log, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Source>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE log = $1 ORDER BY begun, id",
        log
    )?;
    rows.into_iter().map(Source::try_from).collect()
}

/// A source of a log.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Source>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, etag, modified, place
         FROM source WHERE log = $1 AND id = $2",
        log,
        id.to_string()
    )?;
    row.map(Source::try_from).transpose()
}

/// Adds a source.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, source: &Source) -> anyhow::Result<()> {
    run!(
        tx,
        "INSERT INTO source (id, log, kind, url, name, own, mapping, begun, next, at, failures, trouble, place)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', '')",
        source.id.to_string(),
        source.log,
        source.way.word(),
        source.url.clone(),
        source.name.clone(),
        i64::from(source.own),
        serde_json::to_string(&source.mapping)?,
        source.begun,
        source.next
    )?;
    Ok(())
}

/// Says when a source is read next; 0 pauses it. It is read whole then.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Tx, id: Uuid, next: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source SET next = $1, etag = NULL, modified = NULL, place = '' WHERE id = $2",
        next,
        id.to_string()
    )?;
    Ok(())
}

/// Forgets a source and all that was met there.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM source_aside WHERE source = $1", id.to_string())?;
    run!(tx, "DELETE FROM source_item WHERE source = $1", id.to_string())?;
    run!(tx, "DELETE FROM source WHERE id = $1", id.to_string())?;
    Ok(())
}

/// What came of reading a source, for its row.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// When it is read next.
    pub next: i64,
    /// How often in a row it could not be read.
    pub failures: i64,
    /// Why, or why what it says is doubted.
    pub trouble: String,
    /// What its site said of its state; as before if it could not be read.
    pub validators: Validators,
    /// How far it was read.
    pub place: String,
}

/// Notes what came of reading a source, unless a person paused it or asked for another reading meanwhile.
///
/// # Errors
/// The database's.
pub async fn done(tx: &mut Tx, source: &Source, outcome: Outcome) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE source SET next = $1, at = $2, failures = $3, trouble = $4, etag = $5, modified = $6, place = $7
         WHERE id = $8 AND next = $9",
        outcome.next,
        if outcome.failures == 0 { now } else { source.at },
        outcome.failures,
        outcome.trouble,
        outcome.validators.etag,
        outcome.validators.modified,
        outcome.place,
        source.id.to_string(),
        source.next
    )?;
    Ok(())
}

#[derive(FromRow)]
struct ItemRow {
    name: Vec<u8>,
    page: Option<Vec<u8>>,
    words: Option<Vec<u8>>,
    digest: Vec<u8>,
    item: Option<String>,
    lot: String,
    published: Option<i64>,
    missing: i64,
}

fn hash(bytes: Vec<u8>) -> anyhow::Result<ContentHash> {
    bytes.try_into().map(ContentHash).map_err(|_| anyhow::anyhow!("a stored hash is damaged"))
}

/// All that was met at a source.
///
/// # Errors
/// The database's.
pub async fn known(conn: &mut Conn, source: Uuid) -> anyhow::Result<Vec<Known>> {
    let rows = all!(
        conn,
        ItemRow,
        "SELECT name, page, words, digest, item, lot, published, missing FROM source_item WHERE source = $1",
        source.to_string()
    )?;
    let known = rows.into_iter().map(|row| {
        Ok(Known {
            name: hash(row.name)?,
            page: row.page.map(hash).transpose()?,
            words: row.words.map(hash).transpose()?,
            digest: hash(row.digest)?,
            item: row.item.map(|id| id.parse()).transpose()?,
            lot: Lot::of(&row.lot).ok_or_else(|| anyhow::anyhow!("unknown stored lot {}", row.lot))?,
            published: row.published,
            missing: row.missing,
        })
    });
    known.collect()
}

/// Those of these pages and words that other sources of the log have brought.
///
/// # Errors
/// The database's.
pub async fn elsewhere(
    conn: &mut Conn,
    source: &Source,
    found: &[Found],
) -> anyhow::Result<std::collections::HashSet<ContentHash>> {
    let others: std::collections::HashSet<String> = of_log(conn, source.log)
        .await?
        .into_iter()
        .filter(|other| other.id != source.id)
        .map(|other| other.id.to_string())
        .collect();
    if others.is_empty() {
        return Ok(Default::default());
    }
    let pages: Vec<ContentHash> = found.iter().filter_map(|one| one.page).collect();
    let words: Vec<ContentHash> = found.iter().filter_map(|one| one.words).collect();
    let mut met = among!(
        conn,
        (String, Vec<u8>),
        "SELECT source, page FROM source_item WHERE (lot = 'taken' OR lot = 'erased') AND page IN ($1)",
        &pages,
        |hash| hash.0.to_vec()
    )?;
    met.extend(among!(
        conn,
        (String, Vec<u8>),
        "SELECT source, words FROM source_item WHERE (lot = 'taken' OR lot = 'erased') AND words IN ($1)",
        &words,
        |hash| hash.0.to_vec()
    )?);
    let met = met.into_iter().filter(|(source, _)| others.contains(source));
    met.map(|(_, bytes)| hash(bytes)).collect()
}

/// Notes what became of something that was met. What it was called before (`was`) goes.
///
/// # Errors
/// The database's.
pub async fn put(
    tx: &mut Tx,
    source: Uuid,
    was: Option<ContentHash>,
    found: &Found,
    (lot, item): (Lot, Option<Uuid>),
) -> sqlx::Result<()> {
    for name in was.into_iter().chain([found.name]) {
        run!(
            tx,
            "DELETE FROM source_aside WHERE source = $1 AND name = $2",
            source.to_string(),
            name.0.to_vec()
        )?;
    }
    if let Some(was) = was.filter(|was| *was != found.name) {
        run!(
            tx,
            "DELETE FROM source_item WHERE source = $1 AND name = $2",
            source.to_string(),
            was.0.to_vec()
        )?;
    }
    run!(
        tx,
        "INSERT INTO source_item (source, name, page, words, digest, item, lot, published, missing)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
         ON CONFLICT (source, name) DO UPDATE SET page = excluded.page, words = excluded.words, digest = excluded.digest,
           item = excluded.item, lot = excluded.lot, published = excluded.published, missing = 0",
        source.to_string(),
        found.name.0.to_vec(),
        found.page.map(|hash| hash.0.to_vec()),
        found.words.map(|hash| hash.0.to_vec()),
        found.digest.0.to_vec(),
        item.map(|item| item.to_string()),
        lot.word(),
        found.published
    )?;
    Ok(())
}

/// Notes how many lists in a row lacked something.
///
/// # Errors
/// The database's.
pub async fn missing(tx: &mut Tx, source: Uuid, name: ContentHash, lists: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source_item SET missing = $1 WHERE source = $2 AND name = $3",
        lists,
        source.to_string(),
        name.0.to_vec()
    )?;
    Ok(())
}

/// Notes how something stands.
///
/// # Errors
/// The database's.
pub async fn lot(tx: &mut Tx, source: Uuid, name: ContentHash, lot: Lot) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source_item SET lot = $1, missing = 0 WHERE source = $2 AND name = $3",
        lot.word(),
        source.to_string(),
        name.0.to_vec()
    )?;
    Ok(())
}

/// Lets a twin of what has ended at one source stand for it at another: it is still there. True if there was one.
///
/// # Errors
/// The database's.
pub async fn inherit(tx: &mut Tx, source: &Source, one: &Known) -> anyhow::Result<bool> {
    let sources: Vec<String> =
        of_log(tx.conn(), source.log).await?.into_iter().map(|source| source.id.to_string()).collect();
    let twins = all!(
        tx,
        (String, Vec<u8>),
        "SELECT source, name FROM source_item WHERE lot = 'twin' AND (page = $1 OR words = $2) ORDER BY source, name",
        one.page.map(|hash| hash.0.to_vec()),
        one.words.map(|hash| hash.0.to_vec())
    )?;
    let Some((heir, name)) = twins.into_iter().find(|(source, _)| sources.contains(source)) else {
        return Ok(false);
    };
    run!(
        tx,
        "UPDATE source_item SET lot = 'taken', item = $1 WHERE source = $2 AND name = $3",
        one.item.map(|item| item.to_string()),
        heir,
        name
    )?;
    Ok(true)
}

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

/// How many were met at each source of a log and stand so: source, lot, count.
///
/// # Errors
/// The database's.
pub async fn counts(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<(String, String, i64)>> {
    all!(
        conn,
        (String, String, i64),
        "SELECT i.source, i.lot, COUNT(*) FROM source s JOIN source_item i ON i.source = s.id
         WHERE s.log = $1 GROUP BY i.source, i.lot",
        log
    )
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

/// Forgets the words of an item that was erased: what was read of it later may still lie aside.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, item: &str) -> sqlx::Result<()> {
    let named =
        all!(tx, (String, Vec<u8>), "SELECT source, name FROM source_item WHERE item = $1", item.to_owned())?;
    for (source, name) in named {
        run!(tx, "DELETE FROM source_aside WHERE source = $1 AND name = $2", source.clone(), name.clone())?;
        run!(
            tx,
            "UPDATE source_item SET lot = 'erased', words = NULL, digest = $1 WHERE source = $2 AND name = $3",
            vec![0_u8; 32],
            source,
            name
        )?;
    }
    Ok(())
}
