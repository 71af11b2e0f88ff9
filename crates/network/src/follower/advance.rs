//! From events to proven batches: entries are put on the frontier until a verified root is met.

use std::sync::Arc;

use tlog::{MAX_FRONTIER_SIZE, Note, VerifierKey};

use super::log::{Log, Signed, Tried};
use super::timers::Timer;
use super::{Action, Batch, Bytes, Event, Follower, PeerId, Trouble};
use crate::entry::MAX_ENTRY;
use crate::keys::Keys;
use crate::names::Origin;

impl Follower {
    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Start => self.start(),
            Event::Neighbours { group, peers, wanted } => self.set_group(group, peers, wanted),
            Event::LogAdded { origin, keys, cosigners, frontier, checkpoint, watched } => {
                self.add(Log::new(origin, keys, cosigners, frontier, watched), checkpoint);
            }
            Event::LogDropped { origin } => self.drop_log(&origin),
            Event::NotWanted { origin } => {
                self.not_wanted.insert(origin);
            }
            Event::KeysChanged { origin, keys, cosigners } => self.change_keys(&origin, keys, cosigners),
            Event::PeerUp { peer } => self.peer_up(peer),
            Event::PeerDown { peer, why } => self.peer_down(peer, why),
            Event::Heartbeat { peer } => {
                self.hears(peer);
            }
            Event::Entry { peer, origin, index, bytes } => self.entry(peer, &origin, index, bytes),
            Event::Checkpoint { peer, origin, note } => {
                if self.hears(peer)
                    && let Some(at) = self.followed(&origin)
                {
                    self.checkpoint(at, &note, Some(peer));
                }
            }
            Event::Behind { peer, origin, size } => {
                if self.hears(peer)
                    && let Some(at) = self.followed(&origin)
                    && size > self.logs[at].cursor()
                {
                    self.ask(peer, at, true);
                }
            }
            Event::Asked { peer, origin, note } => self.asked(peer, &origin, note),
            Event::Fetched { peer, origin, from, entries, bridge } => {
                self.fetched(peer, &origin, from, entries, bridge);
            }
            Event::FetchFailed { peer, origin, from } => self.fetch_failed(peer, &origin, from),
            Event::Compared { peer, origin, bridge } => self.compared(peer, &origin, bridge),
            Event::Applied { origin, size } => self.applied(&origin, size),
            Event::ApplyFailed { origin } => self.apply_failed(&origin),
            Event::Head { origin, size, root, note } => self.head(&origin, size, root, note),
            Event::SplitShown(split) => self.split_shown(split),
            Event::Tick => {}
        }
    }

    pub(super) fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Peer(peer) => self.check_line(peer),
            Timer::Group(group) => self.manage(group),
            Timer::Patience(at) => self.patience_ends(at),
            Timer::Pull(at) => self.check_pull(at),
            Timer::Compare(at) => self.check_compare(at),
            Timer::Apply(at) => {
                if let Some(batch) = self.logs[at].in_flight.clone() {
                    self.out.push(Action::Apply(batch));
                }
            }
            Timer::Watch => self.watch(),
            Timer::Fresh => self.tell_of_fresh(),
        }
    }

    fn start(&mut self) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        self.timers.at(self.now + self.dice.around(self.settings.watch), Timer::Watch);
        let groups: Vec<_> = self.groups.keys().copied().collect();
        groups.into_iter().for_each(|group| self.manage(group));
        (0..self.logs.len()).for_each(|at| self.advance(at));
    }

    fn add(&mut self, mut log: Log, checkpoint: Option<Arc<Note>>) {
        if self.followed(&log.origin).is_some() {
            return;
        }
        // Our own store hands it back; it was verified before it was stored.
        let claim = checkpoint.and_then(|note| log.claim(&note).map(|claim| (claim, note)));
        log.proven = claim.map(|(claim, note)| Signed { size: claim.size, root: claim.root, note });
        if let Some(proven) = log.proven.clone().filter(|proven| proven.size > log.size()) {
            log.add_target(proven);
        }
        self.not_wanted.remove(&log.origin);
        let at = self.logs.len();
        self.by_origin.insert(log.origin.clone(), at);
        self.logs.push(log);
        self.gather(at);
        self.advance(at);
    }

    fn drop_log(&mut self, origin: &Origin) {
        self.not_wanted.insert(origin.clone());
        if let Some(at) = self.by_origin.remove(origin) {
            self.logs[at].dropped = true;
            self.silence(at);
        }
    }

    /// Forgets all that waits for a log that is not followed any more.
    pub(super) fn silence(&mut self, at: usize) {
        self.end_pull(at);
        let log = &mut self.logs[at];
        self.buffered -= log.drop_lanes();
        log.targets.clear();
        log.comparing = None;
        log.rumour = None;
        log.keyless = None;
    }

    fn change_keys(&mut self, origin: &Origin, keys: Keys, cosigners: Arc<[VerifierKey]>) {
        let Some(at) = self.followed(origin) else { return };
        let log = &mut self.logs[at];
        (log.keys, log.cosigners) = (keys, cosigners);
        if let Some(note) = log.keyless.take() {
            self.checkpoint(at, &note, None);
        }
    }

    /// The place of a log that is followed.
    pub(super) fn followed(&self, origin: &Origin) -> Option<usize> {
        self.by_origin.get(origin).copied().filter(|at| self.logs[*at].is_followed())
    }

    fn entry(&mut self, peer: PeerId, origin: &Origin, index: u64, bytes: Bytes) {
        if !self.hears(peer) {
            return;
        }
        if bytes.len() > MAX_ENTRY || index >= MAX_FRONTIER_SIZE {
            self.fault(peer, Trouble::Malformed, Some(origin));
            return;
        }
        let Some(at) = self.followed(origin) else { return };
        let Some(change) = self.logs[at].buffer(peer, index, bytes) else { return };
        self.buffered = self.buffered.saturating_add_signed(change);
        if self.buffered > self.settings.buffer {
            // What waits here is fetched from tiles once its checkpoint has come.
            self.buffered -= self.logs[at].drop_lanes();
        }
    }

    /// Stores a checkpoint of the size that the log has already.
    pub(super) fn record(&mut self, at: usize, signed: Signed) {
        let log = &self.logs[at];
        let tried = Tried { frontier: log.frontier.clone(), entries: Vec::new(), leaves: Vec::new() };
        self.apply(at, tried, signed, None);
    }

    /// Hands out the next batch if one is proven, and fetches what is missing for it.
    pub(super) fn advance(&mut self, at: usize) {
        let log = &mut self.logs[at];
        if !log.is_followed() || log.in_flight.is_some() {
            return;
        }
        let size = log.size();
        if let Some(here) = log.targets.iter().position(|target| target.size == size) {
            let here = log.targets.remove(here);
            let held = log.proven.as_ref().filter(|held| held.size == size && held.root == here.root);
            if held.is_none_or(|held| held.note.signatures.len() < here.note.signatures.len()) {
                self.same_size(at, here);
            }
            return self.advance(at);
        }
        log.targets.retain(|target| target.size > size);
        let covered = log.targets.iter().rev().find_map(|target| {
            let lane = log.lanes.iter().find(|lane| lane.covers(size, target.size))?;
            Some((target.clone(), lane.peer))
        });
        let Some((target, peer)) = covered else {
            if self.pull_has_next(at) {
                self.take_pulled(at);
            } else if !self.logs[at].targets.is_empty() {
                self.pull(at, None);
            }
            return;
        };
        let lane = log.lanes.iter().find(|lane| lane.peer == peer);
        let tried = lane.map(|lane| {
            let skip = (size - lane.from) as usize;
            log.try_on(lane.entries.range(skip..skip + (target.size - size) as usize))
        });
        match tried {
            Some(tried) if tried.frontier.root() == target.root => self.apply(at, tried, target, Some(peer)),
            _ => {
                self.buffered -= self.logs[at].drop_lane(peer);
                self.suspect(at, target, peer);
                self.advance(at);
            }
        }
    }

    /// Hands out a batch.
    pub(super) fn apply(&mut self, at: usize, tried: Tried, proof: Signed, peer: Option<PeerId>) {
        let log = &mut self.logs[at];
        let root = if proof.size == tried.frontier.size() { proof.root } else { tried.frontier.root() };
        let batch = Arc::new(Batch {
            origin: log.origin.clone(),
            from: log.size(),
            entries: tried.entries,
            leaves: tried.leaves,
            root,
            frontier: tried.frontier,
            checkpoint: proof.note,
            checkpoint_size: proof.size,
            peer,
        });
        log.in_flight = Some(batch.clone());
        log.apply_failures = 0;
        peer.into_iter().for_each(|peer| self.proved(peer));
        self.out.push(Action::Apply(batch));
    }

    fn applied(&mut self, origin: &Origin, size: u64) {
        let Some(at) = self.by_origin.get(origin).copied() else { return };
        let log = &mut self.logs[at];
        let Some(batch) = log.in_flight.take_if(|batch| batch.size() == size) else { return };
        log.frontier = batch.frontier.clone();
        let note = batch.checkpoint.clone();
        if batch.complete() {
            let signed = Signed { size, root: batch.root, note };
            if let Some(before) = log.proven.replace(signed).filter(|before| before.size < size) {
                log.remember(before);
            }
        } else if let Some(claim) = log.claim(&note) {
            log.proven = Some(Signed { size: claim.size, root: claim.root, note });
        }
        self.buffered -= log.trim_lanes(size);
        self.check_rumour(at);
        self.pull_went_on(at);
        self.advance(at);
    }

    fn apply_failed(&mut self, origin: &Origin) {
        let Some(at) = self.by_origin.get(origin).copied() else { return };
        let log = &mut self.logs[at];
        if log.in_flight.is_none() {
            return;
        }
        log.apply_failures += 1;
        let failures = log.apply_failures;
        let (first, longest) = self.settings.back_off;
        let wait = self.dice.around(first.saturating_mul(1 << failures.min(16)).min(longest));
        self.timers.at(self.now + wait, Timer::Apply(at));
        if failures >= 3 {
            self.alarm(Trouble::CannotApply, None, Some(origin));
        }
    }
}
