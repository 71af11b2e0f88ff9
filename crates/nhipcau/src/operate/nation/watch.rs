//! When what became visible at one node: its commits, as everything else in the program hears of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use network::names::{ContentHash, Origin};
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;

/// What one node has committed, and when.
#[derive(Default)]
pub struct Seen {
    /// Sizes that a log reached.
    sizes: HashMap<Origin, Vec<(u64, Instant)>>,
    /// Content that came.
    contents: HashMap<ContentHash, Instant>,
    /// Items that look different since.
    items: HashMap<String, Vec<Instant>>,
    last: Option<Instant>,
    /// Commits that went by unseen; what is measured then is incomplete and says so.
    pub missed: u64,
}

impl Seen {
    /// When the entry was stored.
    pub fn stored(&self, origin: &Origin, index: u64) -> Option<Instant> {
        self.sizes.get(origin)?.iter().find(|(size, _)| *size > index).map(|(_, at)| *at)
    }

    /// When the content was here, and with it the edition that it is of.
    pub fn content(&self, sha256: &ContentHash) -> Option<Instant> {
        self.contents.get(sha256).copied()
    }

    /// When the item first looked different after `from`.
    pub fn changed(&self, item: &str, from: Instant) -> Option<Instant> {
        self.items.get(item)?.iter().find(|at| **at >= from).copied()
    }
}

/// Listens to one node's commits.
pub struct Watch {
    seen: Mutex<Seen>,
}

impl Watch {
    /// Begins to listen. Ends with the node.
    pub fn start(app: &App) -> Arc<Watch> {
        let watch = Arc::new(Watch { seen: Mutex::default() });
        let mut told = app.told.subscribe();
        let listening = watch.clone();
        app.tasks.spawn("watch", async move {
            loop {
                match told.recv().await {
                    Ok(effects) => {
                        let now = Instant::now();
                        let mut seen = listening.seen();
                        for added in effects.added.iter().filter(|a| !a.entries.is_empty()) {
                            let sizes = seen.sizes.entry(added.origin.clone()).or_default();
                            sizes.push((added.frontier.size(), now));
                        }
                        effects.content.iter().for_each(|hash| {
                            seen.contents.entry(*hash).or_insert(now);
                        });
                        for (_, item) in &effects.items {
                            seen.items.entry(item.clone()).or_default().push(now);
                        }
                        seen.last = Some(now);
                    }
                    Err(RecvError::Lagged(missed)) => listening.seen().missed += missed,
                    Err(RecvError::Closed) => return,
                }
            }
        });
        watch
    }

    /// What was seen so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was seen.
    pub fn forget(&self) {
        let mut seen = self.seen();
        *seen = Seen { last: seen.last, ..Seen::default() };
    }

    /// How long nothing was committed.
    pub fn quiet_for(&self) -> Duration {
        self.seen().last.map_or(Duration::ZERO, |at| at.elapsed())
    }
}
