//! The heads log: at the root's node, the newest checkpoint of every enrolled log, at most one per log and second.
//!
//! Whoever follows it finds out at its next entry when a relay hides a log or serves it stale (protocol §5).

use std::collections::HashMap;
use std::time::Duration;

use network::entry::{Entry, Kind};
use network::names::Origin;
use tlog::Hash;
use tokio::sync::broadcast::error::RecvError;

use super::keys::Signing;
use super::ledger::{Added, append};
use super::store;
use crate::agencies::fold::remembered;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::problem::Problem;

/// How often new checkpoints are written down together.
const BEAT: Duration = Duration::from_millis(200);
/// A log has at most one entry in this time, in microseconds.
const APART: i64 = 1_000_000;

#[derive(Clone)]
struct Newest {
    size: u64,
    root: Hash,
    checkpoint: String,
}

/// Follows the commits at the root's node until it stops; at other nodes there is nothing to do.
pub async fn run(app: App) {
    let Ok(heads) = app.root.text().heads_origin() else { return };
    if app.keys.verifier(heads.as_str()).is_none() {
        return;
    }
    let mut told = app.told.subscribe();
    let mut newest: HashMap<Origin, Newest> = HashMap::new();
    let mut written: HashMap<Origin, (u64, i64)> = HashMap::new();
    match open(&app, &heads, &mut written).await {
        Ok(found) => newest = found,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the heads of before this start could not be read")
        }
    }
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            commit = told.recv() => match commit {
                Ok(commit) => commit.added.iter().filter(|a| a.origin != heads).for_each(|a| note(&mut newest, a)),
                Err(RecvError::Lagged(_)) => {
                    if let Ok(found) = open(&app, &heads, &mut written).await {
                        newest.extend(found);
                    }
                }
                Err(RecvError::Closed) => return,
            },
            _ = beat.tick() => write(&app, &heads, &mut newest, &mut written).await,
        }
    }
}

fn note(newest: &mut HashMap<Origin, Newest>, added: &Added) {
    if let Some(checkpoint) = &added.checkpoint
        && !added.entries.is_empty()
    {
        let head = Newest {
            size: added.frontier.size(),
            root: added.frontier.root(),
            checkpoint: checkpoint.to_string(),
        };
        newest.insert(added.origin.clone(), head);
    }
}

/// Heads that were not yet written down when the node last stopped.
async fn open(
    app: &App,
    heads: &Origin,
    written: &mut HashMap<Origin, (u64, i64)>,
) -> anyhow::Result<HashMap<Origin, Newest>> {
    let mut conn = app.db.read().await?;
    let mut newest = HashMap::new();
    for head in store::every(&mut conn).await? {
        if head.origin == *heads || head.checkpoint_size == 0 {
            continue;
        }
        let before = remembered(&mut conn, &written_name(&head.origin))
            .await?
            .and_then(|t| t.parse().ok())
            .unwrap_or(0);
        written.entry(head.origin.clone()).or_insert((before, 0));
        let Ok(frontier) = head.frontier() else { continue };
        if head.checkpoint_size > before && frontier.size() == head.checkpoint_size {
            let checkpoint = head.checkpoint.to_string();
            newest.insert(
                head.origin,
                Newest { size: head.checkpoint_size, root: frontier.root(), checkpoint },
            );
        }
    }
    Ok(newest)
}

fn written_name(origin: &Origin) -> String {
    format!("in heads: {origin}")
}

async fn write(
    app: &App,
    heads: &Origin,
    newest: &mut HashMap<Origin, Newest>,
    written: &mut HashMap<Origin, (u64, i64)>,
) {
    if newest.is_empty() || !matches!(app.keys.state(heads.as_str()), Some(Signing::Allowed)) {
        return;
    }
    let directory = app.directory.load();
    let now = app.clock.micros();
    let mut due: Vec<(Origin, Newest)> = newest
        .iter()
        .filter(|(origin, head)| {
            // Only enrolled logs; our own may be on their way to being enrolled and say so in the root's log.
            let known = directory.agency(origin).is_some();
            let (size, at) = written.get(*origin).copied().unwrap_or((0, 0));
            known && head.size > size && (now - at >= APART || at > now)
        })
        .map(|(origin, head)| (origin.clone(), head.clone()))
        .collect();
    due.sort_by(|a, b| a.0.cmp(&b.0));
    if due.is_empty() {
        return;
    }
    let (heads, entries) = (heads.clone(), due.clone());
    let done = app
        .db
        .write("heads.write", async move |tx: &mut Tx| -> Result<(), Problem> {
            let Some(log) = store::by_origin(tx.conn(), heads.as_str()).await? else { return Ok(()) };
            for (origin, head) in entries {
                let size = head.size;
                let name = written_name(&origin);
                let kind = Kind::Head { origin, size, root: head.root, checkpoint: head.checkpoint };
                append(tx, log.id, &Entry { at: instant(now), kind }).await?;
                crate::agencies::fold::remember(tx.conn(), &name, size.to_string()).await?;
            }
            Ok(())
        })
        .await;
    match done {
        Ok(()) => {
            for (origin, head) in due {
                if newest.get(&origin).is_some_and(|n| n.size == head.size) {
                    newest.remove(&origin);
                }
                written.insert(origin, (head.size, now));
            }
        }
        Err(error) => tracing::error!(%error, "new heads could not be written; they are tried again"),
    }
}
