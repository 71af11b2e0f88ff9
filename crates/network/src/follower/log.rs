//! One followed log: what is applied, what is proven to exist, what waits.

use std::collections::VecDeque;
use std::sync::Arc;

use tlog::{Checkpoint, Frontier, Hash, MAX_FRONTIER_SIZE, Note, VerifierKey, leaf_hash};

use super::compare::Comparing;
use super::pull::Pull;
use super::{Batch, Bytes, PeerId};
use crate::flow::MOST_IN_FLOW;
use crate::keys::Keys;
use crate::moment::Moment;
use crate::names::Origin;

/// How many verified checkpoints beyond the log's size are kept; the smallest are the first to go.
const MAX_TARGETS: usize = 4;
/// How many past checkpoints are kept to be compared with what comes late.
const MAX_PAST: usize = 16;

/// A checkpoint whose signature was verified.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) note: Arc<Note>,
}

/// Entries that one neighbour sent and no checkpoint covers yet, without gap.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) peer: PeerId,
    pub(super) from: u64,
    pub(super) entries: VecDeque<Bytes>,
}

#[derive(Debug)]
pub(super) struct Log {
    pub(super) origin: Origin,
    pub(super) keys: Keys,
    pub(super) cosigners: Arc<[VerifierKey]>,
    pub(super) watched: bool,
    pub(super) dropped: bool,
    pub(super) frozen: bool,
    pub(super) frontier: Frontier,
    /// The checkpoint of the last applied batch; its size may be beyond the frontier's.
    pub(super) proven: Option<Signed>,
    pub(super) past: VecDeque<Signed>,
    /// Verified checkpoints beyond the size, ascending.
    pub(super) targets: Vec<Signed>,
    /// A checkpoint signed by no known key, kept until keys change.
    pub(super) keyless: Option<Arc<Note>>,
    /// The newest that heads or another neighbour says exists, not verified, and until when the flow may take.
    pub(super) rumour: Option<(u64, Hash, Arc<Note>)>,
    pub(super) patience: Option<Moment>,
    pub(super) lanes: Vec<Lane>,
    pub(super) in_flight: Option<Arc<Batch>>,
    pub(super) apply_failures: u32,
    pub(super) pull: Option<Box<Pull>>,
    pub(super) queued: bool,
    pub(super) pull_failures: u32,
    pub(super) pull_after: Moment,
    pub(super) comparing: Option<Box<Comparing>>,
    pub(super) compare_after: Moment,
}

impl Log {
    pub(super) fn new(
        origin: Origin,
        keys: Keys,
        cosigners: Arc<[VerifierKey]>,
        frontier: Frontier,
        watched: bool,
    ) -> Log {
        Log {
            origin,
            keys,
            cosigners,
            watched,
            dropped: false,
            frozen: false,
            frontier,
            proven: None,
            past: VecDeque::new(),
            targets: Vec::new(),
            keyless: None,
            rumour: None,
            patience: None,
            lanes: Vec::new(),
            in_flight: None,
            apply_failures: 0,
            pull: None,
            queued: false,
            pull_failures: 0,
            pull_after: Moment(0),
            comparing: None,
            compare_after: Moment(0),
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The largest size that is proven or said to exist.
    pub(super) fn exists(&self) -> u64 {
        let target = self.targets.last().map_or(0, |target| target.size);
        let rumour = self.rumour.as_ref().map_or(0, |(size, _, _)| *size);
        self.size().max(target).max(rumour)
    }

    /// Whether neighbours should send it.
    pub(super) fn is_followed(&self) -> bool {
        !self.dropped && !self.frozen
    }

    /// The size up to which nothing more needs to be sent: applied, or being applied.
    pub(super) fn cursor(&self) -> u64 {
        self.in_flight.as_ref().map_or(self.size(), |batch| batch.size())
    }

    /// The checkpoint that a note claims, if it can be one of this log.
    pub(super) fn claim(&self, note: &Note) -> Option<Checkpoint> {
        Checkpoint::of(note).ok().filter(|claim| {
            self.origin == claim.origin.as_str()
                && claim.extensions.is_empty()
                && claim.size <= MAX_FRONTIER_SIZE
        })
    }

    /// The verified checkpoint of this very size, if one is at hand.
    pub(super) fn signed_at(&self, size: u64) -> Option<&Signed> {
        let of_size = |signed: &&Signed| signed.size == size;
        self.proven
            .iter()
            .find(of_size)
            .or_else(|| self.targets.iter().find(of_size))
            .or_else(|| self.past.iter().find(of_size))
    }

    pub(super) fn add_target(&mut self, signed: Signed) {
        match self.targets.binary_search_by_key(&signed.size, |target| target.size) {
            Ok(at) => self.targets[at] = signed,
            Err(at) => self.targets.insert(at, signed),
        }
        if self.targets.len() > MAX_TARGETS {
            self.targets.remove(0);
        }
    }

    pub(super) fn remember(&mut self, signed: Signed) {
        if self.past.iter().any(|past| past.size == signed.size) {
            return;
        }
        if self.past.len() == MAX_PAST {
            self.past.pop_front();
        }
        self.past.push_back(signed);
    }

    /// Puts an entry at the end of its neighbour's lane; how many bytes more are buffered now, or `None` if
    /// it is not needed. An entry beyond a gap begins the lane anew.
    pub(super) fn buffer(&mut self, peer: PeerId, index: u64, bytes: Bytes) -> Option<isize> {
        if index < self.cursor() {
            return None;
        }
        let at = match self.lanes.iter().position(|lane| lane.peer == peer) {
            Some(at) => at,
            None => {
                self.lanes.push(Lane { peer, from: index, entries: VecDeque::new() });
                self.lanes.len() - 1
            }
        };
        let lane = &mut self.lanes[at];
        let end = lane.from + lane.entries.len() as u64;
        let mut change = bytes.len() as isize;
        if index > end || (lane.entries.len() as u64) >= 2 * MOST_IN_FLOW || lane.entries.is_empty() {
            change -= lane.bytes() as isize;
            lane.entries.clear();
            lane.from = index;
        } else if index < end {
            return None;
        }
        lane.entries.push_back(bytes);
        Some(change)
    }

    /// Forgets the lane of a neighbour; how many bytes that were.
    pub(super) fn drop_lane(&mut self, peer: PeerId) -> usize {
        match self.lanes.iter().position(|lane| lane.peer == peer) {
            Some(at) => self.lanes.swap_remove(at).bytes(),
            None => 0,
        }
    }

    /// Forgets all lanes; how many bytes that were.
    pub(super) fn drop_lanes(&mut self) -> usize {
        self.lanes.drain(..).map(|lane| lane.bytes()).sum()
    }

    /// Forgets entries below `size`; how many bytes that were.
    pub(super) fn trim_lanes(&mut self, size: u64) -> usize {
        let mut freed = 0;
        for lane in &mut self.lanes {
            while lane.from < size && !lane.entries.is_empty() {
                freed += lane.entries.pop_front().map_or(0, |bytes| bytes.len());
                lane.from += 1;
            }
        }
        self.lanes.retain(|lane| !lane.entries.is_empty());
        freed
    }

    /// Puts entries that begin at the log's size on a copy of its frontier.
    pub(super) fn try_on<'a>(&self, entries: impl Iterator<Item = &'a Bytes>) -> Tried {
        let mut frontier = self.frontier.clone();
        let mut tried = (Vec::new(), Vec::new());
        for entry in entries {
            let leaf = leaf_hash(entry);
            frontier.push(leaf);
            tried.0.push(entry.clone());
            tried.1.push(leaf);
        }
        Tried { frontier, entries: tried.0, leaves: tried.1 }
    }
}

/// Entries with the frontier that they lead to.
pub(super) struct Tried {
    pub(super) frontier: Frontier,
    pub(super) entries: Vec<Bytes>,
    pub(super) leaves: Vec<Hash>,
}

impl Lane {
    pub(super) fn bytes(&self) -> usize {
        self.entries.iter().map(|bytes| bytes.len()).sum()
    }

    /// Whether it holds all entries from `from` to `to`.
    pub(super) fn covers(&self, from: u64, to: u64) -> bool {
        self.from <= from && to <= self.from + self.entries.len() as u64
    }
}
