//! Neighbours: which one is connected, what it is asked for, when another takes its place.

use std::collections::BTreeSet;

use super::timers::Timer;
use super::{Action, Alarm, Down, Follower, GroupId, PeerId, Trouble, Wanted, Why};
use crate::flow::{FlowRequest, NOT_WANTED};
use crate::moment::Moment;
use crate::names::Origin;

/// Withheld logs after which another neighbour takes the place of one.
const MAX_STRIKES: u32 = 3;
/// Logs added at once for which asking each is cheaper than a new request.
const FEW: usize = 16;
/// How long to gather added logs.
const GATHER: u64 = 300;

#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) line: Line,
    /// Attempts in a row that failed.
    pub(super) failures: u32,
    /// Times it was caught at fault; forgiven one by one.
    pub(super) faults: u32,
    pub(super) strikes: u32,
    /// Not to be used before.
    pub(super) retry_at: Moment,
    /// When something last came, or the dialling began.
    pub(super) heard: Moment,
    /// What it was asked for: every log, or these.
    pub(super) all: bool,
    pub(super) logs: BTreeSet<Origin>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Line {
    #[default]
    Off,
    Dialling,
    Up,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) peers: Vec<PeerId>,
    pub(super) wanted: Wanted,
    /// Who serves it now.
    pub(super) active: Option<PeerId>,
    /// Who is being dialled for it.
    pub(super) trying: Option<PeerId>,
}

impl Group {
    pub(super) fn wants(&self, origin: &Origin) -> bool {
        match &self.wanted {
            Wanted::All => true,
            Wanted::Logs(logs) => logs.contains(origin),
        }
    }

    fn uses(&self, peer: PeerId) -> bool {
        self.active == Some(peer) || self.trying == Some(peer)
    }
}

impl Follower {
    pub(super) fn set_group(&mut self, id: GroupId, peers: Vec<PeerId>, wanted: Wanted) {
        for peer in &peers {
            self.peers.entry(*peer).or_default();
        }
        let old = self.groups.remove(&id);
        if !peers.is_empty() {
            let stay = |peer: &PeerId| peers.contains(peer);
            let active = old.as_ref().and_then(|old| old.active).filter(stay);
            let trying = old.as_ref().and_then(|old| old.trying).filter(stay);
            self.groups.insert(id, Group { peers, wanted, active, trying });
        }
        for peer in old.into_iter().flat_map(|old| [old.active, old.trying]).flatten() {
            self.release(peer);
            self.renew(peer);
        }
        self.manage(id);
    }

    /// Sees to it that the best usable neighbour of a group serves it.
    pub(super) fn manage(&mut self, id: GroupId) {
        if !self.started {
            return;
        }
        let Some(group) = self.groups.get(&id) else { return };
        let usable = |peer: &PeerId| self.peers.get(peer).is_some_and(|peer| peer.retry_at <= self.now);
        let better = group.peers.iter().take_while(|peer| group.active != Some(**peer));
        let next = better.copied().find(usable);
        let waiting = group.peers.iter().take_while(|peer| group.active != Some(**peer));
        let wake = waiting.filter(|peer| !usable(peer)).filter_map(|peer| self.peers.get(peer));
        if let Some(at) = wake.map(|peer| peer.retry_at).min() {
            self.timers.at(at, Timer::Group(id));
        }
        match next {
            // A dial that is under way is not broken off for a better neighbour that may be dead.
            Some(peer) if group.trying.is_none() => {
                if let Some(group) = self.groups.get_mut(&id) {
                    group.trying = Some(peer);
                }
                self.dial(peer);
            }
            None if group.active.is_none() && group.trying.is_none() => {
                let lasting = |peer: &PeerId| self.peers.get(peer).is_some_and(|peer| peer.failures >= 3);
                if group.peers.iter().all(lasting) {
                    let first = group.peers.first().copied();
                    self.alarm(Trouble::Unreachable, first, None);
                }
            }
            _ => {}
        }
    }

    /// Opens a line, or asks an open one for more if what it was asked for is too little.
    fn dial(&mut self, peer: PeerId) {
        match self.peers.get(&peer).map(|peer| peer.line) {
            Some(Line::Up) if self.asked_enough(peer) => self.take_over(peer),
            Some(Line::Up) => {
                self.connect(peer);
                self.take_over(peer);
            }
            Some(Line::Off) => self.connect(peer),
            Some(Line::Dialling) if !self.asked_enough(peer) => self.connect(peer),
            _ => {}
        }
    }

    /// Sends a request for all that the groups want from this neighbour.
    pub(super) fn connect(&mut self, id: PeerId) {
        let freed: usize = self.logs.iter_mut().map(|log| log.drop_lane(id)).sum();
        self.buffered -= freed;
        let (all, wanted) = self.wanted_from(id);
        let followed = self.logs.iter().filter(|log| log.is_followed());
        let mut logs: Vec<(Origin, u64)> = followed
            .filter(|log| all || wanted.contains(&log.origin))
            .map(|log| (log.origin.clone(), log.cursor()))
            .collect();
        let asked =
            if all { BTreeSet::new() } else { logs.iter().map(|(origin, _)| origin.clone()).collect() };
        if all {
            let unwanted = self.logs.iter().filter(|log| !log.is_followed()).map(|log| &log.origin);
            let unwanted: BTreeSet<&Origin> = unwanted.chain(&self.not_wanted).collect();
            let known = |origin: &&&Origin| {
                !self.by_origin.get(**origin).is_some_and(|at| self.logs[*at].is_followed())
            };
            logs.extend(unwanted.iter().filter(known).map(|origin| ((*origin).clone(), NOT_WANTED)));
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.line == Line::Off {
            peer.line = Line::Dialling;
            peer.heard = self.now;
            self.timers.at(self.now + self.settings.dial, Timer::Peer(id));
        }
        (peer.all, peer.logs) = (all, asked);
        self.out.push(Action::Connect { peer: id, wants: FlowRequest { all, logs } });
    }

    fn wanted_from(&self, peer: PeerId) -> (bool, BTreeSet<Origin>) {
        let mut logs = BTreeSet::new();
        for group in self.groups.values().filter(|group| group.uses(peer)) {
            match &group.wanted {
                Wanted::All => return (true, BTreeSet::new()),
                Wanted::Logs(wanted) => logs.extend(wanted.iter().cloned()),
            }
        }
        (false, logs)
    }

    fn asked_enough(&self, id: PeerId) -> bool {
        let (all, wanted) = self.wanted_from(id);
        let Some(peer) = self.peers.get(&id) else { return true };
        let followed =
            |origin: &&Origin| self.by_origin.get(*origin).is_some_and(|at| self.logs[*at].is_followed());
        peer.all || (!all && wanted.iter().filter(followed).all(|origin| peer.logs.contains(origin)))
    }

    /// Asks a connected neighbour anew if the groups want more of it than before.
    fn renew(&mut self, peer: PeerId) {
        let on = self.peers.get(&peer).is_some_and(|peer| peer.line != Line::Off);
        if on && self.started && !self.asked_enough(peer) {
            self.connect(peer);
        }
    }

    /// Closes the line if no group uses it.
    fn release(&mut self, peer: PeerId) {
        if !self.groups.values().any(|group| group.uses(peer)) {
            self.hang_up(peer, Why::NotNeeded);
        }
    }

    fn hang_up(&mut self, id: PeerId, why: Why) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if std::mem::take(&mut peer.line) != Line::Off {
            self.out.push(Action::Disconnect { peer: id, why });
        }
        let freed: usize = self.logs.iter_mut().map(|log| log.drop_lane(id)).sum();
        self.buffered -= freed;
    }

    pub(super) fn peer_up(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.heard = self.now;
        if peer.line == Line::Dialling {
            peer.line = Line::Up;
            self.timers.at(self.now + self.settings.silence, Timer::Peer(id));
            self.take_over(id);
        }
    }

    /// A line that is up serves the groups for which it was dialled; whoever served them is released.
    fn take_over(&mut self, id: PeerId) {
        let (mut before, mut served) = (Vec::new(), Vec::new());
        for (group_id, group) in self.groups.iter_mut().filter(|(_, group)| group.trying == Some(id)) {
            group.trying = None;
            before.extend(group.active.replace(id));
            served.push(*group_id);
        }
        before.into_iter().filter(|peer| *peer != id).for_each(|peer| self.release(peer));
        served.into_iter().for_each(|group| self.manage(group));
    }

    pub(super) fn peer_down(&mut self, id: PeerId, why: Down) {
        if self.peers.get(&id).is_none_or(|peer| peer.line == Line::Off) {
            return;
        }
        if why == Down::Malformed {
            self.fault(id, Trouble::Malformed, None);
            return;
        }
        self.failed(id);
        self.lost(id);
    }

    /// Counts an attempt that failed, and waits longer with each.
    pub(super) fn failed(&mut self, id: PeerId) {
        let (first, longest) = self.settings.back_off;
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let wait = first.saturating_mul(1 << peer.failures.min(16)).min(longest);
        peer.failures += 1;
        peer.retry_at = peer.retry_at.max(self.now + self.dice.around(wait));
    }

    /// A line is gone: the groups that used it look for another.
    fn lost(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.line = Line::Off;
        }
        let freed: usize = self.logs.iter_mut().map(|log| log.drop_lane(id)).sum();
        self.buffered -= freed;
        let mut bereft = Vec::new();
        for (group_id, group) in &mut self.groups {
            if group.uses(id) {
                group.active = group.active.filter(|peer| *peer != id);
                group.trying = group.trying.filter(|peer| *peer != id);
                bereft.push(*group_id);
            }
        }
        bereft.into_iter().for_each(|group| self.manage(group));
    }

    /// The neighbour was caught: it is named, closed and left alone for a while.
    pub(super) fn fault(&mut self, id: PeerId, trouble: Trouble, origin: Option<&Origin>) {
        self.alarm(trouble, Some(id), origin);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let wait = self.settings.after_fault << peer.faults.min(6);
        peer.faults += 1;
        peer.strikes = 0;
        peer.retry_at = peer.retry_at.max(self.now + self.dice.around(wait));
        self.hang_up(id, Why::Fault(trouble));
        self.lost(id);
    }

    /// The neighbour did not bring what another had. The only one of a group is kept all the same.
    pub(super) fn strike(&mut self, id: PeerId, origin: &Origin) {
        self.alarm(Trouble::Withholding, Some(id), Some(origin));
        let replaceable =
            self.groups.values().filter(|group| group.active == Some(id)).all(|group| group.peers.len() > 1);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.strikes += 1;
        if peer.strikes >= MAX_STRIKES && replaceable {
            self.fault(id, Trouble::Withholding, Some(origin));
        }
    }

    /// Something proven came from this neighbour.
    pub(super) fn proved(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.failures = 0;
        }
    }

    /// True if what this neighbour sends in its flow is listened to.
    pub(super) fn hears(&mut self, id: PeerId) -> bool {
        match self.peers.get_mut(&id) {
            Some(peer) if peer.line != Line::Off => {
                peer.heard = self.now;
                true
            }
            _ => false,
        }
    }

    /// Looks whether a line opened in time, or still lives.
    pub(super) fn check_line(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let (limit, why) = match peer.line {
            Line::Off => return,
            Line::Dialling => (self.settings.dial, Why::TooSlow),
            Line::Up => (self.settings.silence, Why::Silent),
        };
        let until = peer.heard + limit;
        if until > self.now {
            // A line that has lived this long has worked off a failure and, in time, a fault.
            self.timers.at(until, Timer::Peer(id));
            return;
        }
        self.hang_up(id, why);
        self.failed(id);
        self.lost(id);
    }

    /// Neighbours that may be asked about a log, in the order of preference, and whoever serves it now.
    pub(super) fn sources(&self, origin: &Origin) -> (Vec<PeerId>, Option<PeerId>) {
        let mut sources = Vec::new();
        let mut active = None;
        for group in self.groups.values().filter(|group| group.wants(origin)) {
            active = active.or(group.active);
            let usable = |peer: &&PeerId| self.peers.get(peer).is_some_and(|peer| peer.retry_at <= self.now);
            sources.extend(group.peers.iter().filter(usable).copied());
        }
        let mut seen = BTreeSet::new();
        sources.retain(|peer| seen.insert(*peer));
        (sources, active)
    }

    /// Logs were added while lines are up that do not ask for them: few are asked for one by one, many, or
    /// those that are not part of a request for all, by a new request.
    pub(super) fn gather(&mut self, at: usize) {
        if !self.started {
            return;
        }
        if self.fresh.is_empty() {
            self.timers.at(self.now + GATHER, Timer::Fresh);
        }
        self.fresh.push(at);
    }

    pub(super) fn tell_of_fresh(&mut self) {
        let fresh = std::mem::take(&mut self.fresh);
        let on: Vec<PeerId> =
            self.peers.iter().filter(|(_, peer)| peer.line != Line::Off).map(|(id, _)| *id).collect();
        for id in on {
            let all = self.peers.get(&id).is_some_and(|peer| peer.all);
            if !all {
                self.renew(id);
            } else if fresh.len() > FEW {
                self.connect(id);
            } else {
                for at in &fresh {
                    self.ask(id, *at, true);
                }
            }
        }
    }

    pub(super) fn alarm(&mut self, about: Trouble, peer: Option<PeerId>, origin: Option<&Origin>) {
        const QUIET: u64 = 600_000;
        let alarm = Alarm { about, peer, origin: origin.cloned() };
        let now = self.now;
        if self.alarmed.len() >= 1_024 {
            self.alarmed.retain(|_, at| *at + QUIET > now);
        }
        if self.alarmed.get(&alarm).is_some_and(|at| *at + QUIET > now) || self.alarmed.len() >= 4_096 {
            return;
        }
        self.alarmed.insert(alarm.clone(), now);
        self.out.push(Action::Alarm(alarm));
    }
}
