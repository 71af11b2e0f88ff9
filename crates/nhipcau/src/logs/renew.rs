//! A log whose key is to change shows at once that its node holds both: its newest head is signed anew with each key that
//! signs by now. So its parent can see, before it vouches for the new key, that whoever serves the log has it.

use std::time::Duration;

use tlog::{Checkpoint, Note};

use super::keys::{Signing, signing};
use super::{ledger, store};
use crate::app::App;
use crate::db::Tx;

/// How often it is looked whether a head lacks a signature.
const EVERY: Duration = Duration::from_secs(2);

/// Looks until every log of ours may sign and no head lacks a signature.
pub async fn run(app: App) {
    loop {
        match heads(&app).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "a head was not signed with the coming key yet");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Signs what lacks a signature. True when nothing is left to do.
async fn heads(app: &App) -> anyhow::Result<bool> {
    let allowed = app.keys.all(Signing::Allowed);
    for origin in &allowed {
        let Some((keys, _)) = app.keys.keys(origin.as_str()).filter(|(keys, _)| keys.len() > 1) else {
            continue;
        };
        let Some(head) = store::by_origin(&mut app.db.read().await?, origin.as_str()).await? else {
            continue;
        };
        let Ok(note) = Note::parse(&head.checkpoint) else { continue };
        let directory = app.directory.load_full();
        let due = signing(&keys, directory.keys(origin), head.checkpoint_size).unwrap_or_default();
        if due.iter().all(|key| Checkpoint::open(&note, &key.verifier()).is_ok()) {
            continue;
        }
        let claim = Checkpoint::of(&note)?;
        let (keyring, known) = (app.keys.clone(), directory.keys(origin).cloned());
        // A token may take its time; nobody else waits for it meanwhile.
        let signed = tokio::task::spawn_blocking(move || keyring.sign(&claim, known.as_ref())).await??;
        app.db
            .write("logs.renew", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                ledger::cosigned(tx, &signed).await
            })
            .await?;
    }
    Ok(app.keys.all(Signing::Waiting).is_empty())
}
