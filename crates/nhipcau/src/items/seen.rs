//! When items came to look as they do on this node.
//!
//! What an issuer says of the time is its own; an entry may come here days later, through a mended line or in a bundle. Who
//! harvests by time must be told by the time at which it changed *here*, or what came late would never be told. One row
//! an item, written with the commit by which it changed.

use std::collections::BTreeSet;

use network::names::ContentHash;

use crate::agencies::fold::{remember, remembered};
use crate::db::{Conn, Db, Tx};
use crate::{all, fill, run};

const MARK: &str = "seen";
const VERSION: &str = "1";

/// Notes that these items look different from `now` on, in microseconds.
///
/// # Errors
/// The database's.
pub async fn note(conn: &mut Conn, items: &[(i64, String)], now: i64) -> sqlx::Result<()> {
    let items: Vec<&(i64, String)> = items.iter().collect::<BTreeSet<_>>().into_iter().collect();
    fill!(
        conn,
        "INSERT INTO seen (log, item, at) VALUES ($1, $2, $3)
         ON CONFLICT (log, item) DO UPDATE SET at = excluded.at",
        &items,
        |row| row.0,
        row.1.clone(),
        now
    )?;
    Ok(())
}

/// Notes once what an older version did not: of each item the time that its issuer states, and the files of editions.
///
/// # Errors
/// The database's.
pub async fn rebuild(db: &Db) -> anyhow::Result<()> {
    if remembered(&mut db.read().await?, MARK).await?.as_deref() == Some(VERSION) {
        return Ok(());
    }
    db.write("seen.rebuild", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
        run!(
            tx,
            "INSERT INTO seen (log, item, at) SELECT i.log, i.item, i.changed FROM item i
             WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE s.log = i.log AND s.item = i.item)"
        )?;
        let editions = all!(
            tx,
            (i64, String, i64, String),
            "SELECT log, item, edition, files FROM edition WHERE files <> ''"
        )?;
        let files: Vec<(ContentHash, i64, String, i64)> = editions
            .iter()
            .flat_map(|(log, item, edition, files)| {
                let hashes = files.split(' ').filter_map(|hash| hash.parse().ok());
                hashes.map(move |hash| (hash, *log, item.clone(), *edition))
            })
            .collect();
        fill!(
            tx,
            "INSERT INTO file (sha256, log, item, edition) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sha256, log, item, edition) DO NOTHING",
            &files,
            |row| row.0.0.to_vec(),
            row.1,
            row.2.clone(),
            row.3
        )?;
        Ok(remember(tx.conn(), MARK, VERSION.to_owned()).await?)
    })
    .await
}
