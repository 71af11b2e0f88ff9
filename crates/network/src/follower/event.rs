//! What a follower is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use tlog::{Frontier, Hash, Note, VerifierKey};

#[cfg(doc)]
use super::Action;
use super::Split;
use crate::flow::FlowEvent;
use crate::keys::Keys;
use crate::names::Origin;

/// An entry's exact bytes, shared.
pub type Bytes = Arc<[u8]>;

/// A neighbour, by a number that the caller gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

/// A set of neighbours that stand in for each other, by a number that the caller gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// What a group of neighbours is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Every log that the neighbour has, also future ones.
    All,
    /// These logs.
    Logs(BTreeSet<Origin>),
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Begin; nothing is asked of any neighbour before.
    Start,
    /// Sets or replaces a group: neighbours in the order of preference, of which one is connected at a
    /// time. An empty list removes the group. A leaf node has one group for [`Wanted::All`]; the root's
    /// node has one for every node, with the logs hosted there.
    Neighbours {
        /// Which group.
        group: GroupId,
        /// The first is the primary.
        peers: Vec<PeerId>,
        /// What they are asked for.
        wanted: Wanted,
    },
    /// Follow a log from now, from the state that the store holds of it.
    LogAdded {
        /// The log.
        origin: Origin,
        /// Its keys, from the directory.
        keys: Keys,
        /// Whose cosignatures are kept with its checkpoints, if they verify; the quorum's for heads.
        cosigners: Arc<[VerifierKey]>,
        /// What is applied.
        frontier: Frontier,
        /// The checkpoint of the last applied batch, whose size may be beyond the frontier's.
        checkpoint: Option<Arc<Note>>,
        /// Ask other neighbours now and then for its newest checkpoint: for heads, by which all else is checked.
        watched: bool,
    },
    /// Do not follow this log any more, and do not let neighbours send it.
    LogDropped {
        /// The log.
        origin: Origin,
    },
    /// Never ask neighbours for this log: it is our own, or frozen.
    NotWanted {
        /// The log.
        origin: Origin,
    },
    /// The directory has other keys for a log, or the root note another quorum for heads.
    KeysChanged {
        /// The log.
        origin: Origin,
        /// All its keys.
        keys: Keys,
        /// As in [`Event::LogAdded`].
        cosigners: Arc<[VerifierKey]>,
    },
    /// The connection asked for by [`Action::Connect`] is open.
    PeerUp {
        /// The neighbour.
        peer: PeerId,
    },
    /// It could not be opened, or has ended.
    PeerDown {
        /// The neighbour.
        peer: PeerId,
        /// Why.
        why: Down,
    },
    /// A comment came: the line is alive.
    Heartbeat {
        /// The neighbour.
        peer: PeerId,
    },
    /// An entry came in the flow.
    Entry {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// Its index, as claimed.
        index: u64,
        /// The leaf.
        bytes: Bytes,
    },
    /// A checkpoint came in the flow, not verified.
    Checkpoint {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// The note.
        note: Arc<Note>,
    },
    /// The neighbour says that we lack too much for the flow.
    Behind {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// The size that it has.
        size: u64,
    },
    /// The answer to [`Action::Ask`]; `None` if the neighbour has no such log or cannot be reached.
    Asked {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// Its newest checkpoint there, not verified.
        note: Option<Arc<Note>>,
    },
    /// The answer to [`Action::Fetch`].
    Fetched {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// As asked.
        from: u64,
        /// The entries from there, as many as were asked for.
        entries: Vec<Bytes>,
        /// [`crate::bridge::bridge`] from the end of the entries to the size of the tree.
        bridge: Vec<Hash>,
    },
    /// The answer to [`Action::Fetch`] if the neighbour does not have it or cannot be reached.
    FetchFailed {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// As asked.
        from: u64,
    },
    /// The answer to [`Action::Compare`]; `None` if it could not be had.
    Compared {
        /// Who was asked: a neighbour, or our own store.
        peer: Option<PeerId>,
        /// The log.
        origin: Origin,
        /// Hashes of the spans from 0 to `old` and from `old` to `new`.
        bridge: Option<Vec<Hash>>,
    },
    /// The batch that ends at this size is durably applied.
    Applied {
        /// The log.
        origin: Origin,
        /// Its size now.
        size: u64,
    },
    /// It could not be applied; it will be handed out again.
    ApplyFailed {
        /// The log.
        origin: Origin,
    },
    /// An entry of the heads log was applied: that log had this checkpoint.
    Head {
        /// The log.
        origin: Origin,
        /// Its size.
        size: u64,
        /// Its root.
        root: Hash,
        /// The checkpoint, not verified.
        note: Arc<Note>,
    },
    /// Somebody published evidence that a log was split (`log.split`); it counts if it proves it.
    SplitShown(Split),
    /// The time asked for by [`Action::Wake`] has come.
    Tick,
}

impl Event {
    /// What came in the flow of this neighbour.
    #[must_use]
    pub fn from_flow(peer: PeerId, event: FlowEvent) -> Event {
        match event {
            FlowEvent::Entry { origin, index, bytes } => {
                Event::Entry { peer, origin, index, bytes: bytes.into() }
            }
            FlowEvent::Checkpoint { origin, note, .. } => {
                Event::Checkpoint { peer, origin, note: Arc::new(note) }
            }
            FlowEvent::Behind { origin, size } => Event::Behind { peer, origin, size },
            FlowEvent::Heartbeat => Event::Heartbeat { peer },
        }
    }
}

/// Why a connection is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// It could not be opened.
    Unreachable,
    /// It ended.
    Ended,
    /// The neighbour sent what is not a flow ([`crate::flow::FlowError`]).
    Malformed,
}
