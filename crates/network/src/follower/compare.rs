//! When roots differ: was it the relay, or the log?
//!
//! A bridge through both sizes, proven by the larger checkpoint, tells: if it gives the smaller
//! checkpoint's root, the log is consistent and whoever sent other entries is at fault; if it gives another
//! root, the log was split, and the bridge is the evidence; if it does not lead to the larger checkpoint,
//! whoever served the tiles is at fault and another is asked.

use tlog::Hash;

use super::log::Signed;
use super::timers::Timer;
use super::{Action, Follower, PeerId, Split, Trouble};
use crate::bridge::roots;
use crate::moment::Moment;
use crate::names::Origin;

/// Our own tiles are read for a late checkpoint of one log at most this often.
const OWN_EVERY: u64 = 10_000;

/// A comparison under way.
#[derive(Debug)]
pub(super) struct Comparing {
    smaller: Signed,
    larger: Signed,
    /// Whose tiles are read; our own if `None`.
    at: Option<PeerId>,
    tried: Vec<PeerId>,
    /// Who sent entries that do not fit.
    blamed: Option<PeerId>,
    overdue: Moment,
}

impl Follower {
    /// Entries from `peer` did not lead to a verified checkpoint.
    pub(super) fn suspect(&mut self, at: usize, target: Signed, peer: PeerId) {
        let log = &self.logs[at];
        let origin = log.origin.clone();
        match log.proven.clone() {
            // What leads from nothing to a signed root can only be wrong.
            None => self.fault(peer, Trouble::WrongEntries, Some(&origin)),
            Some(proven) if proven.size == target.size && proven.root == target.root => {
                self.fault(peer, Trouble::WrongEntries, Some(&origin));
            }
            Some(proven) => self.compare(at, proven, target, Some(peer)),
        }
    }

    /// Two verified checkpoints have different roots at one size.
    pub(super) fn contradicts(&mut self, at: usize, signed: Signed) {
        if let Some(held) = self.logs[at].signed_at(signed.size).cloned() {
            self.freeze(at, held, signed, Vec::new());
        }
    }

    /// Begins to compare two verified checkpoints; the tiles of `blamed` are read first.
    pub(super) fn compare(&mut self, at: usize, a: Signed, b: Signed, blamed: Option<PeerId>) {
        if self.logs[at].comparing.is_some() {
            return;
        }
        let (smaller, larger) = if a.size <= b.size { (a, b) } else { (b, a) };
        if smaller.size == larger.size {
            if smaller.root != larger.root {
                self.freeze(at, smaller, larger, Vec::new());
            }
            return;
        }
        let first = blamed.or_else(|| self.sources(&self.logs[at].origin.clone()).0.first().copied());
        let Some(peer) = first else { return };
        self.end_pull(at);
        let overdue = self.now;
        self.logs[at].comparing =
            Some(Box::new(Comparing { smaller, larger, at: Some(peer), tried: Vec::new(), blamed, overdue }));
        self.read_tiles(at, Some(peer));
    }

    /// Whether a late checkpoint may be compared with our own tiles now.
    pub(super) fn may_compare_own(&self, at: usize) -> bool {
        let log = &self.logs[at];
        let whole = log.proven.as_ref().is_some_and(|proven| proven.size == log.size());
        whole && log.comparing.is_none() && log.compare_after <= self.now
    }

    /// A verified checkpoint, smaller than what we have: our own tiles tell whether it fits.
    pub(super) fn compare_own(&mut self, at: usize, late: Signed) {
        let log = &mut self.logs[at];
        let Some(proven) = log.proven.clone() else { return };
        log.compare_after = self.now + OWN_EVERY;
        let overdue = self.now;
        let comparing =
            Comparing { smaller: late, larger: proven, at: None, tried: Vec::new(), blamed: None, overdue };
        log.comparing = Some(Box::new(comparing));
        self.read_tiles(at, None);
    }

    fn read_tiles(&mut self, at: usize, peer: Option<PeerId>) {
        let log = &mut self.logs[at];
        let Some(comparing) = &mut log.comparing else { return };
        comparing.at = peer;
        comparing.overdue = self.now + self.settings.answer;
        self.timers.at(comparing.overdue, Timer::Compare(at));
        let (old, new) = (comparing.smaller.size, comparing.larger.size);
        self.out.push(Action::Compare { peer, origin: log.origin.clone(), old, new });
    }

    pub(super) fn compared(&mut self, peer: Option<PeerId>, origin: &Origin, bridge: Option<Vec<Hash>>) {
        let Some(at) = self.by_origin.get(origin).copied() else { return };
        let Some(comparing) = self.logs[at].comparing.take_if(|comparing| comparing.at == peer) else {
            return;
        };
        let (smaller, larger) = (&comparing.smaller, &comparing.larger);
        let proven = bridge.and_then(|bridge| Some((roots(smaller.size, larger.size, &bridge)?, bridge)));
        match proven {
            Some(((old, new), _)) if new == larger.root && old == smaller.root => {
                if comparing.larger.size <= self.logs[at].size() {
                    self.logs[at].remember(comparing.smaller.clone());
                }
                if let Some(blamed) = comparing.blamed {
                    self.fault(blamed, Trouble::WrongEntries, Some(origin));
                }
                self.advance(at);
            }
            Some(((_, new), bridge)) if new == larger.root => {
                self.freeze(at, comparing.smaller, comparing.larger, bridge);
            }
            wrong => match peer {
                Some(peer) => {
                    if wrong.is_some() {
                        self.fault(peer, Trouble::WrongTiles, Some(origin));
                    }
                    self.compare_elsewhere(at, comparing);
                }
                None => {
                    self.alarm(Trouble::OwnStore, None, Some(origin));
                    self.advance(at);
                }
            },
        }
    }

    fn compare_elsewhere(&mut self, at: usize, mut comparing: Box<Comparing>) {
        comparing.tried.extend(comparing.at);
        let (sources, _) = self.sources(&self.logs[at].origin.clone());
        match sources.into_iter().find(|peer| !comparing.tried.contains(peer)) {
            Some(peer) => {
                self.logs[at].comparing = Some(comparing);
                self.read_tiles(at, Some(peer));
            }
            None => {
                // Nobody can tell now. What did not fit is fetched again later, and compared again.
                let log = &mut self.logs[at];
                log.pull_failures += 1;
                let (first, longest) = self.settings.back_off;
                let wait = first.saturating_mul(1 << log.pull_failures.min(16)).min(longest);
                log.pull_after = self.now + self.dice.around(wait);
                self.timers.at(log.pull_after, Timer::Pull(at));
            }
        }
    }

    pub(super) fn check_compare(&mut self, at: usize) {
        let now = self.now;
        let Some(comparing) = self.logs[at].comparing.take_if(|comparing| comparing.overdue <= now) else {
            return;
        };
        match comparing.at {
            Some(peer) => {
                self.failed(peer);
                self.compare_elsewhere(at, comparing);
            }
            None => self.advance(at),
        }
    }

    pub(super) fn freeze(&mut self, at: usize, a: Signed, b: Signed, bridge: Vec<Hash>) {
        self.silence(at);
        let log = &mut self.logs[at];
        log.frozen = true;
        let origin = log.origin.clone();
        self.not_wanted.insert(origin.clone());
        self.alarm(Trouble::Split, None, Some(&origin));
        self.out.push(Action::Freeze(Split { origin, a: a.note, b: b.note, bridge }));
    }
}
