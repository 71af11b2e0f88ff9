//! After start: a log of ours signs nothing until another node has returned what it holds of it (protocol §2).
//!
//! What comes back equal or shorter, with our own roots: sign. Ahead of our disk (a restored backup): the
//! missing tail is taken back, proven by our own signature. Another root: freeze, and say so. A log that
//! nobody ever gave a receipt for is excepted, once every neighbour was asked in vain.
//!
//! The same holds for receipts and the cosignatures in them ([`cosigned`]): none is given until another node
//! has returned what it last heard from this one, and then none of a log that is behind that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use network::follower::{Batch, PeerId};
use network::keys::Keys;
use network::names::Origin;
use network::startup::{self, Cosigning, Decision, Own, Returned};
use serde::{Deserialize, Serialize};
use tlog::{
    BundleId, Checkpoint, Hash, Note, NoteSignature, VerifierKey, decode_bundle, leaf_hash,
    verify_cosignature,
};

use super::keys::Signing;
use super::{ledger, proof, store};
use crate::agencies::fold::{remember, remembered};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::operate::alarms::{self, Alarm};
use crate::peers::line;
use crate::peers::receipts::LastHeard;
use crate::{one, run};

/// The name under which a restore leaves word: this database may not know what was signed after it.
pub const RESTORED: &str = "restored";
/// How long to wait before neighbours that did not answer are asked again.
const AGAIN: Duration = Duration::from_millis(700);

/// Asks for every log of ours until each may sign or is frozen, or the node stops.
pub async fn run(app: App) {
    loop {
        let waiting = !app.keys.all(Signing::Waiting).is_empty();
        for origin in app.keys.all(Signing::Waiting) {
            match settle(&app, &origin).await {
                Ok(Some(signing)) => {
                    app.keys.set(origin.as_str(), signing);
                    app.stirred.send_modify(|n| *n += 1);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%origin, error = format!("{error:#}"), "this log cannot sign yet")
                }
            }
        }
        if waiting
            && app.keys.all(Signing::Waiting).is_empty()
            && let Err(error) = settled(&app).await
        {
            tracing::warn!(
                error = format!("{error:#}"),
                "that the restored logs are settled could not be noted"
            );
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Every log of ours is settled: a restore is over.
async fn settled(app: &App) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    let restored = remembered(&mut conn, RESTORED).await?.is_some();
    drop(conn);
    if restored {
        app.db
            .write("startup.settled", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                run!(tx, "DELETE FROM meta WHERE name = $1", RESTORED)?;
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// Whether a log of ours may sign; `None` while no answer counts.
async fn settle(app: &App, origin: &Origin) -> anyhow::Result<Option<Signing>> {
    let mut conn = app.db.read().await?;
    let Some(head) = store::by_origin(&mut conn, origin.as_str()).await? else { return Ok(None) };
    if head.frozen.is_some() {
        return Ok(Some(Signing::Frozen));
    }
    let (receipts,): (i64,) = one!(
        &mut conn,
        (i64,),
        "SELECT COUNT(*) FROM receipt WHERE origin = $1 AND node <> $2",
        origin.to_string(),
        app.config.name.to_string()
    )?;
    let restored = remembered(&mut conn, RESTORED).await?.is_some();
    drop(conn);
    let urls = others(app);
    let mut answers = Vec::new();
    for (at, url) in urls.iter().enumerate() {
        match held_by(app, url, origin).await {
            Ok(returned) => answers.push((PeerId(at as u32), returned)),
            Err(error) => tracing::debug!(url, error = format!("{error:#}"), "no answer about our own log"),
        }
    }
    let key = app.keys.verifier(origin.as_str()).context("no key")?;
    let own = Own {
        origin: origin.clone(),
        keys: app.directory.load().keys(origin).cloned().unwrap_or_else(|| Keys::single(key)),
        size: head.size,
        root: head.root,
        // A backup may be older than the first receipt: then everybody must have been asked.
        receipted: receipts > 0 || (restored && answers.len() < urls.len()),
    };
    let roots = roots_at(app, &head, &answers).await?;
    let named = |peer: PeerId| urls.get(peer.0 as usize).cloned().unwrap_or_default();
    match startup::decide(&own, &answers, |size| roots.get(&size).copied()) {
        Decision::Sign => Ok(Some(Signing::Allowed)),
        Decision::WaitLonger => Ok(None),
        Decision::TakeTail { peer, to, checkpoint, .. } => {
            let url = named(peer);
            take_back(app, &head, &url, &checkpoint, to).await?;
            tracing::info!(%origin, from = head.size, to, url, "a missing tail was taken back");
            let detail =
                format!("entries {} to {} were taken back from {url} after a restore", head.size, to - 1);
            alarms::tell(app, alarm("log.taken_back", origin, detail)).await;
            Ok(None) // Decided anew, with what is on the disk now.
        }
        Decision::Freeze { peer, size, .. } => {
            // Nothing is signed from here on, whatever becomes of the rest.
            app.keys.set(origin.as_str(), Signing::Frozen);
            let id = head.id;
            app.db
                .write("startup.freeze", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                    let now = tx.ledger.now();
                    store::freeze(tx.conn(), id, now).await?;
                    Ok(())
                })
                .await
                .with_context(|| format!("freeze {origin}"))?;
            let detail =
                format!("{} holds another history of {size} entries, signed by our own key", named(peer));
            alarms::tell(app, alarm("log.two_histories", origin, detail)).await;
            Ok(Some(Signing::Frozen))
        }
    }
}

/// The addresses of the other nodes that may hold something of ours.
fn others(app: &App) -> Vec<String> {
    let directory = app.directory.load();
    let known = directory.nodes().filter(|n| n.keys.name != app.config.name).map(|n| n.keys.url.clone());
    let urls: BTreeSet<String> = app.config.neighbours.iter().map(|n| n.url.clone()).chain(known).collect();
    urls.into_iter().collect()
}

async fn held_by(app: &App, url: &str, origin: &Origin) -> anyhow::Result<Returned> {
    let checkpoint = format!("{url}/mirror/{}/checkpoint", origin.mirror_path());
    match app.line.get(&checkpoint, 1 << 20).await {
        Ok(bytes) => Ok(Returned::Checkpoint(Note::parse_bytes(&bytes)?)),
        Err(error) if error.downcast_ref::<line::Status>().is_some_and(|s| s.status == 404) => {
            Ok(Returned::Nothing)
        }
        Err(error) => Err(error),
    }
}

/// Our own roots at the sizes that the answers speak of.
async fn roots_at(
    app: &App,
    head: &store::Head,
    answers: &[(PeerId, Returned)],
) -> anyhow::Result<BTreeMap<u64, Hash>> {
    let mut roots = BTreeMap::new();
    let mut conn = app.db.read().await?;
    for (_, returned) in answers {
        let Returned::Checkpoint(note) = returned else { continue };
        let Ok(claim) = Checkpoint::of(note) else { continue };
        if claim.size < head.size {
            roots.insert(claim.size, proof::root_at(&mut conn, head, claim.size).await?);
        }
    }
    Ok(roots)
}

fn alarm(about: &str, origin: &Origin, detail: String) -> Alarm {
    Alarm { about: about.into(), peer: String::new(), origin: origin.to_string(), detail }
}

/// Takes the entries that we signed and lost back from a mirror.
async fn take_back(app: &App, head: &store::Head, url: &str, note: &Note, size: u64) -> anyhow::Result<()> {
    let held = Checkpoint::of(note)?;
    ensure!(held.size == size, "another checkpoint than the one decided on");
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
        bail!(
            "{url} holds {} entries of {} that do not continue ours; see nhipcau doctor",
            held.size,
            head.origin
        );
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

/// The name under which is remembered that another node has taken a receipt of this one.
const HEARD: &str = "receipts heard";
/// The most bytes that a node's answer about us may have.
const MOST_HEARD: usize = 8 << 20;

/// The answer to `GET /receipts?node=…`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    /// The node.
    pub node: String,
    /// What it was last heard to hold, log by log.
    pub logs: Vec<LastHeard>,
}

/// What this node was heard to cosign before it started, where that is not settled yet.
#[derive(Default)]
pub struct Cosigned(Mutex<HashMap<Origin, (u64, Hash)>>);

impl Cosigned {
    /// Whether a log may be cosigned as it stands here now.
    ///
    /// # Errors
    /// The database's, or damaged hashes.
    pub async fn allows(&self, app: &App, conn: &mut Conn, head: &store::Head) -> anyhow::Result<bool> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&head.origin).copied();
        let Some(heard) = heard else { return Ok(true) };
        let root = if heard.0 <= head.size { Some(proof::root_at(conn, head, heard.0).await?) } else { None };
        match startup::may_cosign(heard, head.size, |_| root) {
            Cosigning::Allowed => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&head.origin);
                Ok(true)
            }
            Cosigning::Behind => Ok(false),
            Cosigning::Contradicts => {
                let detail = format!(
                    "this node has cosigned another past of its first {} entries than the one on its disk; it cosigns this log no more",
                    heard.0
                );
                alarms::tell(app, alarm("log.cosigned_otherwise", &head.origin, detail)).await;
                Ok(false)
            }
        }
    }
}

/// Waits until another node has returned what it last heard from this one. At once if no receipt of this node
/// was ever taken by anybody.
pub async fn cosigned(app: &App) -> Cosigned {
    loop {
        match ever_heard(app).await {
            Ok(false) => return Cosigned::default(),
            Ok(true) => {}
            Err(error) => tracing::warn!(error = format!("{error:#}"), "receipts wait for the database"),
        }
        for url in others(app) {
            match heard_by(app, &url).await {
                Ok(logs) if !logs.is_empty() => {
                    tracing::debug!(url, logs = logs.len(), "receipts may be given again");
                    return Cosigned(Mutex::new(logs));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(url, error = format!("{error:#}"), "no answer about our own receipts");
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Remembers that another node has taken a receipt of this one.
///
/// # Errors
/// The database's.
pub async fn heard(app: &App) -> anyhow::Result<()> {
    if ever_heard(app).await? {
        return Ok(());
    }
    app.db
        .write("startup.heard", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(remember(tx.conn(), HEARD, "yes".into()).await?)
        })
        .await
}

async fn ever_heard(app: &App) -> anyhow::Result<bool> {
    let mut conn = app.db.read().await?;
    Ok(remembered(&mut conn, HEARD).await?.is_some())
}

/// What a node last heard from us; lines that we did not sign are passed over.
async fn heard_by(app: &App, url: &str) -> anyhow::Result<HashMap<Origin, (u64, Hash)>> {
    let address = format!("{url}/receipts?node={}", app.config.name);
    let answer: Heard = serde_json::from_slice(&app.line.get(&address, MOST_HEARD).await?)
        .with_context(|| format!("read {address}"))?;
    let key = app.keys.cosigner().verifier();
    Ok(answer.logs.iter().filter_map(|line| signed_by_us(line, &key)).collect())
}

fn signed_by_us(line: &LastHeard, key: &VerifierKey) -> Option<(Origin, (u64, Hash))> {
    let origin: Origin = line.origin.parse().ok()?;
    let (size, root) = (u64::try_from(line.size).ok()?, line.root.parse().ok()?);
    let text = Checkpoint { origin: origin.to_string(), size, root, extensions: Vec::new() }.text();
    let signature: NoteSignature = line.cosignature.parse().ok()?;
    verify_cosignature(&Note { text, signatures: vec![signature] }, key).ok()?;
    Some((origin, (size, root)))
}
