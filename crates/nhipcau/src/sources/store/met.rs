//! What was met at joined sites, by hashes alone.

use std::collections::HashSet;

use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::Source;
use super::super::draft::Found;
use super::super::plan::{Known, Lot};
use super::of_log;
use crate::db::{Conn, Tx};
use crate::{all, among, run};

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
) -> anyhow::Result<HashSet<ContentHash>> {
    let others: HashSet<String> = of_log(conn, source.log)
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

/// Forgets the words of an item of a log that was erased: what was read of it later may still lie aside, and its twins elsewhere must not
/// take its place.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    let named = all!(
        tx,
        (String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>),
        "SELECT i.source, i.name, i.page, i.words FROM source s JOIN source_item i ON i.source = s.id
         WHERE s.log = $1 AND i.item = $2",
        log,
        item.to_owned()
    )?;
    for (source, name, page, words) in named {
        let twins = all!(
            tx,
            (String, Vec<u8>),
            "SELECT i.source, i.name FROM source s JOIN source_item i ON i.source = s.id
             WHERE s.log = $1 AND i.lot = 'twin' AND (i.page = $2 OR i.words = $3)",
            log,
            page,
            words
        )?;
        for (source, name) in twins.into_iter().chain([(source, name)]) {
            run!(
                tx,
                "DELETE FROM source_aside WHERE source = $1 AND name = $2",
                source.clone(),
                name.clone()
            )?;
            run!(
                tx,
                "UPDATE source_item SET lot = 'erased', words = NULL, digest = $1 WHERE source = $2 AND name = $3",
                vec![0_u8; 32],
                source,
                name
            )?;
        }
    }
    Ok(())
}
