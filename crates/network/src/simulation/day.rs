//! The day: what editors do, what goes wrong when, and how own logs are signed and taken back.

use std::sync::Arc;

use tlog::Note;
use uuid::Uuid;

use super::messages::{Msg, Question, Step};
use super::node::{Gate, Held, Lie, LieKind};
use super::truth::{Branch, Content, Item, Read};
use super::world::World;
use crate::content::{ITEM_TYPE, NOTE_TYPE};
use crate::entry::{Act, ContentRef, ItemChange, Kind, Lane, Withdrawal};
use crate::follower::{self, GroupId, PeerId, Wanted};
use crate::keys::Keys;
use crate::names::ContentHash;
use crate::startup::{Decision, Own, Returned, decide};

/// How often an editor tries again while the node is down.
const MAX_TRIES: u32 = 2_000;
const MINUTE: u64 = 60_000;

impl World {
    pub(super) fn plan_the_day(&mut self) {
        let day = self.plan.minutes * MINUTE;
        let faults = self.plan.faults.clone();
        for at in 0..self.plan.items + self.plan.items / 10 {
            let step = match at.checked_sub(self.plan.items).map(|other| other % 10) {
                None if at % 12 == 11 => Step::Seal,
                None => Step::Issue,
                Some(0..=4) => Step::Correct,
                Some(5..=6) => Step::Withdraw,
                Some(7..=8) => Step::Erase,
                Some(_) => Step::Order,
            };
            let (early, node) = (2 * MINUTE, self.editor());
            let when = early + self.dice.below(day - 3 * MINUTE);
            self.after(when, Msg::Step { node, step, tries: 0 });
        }
        let some_time = |world: &mut World| 3 * MINUTE + world.dice.below(day * 7 / 10);
        let full = self.plan.full as u64;
        let kinds =
            [LieKind::Altered, LieKind::Truncated, LieKind::Withheld, LieKind::Stale, LieKind::WrongContent];
        for at in 0..faults.liars.min(self.plan.full / 3) {
            let since = some_time(self);
            // The last of the full nodes: provinces, which others have for their primary or in reserve.
            let node = self.plan.full - 1 - at;
            self.nodes[node].lie = Some(Lie { kind: kinds[at % kinds.len()], since });
        }
        for _ in 0..faults.crashes {
            let (when, node) = (some_time(self), self.dice.below(self.plan.nodes as u64) as usize);
            let back_after = 1_000 + self.dice.below(5 * MINUTE);
            self.after(when, Msg::Crash { node, back_after });
        }
        for _ in 0..faults.partitions {
            let when = some_time(self);
            self.after(when, Msg::Partition);
            let until = when + MINUTE + self.dice.below(10 * MINUTE);
            self.after(until.min(day - 1_000), Msg::Mend);
        }
        for at in 0..faults.forks {
            let when = some_time(self);
            let first = (self.plan.full - 1) / 3 + 1;
            self.after(when, Msg::Fork { node: (first + at).min(self.plan.full - 1) });
        }
        for at in 0..faults.restored {
            let (when, node) =
                (some_time(self), if at == 0 { 0 } else { 1 + self.dice.below(full - 1) as usize });
            self.after(when * 2 / 3, Msg::Backup { node });
            self.after(when, Msg::Restore { node });
        }
        for at in 0..faults.unreachable {
            // Nodes under provinces, the last ones: nothing depends on them.
            let node = self.plan.nodes - 1 - at;
            let when = some_time(self);
            if node >= self.plan.full {
                self.after(when, Msg::CutOff { node });
            }
        }
        self.after(day, Msg::Evening);
    }

    /// Who issues next: half by the centre and ministries, the rest by anybody.
    fn editor(&mut self) -> usize {
        let many =
            if self.dice.chance(50) { (self.plan.full as u64 - 1) / 3 + 1 } else { self.plan.nodes as u64 };
        self.dice.below(many) as usize
    }

    pub(super) fn step(&mut self, node: usize, step: Step, tries: u32) {
        let standing = |item: &Item| item.standing;
        let picked = if matches!(step, Step::Issue | Step::Seal | Step::Open(_)) {
            None
        } else {
            let all: Vec<usize> = (0..self.items.len()).filter(|at| standing(&self.items[*at])).collect();
            let pick = self.dice.below(all.len() as u64) as usize;
            let Some(item) = all.get(pick).copied() else { return };
            Some(item)
        };
        let owner = picked.map_or(node, |item| self.logs[self.items[item].log].owner);
        let node = if step == Step::Order { self.nodes[owner].kin.parent } else { owner };
        let log = node;
        let open = self.nodes[node]
            .memory
            .as_ref()
            .is_some_and(|memory| memory.gates.get(&log).is_some_and(|gate| gate.open));
        if !open || self.nodes[node].side != 0 {
            let again = Msg::Step { node, step, tries: tries + 1 };
            if tries < MAX_TRIES && self.nodes[node].side < 2 {
                self.after(5_000, again);
            }
            return;
        }
        match (step, picked) {
            (Step::Issue, _) => self.issue(node, log),
            (Step::Seal, _) => self.seal(node, log),
            (Step::Open(at), _) => self.open(node, log, at),
            (Step::Correct, Some(item)) => {
                self.items[item].edition += 1;
                self.edition(node, item, ItemChange::Correct);
            }
            (Step::Withdraw, Some(item)) => {
                self.items[item].standing = false;
                let id = self.items[item].id;
                let kind =
                    Kind::ItemWithdrawn { item: id, mode: Withdrawal::Gone, lane: Lane::Urgent, note: None };
                self.state(node, log, kind, Vec::new(), Vec::new());
            }
            (_, Some(item)) => {
                self.items[item].standing = false;
                let erases = self.items[item].contents.clone();
                let (basis, pointer) = self.new_content(NOTE_TYPE);
                let id = self.items[item].id;
                let kind = if step == Step::Order && node != owner {
                    let origin = self.origin(self.items[item].log);
                    Kind::ItemOrdered { origin, item: id, act: Act::Erase, basis: pointer }
                } else {
                    Kind::ItemErased { item: id, lane: Lane::Urgent, basis: pointer }
                };
                self.state(node, log, kind, vec![basis], erases);
            }
            (_, None) => {}
        }
    }

    fn issue(&mut self, node: usize, log: usize) {
        let id = Uuid::from_u128((u128::from(self.dice.throw()) << 64) | u128::from(self.dice.throw()));
        self.items.push(Item { id, log, edition: 1, contents: Vec::new(), standing: true });
        self.report.items += 1;
        self.edition(node, self.items.len() - 1, ItemChange::New);
    }

    fn edition(&mut self, node: usize, item: usize, change: ItemChange) {
        let (id, content) = self.new_content(ITEM_TYPE);
        let mut contents = vec![id];
        let mut files = Vec::new();
        if self.dice.chance(30) {
            let (id, file) = self.new_content("application/pdf");
            contents.push(id);
            files.push(file);
        }
        self.items[item].contents.extend(&contents);
        let lane = if self.dice.chance(10) { Lane::Urgent } else { Lane::Normal };
        let edition = self.items[item].edition;
        let kind = Kind::ItemIssued { item: self.items[item].id, edition, change, lane, content, files };
        self.state(node, self.items[item].log, kind, contents, Vec::new());
    }

    pub(super) fn new_content(&mut self, media: &str) -> (usize, ContentRef) {
        let id = self.content.len();
        let hash = ContentHash::of(format!("{} {id}", self.plan.seed).as_bytes());
        let size = 500 + self.dice.below(20_000);
        self.content.push(Content { hash, size });
        self.content_ids.insert(hash, id);
        (id, ContentRef { sha256: hash, size, media: media.to_owned() })
    }

    /// A node states something in a log of its own, and signs it.
    pub(super) fn state(
        &mut self,
        node: usize,
        log: usize,
        kind: Kind,
        contents: Vec<usize>,
        erases: Vec<usize>,
    ) {
        let from = self.logs[log].size();
        if self.nodes[node].durable.held.get(&log).is_none_or(|held| held.size != from) {
            let what = format!("{} signed over its own past", self.nodes[node].name);
            return self.violation(what);
        }
        for id in &contents {
            self.nodes[node].durable.content.set(*id, true);
        }
        if self.logs[log].branches.len() > 1 {
            let (_, other) = self.new_content(NOTE_TYPE);
            let lie = Kind::ItemErased { item: Uuid::nil(), lane: Lane::Normal, basis: other };
            let read = Read { entry: self.entry(lie), note: None, contents: Vec::new(), erases: Vec::new() };
            if self.logs[log].append(1, read, self.now).is_ok() {
                let _ = self.logs[log].branches[1].ledger.sign();
            }
        }
        let read = Read { entry: self.entry(kind), note: None, contents, erases };
        match self.logs[log].append(0, read, self.now) {
            Ok(()) => self.signed(node, log, from),
            Err(error) => self.violation(format!("an entry was refused: {error}")),
        }
    }

    /// Signs the head of an own log that has grown, and lets everything follow that follows.
    pub(super) fn signed(&mut self, node: usize, log: usize, from: u64) {
        let Ok(note) = self.logs[log].branches[0].ledger.sign() else {
            return self.violation("a checkpoint could not be signed".into());
        };
        let size = self.logs[log].size();
        let held = Held { size, branch: 0, note: Some(note.clone()), served: Some((size, note)) };
        self.nodes[node].durable.held.insert(log, held);
        self.after_commit(node, log, from, true);
    }

    pub(super) fn partition(&mut self) {
        for at in 0..self.nodes.len() {
            if self.nodes[at].side == 0 && self.dice.chance(33) {
                self.nodes[at].side = 1;
            }
        }
        self.break_crossing();
    }

    pub(super) fn mend(&mut self) {
        self.nodes.iter_mut().filter(|node| node.side == 1).for_each(|node| node.side = 0);
    }

    pub(super) fn cut_off(&mut self, node: usize) {
        self.nodes[node].side = 2;
        self.break_crossing();
    }

    /// From now on a node shows another log of its own to the nodes under it.
    pub(super) fn fork(&mut self, node: usize) {
        let truth = &self.logs[node];
        if truth.branches.len() > 1 || truth.size() == 0 {
            return;
        }
        let Ok(ledger) = truth.ledger(0).fork(truth.size()) else { return };
        let read = truth.branches[0].read.clone();
        self.logs[node].branches.push(Branch { ledger, read });
        self.after(1_000, Msg::Step { node, step: Step::Issue, tries: 0 });
    }

    pub(super) fn restore(&mut self, node: usize) {
        let read_by = |log: &usize, at: &usize| {
            self.nodes[*at].durable.held.get(log).is_some_and(|held| held.size >= self.logs[*log].size())
        };
        let neighbours = &self.nodes[node].neighbours;
        let is_elsewhere =
            |log: &usize| neighbours.iter().all(|at| self.nodes[*at].side == 2 || read_by(log, at));
        // What nobody else has read is lost with the disk, and no protocol brings it back; the day is about the rest.
        if !self.own_logs(node).iter().all(is_elsewhere) {
            return self.after(MINUTE, Msg::Restore { node });
        }
        let forked = self.logs[node].branches.len() > 1;
        if let (Some(backup), false) = (self.nodes[node].backup.take(), forked) {
            self.crash(node);
            // Erasures are kept apart from backups, so that what was erased does not rise again.
            let erased = self.nodes[node].durable.erased.clone();
            self.nodes[node].durable = backup;
            for id in 0..self.content.len() {
                if erased.has(id) {
                    self.nodes[node].durable.erased.set(id, true);
                    self.nodes[node].durable.content.set(id, false);
                }
            }
            self.after(5_000, Msg::Boot { node });
        }
    }

    /// Asks others what they hold of an own log, until it may be signed.
    pub(super) fn open_gate(&mut self, node: usize, log: usize) {
        let epoch = self.nodes[node].epoch;
        let receipted = self.is_receipted(node, log);
        let Some(memory) = &mut self.nodes[node].memory else { return };
        let gate = memory.gates.entry(log).or_insert_with(Gate::default);
        if gate.open {
            return;
        }
        if !receipted {
            gate.open = true;
            return;
        }
        for to in self.nodes[node].neighbours.clone() {
            let wait = self.latency(node, to);
            let question = Question::Ask { log, own: true };
            self.after(wait, Msg::Question { from: node, epoch, to, question });
        }
        self.after(10_000, Msg::Gate { node, epoch, log });
    }

    fn is_receipted(&self, node: usize, log: usize) -> bool {
        self.nodes
            .iter()
            .any(|other| other.at != node && other.durable.held.get(&log).is_some_and(|held| held.size > 0))
    }

    pub(super) fn gate_answer(
        &mut self,
        node: usize,
        log: usize,
        peer: PeerId,
        reached: bool,
        note: Option<Arc<Note>>,
    ) {
        let Some(memory) = &mut self.nodes[node].memory else { return };
        let Some(gate) = memory.gates.get_mut(&log).filter(|gate| !gate.open && reached) else { return };
        gate.answers.retain(|(from, _)| *from != peer);
        gate.answers
            .push((peer, note.map_or(Returned::Nothing, |note| Returned::Checkpoint((*note).clone()))));
        self.decide_gate(node, log);
    }

    fn decide_gate(&mut self, node: usize, log: usize) {
        let receipted = self.is_receipted(node, log);
        let truth = &self.logs[log];
        let size = self.nodes[node].durable.held.get(&log).map_or(0, |held| held.size);
        let Some(memory) = &mut self.nodes[node].memory else { return };
        let Some(gate) = memory.gates.get_mut(&log) else { return };
        let keys = Keys::single(truth.ledger(0).key().clone());
        let root_at = |size: u64| Some(truth.ledger(0).frontier(size).root());
        let own = Own {
            origin: truth.ledger(0).origin().clone(),
            keys: keys.clone(),
            size,
            root: truth.ledger(0).frontier(size).root(),
            receipted,
        };
        match decide(&own, &gate.answers, root_at) {
            Decision::Sign => {
                gate.open = true;
                if memory.follower.log(&own.origin).is_some() {
                    self.report.tails += 1;
                    self.follower(node, follower::Event::LogDropped { origin: own.origin });
                    let (peers, wanted) = (Vec::new(), Wanted::All);
                    self.follower(
                        node,
                        follower::Event::Neighbours { group: tail_group(log), peers, wanted },
                    );
                }
            }
            Decision::TakeTail { .. } if memory.follower.log(&own.origin).is_none() => {
                let checkpoint = self.nodes[node].durable.held.get(&log).and_then(|held| held.note.clone());
                let peers = self.nodes[node].neighbours.iter().map(|peer| PeerId(*peer as u32)).collect();
                let wanted = Wanted::Logs([own.origin.clone()].into());
                let frontier = self.logs[log].ledger(0).frontier(size);
                let (origin, cosigners) = (own.origin, Arc::new([]));
                let added = follower::Event::LogAdded {
                    origin,
                    keys,
                    cosigners,
                    frontier,
                    checkpoint,
                    watched: false,
                };
                self.follower(node, added);
                self.follower(node, follower::Event::Neighbours { group: tail_group(log), peers, wanted });
            }
            Decision::TakeTail { .. } | Decision::WaitLonger => {}
            Decision::Freeze { .. } => {
                // Only the dishonest have signed otherwise; their own log is what they say it is.
                if self.logs[log].branches.len() > 1 {
                    gate.open = true;
                } else {
                    self.violation(format!("{} would freeze its own log", own.origin));
                }
            }
        }
    }

    /// After a step of an own log that is being taken back: may it be signed now?
    pub(super) fn look_at_tail(&mut self, node: usize, log: usize) {
        if self.logs[log].owner == node {
            self.decide_gate(node, log);
        }
    }
}

/// The group under which a node takes the tail of an own log back.
fn tail_group(log: usize) -> GroupId {
    GroupId(u32::MAX - log as u32)
}
