//! What an erasure takes away: every edition and file of an item, the reasons and answers that speak of it, and what was
//! written on the way to it. What something that stays still names, stays.

use network::entry::{Entry, Kind};
use network::names::ContentHash;
use uuid::Uuid;

use crate::db::Tx;
use crate::items::tables;
use crate::logs::store as logs;
use crate::{all, annexes, assignments, channels, drafts, maybe, outlets, run, sources};

/// Removes every edition and file of an item that no other item still shows.
pub(super) async fn erase(tx: &mut Tx, log: i64, item: Uuid, by: i64, index: u64) -> anyhow::Result<()> {
    let id = item.to_string();
    let editions = all!(
        tx,
        (i64, Vec<u8>, String),
        "SELECT idx, sha256, files FROM edition WHERE log = $1 AND item = $2",
        log,
        id.clone()
    )?;
    let mut hashes = Vec::new();
    for (entry, document, files) in editions {
        if let Ok(bytes) = document.try_into() {
            hashes.push((entry, ContentHash(bytes)));
        }
        hashes.extend(files.split(' ').filter_map(|f| Some((entry, f.parse::<ContentHash>().ok()?))));
    }
    for (entry, hash) in &hashes {
        // What this item wanted; another item may be waiting for the same file.
        run!(
            tx,
            "DELETE FROM want WHERE sha256 = $1 AND log = $2 AND idx = $3",
            hash.0.to_vec(),
            log,
            *entry
        )?;
    }
    // What was said of it goes first, so that it names nothing any more.
    let mut hashes: Vec<ContentHash> = hashes.into_iter().map(|(_, hash)| hash).collect();
    hashes.extend(assignments::store::forget(tx, log, &id).await?);
    hashes.extend(annexes::store::forget(tx, log, &id).await?);
    hashes.extend(explained(tx, log, item, (by, index)).await?);
    for hash in hashes {
        if !named_elsewhere(tx, log, &id, &hash).await? {
            vanish(tx, hash, (by, index)).await?;
        }
    }
    tables::forget(tx, log, &id).await?;
    drafts::erased::forget(tx, log, item).await?;
    sources::store::forget(tx, log, &id).await?;
    channels::queue::erased(tx, log, &id).await?;
    outlets::packets::store::erased(tx, log, &id).await?;
    run!(
        tx,
        "UPDATE item SET shown = 0, sha256 = NULL, kind = '', card = '{}' WHERE log = $1 AND item = $2",
        log,
        id.clone()
    )?;
    tx.ledger.effects.items.push((log, id));
    Ok(())
}

/// Content that nothing names goes, and does not come back.
pub(super) async fn vanish(tx: &mut Tx, hash: ContentHash, (by, index): (i64, u64)) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM want WHERE sha256 = $1", hash.0.to_vec())?;
    run!(tx, "DELETE FROM content WHERE sha256 = $1", hash.0.to_vec())?;
    run!(
        tx,
        "INSERT INTO erased (sha256, log, idx, at) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING",
        hash.0.to_vec(),
        by,
        index as i64,
        now
    )?;
    tx.ledger.effects.erased.push(hash);
    Ok(())
}

/// The reasons that were given for earlier withdrawals, by the issuer and from above: they speak of what is
/// erased. The bases of erasures stay.
async fn explained(
    tx: &mut Tx,
    log: i64,
    item: Uuid,
    (by, index): (i64, u64),
) -> anyhow::Result<Vec<ContentHash>> {
    let id = item.to_string();
    let ordered = all!(
        tx,
        (Option<Vec<u8>>,),
        "SELECT note FROM ordered WHERE log = $1 AND item = $2 AND act <> 'erased'",
        log,
        id.clone()
    )?;
    let mut hashes: Vec<ContentHash> =
        ordered.into_iter().filter_map(|(note,)| note?.try_into().ok().map(ContentHash)).collect();
    let first =
        maybe!(tx, (i64,), "SELECT first_idx FROM item WHERE log = $1 AND item = $2", log, id.clone())?;
    let Some((first,)) = first else { return Ok(hashes) };
    // An order stands in another log; all that the item's own log has said by now comes before it.
    let last = if by == log { index } else { i64::MAX as u64 };
    let mut from = first as u64;
    loop {
        let entries = logs::entries(tx.conn(), log, from, last.min(from + 1_024)).await?;
        if entries.is_empty() {
            return Ok(hashes);
        }
        from += entries.len() as u64;
        let named = entries.iter().filter(|bytes| bytes.windows(id.len()).any(|w| w == id.as_bytes()));
        for entry in named.filter_map(|bytes| Entry::decode(bytes).ok()) {
            if let Kind::ItemWithdrawn { item: of, note: Some(note), .. }
            | Kind::ItemAlone { item: of, note, .. } = entry.kind
                && of == item
            {
                hashes.push(note.sha256);
            }
        }
    }
}

/// True if something that stays names this content: another item, a reason, an answer to a task, an annex. Whoever writes a log can
/// name what belongs to others, and must not make it vanish by ending what is their own.
pub(super) async fn named_elsewhere(
    tx: &mut Tx,
    log: i64,
    item: &str,
    hash: &ContentHash,
) -> sqlx::Result<bool> {
    let other = maybe!(
        tx,
        (i64,),
        "SELECT e.idx FROM edition e JOIN item i ON i.log = e.log AND i.item = e.item
         WHERE e.sha256 = $3 AND i.state <> 'erased' AND NOT (e.log = $1 AND e.item = $2)
         UNION ALL SELECT f.edition FROM file f JOIN item i ON i.log = f.log AND i.item = f.item
         WHERE f.sha256 = $3 AND i.state <> 'erased' AND NOT (f.log = $1 AND f.item = $2)
         UNION ALL SELECT idx FROM item WHERE note = $3
         UNION ALL SELECT by_idx FROM ordered
           WHERE note = $3 AND NOT (log = $1 AND item = $2 AND act <> 'erased')
         UNION ALL SELECT idx FROM alone WHERE note = $3 AND NOT (log = $1 AND item = $2)
         UNION ALL SELECT idx FROM answer WHERE note = $3 OR files LIKE $4
         UNION ALL SELECT idx FROM sealed WHERE pieces LIKE $4 AND NOT (log = $1 AND item = $2)
         UNION ALL SELECT idx FROM annex WHERE sha256 = $3 OR note = $3
         LIMIT 1",
        log,
        item.to_owned(),
        hash.0.to_vec(),
        format!("%{hash}%")
    )?;
    Ok(other.is_some())
}
