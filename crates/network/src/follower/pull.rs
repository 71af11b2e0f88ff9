//! Catch-up: what the flow did not bring is read from bundles and tiles, part by part.
//!
//! Every part comes with the bridge from its end to the checkpoint that is aimed at, so it is proven and
//! applied on its own, and a log of any length passes through bounded memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use tlog::{Hash, Note, TILE_WIDTH};

use super::log::Signed;
use super::timers::Timer;
use super::{Action, Bytes, Follower, PeerId, Trouble};
use crate::bridge::root_beyond;
use crate::entry::MAX_ENTRY;
use crate::moment::Moment;
use crate::names::Origin;

/// Parts of one log under way or waiting for their turn.
const WINDOW: usize = 8;

/// A catch-up under way.
#[derive(Debug)]
pub(super) struct Pull {
    target: Signed,
    peer: PeerId,
    /// Neighbours that could not serve it.
    tried: Vec<PeerId>,
    /// Who should have brought this in its flow and did not.
    instead_of: Option<PeerId>,
    next: u64,
    /// First entry to (after the last, overdue at).
    asked: BTreeMap<u64, (u64, Moment)>,
    ready: BTreeMap<u64, Part>,
}

#[derive(Debug)]
struct Part {
    entries: Vec<Bytes>,
    bridge: Vec<Hash>,
}

impl Part {
    fn end(&self, from: u64) -> u64 {
        from + self.entries.len() as u64
    }

    /// True if it begins at `from` and holds the entry at `index`.
    fn holds(&self, from: u64, index: u64) -> bool {
        from <= index && index < self.end(from)
    }
}

impl Follower {
    /// Begins to fetch what leads to the largest verified checkpoint; `instead_of` is asked last.
    pub(super) fn pull(&mut self, at: usize, instead_of: Option<PeerId>) {
        let log = &self.logs[at];
        if !self.started
            || log.pull.is_some()
            || log.comparing.is_some()
            || log.queued
            || log.targets.is_empty()
        {
            return;
        }
        if log.pull_after > self.now {
            self.timers.at(log.pull_after, Timer::Pull(at));
            return;
        }
        self.begin(at, instead_of, Vec::new());
    }

    fn begin(&mut self, at: usize, instead_of: Option<PeerId>, tried: Vec<PeerId>) {
        let log = &self.logs[at];
        let Some(target) = log.targets.last().cloned() else { return };
        let (sources, active) = self.sources(&log.origin);
        let usable = |peer: &&PeerId| !tried.contains(peer);
        let others = sources.iter().filter(usable).find(|peer| instead_of != Some(**peer));
        let at_hand = active.filter(|peer| instead_of != Some(*peer) && !tried.contains(peer));
        let Some(peer) = at_hand.or(others.copied()).or(sources.iter().find(usable).copied()) else {
            return self.no_source(at);
        };
        let log = &mut self.logs[at];
        let (next, asked, ready) = (log.cursor(), BTreeMap::new(), BTreeMap::new());
        log.pull = Some(Box::new(Pull { target, peer, tried, instead_of, next, asked, ready }));
        self.request(at);
    }

    fn no_source(&mut self, at: usize) {
        let log = &mut self.logs[at];
        log.pull_failures += 1;
        let (first, longest) = self.settings.back_off;
        let wait = first.saturating_mul(1 << log.pull_failures.min(16)).min(longest);
        log.pull_after = self.now + self.dice.around(wait);
        self.timers.at(log.pull_after, Timer::Pull(at));
        if log.pull_failures >= 3 {
            let origin = log.origin.clone();
            self.alarm(Trouble::Unavailable, None, Some(&origin));
        }
    }

    /// Asks for more parts while the windows of the log and of the follower allow.
    fn request(&mut self, at: usize) {
        let log = &mut self.logs[at];
        let Some(pull) = &mut log.pull else { return };
        while pull.asked.len() + pull.ready.len() < WINDOW && pull.next < pull.target.size {
            if self.fetching >= self.settings.fetches {
                if !std::mem::replace(&mut log.queued, true) {
                    if log.watched { self.queue.push_front(at) } else { self.queue.push_back(at) }
                }
                return;
            }
            let (from, tree) = (pull.next, pull.target.size);
            let to = (from / TILE_WIDTH + 1).saturating_mul(TILE_WIDTH).min(tree);
            let overdue = self.now + self.settings.answer;
            pull.asked.insert(from, (to, overdue));
            pull.next = to;
            self.fetching += 1;
            self.timers.at(overdue, Timer::Pull(at));
            self.out.push(Action::Fetch { peer: pull.peer, origin: log.origin.clone(), from, to, tree });
        }
    }

    /// A fetch has ended in one way or another: whoever waits may go on.
    fn fetch_ended(&mut self) {
        self.fetching = self.fetching.saturating_sub(1);
        while self.fetching < self.settings.fetches
            && let Some(at) = self.queue.pop_front()
        {
            self.logs[at].queued = false;
            if self.logs[at].pull.is_some() {
                self.request(at);
            } else {
                self.advance(at);
            }
        }
    }

    pub(super) fn fetched(
        &mut self,
        peer: PeerId,
        origin: &Origin,
        from: u64,
        entries: Vec<Bytes>,
        bridge: Vec<Hash>,
    ) {
        let Some(at) = self.asked_for(peer, origin, from) else { return };
        let pull = self.logs[at].pull.as_mut();
        let Some((pull, (to, _))) = pull.and_then(|pull| pull.asked.remove(&from).map(|part| (pull, part)))
        else {
            return;
        };
        let whole = entries.len() as u64 == to - from && entries.iter().all(|entry| entry.len() <= MAX_ENTRY);
        if whole {
            pull.ready.insert(from, Part { entries, bridge });
        }
        self.fetch_ended();
        if whole {
            self.advance(at);
        } else {
            let origin = origin.clone();
            self.fault(peer, Trouble::WrongTiles, Some(&origin));
            self.next_source(at);
        }
    }

    pub(super) fn fetch_failed(&mut self, peer: PeerId, origin: &Origin, from: u64) {
        let Some(at) = self.asked_for(peer, origin, from) else { return };
        if let Some(pull) = &mut self.logs[at].pull {
            pull.asked.remove(&from);
        }
        self.fetch_ended();
        self.next_source(at);
    }

    fn asked_for(&self, peer: PeerId, origin: &Origin, from: u64) -> Option<usize> {
        let at = self.by_origin.get(origin).copied()?;
        let pull = self.logs[at].pull.as_ref()?;
        (pull.peer == peer && pull.asked.contains_key(&from)).then_some(at)
    }

    /// True if the next part has come.
    pub(super) fn pull_has_next(&self, at: usize) -> bool {
        let log = &self.logs[at];
        let next = |(from, part): (&u64, &Part)| part.holds(*from, log.size());
        log.pull.as_ref().is_some_and(|pull| pull.ready.iter().any(next))
    }

    /// Applies the next part, and with it whatever follows it without a gap, if their root leads to the
    /// checkpoint: a commit costs the same for one part as for several.
    pub(super) fn take_pulled(&mut self, at: usize) {
        let log = &mut self.logs[at];
        let size = log.size();
        let Some(pull) = &mut log.pull else { return };
        let mut next = size;
        let (mut entries, mut bridge) = (Vec::new(), None);
        while let Some(from) =
            pull.ready.iter().find(|(from, part)| part.holds(**from, next)).map(|(f, _)| *f)
            && let Some(part) = pull.ready.remove(&from)
        {
            let end = part.end(from);
            entries.extend(part.entries.into_iter().skip((next - from) as usize));
            (next, bridge) = (end, Some(part.bridge));
        }
        let (Some(bridge), target, peer) = (bridge, pull.target.clone(), pull.peer) else { return };
        let tried = log.try_on(entries.iter());
        // The last part's bridge begins where all of them end, so it proves them all.
        if root_beyond(&tried.frontier, target.size, &bridge) == Some(target.root) {
            self.apply(at, tried, target, Some(peer));
        } else {
            self.end_pull(at);
            self.suspect(at, target, peer);
            self.advance(at);
        }
    }

    /// After a batch was applied: the catch-up goes on, or has come to its end.
    pub(super) fn pull_went_on(&mut self, at: usize) {
        let log = &mut self.logs[at];
        let size = log.size();
        let Some(pull) = &mut log.pull else { return };
        pull.ready.retain(|from, part| size < part.end(*from));
        log.pull_failures = 0;
        let late = pull.instead_of.take().filter(|late| *late != pull.peer);
        if size >= pull.target.size {
            self.end_pull(at);
        } else {
            self.request(at);
        }
        if let Some(late) = late {
            let origin = self.logs[at].origin.clone();
            self.strike(late, &origin);
        }
    }

    /// Ends a catch-up; answers that are still under way will be ignored.
    pub(super) fn end_pull(&mut self, at: usize) {
        if let Some(pull) = self.logs[at].pull.take() {
            for _ in 0..pull.asked.len() {
                self.fetch_ended();
            }
        }
    }

    /// The same catch-up from another neighbour.
    fn next_source(&mut self, at: usize) {
        let Some(pull) = &self.logs[at].pull else { return };
        let mut tried = pull.tried.clone();
        tried.push(pull.peer);
        let instead_of = pull.instead_of;
        self.end_pull(at);
        if self.logs[at].is_followed() && self.logs[at].size() < self.largest_target(at) {
            self.begin(at, instead_of, tried);
        }
    }

    fn largest_target(&self, at: usize) -> u64 {
        self.logs[at].targets.last().map_or(0, |target| target.size)
    }

    pub(super) fn check_pull(&mut self, at: usize) {
        let now = self.now;
        let overdue = |pull: &Pull| pull.asked.values().any(|(_, until)| *until <= now);
        match &self.logs[at].pull {
            Some(pull) if overdue(pull) => {
                let peer = pull.peer;
                self.failed(peer);
                self.next_source(at);
            }
            Some(_) => {}
            None => self.advance(at),
        }
    }

    /// Asks a neighbour for its newest checkpoint; `at_once`: a larger one is fetched without waiting for the flow.
    pub(super) fn ask(&mut self, peer: PeerId, at: usize, at_once: bool) {
        let under_way = self.asks.entry((peer, at)).or_insert(false);
        let first = !*under_way || !at_once;
        *under_way |= at_once;
        if first {
            self.out.push(Action::Ask { peer, origin: self.logs[at].origin.clone() });
        }
    }

    pub(super) fn asked(&mut self, peer: PeerId, origin: &Origin, note: Option<Arc<Note>>) {
        let Some(at) = self.by_origin.get(origin).copied() else { return };
        let Some(at_once) = self.asks.remove(&(peer, at)) else { return };
        let (Some(note), true) = (note, self.logs[at].is_followed()) else { return };
        let log = &self.logs[at];
        match log.claim(&note) {
            Some(claim) if !at_once && claim.size > log.cursor() && log.signed_at(claim.size).is_none() => {
                self.hear_of(at, claim.size, claim.root, note);
            }
            _ => self.checkpoint(at, &note, Some(peer)),
        }
    }

    /// Asks one neighbour for each watched log, another one each time, rather not the one that serves it.
    pub(super) fn watch(&mut self) {
        let wait = self.dice.around(self.settings.watch);
        self.timers.at(self.now + wait, Timer::Watch);
        for at in 0..self.logs.len() {
            let log = &self.logs[at];
            if !log.watched || !log.is_followed() {
                continue;
            }
            let (mut sources, active) = self.sources(&log.origin);
            if sources.len() > 1 {
                sources.retain(|peer| active != Some(*peer));
            }
            let pick = self.dice.below(sources.len() as u64) as usize;
            if let Some(peer) = sources.get(pick) {
                self.asks.remove(&(*peer, at));
                self.ask(*peer, at, false);
            }
        }
    }
}
