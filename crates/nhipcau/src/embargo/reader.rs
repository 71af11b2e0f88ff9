//! Large pieces of what was opened: read from the ciphertext on the disk after the commit that opened it, without asking
//! anybody. What cannot be read so is wanted from others like any content.

use std::time::Duration;

use network::names::ContentHash;
use network::sealing::Unopened;
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::db::Tx;
use crate::items::fold::sealed::{self, Rest};
use crate::operate::alarms::{self, Alarm};
use crate::peers;

/// How long a disk that is full, or a database that could not be read, is left alone.
const AGAIN: Duration = Duration::from_secs(10);

/// Follows the commits until the node stops.
pub async fn run(app: App) {
    let mut told = app.told.subscribe();
    // The last stop may have come between an opening's commit and this.
    let mut due = waiting(&app).await;
    loop {
        for (log, index) in due {
            while let Err(error) = read(&app, log, index).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "what was opened could not be read; it is tried again"
                );
                tokio::time::sleep(AGAIN).await;
            }
        }
        due = match told.recv().await {
            Ok(effects) => effects.opened.clone(),
            Err(RecvError::Lagged(_)) => waiting(&app).await,
            Err(RecvError::Closed) => return,
        };
    }
}

async fn waiting(app: &App) -> Vec<(i64, u64)> {
    loop {
        let unread = async { sealed::unread(&mut app.db.read().await?).await };
        match unread.await {
            Ok(unread) => return unread,
            Err(error) => {
                tracing::error!(%error, "what was opened could not be looked at; it is tried again")
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Reads what one opening has left.
async fn read(app: &App, log: i64, index: u64) -> anyhow::Result<()> {
    let rest = sealed::rest(&mut app.db.read().await?, log, index).await?;
    let Some(Rest { of, key, pieces }) = rest else { return Ok(()) };
    let origin = of.origin.to_string();
    let mut proven = Vec::new();
    for (place, cipher, named) in pieces {
        let Some(bytes) = lies(app, &cipher).await else { continue };
        let (of, key, hash) = (of.clone(), key.clone(), named.sha256);
        let opened = tokio::task::spawn_blocking(move || key.open(&of, place, &bytes, &named)).await?;
        match opened {
            Ok(bytes) => {
                proven.push(cipher);
                let kept = peers::contents::keep(app, hash, bytes.into()).await;
                anyhow::ensure!(
                    !matches!(kept, network::contents::Event::NotKept { .. }),
                    "{hash} could not be kept"
                );
            }
            Err(why) => damaged(app, origin.clone(), index, why).await,
        }
    }
    app.db
        .write("embargo.read", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            sealed::is_read(tx, log, index, &proven).await
        })
        .await
}

/// A ciphertext, unless it is not here or the disk has damaged it.
async fn lies(app: &App, cipher: &ContentHash) -> Option<Vec<u8>> {
    let read = async { app.folder.read(&mut app.db.read().await?, cipher).await };
    read.await.unwrap_or_else(|error| {
        tracing::warn!(%cipher, error = format!("{error:#}"), "a sealed piece is damaged; its text is asked of others");
        None
    })
}

async fn damaged(app: &App, origin: String, index: u64, why: Unopened) {
    let detail = format!("entry {index}: {why}");
    alarms::tell(app, Alarm { about: "embargo.damaged".into(), peer: String::new(), origin, detail }).await;
}
