//! A log that was closed at its last honest size: what it said from there on is taken back.
//!
//! The entries stay as evidence. Items that they touched are folded anew from the entries before; orders that
//! they gave to others' items no longer count, and those items are folded anew too. What a dishonest erasure
//! has destroyed is wanted again, from whoever still has it.

use std::collections::{BTreeMap, BTreeSet};

use network::entry::{Entry, Kind};
use network::names::ContentHash;

use super::{content, fold, tables};
use crate::annexes;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::petitions::handover::store as petitions;
use crate::reach;
use crate::{all, run};

/// Entries that are read at a time.
const PIECE: u64 = 1_024;

/// Takes back what a log said from index `honest` on. Does nothing if nothing of it had any effect, so it may
/// be called again without harm. Returns large contents that are here and stand on pages again only once they
/// were given to [`fold::show`].
///
/// # Errors
/// The database's.
pub async fn cut(tx: &mut Tx, log: i64, honest: u64) -> anyhow::Result<Vec<ContentHash>> {
    petitions::cut(tx, log, honest).await?;
    reach::store::cut(tx, log, honest).await?;
    let mut touched: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let own = all!(
        tx,
        (String,),
        "SELECT item FROM item WHERE log = $1 AND idx >= $2
         UNION SELECT item FROM edition WHERE log = $1 AND idx >= $2
         UNION SELECT item FROM sealed WHERE log = $1 AND (idx >= $2 OR opened >= $2)
         UNION SELECT annex FROM annex WHERE log = $1 AND (idx >= $2 OR ended >= $2)",
        log,
        honest as i64
    )?;
    touched.entry(log).or_default().extend(own.into_iter().map(|(item,)| item));
    let ordered = all!(
        tx,
        (i64, String),
        "SELECT log, item FROM ordered WHERE by_log = $1 AND by_idx >= $2",
        log,
        honest as i64
    )?;
    for (of, item) in ordered {
        touched.entry(of).or_default().insert(item);
    }
    touched.retain(|_, items| !items.is_empty());
    if touched.is_empty() {
        fold::sealed::void_all(tx, log, honest).await?;
        return Ok(Vec::new());
    }
    run!(tx, "DELETE FROM ordered WHERE by_log = $1 AND by_idx >= $2", log, honest as i64)?;
    run!(tx, "DELETE FROM erased WHERE log = $1 AND idx >= $2", log, honest as i64)?;
    run!(tx, "DELETE FROM want WHERE log = $1 AND idx >= $2", log, honest as i64)?;
    let mut large = Vec::new();
    for (of, items) in touched {
        for item in &items {
            annexes::store::cut(tx, of, item).await?;
            tables::forget(tx, of, item).await?;
            let rows = run!(tx, "DELETE FROM item WHERE log = $1 AND item = $2", of, item.clone())?
                + run!(tx, "DELETE FROM edition WHERE log = $1 AND item = $2", of, item.clone())?
                + run!(tx, "DELETE FROM sealed WHERE log = $1 AND item = $2", of, item.clone())?;
            run!(tx, "DELETE FROM file WHERE log = $1 AND item = $2", of, item.clone())?;
            // What was an annex only is no item that has gone.
            if rows > 0 {
                tx.ledger.effects.items.push((of, item.clone()));
            }
        }
        again(tx, of, &items, &mut large).await?;
    }
    fold::sealed::void_all(tx, log, honest).await?;
    Ok(large)
}

/// Folds the honest entries of a log about these items.
async fn again(
    tx: &mut Tx,
    log: i64,
    items: &BTreeSet<String>,
    large: &mut Vec<ContentHash>,
) -> anyhow::Result<()> {
    let Some(head) = logs::head(tx.conn(), log).await? else { return Ok(()) };
    let mut from = 0;
    while from < head.size {
        let to = head.size.min(from + PIECE);
        for (index, bytes) in (from..).zip(logs::entries(tx.conn(), log, from, to).await?) {
            if !tx.ledger.directory.is_honest(&head.origin, index) {
                return Ok(());
            }
            let Ok(entry) = Entry::decode(&bytes) else { continue };
            let Some(item) = about(&entry.kind) else { continue };
            if !items.contains(&item) {
                continue;
            }
            fold::fold(tx, log, &[(index, &entry)]).await?;
            if let Kind::ItemIssued { content: document, .. }
            | Kind::ItemCarried { content: document, .. }
            | Kind::ItemOpened { content: document, .. } = &entry.kind
                && content::state(tx.conn(), &document.sha256).await? == content::Presence::Here
                && content::small(tx.conn(), &document.sha256).await?.is_none()
            {
                large.push(document.sha256);
            }
        }
        from = to;
    }
    Ok(())
}

/// The item or annex of its own log that an entry acts on.
fn about(kind: &Kind) -> Option<String> {
    match kind {
        Kind::ItemIssued { item, .. }
        | Kind::ItemCarried { item, .. }
        | Kind::ItemSealed { item, .. }
        | Kind::ItemOpened { item, .. }
        | Kind::ItemWithdrawn { item, .. }
        | Kind::ItemErased { item, .. } => Some(item.to_string()),
        Kind::AnnexIssued(annex) => Some(annex.id.to_string()),
        Kind::AnnexWithdrawn { annex, .. } => Some(annex.to_string()),
        _ => None,
    }
}
