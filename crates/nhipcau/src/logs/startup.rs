//! After start: a log of ours signs nothing until another node has returned what it holds of it (protocol §2).
//!
//! What comes back equal or shorter, with our own roots: sign. Ahead of our disk (a restored backup): the
//! missing tail is taken back, proven by our own signature. Another root: freeze, and say so. A log that
//! nobody ever gave a receipt for is excepted, once every neighbour was asked in vain.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use network::follower::Batch;
use network::names::Origin;
use tlog::{BundleId, Checkpoint, Note, decode_bundle, leaf_hash};

use super::keys::Signing;
use super::{ledger, proof, store};
use crate::app::App;
use crate::db::Tx;
use crate::one;
use crate::operate::alarms::{self, Alarm};

/// How long to wait before neighbours that did not answer are asked again.
const AGAIN: Duration = Duration::from_millis(700);

/// Asks for every log of ours until each may sign or is frozen, or the node stops.
pub async fn run(app: App) {
    loop {
        for origin in app.keys.all(Signing::Waiting) {
            match settle(&app, &origin).await {
                Ok(Some(signing)) => {
                    app.keys.set(origin.as_str(), signing);
                    app.stirred.send_modify(|n| *n += 1);
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%origin, error = format!("{error:#}"), "this log cannot sign yet"),
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Whether a log of ours may sign; `None` while nobody has answered.
async fn settle(app: &App, origin: &Origin) -> anyhow::Result<Option<Signing>> {
    let mut conn = app.db.read().await?;
    let Some(head) = store::by_origin(&mut conn, origin.as_str()).await? else { return Ok(None) };
    let (receipts,): (i64,) = one!(
        &mut conn,
        (i64,),
        "SELECT COUNT(*) FROM receipt WHERE origin = $1 AND node <> $2",
        origin.to_string(),
        app.config.name.to_string()
    )?;
    drop(conn);
    let mut urls: Vec<String> = app.config.neighbours.iter().map(|n| n.url.clone()).collect();
    let directory = app.directory.load();
    urls.extend(directory.nodes().filter(|n| n.keys.name != app.config.name).map(|n| n.keys.url.clone()));
    urls.dedup();
    let mut silent = false;
    for url in &urls {
        match held_by(app, url, origin).await {
            Ok(Held::Nothing) => {}
            Ok(Held::Note(note)) => return judge(app, &head, url, &note).await.map(Some),
            Err(_) => silent = true,
        }
    }
    // Nobody holds anything of it. Silence counts only where nobody ever did.
    if receipts == 0 && (head.size == 0 || !silent) { Ok(Some(Signing::Allowed)) } else { Ok(None) }
}

enum Held {
    Nothing,
    Note(Note),
}

async fn held_by(app: &App, url: &str, origin: &Origin) -> anyhow::Result<Held> {
    let checkpoint = format!("{url}/mirror/{}/checkpoint", origin.mirror_path());
    match app.line.get(&checkpoint, 1 << 20).await {
        Ok(bytes) => Ok(Held::Note(Note::parse_bytes(&bytes)?)),
        Err(error) if error.downcast_ref::<crate::peers::line::Status>().is_some_and(|s| s.status == 404) => Ok(Held::Nothing),
        Err(error) => Err(error),
    }
}

async fn judge(app: &App, head: &store::Head, url: &str, note: &Note) -> anyhow::Result<Signing> {
    let key = app.keys.verifier(head.origin.as_str()).context("no key")?;
    // Only what we signed ourselves says anything about our own history.
    let held = Checkpoint::open(note, &key).with_context(|| format!("{url} holds a checkpoint that we did not sign"))?;
    ensure!(held.origin == head.origin.as_str(), "{url} answered with the checkpoint of {}", held.origin);
    if held.size > head.size {
        take_back(app, head, url, note, &held).await?;
        tracing::info!(origin = %head.origin, from = head.size, to = held.size, url, "a missing tail was taken back");
        let detail = format!("entries {} to {} were taken back from {url} after a restore", head.size, held.size - 1);
        alarms::tell(app, alarm("log.taken_back", &head.origin, detail)).await;
        return Ok(Signing::Allowed);
    }
    let mut conn = app.db.read().await?;
    let tiles = proof::tiles(&mut conn, head.id, tlog::tiles_needed_for_root(held.size)).await?;
    let ours = tlog::root_from_reader(&tiles, held.size).map_err(|e| anyhow::anyhow!("{e}"))?;
    drop(conn);
    if ours == held.root {
        return Ok(Signing::Allowed);
    }
    let detail = format!("{url} holds another history of {} entries, signed by our own key", held.size);
    alarms::tell(app, alarm("log.two_histories", &head.origin, detail)).await;
    let (id, origin) = (head.id, head.origin.clone());
    app.db
        .write("startup.freeze", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            let now = tx.ledger.now();
            store::freeze(tx.conn(), id, now).await?;
            Ok(())
        })
        .await
        .with_context(|| format!("freeze {origin}"))?;
    Ok(Signing::Frozen)
}

fn alarm(about: &str, origin: &Origin, detail: String) -> Alarm {
    Alarm { about: about.into(), peer: String::new(), origin: origin.to_string(), detail }
}

/// Takes the entries that we signed and lost back from a mirror.
async fn take_back(app: &App, head: &store::Head, url: &str, note: &Note, held: &Checkpoint) -> anyhow::Result<()> {
    let base = format!("{url}/mirror/{}", head.origin.mirror_path());
    let mut frontier = head.frontier()?;
    let (mut entries, mut leaves) = (Vec::new(), Vec::new());
    for index in head.size / tlog::TILE_WIDTH..=(held.size - 1) / tlog::TILE_WIDTH {
        let id = BundleId::in_log(index, held.size).context("beyond the tree")?;
        let bytes = app.line.get(&format!("{base}/{}", id.path()), 256 * 65_537).await?;
        let start = index * tlog::TILE_WIDTH;
        for entry in decode_bundle(&bytes)?.into_iter().skip(head.size.saturating_sub(start) as usize) {
            let leaf = leaf_hash(&entry);
            frontier.push(leaf);
            leaves.push(leaf);
            entries.push(entry.into());
        }
    }
    if frontier.size() != held.size || frontier.root() != held.root {
        // The disk and the mirror part ways below our size, or the mirror lies; signing would settle it wrongly.
        bail!("{url} holds {} entries of {} that do not continue ours; see nhipcau doctor", held.size, head.origin);
    }
    let batch = Batch {
        origin: head.origin.clone(),
        from: head.size,
        entries,
        leaves,
        root: held.root,
        frontier,
        checkpoint: std::sync::Arc::new(note.clone()),
        checkpoint_size: held.size,
        peer: None,
    };
    let log = head.id;
    let taken = app
        .db
        .write("startup.take_back", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            ledger::extend(tx, log, &batch).await
        })
        .await?;
    ensure!(taken, "the log moved while its tail was taken back");
    Ok(())
}
