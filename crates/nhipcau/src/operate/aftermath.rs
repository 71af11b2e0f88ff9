//! After every commit: erased files leave the disk, and whoever waits for a change is woken.

use std::time::Duration;

use network::names::ContentHash;
use tokio::sync::broadcast::error::RecvError;

use crate::all;
use crate::app::App;
use crate::items::content;

/// Follows the commits until the node stops.
pub async fn run(app: App) {
    let mut told = app.told.subscribe();
    // The last stop may have come between an erasure's commit and this.
    sweep(&app).await;
    loop {
        match told.recv().await {
            Ok(effects) => {
                erase(&app, &effects.erased).await;
                app.stirred.send_modify(|n| *n += 1);
            }
            Err(RecvError::Lagged(_)) => sweep(&app).await,
            Err(RecvError::Closed) => return,
        }
    }
}

/// Removes whatever was ever erased and still has a file.
async fn sweep(app: &App) {
    let erased = async {
        let mut conn = app.db.read().await?;
        all!(conn, (Vec<u8>,), "SELECT sha256 FROM erased ORDER BY at")
    };
    match erased.await {
        Ok(rows) => {
            let hashes = rows.into_iter().filter_map(|(hash,)| hash.try_into().ok().map(ContentHash));
            erase(app, &hashes.collect::<Vec<_>>()).await;
        }
        Err(error) => tracing::error!(%error, "what was erased could not be read; run nhipcau doctor"),
    }
}

/// Lets no copy of erased content stay on the disk.
async fn erase(app: &App, hashes: &[ContentHash]) {
    if hashes.is_empty() {
        return;
    }
    app.studio.forget();
    for hash in hashes {
        // Another item that names the same file may have brought it back since.
        if !is_here(app, hash).await {
            app.folder.remove(hash).await;
        }
    }
    if !scrubbed(app).await {
        app.tasks.spawn("scrub", scrub(app.clone()));
    }
}

async fn is_here(app: &App, hash: &ContentHash) -> bool {
    let Ok(mut conn) = app.db.read().await else { return false };
    content::state(&mut conn, hash).await.is_ok_and(|state| state == content::Presence::Here)
}

/// Empties the write-ahead log of what was erased. False while a reader (a backup under way) still needs it.
async fn scrubbed(app: &App) -> bool {
    app.db.scrub().await.unwrap_or_else(|error| {
        tracing::error!(%error, "erased bytes may still be in the database's free pages; run nhipcau doctor");
        true
    })
}

/// Does it as soon as no reader needs it any more.
async fn scrub(app: App) {
    for _ in 0..1200 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if scrubbed(&app).await {
            return;
        }
    }
    tracing::error!(
        "a reader has kept erased bytes in the write-ahead log for minutes; they leave it at the next stop"
    );
}
