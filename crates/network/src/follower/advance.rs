//! From events to proven batches: checkpoints are verified, entries are put on the frontier, roots compared.

use std::sync::Arc;

use tlog::{Checkpoint, EMPTY_ROOT, Hash, MAX_FRONTIER_SIZE, Note, NoteError, VerifierKey};

use super::log::{Log, Signed, Tried};
use super::timers::Timer;
use super::{Action, Batch, Bytes, Event, Follower, PeerId, Trouble};
use crate::entry::MAX_ENTRY;
use crate::keys::Keys;
use crate::names::Origin;

/// Signature lines of the log itself that are kept: two while a key changes.
const MAX_OWN_SIGNATURES: usize = 4;
/// Cosignatures that are kept (protocol §3).
const MAX_COSIGNATURES: usize = 15;

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

    /// Takes a checkpoint from anywhere; `peer` answers for it.
    pub(super) fn checkpoint(&mut self, at: usize, note: &Arc<Note>, peer: Option<PeerId>) {
        let log = &self.logs[at];
        let Some(claim) = log.claim(note) else {
            let origin = log.origin.clone();
            peer.into_iter().for_each(|peer| self.fault(peer, Trouble::Malformed, Some(&origin)));
            return;
        };
        if claim.size == 0 {
            return;
        }
        let known = log.signed_at(claim.size).map(|signed| signed.root);
        match known {
            Some(root) if root == claim.root => self.more_cosignatures(at, note, &claim),
            _ if known.is_none() && claim.size < log.size() && !self.may_compare_own(at) => {}
            _ => {
                let Some(signed) = self.verified(at, note, &claim, peer) else { return };
                let log = &mut self.logs[at];
                if known.is_some() {
                    self.contradicts(at, signed);
                } else if signed.size < log.size() {
                    self.compare_own(at, signed);
                } else if signed.size == log.size() {
                    self.same_size(at, signed);
                } else {
                    log.add_target(signed);
                }
            }
        }
        self.advance(at);
    }

    /// The checkpoint with the signatures that are to be kept, if the log signed it.
    fn verified(
        &mut self,
        at: usize,
        note: &Arc<Note>,
        claim: &Checkpoint,
        peer: Option<PeerId>,
    ) -> Option<Signed> {
        let log = &mut self.logs[at];
        let origin = log.origin.clone();
        match self.memo.signed(note, log.keys.valid_for(claim.size)) {
            Ok(()) => {
                let note = kept(&self.memo, log, note);
                Some(Signed { size: claim.size, root: claim.root, note })
            }
            Err(NoteError::Missing(_)) => {
                // The log may sign with a key that the directory will know in a moment.
                log.keyless = Some(note.clone());
                self.alarm(Trouble::UnknownKey, peer, Some(&origin));
                None
            }
            Err(_) => {
                peer.into_iter().for_each(|peer| self.fault(peer, Trouble::BadSignature, Some(&origin)));
                None
            }
        }
    }

    /// A checkpoint at the log's size, which was reached as part of a longer catch-up.
    fn same_size(&mut self, at: usize, signed: Signed) {
        let log = &self.logs[at];
        if signed.root == log.frontier.root() {
            if log.in_flight.is_none() {
                self.record(at, signed);
            }
        } else if let Some(proven) = log.proven.clone() {
            self.compare(at, signed, proven, None);
        }
    }

    /// Cosignatures of heads come after the checkpoint itself; a checkpoint that only has more of them is
    /// stored anew, without entries.
    fn more_cosignatures(&mut self, at: usize, note: &Arc<Note>, claim: &Checkpoint) {
        let log = &mut self.logs[at];
        if log.cosigners.is_empty() {
            return;
        }
        let Some(held) = log.signed_at(claim.size).cloned() else { return };
        let new = |held: &Note| {
            let lines = note.signatures.iter().filter(|line| {
                held.signatures.iter().all(|old| old.key_id != line.key_id || old.name != line.name)
            });
            lines.cloned().collect::<Vec<_>>()
        };
        let lines = new(&held.note);
        if lines.is_empty() {
            return;
        }
        let mut more = (*held.note).clone();
        more.signatures.extend(lines);
        let more = kept(&self.memo, log, &more);
        if more.signatures.len() == held.note.signatures.len() {
            return;
        }
        let signed = Signed { note: more, ..held };
        if let Some(target) = log.targets.iter_mut().find(|target| target.size == signed.size) {
            target.note = signed.note;
        } else if signed.size == log.size() && log.in_flight.is_none() {
            self.record(at, signed);
        }
    }

    /// Stores a checkpoint of the size that the log has already.
    fn record(&mut self, at: usize, signed: Signed) {
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

    /// What heads says of a log: checked at once if we have that size, otherwise the flow has a while to
    /// bring it.
    fn head(&mut self, origin: &Origin, size: u64, root: Hash, note: Arc<Note>) {
        let Some(at) = self.followed(origin) else { return };
        let log = &self.logs[at];
        match log.signed_at(size) {
            Some(signed) if signed.root == root => {}
            None if size > log.size() => self.hear_of(at, size, root, note),
            None if size == 0 && root == EMPTY_ROOT => {}
            _ => self.checkpoint(at, &note, None),
        }
    }

    /// Something larger is said to exist: the flow has a while to bring it.
    pub(super) fn hear_of(&mut self, at: usize, size: u64, root: Hash, note: Arc<Note>) {
        let log = &mut self.logs[at];
        if log.rumour.as_ref().is_none_or(|(known, _, _)| *known < size) {
            log.rumour = Some((size, root, note));
        }
        if log.patience.is_none() {
            let until = self.now + self.dice.around(self.settings.patience);
            log.patience = Some(until);
            self.timers.at(until, Timer::Patience(at));
        }
    }

    /// After a step forward: a rumour that we have caught up with must agree with what we have.
    fn check_rumour(&mut self, at: usize) {
        let log = &mut self.logs[at];
        let size = log.size();
        let Some((said, root, note)) = log.rumour.take_if(|(said, _, _)| *said <= size) else { return };
        log.patience = None;
        if log.signed_at(said).is_none_or(|signed| signed.root != root) {
            self.checkpoint(at, &note, None);
        }
    }

    fn patience_ends(&mut self, at: usize) {
        let log = &mut self.logs[at];
        if log.patience.is_none_or(|until| until > self.now) || !log.is_followed() {
            return;
        }
        log.patience = None;
        let Some((size, root, note)) = log.rumour.clone() else { return };
        if log.in_flight.is_some() || log.pull.is_some() || log.comparing.is_some() {
            // On its way; look again later.
            self.hear_of(at, size, root, note);
            return;
        }
        log.rumour = None;
        let Some(claim) = log.claim(&note) else { return };
        if log.signed_at(size).is_none() {
            let Some(signed) = self.verified(at, &note, &claim, None) else { return };
            self.logs[at].add_target(signed);
        }
        let (_, active) = self.sources(&self.logs[at].origin.clone());
        self.pull(at, active);
    }
}

/// A copy of the note with the log's own signatures and the cosignatures that verify, and nothing else: a
/// relay could fill a note with any number of others.
fn kept(memo: &crate::memo::Memo, log: &Log, note: &Note) -> Arc<Note> {
    let verified = log.claim(note).map(|claim| log.keys.valid_for(claim.size).id());
    let mut own: Vec<_> = note.signatures.iter().filter(|line| log.origin == line.name.as_str()).collect();
    own.sort_by_key(|line| Some(line.key_id) != verified);
    own.truncate(MAX_OWN_SIGNATURES);
    let cosigned = log.cosigners.iter().filter(|key| {
        note.signatures.iter().any(|line| line.key_id == key.id() && line.name == key.name())
            && memo.cosigned(note, key).is_ok()
    });
    let cosigners: Vec<&VerifierKey> = cosigned.take(MAX_COSIGNATURES).collect();
    let by_cosigner = note
        .signatures
        .iter()
        .filter(|line| cosigners.iter().any(|key| line.key_id == key.id() && line.name == key.name()));
    Arc::new(Note {
        text: note.text.clone(),
        signatures: own.into_iter().chain(by_cosigner).cloned().collect(),
    })
}
