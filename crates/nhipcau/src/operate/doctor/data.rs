//! What is kept: the engine's own check, every log recomputed, receipts against logs, every content by its hash.

use network::content::{ITEM_TYPE, Item};
use network::directory::Directory;
use network::names::ContentHash;
use sqlx::FromRow;
use tlog::{Checkpoint, Frontier, Hash, Note, leaf_hash};

use super::place::size;
use super::{Finding, Teller};
use crate::config::Config;
use crate::db::schema::shown_place;
use crate::db::{Conn, Place, Reading};
use crate::items::Card;
use crate::items::content::Folder;
use crate::logs::keys::Keyring;
use crate::logs::store::{self, Head};
use crate::people::audit;
use crate::words::Words;
use crate::{all, maybe, one};

/// Entries that are read at a time.
const STRIDE: u64 = 4096;
/// Contents that are read at a time.
const CONTENTS: i64 = 64;

pub(super) fn away(error: &anyhow::Error) -> Finding {
    let detail = format!("{error:#}");
    Finding::hand("database", |w| w.doctor_database_away(&detail), |w| w.doctor_database_away_do.to_owned())
}

pub(super) fn damaged(detail: &str) -> Finding {
    Finding::hand("database", |w| w.doctor_database_bad(detail), |w| w.doctor_restore_do.to_owned())
}

/// Everything about the data. What cannot be read at all is a finding too.
pub(super) async fn all(
    reading: &Reading,
    config: &Config,
    directory: &Directory,
    teller: &Teller,
) -> Vec<Finding> {
    let mut findings = engine(reading, config).await;
    findings.extend(schema(reading, &config.database).await);
    for part in [
        logs(reading, config, directory, teller).await,
        receipts(reading, config).await,
        contents(reading, config, teller).await,
        trail(reading).await,
    ] {
        match part {
            Ok(found) => findings.extend(found),
            Err(error) => findings.push(damaged(&format!("{error:#}"))),
        }
    }
    findings
}

pub(super) async fn engine(reading: &Reading, config: &Config) -> Vec<Finding> {
    match reading.self_check().await {
        Ok(wrong) if wrong.is_empty() => {
            let bytes = size(reading.bytes().await.unwrap_or(0));
            let place = shown_place(&config.database);
            vec![Finding::well("database", |w| w.doctor_database_ok(&place, &bytes))]
        }
        Ok(wrong) => vec![damaged(&wrong.join("; "))],
        Err(error) => vec![damaged(&error.to_string())],
    }
}

pub(super) async fn schema(reading: &Reading, place: &Place) -> Vec<Finding> {
    match reading.schema().await {
        Ok(schema) if schema.not_newer(place).is_err() => {
            let newest = schema.unknown.iter().max().copied().unwrap_or(0);
            vec![Finding::hand(
                "schema",
                |w| w.doctor_schema_new(newest),
                |w| w.doctor_schema_new_do.to_owned(),
            )]
        }
        Ok(schema) if !schema.pending.is_empty() => {
            let n = schema.pending.len();
            vec![Finding::hand("schema", |w| w.doctor_schema_old(n), |w| w.doctor_schema_old_do.to_owned())]
        }
        Ok(schema) => vec![Finding::well("schema", |w| w.doctor_schema_ok(schema.newest))],
        Err(error) => vec![damaged(&format!("{error:#}"))],
    }
}

async fn logs(
    reading: &Reading,
    config: &Config,
    directory: &Directory,
    teller: &Teller,
) -> anyhow::Result<Vec<Finding>> {
    let mut conn = reading.read().await?;
    let heads = store::every(&mut conn).await?;
    drop(conn);
    let keys = Keyring::of(config).ok();
    let of: u64 = heads.iter().map(|head| head.size).sum();
    let (mut findings, mut done) = (Vec::new(), 0);
    for head in &heads {
        let origin = &head.origin;
        if head.frozen.is_some() {
            findings.push(Finding::hand(
                "log.frozen",
                |w| w.doctor_log_frozen(origin),
                |w| w.split_do.to_owned(),
            ));
        }
        match recompute(reading, head, &mut done, of, teller).await? {
            Ok(signed) => findings.extend(signature(head, signed, keys.as_ref(), directory)),
            Err(at) => findings.push(Finding::hand(
                "log.entries",
                |w| w.doctor_log_bad(origin, at),
                |w| w.doctor_restore_do.to_owned(),
            )),
        }
    }
    if findings.is_empty() {
        findings.push(Finding::well("logs", |w| w.doctor_logs_ok(heads.len(), of)));
    }
    Ok(findings)
}

/// The audit trail: whether every line is as it was written.
async fn trail(reading: &Reading) -> anyhow::Result<Vec<Finding>> {
    let mut conn = reading.read().await?;
    Ok(vec![match audit::broken(&mut conn).await? {
        None => Finding::well("trail", |w| w.doctor_trail_ok.to_owned()),
        Some(seq) => Finding::hand("trail", |w| w.doctor_trail_bad(seq), |w| w.doctor_trail_do.to_owned()),
    }])
}

#[derive(FromRow)]
struct Row {
    idx: i64,
    leaf: Vec<u8>,
    body: Vec<u8>,
}

/// Recomputes a log. `Ok` with the root at its checkpoint's size; `Err` with the first entry from which on it does
/// not agree with what is kept about it.
async fn recompute(
    reading: &Reading,
    head: &Head,
    done: &mut u64,
    of: u64,
    teller: &Teller,
) -> anyhow::Result<Result<Hash, u64>> {
    let mut frontier = Frontier::new();
    let mut signed = frontier.root();
    while frontier.size() < head.size {
        let from = frontier.size();
        let mut conn = reading.read().await?;
        let rows = all!(
            &mut conn,
            Row,
            "SELECT idx, leaf, body FROM entry WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
            head.id,
            from as i64,
            head.size.min(from + STRIDE) as i64
        )?;
        if rows.is_empty() {
            return Ok(Err(from));
        }
        for row in &rows {
            let leaf = leaf_hash(&row.body);
            if row.idx as u64 != frontier.size() || leaf.0[..] != row.leaf[..] {
                return Ok(Err(frontier.size()));
            }
            let mut tiles = Vec::new();
            frontier.push_with(leaf, |level, index, hash| {
                if level > 0 && level % 8 == 0 {
                    tiles.push((i64::from(level / 8), index as i64, hash));
                }
            });
            for (level, index, hash) in tiles {
                let kept = maybe!(
                    &mut conn,
                    (Vec<u8>,),
                    "SELECT hash FROM tile WHERE log = $1 AND level = $2 AND idx = $3",
                    head.id,
                    level,
                    index
                )?;
                if kept.is_none_or(|(kept,)| kept[..] != hash.0[..]) {
                    return Ok(Err(frontier.size() - 1));
                }
            }
            if frontier.size() == head.checkpoint_size {
                signed = frontier.root();
            }
        }
        *done += rows.len() as u64;
        teller.tell("logs", *done, of);
    }
    let kept = head.frontier().ok();
    Ok(match frontier.root() == head.root && kept.as_ref() == Some(&frontier) {
        true => Ok(signed),
        false => Err(head.size),
    })
}

/// Does the signed head say what the entries lead to?
fn signature(head: &Head, root: Hash, keys: Option<&Keyring>, directory: &Directory) -> Option<Finding> {
    if head.checkpoint_size == 0 {
        return None;
    }
    let own = || keys.filter(|_| head.own)?.kept(&head.origin).ok()?.into_iter().next();
    let key = directory.keys_for(&head.origin, head.checkpoint_size).cloned().or_else(own)?;
    let note = Note::parse(&head.checkpoint).ok();
    let claim = note.and_then(|note| Checkpoint::open(&note, &key).ok());
    let right = claim.is_some_and(|claim| {
        claim.origin == *head.origin.as_str() && claim.size == head.checkpoint_size && claim.root == root
    });
    let says = |w: &'static Words| w.doctor_log_unsigned(&head.origin, head.checkpoint_size);
    (!right).then(|| Finding::hand("log.signature", says, |w| w.doctor_restore_do.to_owned()))
}

/// Has anybody a receipt for more than is here: of our own logs, or of any log a receipt of our own?
async fn receipts(reading: &Reading, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let mut conn = reading.read().await?;
    let ahead = all!(
        &mut conn,
        (String, String, i64, i64),
        "SELECT r.origin, r.node, r.size, l.size FROM receipt r JOIN log l ON l.origin = r.origin
         WHERE r.size > l.size AND (l.own = 1 OR r.node = $1) ORDER BY r.origin, r.node LIMIT 50",
        config.name.to_string()
    )?;
    if ahead.is_empty() {
        return Ok(vec![Finding::well("receipts", |w| w.doctor_receipts_ok.to_owned())]);
    }
    let found =
        ahead.iter().map(|(origin, node, size, have)| beyond(origin, node, *size as u64, *have as u64));
    Ok(found.collect())
}

/// Somebody holds more of a log than we do.
pub(super) fn beyond(origin: &str, node: &str, size: u64, have: u64) -> Finding {
    let says = |w: &'static Words| w.doctor_ahead(origin, node, size, have);
    Finding::hand("receipts.ahead", says, |w| w.doctor_ahead_do.to_owned())
}

#[derive(FromRow)]
struct Kept {
    sha256: Vec<u8>,
    media: String,
    bytes: Option<Vec<u8>>,
}

#[derive(Default)]
struct Tally {
    checked: u64,
    wrong: Vec<String>,
    cards: Vec<String>,
}

async fn contents(reading: &Reading, config: &Config, teller: &Teller) -> anyhow::Result<Vec<Finding>> {
    let folder = Folder(config.content.clone());
    let mut conn = reading.read().await?;
    let (of,): (i64,) = one!(&mut conn, (i64,), "SELECT COUNT(*) FROM content")?;
    let (waiting,): (i64,) = one!(&mut conn, (i64,), "SELECT COUNT(DISTINCT sha256) FROM want")?;
    let mut tally = Tally::default();
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = all!(
            &mut conn,
            Kept,
            "SELECT sha256, media, bytes FROM content WHERE sha256 > $1 ORDER BY sha256 LIMIT $2",
            after.clone(),
            CONTENTS
        )?;
        let Some(last) = rows.last() else { break };
        after = last.sha256.clone();
        for row in rows {
            one_content(&mut conn, &folder, row, &mut tally).await?;
        }
        teller.tell("contents", tally.checked, of as u64);
        // One long transaction would keep erased bytes in the write-ahead log.
        drop(conn);
        conn = reading.read().await?;
    }
    let mut findings = Vec::new();
    if let Some(first) = tally.wrong.first() {
        let n = tally.wrong.len();
        let says = |w: &'static Words| w.doctor_content_bad(n, first);
        findings.push(Finding::hand("content", says, |w| w.doctor_restore_do.to_owned()));
    }
    if let Some(first) = tally.cards.first() {
        let says = |w: &'static Words| w.doctor_card_bad(tally.cards.len(), first);
        findings.push(Finding::hand("content.card", says, |w| w.doctor_restore_do.to_owned()));
    }
    findings.extend(erased(&mut conn, &folder).await?);
    if findings.is_empty() {
        findings.push(Finding::well("contents", |w| w.doctor_contents_ok(tally.checked)));
    }
    if waiting > 0 {
        let says = |w: &'static Words| w.doctor_waiting(waiting);
        findings.push(Finding::note("contents.waiting", says, |w| w.doctor_waiting_do.to_owned()));
    }
    Ok(findings)
}

async fn one_content(conn: &mut Conn, folder: &Folder, row: Kept, tally: &mut Tally) -> anyhow::Result<()> {
    tally.checked += 1;
    let Ok(sha256) = row.sha256.try_into().map(ContentHash) else {
        tally.wrong.push("?".into());
        return Ok(());
    };
    let bytes = match row.bytes {
        Some(bytes) => Some(bytes),
        None => tokio::fs::read(folder.0.join(Folder::below(&sha256))).await.ok(),
    };
    let Some(bytes) = bytes.filter(|bytes| ContentHash::of(bytes) == sha256) else {
        // It may have been erased since its row was read.
        if crate::items::content::state(conn, &sha256).await? == crate::items::content::Presence::Here {
            tally.wrong.push(sha256.to_string());
        }
        return Ok(());
    };
    if row.media != ITEM_TYPE {
        return Ok(());
    }
    let Ok(item) = Item::parse(&bytes) else { return Ok(()) };
    let card = maybe!(
        conn,
        (String,),
        "SELECT card FROM item WHERE sha256 = $1 AND item = $2",
        sha256.0.to_vec(),
        item.id.to_string()
    )?;
    if let Some((card,)) = card
        && serde_json::from_str::<Card>(&card).ok() != Some(Card::from(&item))
    {
        tally.cards.push(item.id.to_string());
    }
    Ok(())
}

/// Erased content whose file is still on the disk.
async fn erased(conn: &mut Conn, folder: &Folder) -> anyhow::Result<Vec<Finding>> {
    let rows = all!(conn, (Vec<u8>,), "SELECT sha256 FROM erased")?;
    let paths = rows
        .into_iter()
        .filter_map(|(bytes,)| bytes.try_into().ok().map(ContentHash))
        .map(|hash| folder.0.join(Folder::below(&hash)));
    let left: Vec<_> = paths.filter(|path| path.exists()).collect();
    Ok(left
        .iter()
        .map(|path| {
            let path = path.display();
            Finding::hand(
                "content.erased",
                |w| w.doctor_erased_left(&path),
                |w| w.doctor_erased_do.to_owned(),
            )
        })
        .collect())
}
