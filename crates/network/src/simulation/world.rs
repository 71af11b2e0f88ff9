//! The world: a queue of what arrives when, and one handler per kind.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use tlog::{Checkpoint, VerifierKey};

use super::embargo::Embargo;
use super::messages::{Answer, Due, Msg, Question};
use super::node::{Held, Node};
use super::setup::Nation;
use super::truth::{Content, Item, Log};
use super::{Plan, Report};
use crate::contents;
use crate::follower::{self, Batch, PeerId};
use crate::memo::Memo;
use crate::moment::{Dice, Moment};
use crate::names::{ContentHash, Origin};
use crate::root::RootNote;

pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) dice: Dice,
    pub(super) memo: Memo,
    pub(super) now: u64,
    pub(super) evening: bool,
    turn: u64,
    queue: BinaryHeap<Reverse<Due>>,
    pub(super) root_note: RootNote,
    pub(super) cosigners: Arc<[VerifierKey]>,
    pub(super) quorum: BTreeSet<usize>,
    pub(super) logs: Vec<Log>,
    pub(super) by_origin: HashMap<Origin, usize>,
    pub(super) heads: usize,
    pub(super) heads_armed: bool,
    /// Places of each log's heads in the heads log.
    pub(super) head_places: HashMap<usize, Vec<u64>>,
    pub(super) nodes: Vec<Node>,
    pub(super) content: Vec<Content>,
    pub(super) content_ids: HashMap<ContentHash, usize>,
    pub(super) items: Vec<Item>,
    pub(super) embargoes: Vec<Embargo>,
    pub(super) shown: BTreeSet<usize>,
    pub(super) lines: u32,
    pub(super) delays: Vec<u32>,
    pub(super) report: Report,
}

impl World {
    pub(super) fn new(plan: &Plan) -> Result<World, String> {
        let mut dice = Dice::new(plan.seed);
        let nation = Nation::new(plan, &mut dice)?;
        let mut world = World {
            plan: plan.clone(),
            dice,
            memo: Memo::new(),
            now: 0,
            evening: false,
            turn: 0,
            queue: BinaryHeap::new(),
            root_note: nation.root_note,
            cosigners: nation.cosigners,
            quorum: nation.quorum,
            logs: nation.logs,
            by_origin: nation.by_origin,
            heads: nation.heads,
            heads_armed: false,
            head_places: HashMap::new(),
            nodes: nation.nodes,
            content: Vec::new(),
            content_ids: HashMap::new(),
            items: Vec::new(),
            embargoes: Vec::new(),
            shown: BTreeSet::new(),
            lines: 0,
            delays: Vec::new(),
            report: Report { seed: plan.seed, nodes: plan.nodes, ..Report::default() },
        };
        for node in 0..plan.nodes {
            let at = world.dice.below(2_000);
            world.after(at, Msg::Boot { node });
        }
        world.plan_the_day();
        Ok(world)
    }

    pub(super) fn after(&mut self, millis: u64, msg: Msg) {
        self.turn += 1;
        self.queue.push(Reverse(Due { at: self.now + millis, turn: self.turn, msg }));
    }

    pub(super) fn origin(&self, log: usize) -> Origin {
        self.logs[log].ledger(0).origin().clone()
    }

    pub(super) fn violation(&mut self, what: String) {
        if self.report.violations.len() < 100 {
            self.report.violations.push(format!("at {} ms: {what}", self.now));
        }
    }

    /// Until the evening has come and all is settled, or for three hours more.
    pub(super) fn live(&mut self, tell: &mut dyn FnMut(u64)) {
        let evening = self.plan.minutes * 60_000;
        let mut look = evening + 60_000;
        while let Some(Reverse(due)) = self.queue.pop() {
            self.now = due.at;
            if self.now >= look {
                if self.is_settled() || self.now > evening + 3 * 3_600_000 {
                    break;
                }
                look += 60_000;
            }
            self.report.events += 1;
            self.handle(due.msg);
            if self.report.events.is_multiple_of(50_000) {
                self.probe();
                tell(self.now);
            }
        }
        self.check();
    }

    fn handle(&mut self, msg: Msg) {
        match msg {
            Msg::Boot { node } => self.boot(node),
            Msg::Crash { node, back_after } if self.nodes[node].memory.is_some() => {
                self.report.crashes += 1;
                self.crash(node);
                self.after(back_after, Msg::Boot { node });
            }
            Msg::Backup { node } => self.nodes[node].backup = Some(self.nodes[node].durable.clone()),
            Msg::Restore { node } => self.restore(node),
            Msg::Partition => self.partition(),
            Msg::Mend => self.mend(),
            Msg::CutOff { node } => self.cut_off(node),
            Msg::Fork { node } => self.fork(node),
            Msg::Evening => self.evening = true,
            Msg::WakeFollower { node, epoch } if self.nodes[node].epoch == epoch => {
                self.follower(node, follower::Event::Tick);
            }
            Msg::WakeContents { node, epoch } if self.nodes[node].epoch == epoch => {
                self.contents(node, contents::Event::Tick);
            }
            Msg::Beat { node, epoch } if self.nodes[node].epoch == epoch => self.beat(node),
            Msg::Dial { client, server, line, request } => self.dial(client, server, line, &request),
            Msg::Dialled { client, server, line, open } => self.dialled(client, server, line, open),
            Msg::Frame { client, server, line, frame } => self.frame(client, server, line, frame),
            Msg::Lost { client, server, line } => self.lost(client, server, line),
            Msg::HungUp { client, server, line } => self.hung_up(client, server, line),
            Msg::Question { from, epoch, to, question } => self.question(from, epoch, to, question),
            Msg::Answer { to, epoch, from, answer } if self.nodes[to].epoch == epoch => {
                self.answer(to, from, *answer);
            }
            Msg::Commit { node, epoch, batch } if self.nodes[node].epoch == epoch => {
                self.commit(node, &batch)
            }
            Msg::Applied { node, epoch, log, size, done } if self.nodes[node].epoch == epoch => {
                let origin = self.origin(log);
                let event = if done {
                    follower::Event::Applied { origin, size }
                } else {
                    follower::Event::ApplyFailed { origin }
                };
                self.follower(node, event);
                self.look_at_tail(node, log);
            }
            Msg::Step { node, step, tries } => self.step(node, step, tries),
            Msg::Heads { epoch } if self.nodes[0].epoch == epoch => self.write_heads(),
            Msg::Receipt { receipt } => self.take_receipt(&receipt),
            Msg::Evidence { split } => self.publish(&split),
            Msg::Gate { node, epoch, log } if self.nodes[node].epoch == epoch => self.open_gate(node, log),
            _ => {}
        }
    }

    /// Tells a node's follower, and does what it asks for.
    pub(super) fn follower(&mut self, node: usize, event: follower::Event) {
        let now = self.local(node);
        let Some(memory) = &mut self.nodes[node].memory else { return };
        for action in memory.follower.on(event, now) {
            self.do_follower(node, action);
        }
    }

    fn do_follower(&mut self, node: usize, action: follower::Action) {
        use follower::Action;
        let epoch = self.nodes[node].epoch;
        match action {
            Action::Connect { peer, wants } => self.connect(node, peer.0 as usize, wants),
            Action::Disconnect { peer, .. } => {
                let server = peer.0 as usize;
                let line = self.nodes[node].memory.as_mut().and_then(|memory| memory.lines.remove(&server));
                if let Some(line) = line {
                    self.hang_up(node, server, line);
                }
            }
            Action::Ask { peer, origin } => {
                self.ask(node, peer, &origin, |log| Question::Ask { log, own: false })
            }
            Action::Fetch { peer, origin, from, to, tree } => {
                self.ask(node, peer, &origin, |log| Question::Fetch { log, from, to, tree });
            }
            Action::Compare { peer: Some(peer), origin, old, new } => {
                self.ask(node, peer, &origin, |log| Question::Compare { log, old, new });
            }
            Action::Compare { peer: None, origin, old, new } => {
                let log = self.by_origin[&origin];
                let branch = self.nodes[node].durable.held.get(&log).map_or(0, |held| held.branch);
                let ledger = self.logs[log].ledger(branch);
                let bridge = Some([ledger.bridge(0, old), ledger.bridge(old, new)].concat());
                self.after(
                    1,
                    Msg::Answer {
                        to: node,
                        epoch,
                        from: node,
                        answer: Box::new(Answer::Compare { log, bridge }),
                    },
                );
            }
            Action::Apply(batch) => {
                let log = self.by_origin[&batch.origin];
                if self.happens(self.plan.faults.unapplied) {
                    self.after(3, Msg::Applied { node, epoch, log, size: 0, done: false });
                } else {
                    self.after(3, Msg::Commit { node, epoch, batch });
                }
            }
            Action::Freeze(split) => self.frozen(node, split),
            Action::Alarm(alarm) => *self.report.alarms.entry(alarm.about).or_default() += 1,
            Action::Wake { at } => {
                let wait = at.0.saturating_sub(self.local(node).0);
                self.after(wait, Msg::WakeFollower { node, epoch });
            }
        }
    }

    fn ask(&mut self, node: usize, peer: PeerId, origin: &Origin, what: impl Fn(usize) -> Question) {
        let (log, to) = (self.by_origin[origin], peer.0 as usize);
        let epoch = self.nodes[node].epoch;
        let wait = self.latency(node, to);
        self.after(wait, Msg::Question { from: node, epoch, to, question: what(log) });
    }

    /// Tells a node's content queue, and does what it asks for.
    pub(super) fn contents(&mut self, node: usize, event: contents::Event) {
        let now = self.local(node);
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let Some(memory) = &mut self.nodes[node].memory else { return };
            for action in memory.contents.on(event, now) {
                events.extend(self.do_contents(node, action));
            }
        }
    }

    fn do_contents(&mut self, node: usize, action: contents::Action) -> Option<contents::Event> {
        use contents::Action;
        let epoch = self.nodes[node].epoch;
        match action {
            Action::Fetch { hash, from, .. } => {
                let (id, to) = (*self.content_ids.get(&hash)?, from.0 as usize);
                let wait = self.latency(node, to);
                self.after(wait, Msg::Question { from: node, epoch, to, question: Question::Content { id } });
                None
            }
            Action::Keep { hash } => {
                let id = *self.content_ids.get(&hash)?;
                self.nodes[node].durable.content.set(id, true);
                self.report.kept += 1;
                Some(contents::Event::Kept { hash })
            }
            Action::Wake { at: Moment(at) } => {
                let wait = at.saturating_sub(self.local(node).0);
                self.after(wait, Msg::WakeContents { node, epoch });
                None
            }
            Action::Recall { origin, index } => {
                self.violation(format!(
                    "{} was asked to recall {index} of {origin} with room for all",
                    self.nodes[node].name
                ));
                None
            }
            Action::Discard { .. } | Action::Alarm { .. } => None,
        }
    }

    /// True one time in so many, never for 0 or after evening.
    pub(super) fn happens(&mut self, one_in: u64) -> bool {
        one_in > 0 && !self.evening && self.dice.below(one_in) == 0
    }

    /// A batch is durably applied: check it against the truth, then let everything follow that follows.
    fn commit(&mut self, node: usize, batch: &Batch) {
        let log = self.by_origin[&batch.origin];
        let held = self.nodes[node].durable.held.entry(log).or_default().clone();
        let branch = self.logs[log].branch_of(batch.from, &batch.entries, held.branch);
        let size = batch.size();
        let (Some(branch), true) = (branch, batch.from == held.size) else {
            let name = &self.nodes[node].name;
            let what = format!("{name} applied {}..{size} of {}, which is not so", batch.from, batch.origin);
            return self.violation(what);
        };
        let key = self.logs[log].ledger(branch).key().clone();
        let signed = Checkpoint::of(&batch.checkpoint)
            .ok()
            .filter(|_| self.memo.signed(&batch.checkpoint, &key).is_ok());
        let proven = signed.is_some_and(|claim| {
            let ledger = self.logs[log].ledger(branch);
            claim.size == batch.checkpoint_size
                && claim.size <= ledger.size()
                && (claim.size > size || claim.root == batch.root)
        });
        if !proven {
            let what = format!("{} applied {size} of {} without proof", self.nodes[node].name, batch.origin);
            self.violation(what);
        }
        self.report.applied += 1;
        let mut now_held = Held { size, branch, note: Some(batch.checkpoint.clone()), served: held.served };
        if batch.complete() {
            now_held.served = Some((size, batch.checkpoint.clone()));
        }
        self.nodes[node].durable.held.insert(log, now_held);
        if log != self.heads && branch == 0 && self.logs[log].owner != node {
            // What stood at dawn was issued before anybody listened.
            let times = &self.logs[log].times[batch.from as usize..size as usize];
            let delays = times.iter().filter(|time| **time > 0).map(|time| self.now - time);
            self.delays.extend(delays.map(|delay| u32::try_from(delay).unwrap_or(u32::MAX)));
        }
        let epoch = self.nodes[node].epoch;
        self.after(1, Msg::Applied { node, epoch, log, size, done: true });
        self.after_commit(node, log, batch.from, batch.complete());
    }

    /// What follows when a log has grown at a node, by its own hand or by following.
    pub(super) fn after_commit(&mut self, node: usize, log: usize, from: u64, complete: bool) {
        let Some(held) = self.nodes[node].durable.held.get(&log).cloned() else { return };
        if log == self.heads {
            self.read_heads(node, log, from, held.size, true);
        } else {
            self.read_statements(node, log, from, held.size);
        }
        self.want_contents(node, log, from, held.size);
        if complete {
            if log == self.heads {
                self.heads_committed(node, &held);
            } else if node == 0 {
                self.head_is_due(log);
            }
            self.stream_on(node, log);
        }
    }
}
