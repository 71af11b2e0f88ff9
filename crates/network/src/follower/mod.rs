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

mod action;
mod advance;
mod checkpoints;
mod compare;
mod event;
mod log;
mod peers;
mod pull;
mod status;
mod timers;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::memo::Memo;
use crate::moment::{Dice, Moment};
use crate::names::Origin;

pub use action::{Action, Alarm, Batch, Split, Trouble, Why};
pub use event::{Bytes, Down, Event, GroupId, PeerId, Wanted};
pub use status::{LogStatus, PeerStatus};

use log::Log;
use peers::{Group, Peer};
use timers::Timers;

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
