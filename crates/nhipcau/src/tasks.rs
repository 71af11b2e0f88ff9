//! Work that goes on in the background: nothing dies unseen, and everything ends when the node stops.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The background work of one node.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    died: Arc<AtomicU64>,
}

impl Tasks {
    /// Runs `work` until it ends or the node stops.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that spawns")]
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        // A token of its own: at each step of its work a task locks its token, and would wait there for all others.
        let (stop, died) = (self.stop.child_token(), self.died.clone());
        self.tracker.spawn(async move {
            let caught = AssertUnwindSafe(work).catch_unwind();
            if let Some(Err(_)) = stop.run_until_cancelled(caught).await {
                died.fetch_add(1, Ordering::Relaxed);
                tracing::error!(task = name, "a background task died; restart the node and report this");
            }
        });
    }

    /// Resolves when the node is to stop.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// How many tasks have died of a panic since the start.
    pub fn died(&self) -> u64 {
        self.died.load(Ordering::Relaxed)
    }

    /// Stops everything and waits for it.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}
