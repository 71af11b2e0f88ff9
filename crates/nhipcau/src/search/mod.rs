//! Search over all that this node carries, on each of its portals.
//!
//! The index is the crate `search`'s; here it is kept in step and asked. Each commit notes which items look different, in its
//! own transaction (`store`), and one task (`keep`) tells the index: a crash loses nothing, and a damaged or missing index is
//! built anew while the site goes on. What the index finds are only pointers: whether an item stands is asked of the
//! database when the answer is made (`find`), so what was withdrawn is not found from that moment on.

pub(crate) mod entry;
mod facets;
mod find;
mod keep;
mod limit;
mod pages;
mod spelled;
pub mod store;
mod turns;
mod view;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ::search::{Index, IndexError};
use arc_swap::ArcSwapOption;
use axum::middleware::from_fn;
use axum::routing::get;
use tokio::sync::{Mutex, Notify};

use crate::api::front;
use crate::config::Config;
use crate::web::routes::{Role, Route, api_route, door_page};

pub(crate) use entry::text;
pub(crate) use find::{Asked, find};
pub use keep::{rebuild, run};
pub(crate) use limit::{Limit, network_of};
pub use pages::HERE;
pub(crate) use pages::counted;
use turns::Turns;

/// The search of a node.
pub struct Search {
    folder: PathBuf,
    open: ArcSwapOption<Index>,
    /// Items that are still to be written into an index that is built anew.
    left: AtomicU64,
    /// The index was found damaged.
    broken: AtomicBool,
    wake: Notify,
    turns: Turns,
    /// Held while the index's files are written: that goes on when the task that began it is stopped.
    writing: Arc<Mutex<()>>,
    pub(crate) limit: Limit,
}

/// How search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All is found.
    Ready,
    /// It is built anew, so many items are to come; what is in it is found.
    Building(u64),
    /// Nothing can be found now.
    Away,
}

impl Search {
    /// Waits until nothing writes into the index's folder any more; for a node whose tasks are stopped.
    pub async fn settled(&self) {
        drop(self.writing.lock().await);
    }

    /// The search of a node that was not begun yet.
    pub fn new(config: &Config) -> Search {
        Search {
            folder: config.content.with_file_name("search"),
            open: ArcSwapOption::empty(),
            left: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            wake: Notify::new(),
            turns: Turns::new(std::thread::available_parallelism().map_or(1, usize::from)),
            writing: Arc::default(),
            limit: Limit::default(),
        }
    }

    /// How search is.
    pub fn state(&self) -> State {
        match (self.open.load().is_some(), self.left.load(Ordering::Relaxed)) {
            (false, _) => State::Away,
            (true, 0) => State::Ready,
            (true, left) => State::Building(left),
        }
    }

    /// The index, if it can be asked.
    fn index(&self) -> Option<Arc<Index>> {
        self.open.load_full()
    }

    /// The index was found damaged: nothing is asked of it any more, and it is built anew.
    fn damaged(&self, error: &IndexError) {
        tracing::error!(%error, "the search index is damaged; it is built anew, and reading goes on");
        self.broken.store(true, Ordering::Relaxed);
        self.open.store(None);
        self.wake.notify_one();
    }
}

/// Search's rows of the route table: its page for people.
pub fn routes() -> Vec<Route> {
    vec![door_page(pages::HERE, "search", get(pages::page))]
}

/// Search's rows for machines.
pub fn machines() -> Vec<Route> {
    let reads = |path, what, handler: axum::routing::MethodRouter<crate::app::App>| {
        api_route("GET", path, Role::Reader, what, handler.layer(from_fn(front::reading)))
    };
    vec![
        reads("/api/search", "search, as the page ranks it", get(pages::api)),
        reads("/api/search/suggest", "titles for what is being typed", get(pages::suggest)),
        door_page("/opensearch.xml", "search for browsers (OpenSearch 1.1)", get(pages::description)),
    ]
}
