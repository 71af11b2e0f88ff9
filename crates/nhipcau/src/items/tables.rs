//! Tables that are worked out from what items say: written anew at the start where another version wrote them, or none.

use std::sync::Arc;

use network::content::Item;
use network::names::ContentHash;
use uuid::Uuid;

use super::Carried;
use super::content::Folder;
use crate::agencies::fold::{remember, remembered};
use crate::db::{Db, Tx};
use crate::documents::fold::{self as documents, Shown};
use crate::procedures::fold as procedures;
use crate::{all, db::Conn};

/// How many items are written anew by one step.
const PIECE: i64 = 256;

/// Which tables are written anew.
#[derive(Clone, Copy)]
struct Stale {
    documents: bool,
    procedures: bool,
}

impl Stale {
    async fn find(conn: &mut Conn) -> sqlx::Result<Stale> {
        let documents = remembered(conn, documents::MARK).await?.as_deref() != Some(documents::VERSION);
        let procedures = remembered(conn, procedures::MARK).await? != Some(procedures::version());
        Ok(Stale { documents, procedures })
    }

    async fn clear(self, tx: &mut Tx) -> sqlx::Result<()> {
        if self.documents {
            documents::clear(tx).await?;
        }
        if self.procedures {
            procedures::clear(tx).await?;
        }
        Ok(())
    }

    async fn keep(self, tx: &mut Tx, shown: &[Shown]) -> sqlx::Result<()> {
        // What nobody signed changes nothing in law and names no procedure.
        let (carried, signed): (Vec<&Shown>, Vec<&Shown>) =
            shown.iter().partition(|one| Carried::of(&one.item).is_some());
        for one in carried.into_iter().filter(|one| one.again) {
            forget(tx, one.log, &one.item.id.to_string()).await?;
        }
        if self.documents {
            documents::keep(tx, &signed).await?;
        }
        if self.procedures {
            procedures::keep(tx, &signed).await?;
        }
        Ok(())
    }

    async fn remember(self, tx: &mut Tx) -> sqlx::Result<()> {
        if self.documents {
            remember(tx.conn(), documents::MARK, documents::VERSION.to_owned()).await?;
        }
        if self.procedures {
            remember(tx.conn(), procedures::MARK, procedures::version()).await?;
        }
        Ok(())
    }
}

/// Keeps the rows of items that now stand on the pages.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, shown: &[Shown]) -> sqlx::Result<()> {
    Stale { documents: true, procedures: true }.keep(tx, shown).await
}

/// Removes the rows of an item whose text has vanished.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    documents::forget(tx, log, item).await?;
    procedures::forget(tx, log, item).await
}

/// Writes anew whatever table this version would have written otherwise.
///
/// # Errors
/// The database's.
pub async fn rebuild(db: &Db, folder: &Folder) -> anyhow::Result<()> {
    let mut conn = db.read().await?;
    let stale = Stale::find(&mut conn).await?;
    if !stale.documents && !stale.procedures {
        return Ok(());
    }
    db.write("tables.clear", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
        Ok(stale.clear(tx).await?)
    })
    .await?;
    let mut last = (0_i64, String::new());
    loop {
        let rows = all!(
            &mut conn,
            (i64, String, Vec<u8>),
            "SELECT log, item, sha256 FROM item WHERE shown > 0 AND sha256 IS NOT NULL
               AND (log > $1 OR (log = $1 AND item > $2)) ORDER BY log, item LIMIT $3",
            last.0,
            last.1.clone(),
            PIECE
        )?;
        let Some((log, item, _)) = rows.last() else { break };
        last = (*log, item.clone());
        let mut shown = Vec::new();
        for (log, id, hash) in rows {
            let Ok(hash) = hash.try_into().map(ContentHash) else { continue };
            // A damaged piece is the doctor's business; the others have their rows all the same.
            let Ok(Some(bytes)) = folder.read(&mut conn, &hash).await else { continue };
            let Ok(item) = Item::parse(&bytes) else { continue };
            if Uuid::try_parse(&id).is_ok_and(|id| id == item.id) {
                shown.push(Shown { log, item, again: false });
            }
        }
        let shown = Arc::new(shown);
        db.write("tables.rebuild", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(stale.keep(tx, &shown).await?)
        })
        .await?;
    }
    db.write("tables.rebuilt", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
        Ok(stale.remember(tx).await?)
    })
    .await
}
