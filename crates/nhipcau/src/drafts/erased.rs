//! What the law orders removed vanishes from the newsroom too: every version, file and word beside it,
//! and, by letter, the copies that were sent out for opinion.

use uuid::Uuid;

use crate::db::Tx;
use crate::opinions::acts as opinions;
use crate::{all, run};

/// Forgets all that was written on the way to an item, and what was proposed about it. Where nobody wrote it, nothing happens.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: Uuid) -> anyhow::Result<()> {
    let item = item.to_string();
    let drafts = all!(tx, (String,), "SELECT id FROM draft WHERE log = $1 AND item = $2", log, item.clone())?;
    for (id,) in drafts {
        forget_one(tx, id).await?;
    }
    run!(tx, "DELETE FROM ending WHERE log = $1 AND item = $2", log, item)?;
    Ok(())
}

/// Forgets one draft and all that was written for it.
///
/// # Errors
/// The database's.
pub async fn forget_one(tx: &mut Tx, id: String) -> anyhow::Result<()> {
    opinions::erase(tx, &id).await?;
    run!(tx, "DELETE FROM draft_version WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM draft_file WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM draft_copy WHERE draft = $1", id.clone())?;
    // Its bytes, where they lie in a file, go at the next look of whoever makes files.
    run!(tx, "DELETE FROM upload WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM draft_note WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM approval WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM preview_link WHERE draft = $1", id.clone())?;
    run!(tx, "DELETE FROM draft WHERE id = $1", id)?;
    Ok(())
}
