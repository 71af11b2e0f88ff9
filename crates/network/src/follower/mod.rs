//! The follower: keeps a node's copies of many logs in step with many neighbours (protocol §4).
//!
//! One per node, pure: [`Follower::on`] takes an event and the time and answers with what is to be done.
//! Promised:
//!
//! * nothing is handed over to be applied unless the log's own signature, and a root computed here from the
//!   entries, prove it; whoever relayed it does not matter;
//! * entries of a log are applied in index order, one batch in flight per log;
//! * duplicates, overlaps and gaps, from any number of neighbours, do no harm;
//! * wrong bytes are the relay's fault: another source is taken, the relay is named in an alarm and left
//!   alone for a while. Only two validly signed checkpoints that contradict each other freeze a log, and
//!   the evidence is handed out with it;
//! * every queue is bounded; what does not fit is fetched again later;
//! * a neighbour that withholds a log or serves it stale is found out by the heads log and by asking others;
//! * no wall clock is read: [`Moment`] is monotonic, and a message's own times are not looked at.
//!
//! Refused: deciding what entries mean, storing, and opening connections. The caller does these and reports.

mod advance;
mod compare;
mod log;
mod peers;
mod pull;
mod status;
mod timers;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tlog::{Frontier, Hash, Note, VerifierKey};

use crate::flow::{FlowEvent, FlowRequest};
use crate::keys::Keys;
use crate::memo::Memo;
use crate::moment::{Dice, Moment};
use crate::names::Origin;

pub use status::{LogStatus, PeerStatus};

use log::Log;
use peers::{Group, Peer};
use timers::Timers;

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

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Open a flow to this neighbour with this request, in the place of an open one.
    Connect {
        /// The neighbour.
        peer: PeerId,
        /// The request.
        wants: FlowRequest,
    },
    /// Close the flow; no [`Event::PeerDown`] is due for it.
    Disconnect {
        /// The neighbour.
        peer: PeerId,
        /// Why.
        why: Why,
    },
    /// Read the newest checkpoint that this neighbour serves of this log.
    Ask {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
    },
    /// Read entries from this neighbour's bundles, and the bridge from their end to `tree` from its tiles.
    Fetch {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// The first entry.
        from: u64,
        /// After the last entry; the next multiple of 256, or `tree`.
        to: u64,
        /// The size of the tree that the bridge must lead to.
        tree: u64,
    },
    /// Read the hashes of the spans from 0 to `old` and from `old` to `new` ([`crate::bridge`]).
    Compare {
        /// From a neighbour's tiles, or from our own if `None`.
        peer: Option<PeerId>,
        /// The log.
        origin: Origin,
        /// The smaller size.
        old: u64,
        /// The larger size.
        new: u64,
    },
    /// Apply in one transaction and report [`Event::Applied`].
    Apply(Arc<Batch>),
    /// Two checkpoints contradict each other: the log is frozen here; publish the evidence (`log.split`).
    Freeze(Split),
    /// Tell the operator; the same alarm is not repeated within ten minutes.
    Alarm(Alarm),
    /// Send [`Event::Tick`] at this time. The newest one stands.
    Wake {
        /// When.
        at: Moment,
    },
}

/// Entries that are proven, to be applied together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The log.
    pub origin: Origin,
    /// Index of the first entry; the size of the log before.
    pub from: u64,
    /// The entries; none if only cosignatures of the checkpoint are new.
    pub entries: Vec<Bytes>,
    /// Their leaf hashes.
    pub leaves: Vec<Hash>,
    /// The frontier after them; its size is the log's size after.
    pub frontier: Frontier,
    /// The log's root after them.
    pub root: Hash,
    /// The checkpoint that proves them, verified, with the log's signatures and verified cosignatures only.
    pub checkpoint: Arc<Note>,
    /// Its size.
    pub checkpoint_size: u64,
    /// Who sent the entries.
    pub peer: Option<PeerId>,
}

impl Batch {
    /// The size of the log after this batch.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Whether the checkpoint is that of the log after this batch. If not, the batch is part of a longer
    /// catch-up: store the checkpoint beside the log, but go on serving and cosigning the one before.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.checkpoint_size == self.frontier.size()
    }
}

/// Evidence that a log was split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The log.
    pub origin: Origin,
    /// The checkpoint with the smaller or equal size.
    pub a: Arc<Note>,
    /// The other one.
    pub b: Arc<Note>,
    /// What [`crate::bridge::contradict`] needs; empty if the sizes are equal.
    pub bridge: Vec<Hash>,
}

/// Why a flow is closed from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A preferred neighbour has taken its place, or the group has changed.
    NotNeeded,
    /// Nothing came for too long, not even a heartbeat.
    Silent,
    /// It did not open in time.
    TooSlow,
    /// It was caught at fault.
    Fault(Trouble),
}

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The relay sent what is not a flow, a checkpoint of another log, or an entry too long.
    Malformed,
    /// The relay sent a checkpoint whose signature is wrong.
    BadSignature,
    /// The relay sent entries that its own tiles and the log's checkpoint disprove.
    WrongEntries,
    /// The relay served tiles that the log's checkpoint disproves.
    WrongTiles,
    /// The relay did not send what others had.
    Withholding,
    /// A checkpoint is signed by no key that the directory has for its size.
    UnknownKey,
    /// The log was split.
    Split,
    /// No neighbour has what the heads log says exists.
    Unavailable,
    /// None of a group's neighbours can be reached.
    Unreachable,
    /// Our own store gives other hashes than the log's checkpoint that it applied.
    OwnStore,
    /// A batch could not be applied several times.
    CannotApply,
}

impl Trouble {
    /// The key under which the product keeps the words for an operator: what happened and what to do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Trouble::Malformed => "follower.malformed",
            Trouble::BadSignature => "follower.bad_signature",
            Trouble::WrongEntries => "follower.wrong_entries",
            Trouble::WrongTiles => "follower.wrong_tiles",
            Trouble::Withholding => "follower.withholding",
            Trouble::UnknownKey => "follower.unknown_key",
            Trouble::Split => "follower.split",
            Trouble::Unavailable => "follower.unavailable",
            Trouble::Unreachable => "follower.unreachable",
            Trouble::OwnStore => "follower.own_store",
            Trouble::CannotApply => "follower.cannot_apply",
        }
    }
}

/// Something an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alarm {
    /// What it is about.
    pub about: Trouble,
    /// The neighbour at fault or out of reach.
    pub peer: Option<PeerId>,
    /// The log.
    pub origin: Option<Origin>,
}

/// Times in milliseconds, and bounds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long the flow may take to bring what heads says exists, before another source is asked.
    pub patience: u64,
    /// How long a line may be silent; heartbeats come every 15 s.
    pub silence: u64,
    /// How long opening a flow may take.
    pub dial: u64,
    /// How long an answer may take.
    pub answer: u64,
    /// How often watched logs are asked for elsewhere.
    pub watch: u64,
    /// The first and the longest wait before a neighbour is tried again.
    pub back_off: (u64, u64),
    /// The first wait after a fault; doubles with each, up to 64 times.
    pub after_fault: u64,
    /// How many bytes of entries may wait for their checkpoint, over all logs.
    pub buffer: usize,
    /// How many fetches may be under way, over all logs.
    pub fetches: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            patience: 5_000,
            silence: 45_000,
            dial: 30_000,
            answer: 60_000,
            watch: 60_000,
            back_off: (1_000, 300_000),
            after_fault: 60_000,
            buffer: 16 << 20,
            fetches: 16,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Follower {
    settings: Settings,
    memo: Memo,
    dice: Dice,
    now: Moment,
    started: bool,
    logs: Vec<Log>,
    by_origin: HashMap<Origin, usize>,
    not_wanted: BTreeSet<Origin>,
    peers: BTreeMap<PeerId, Peer>,
    groups: BTreeMap<GroupId, Group>,
    timers: Timers,
    /// Bytes in the lanes of all logs.
    buffered: usize,
    /// Fetches under way, and logs that wait for their turn.
    fetching: usize,
    queue: VecDeque<usize>,
    /// Logs added since connections were made that do not ask for them.
    fresh: Vec<usize>,
    alarmed: HashMap<Alarm, Moment>,
    /// Questions under way, and whether the answer may be acted on at once.
    asks: HashMap<(PeerId, usize), bool>,
    out: Vec<Action>,
}

impl Follower {
    /// A follower of nothing yet. `seed` spreads its reconnects; `memo` may be shared between followers.
    #[must_use]
    pub fn new(settings: Settings, seed: u64, memo: Memo) -> Follower {
        Follower {
            settings,
            memo,
            dice: Dice::new(seed),
            now: Moment(0),
            started: false,
            logs: Vec::new(),
            by_origin: HashMap::new(),
            not_wanted: BTreeSet::new(),
            peers: BTreeMap::new(),
            groups: BTreeMap::new(),
            timers: Timers::default(),
            buffered: 0,
            fetching: 0,
            queue: VecDeque::new(),
            fresh: Vec::new(),
            alarmed: HashMap::new(),
            asks: HashMap::new(),
            out: Vec::new(),
        }
    }

    /// Takes an event at a time and answers with what is to be done, in this order. A time before that of
    /// an earlier event counts as that one.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        self.now = self.now.max(now);
        self.take(event);
        while let Some(timer) = self.timers.due(self.now) {
            self.fire(timer);
        }
        if let Some(at) = self.timers.announce_next() {
            self.out.push(Action::Wake { at });
        }
        std::mem::take(&mut self.out)
    }
}
