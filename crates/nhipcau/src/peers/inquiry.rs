//! Asking a log's own node who holds the log: receipts travel there, and pages elsewhere count them too.
//!
//! A node hears of the nodes around it; the node that hosts a log hears of everybody (protocol §5). Whoever
//! draws a page that counts leaves a hint here. One task asks, no log more often than every few seconds,
//! checks each receipt as if its node had brought it, and keeps it. Nobody waits: a page says what is known
//! now, and is drawn again when more is.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::Context;
use network::names::Origin;
use network::receipt::{Receipt, SignedReceipt};
use serde::Deserialize;
use tlog::{Note, NoteSignature};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{progress, receipts};
use crate::app::App;

/// A log's node is not asked again before this has passed.
const APART: Duration = Duration::from_secs(5);
/// The most bytes of an answer: a nation of nodes, each with a receipt of a few kilobytes.
const MOST: usize = 8 << 20;

/// What `GET /receipts/{origin-hash}` answers, as far as it is read here.
#[derive(Deserialize)]
struct Answer {
    receipts: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    node: String,
    size: i64,
    content: i64,
    lacking: String,
    shown: i64,
    note: String,
    cosignature: String,
}

/// Says that somebody reads who holds a log here. Returns at once; a full queue means that enough is asked.
pub fn hint(app: &App, origin: &Origin) {
    let _ = app.inquiries.try_send(origin.clone());
}

/// Asks for what was hinted at, until the node stops.
pub async fn run(app: App, mut hints: mpsc::Receiver<Origin>) {
    let mut asked: HashMap<Origin, Instant> = HashMap::new();
    let mut due: HashSet<Origin> = HashSet::new();
    let mut beat = tokio::time::interval(Duration::from_millis(250));
    loop {
        tokio::select! {
            Some(origin) = hints.recv() => {
                due.insert(origin);
            }
            _ = beat.tick(), if !due.is_empty() => {}
        }
        asked.retain(|_, at| at.elapsed() < APART);
        let now: Vec<Origin> = due.extract_if(|origin| !asked.contains_key(origin)).collect();
        for origin in now {
            if let Err(error) = ask(&app, &origin).await {
                tracing::debug!(%origin, error = format!("{error:#}"), "who holds this log could not be asked");
            }
            asked.insert(origin, Instant::now());
        }
    }
}

/// Asks the node that hosts a log, and keeps what is new and proven.
async fn ask(app: &App, origin: &Origin) -> anyhow::Result<()> {
    let directory = app.directory.load_full();
    let host = directory.agency(origin).and_then(|agency| directory.node(agency.node.as_ref()?));
    let Some(host) = host.filter(|node| node.keys.name != app.config.name) else { return Ok(()) };
    let bytes = app.line.get(&format!("{}/receipts/{}", host.keys.url, origin.mirror_path()), MOST).await?;
    let answer: Answer = serde_json::from_slice(&bytes).context("the answer is not that of this program")?;
    let mut verified = Vec::new();
    for told in answer.receipts {
        if !is_news(app, origin, &told).await? {
            continue;
        }
        match check(app, origin, &told) {
            Ok(proven) => verified.extend(proven),
            Err(error) => {
                tracing::warn!(%origin, node = told.node, error = format!("{error:#}"), "a receipt that was handed on does not verify");
            }
        }
    }
    if !verified.is_empty() {
        receipts::keep_asked(app, verified).await?;
    }
    Ok(())
}

/// Whether it says something else than is known; what it says is not believed yet.
async fn is_news(app: &App, origin: &Origin, told: &Told) -> anyhow::Result<bool> {
    let mut conn = app.db.read().await?;
    let known = progress::of_node(&mut conn, origin.as_str(), &told.node).await?;
    let same = |known: &progress::Progress| {
        (known.size, known.content, known.shown) == (told.size, told.content, told.shown)
            && known.lacking == told.lacking
    };
    Ok(!known.as_ref().is_some_and(same))
}

/// The receipt, found to be signed by a node of the directory; `None` if the node is not known here.
fn check(app: &App, origin: &Origin, told: &Told) -> anyhow::Result<Option<(Receipt, SignedReceipt)>> {
    let Some(keys) = told.node.parse().ok().and_then(|name| receipts::node_keys(app, &name)) else {
        return Ok(None);
    };
    let note = Note::parse(&told.note).context("the note")?;
    let cosignature: NoteSignature = told.cosignature.parse().context("the cosignature")?;
    let proven = SignedReceipt::verify_for(note, cosignature, origin, (&keys.reporter, &keys.cosigner))?;
    Ok(Some(proven))
}
