//! What portals say of their own beside others' items.

use network::content::ANNEX_TYPE;
use network::entry::{Annex, ContentRef};
use uuid::Uuid;

use super::issued::{Wanted, want};
use crate::annexes::{MOST_BYTES, store};
use crate::db::Tx;

/// An edition of an annex. Nothing is kept of one beside its own portal's item, which is corrected instead, nor beside what
/// was erased, nor of one that is no annex by its type or size.
pub(super) async fn issued(
    tx: &mut Tx,
    (log, index, at): (i64, u64, i64),
    annex: &Annex,
) -> anyhow::Result<()> {
    let content = &annex.content;
    if content.media != ANNEX_TYPE || content.size > MOST_BYTES {
        return Ok(());
    }
    let own = tx.ledger.origin(log).is_some_and(|origin| *origin == annex.origin);
    if !own && store::issued(tx, (log, index, at), annex).await? {
        want(tx, log, &[Wanted { index, urgent: false, content }]).await?;
    }
    Ok(())
}

/// An annex taken back by its portal.
pub(super) async fn withdrawn(
    tx: &mut Tx,
    log: i64,
    index: u64,
    annex: Uuid,
    note: &ContentRef,
) -> anyhow::Result<()> {
    if store::withdrawn(tx, (log, index), annex, note).await? {
        want(tx, log, &[Wanted { index, urgent: false, content: note }]).await?;
    }
    Ok(())
}
