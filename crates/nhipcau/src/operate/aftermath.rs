//! After every commit: pages that show something else now are dropped, erased files leave the disk.

use std::sync::Arc;

use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::logs::ledger::Effects;
use crate::web::pages::Tag;

/// Follows the commits until the node stops.
pub async fn run(app: App) {
    let mut told = app.told.subscribe();
    loop {
        match told.recv().await {
            Ok(effects) => after(&app, &effects).await,
            Err(RecvError::Lagged(missed)) => {
                // What was missed is unknown, so everything kept is dropped.
                tracing::warn!(missed, "pages are drawn anew");
                app.pages.clear();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// What one commit asks for. Called by the writer's listeners and, for tests, directly.
async fn after(app: &App, effects: &Arc<Effects>) {
    if !effects.erased.is_empty() {
        app.pages.forget();
        for hash in &effects.erased {
            app.folder.remove(hash).await;
        }
        if let Err(error) = app.db.scrub().await {
            tracing::error!(%error, "erased bytes may still be in the database's free pages; run nhipcau doctor");
        }
    }
    let mut tags: Vec<Tag> = effects.items.iter().map(|(log, item)| Tag::Item(*log, item.clone())).collect();
    if !tags.is_empty() {
        tags.push(Tag::Lists);
    }
    tags.extend(effects.receipts.iter().map(|log| Tag::Receipts(*log)));
    app.pages.changed(tags);
    app.stirred.send_modify(|n| *n += 1);
}
