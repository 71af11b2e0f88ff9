//! Letters between portals (protocol §7): what is written here goes out, what comes in is opened and kept.
//!
//! `send` puts a letter into the step that it belongs to; `outbox` offers what waits, as `network::letter` decides, and
//! begins when the step is committed; `inbox` takes what comes, whoever brings it; `relay` carries what is a child's of
//! ours or of a child of ours and reads none of it; `keys` sees to it that our parents state the keys of our letters.
//! What a letter does is its kind's business (`kinds`), in the transaction that makes it durable.
//!
//! No body, no name of a person and no word of a letter is in any line that this program logs, in any figure or in any
//! answer but to those whom it concerns: pages and `doctor` say counts.

pub mod inbox;
pub mod keys;
pub mod kinds;
mod outbox;
mod relay;
pub mod send;
pub mod store;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use network::directory::Directory;
use network::letter::Gate;
use network::moment::Moment;
use network::names::Origin;
use tokio::sync::{Semaphore, mpsc};

use crate::app::App;

pub use outbox::run;

/// The media type of a sealed letter.
pub const MEDIA: &str = "application/vnd.nhipcau.letter";
/// So much of letters is read at the same time, in KiB; who finds no room comes again.
const READING: usize = 48 << 10;
/// Slower than so many bytes a second a line is taken for dead.
const SLOWEST: u64 = 4_096;
/// Words to the outbox that wait for it; what does not fit, it finds by itself later.
const NOTICES: usize = 64;

/// What the outbox is told beside commits.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A node has called us.
    Heard(Origin),
    /// The directory says something else: other nodes, other keys, successors.
    Directory,
}

/// What the letters of a node have in memory.
pub struct Post {
    gate: Mutex<Gate>,
    reading: Semaphore,
    notices: mpsc::Sender<Notice>,
    began: Instant,
}

impl Post {
    /// Nothing yet; and the end of the queue that the outbox reads.
    pub fn new() -> (Post, mpsc::Receiver<Notice>) {
        let (notices, inbox) = mpsc::channel(NOTICES);
        let gate = Mutex::new(Gate::default());
        (Post { gate, reading: Semaphore::new(READING), notices, began: Instant::now() }, inbox)
    }

    /// Tells the outbox. A full queue only means that it will look by itself.
    pub fn tell(&self, notice: Notice) {
        let _ = self.notices.try_send(notice);
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Lets a letter of a known sender in; or says in how many seconds it may come again.
    fn admit(&self, from: &Origin, size: u64) -> Result<(), u64> {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.admit(from, size, self.now()).map_err(|wait| wait.div_ceil(1_000))
    }
}

/// So long a letter of this size may take on a line.
fn within(size: u64) -> Duration {
    Duration::from_secs(30 + size / SLOWEST)
}

/// The nodes that may take a letter, the recipient's own first, then its parent's, then the sender's parent's, which
/// may know a way that we do not. None while the recipient has no node or no keys.
fn ways(app: &App, directory: &Directory, from: &Origin, to: &Origin) -> Vec<Origin> {
    let ready =
        directory.agency(to).filter(|agency| agency.sealing.as_ref().is_some_and(|s| s.known().is_some()));
    let Some(home) = ready.and_then(|agency| agency.node.clone()) else { return Vec::new() };
    let ours = app.keys.node();
    let mut ways = vec![home];
    if ways[0] == *ours {
        return ways;
    }
    for agency in [to, from] {
        let parent = directory.agency(agency).and_then(|agency| directory.agency(&agency.parent));
        let node = parent.and_then(|parent| parent.node.as_ref());
        ways.extend(node.filter(|node| **node != *ours && !ways.contains(node)).cloned());
    }
    ways
}
