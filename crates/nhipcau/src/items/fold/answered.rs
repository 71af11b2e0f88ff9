//! What agencies say of the tasks that directives give them.

use network::entry::Kind;

use super::issued::{Wanted, want};
use crate::assignments::store;
use crate::db::Tx;

/// What an agency says of a task that a directive gives it. Nothing is kept of what speaks of an erased one.
pub(super) async fn answered(
    tx: &mut Tx,
    (log, index, at): (i64, u64, i64),
    kind: &Kind,
) -> anyhow::Result<()> {
    if !store::is_kept(tx, kind).await? {
        return Ok(());
    }
    let wanted: Vec<_> = kind.contents().map(|content| Wanted { index, urgent: false, content }).collect();
    want(tx, log, &wanted).await?;
    Ok(store::note(tx, (log, index, at), kind).await?)
}
