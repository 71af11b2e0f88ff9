//! Lines between nodes: latency, breaks, frames that come twice or overtake, relays that lie, and the
//! questions that are asked beside the flow.

use std::collections::HashMap;
use std::sync::Arc;

use tlog::Note;

use super::messages::{Answer, Found, Frame, Msg, Question};
use super::node::{LieKind, Stream};
use super::world::World;
use crate::contents;
use crate::flow::{FlowRequest, MOST_IN_FLOW};
use crate::follower::{Bytes, Down, Event, PeerId};
use crate::names::ContentHash;

/// Heartbeats come this often.
pub(super) const BEAT: u64 = 15_000;

impl World {
    /// Milliseconds from one node to another: near or far, the same every time but for a little.
    pub(super) fn latency(&mut self, a: usize, b: usize) -> u64 {
        let mut way = crate::moment::Dice::new(self.plan.seed ^ ((a.min(b) as u64) << 32 | a.max(b) as u64));
        let slow = if (a.max(b) >= self.plan.full) && way.chance(10) { 300 } else { 0 };
        3 + way.below(40) + slow + self.dice.below(8)
    }

    /// Whether both are up and on the same side of every cut.
    pub(super) fn linked(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.nodes[a], &self.nodes[b]);
        a.memory.is_some() && b.memory.is_some() && a.side == b.side
    }

    pub(super) fn connect(&mut self, client: usize, server: usize, request: FlowRequest) {
        self.lines += 1;
        let line = self.lines;
        let Some(memory) = &mut self.nodes[client].memory else { return };
        if let Some(old) = memory.lines.insert(server, line) {
            self.hang_up(client, server, old);
        }
        let wait = self.latency(client, server);
        self.after(wait, Msg::Dial { client, server, line, request: Box::new(request) });
    }

    pub(super) fn dial(&mut self, client: usize, server: usize, line: u32, request: &FlowRequest) {
        let wait = self.latency(client, server);
        if !self.linked(client, server) {
            // A host that is down refuses; one that is cut off does not answer at all.
            if self.nodes[client].side == self.nodes[server].side {
                self.after(wait, Msg::Dialled { client, server, line, open: false });
            }
            return;
        }
        let named =
            request.logs.iter().filter_map(|(origin, size)| Some((*self.by_origin.get(origin)?, *size)));
        let cursors: HashMap<usize, u64> = named.collect();
        let wanted: Vec<usize> =
            if request.all { (0..self.logs.len()).collect() } else { cursors.keys().copied().collect() };
        let stream = Stream { line, all: request.all, cursors, arrival: self.now + wait };
        if let Some(memory) = &mut self.nodes[server].memory {
            memory.streams.insert(client, stream);
        }
        self.after(wait, Msg::Dialled { client, server, line, open: true });
        let mut wanted = wanted;
        wanted.sort_unstable();
        wanted.into_iter().for_each(|log| self.send_log(server, client, log, log == self.heads));
    }

    pub(super) fn dialled(&mut self, client: usize, server: usize, line: u32, open: bool) {
        let Some(memory) = &mut self.nodes[client].memory else { return };
        if memory.lines.get(&server) != Some(&line) {
            return;
        }
        let peer = PeerId(server as u32);
        if open {
            self.follower(client, Event::PeerUp { peer });
        } else {
            memory.lines.remove(&server);
            self.follower(client, Event::PeerDown { peer, why: Down::Unreachable });
        }
    }

    /// The client closes its line.
    pub(super) fn hang_up(&mut self, client: usize, server: usize, line: u32) {
        let wait = self.latency(client, server);
        self.after(wait, Msg::HungUp { client, server, line });
    }

    pub(super) fn hung_up(&mut self, client: usize, server: usize, line: u32) {
        if let Some(memory) = &mut self.nodes[server].memory
            && memory.streams.get(&client).is_some_and(|stream| stream.line == line)
        {
            memory.streams.remove(&client);
        }
    }

    /// A line breaks: the client notices soon, or only by the silence.
    pub(super) fn line_breaks(&mut self, client: usize, server: usize, line: u32) {
        self.hung_up(client, server, line);
        if self.evening || self.dice.chance(60) {
            self.after(100, Msg::Lost { client, server, line });
        }
    }

    pub(super) fn lost(&mut self, client: usize, server: usize, line: u32) {
        if let Some(memory) = &mut self.nodes[client].memory
            && memory.lines.get(&server) == Some(&line)
        {
            memory.lines.remove(&server);
            self.follower(client, Event::PeerDown { peer: PeerId(server as u32), why: Down::Ended });
        }
    }

    /// Breaks every line that leads across a cut.
    pub(super) fn break_crossing(&mut self) {
        let mut broken = Vec::new();
        for (client, node) in self.nodes.iter().enumerate() {
            let lines = node.memory.iter().flat_map(|memory| memory.lines.iter());
            let crossing = lines.filter(|(server, _)| self.nodes[**server].side != node.side);
            broken.extend(crossing.map(|(server, line)| (client, *server, *line)));
        }
        broken.into_iter().for_each(|(client, server, line)| self.line_breaks(client, server, line));
    }

    pub(super) fn beat(&mut self, node: usize) {
        let Some(memory) = &self.nodes[node].memory else { return };
        let clients: Vec<usize> = memory.streams.keys().copied().collect();
        clients.into_iter().for_each(|client| self.send(node, client, Frame::Beat));
        let epoch = self.nodes[node].epoch;
        self.after(BEAT, Msg::Beat { node, epoch });
    }

    /// A log has grown at a node: everyone who wants it is sent what is new.
    pub(super) fn stream_on(&mut self, node: usize, log: usize) {
        let Some(memory) = &self.nodes[node].memory else { return };
        let wants = |stream: &Stream| stream.all || stream.cursors.contains_key(&log);
        let clients: Vec<usize> =
            memory.streams.iter().filter(|(_, stream)| wants(stream)).map(|(client, _)| *client).collect();
        clients.into_iter().for_each(|client| self.send_log(node, client, log, true));
    }

    /// What a node shows of a log to another: branch, size, checkpoint.
    fn shown_to(&self, server: usize, client: usize, log: usize) -> Option<(usize, u64, Arc<Note>)> {
        let truth = &self.logs[log];
        if truth.owner == server && truth.branches.len() > 1 && client >= self.plan.full {
            let (size, note) = truth.ledger(1).checkpoint(u64::MAX)?;
            return Some((1, size, note.clone()));
        }
        let held = self.nodes[server].durable.held.get(&log)?;
        held.served.clone().map(|(size, note)| (held.branch, size, note))
    }

    /// How a relay lies to a node now. Nobody dares to withhold anything from the root.
    fn lie(&self, server: usize, client: usize) -> Option<LieKind> {
        let lie = self.nodes[server].lie.filter(|lie| lie.since <= self.now)?;
        let to_root = client == 0 && (self.evening || matches!(lie.kind, LieKind::Withheld | LieKind::Stale));
        (!to_root).then_some(lie.kind)
    }

    fn send_log(&mut self, server: usize, client: usize, log: usize, note_anyway: bool) {
        let lie = self.lie(server, client);
        if lie == Some(LieKind::Stale) || (lie == Some(LieKind::Withheld) && log % 4 == server % 4) {
            return;
        }
        let Some((branch, size, note)) = self.shown_to(server, client, log) else { return };
        let Some(memory) = &mut self.nodes[server].memory else { return };
        let Some(stream) = memory.streams.get_mut(&client) else { return };
        let cursor = stream.cursors.entry(log).or_insert(0);
        let from = *cursor;
        if size < from || (size == from && !note_anyway) {
            return;
        }
        *cursor = size;
        let frame = if size - from > MOST_IN_FLOW {
            Frame::Behind { log, size }
        } else {
            let now_and_then = self.dice.chance(10);
            let altered = lie == Some(LieKind::Altered) && now_and_then && from < size;
            let cut = u64::from(lie == Some(LieKind::Truncated) && now_and_then && from < size);
            Frame::Part { log, branch, from, to: size - cut, note: Some(note), altered }
        };
        self.send(server, client, frame);
    }

    fn send(&mut self, server: usize, client: usize, frame: Frame) {
        let wait = self.latency(server, client);
        let (breaks, twice) =
            (self.happens(self.plan.faults.broken_line), self.happens(self.plan.faults.twice));
        let overtakes = self.happens(self.plan.faults.overtaking);
        let late = self.dice.below(400);
        let Some(memory) = &mut self.nodes[server].memory else { return };
        let Some(stream) = memory.streams.get_mut(&client) else { return };
        let line = stream.line;
        if breaks {
            return self.line_breaks(client, server, line);
        }
        let arrival = stream.arrival.max(self.now + wait);
        let arrival = if overtakes { arrival + late } else { arrival };
        if !overtakes {
            stream.arrival = arrival;
        }
        if twice {
            self.after(arrival - self.now, Msg::Frame { client, server, line, frame: frame.clone() });
        }
        self.after(arrival - self.now, Msg::Frame { client, server, line, frame });
    }

    pub(super) fn frame(&mut self, client: usize, server: usize, line: u32, frame: Frame) {
        let Some(memory) = &self.nodes[client].memory else { return };
        if memory.lines.get(&server) != Some(&line) || self.nodes[client].side != self.nodes[server].side {
            return;
        }
        let peer = PeerId(server as u32);
        match frame {
            Frame::Beat => self.follower(client, Event::Heartbeat { peer }),
            Frame::Behind { log, size } => {
                let origin = self.origin(log);
                self.follower(client, Event::Behind { peer, origin, size });
            }
            Frame::Part { log, branch, from, to, note, altered } => {
                let origin = self.origin(log);
                let entries = self.logs[log].ledger(branch).entries(from, to).to_vec();
                for (index, bytes) in (from..to).zip(entries) {
                    let bytes = if altered && index + 1 == to { altered_copy(&bytes) } else { bytes };
                    self.follower(client, Event::Entry { peer, origin: origin.clone(), index, bytes });
                }
                if let Some(note) = note {
                    self.follower(client, Event::Checkpoint { peer, origin, note });
                }
            }
        }
    }

    /// A question has arrived: the answer is on its way.
    pub(super) fn question(&mut self, from: usize, epoch: u32, to: usize, question: Question) {
        let reached = self.linked(from, to);
        let wait = self.latency(to, from) + if reached { 0 } else { 5_000 };
        let lie = if reached { self.lie(to, from) } else { None };
        let hides = matches!(lie, Some(LieKind::Stale | LieKind::Withheld));
        let now_and_then = self.dice.chance(40);
        let answer = match question {
            Question::Ask { log, own } => {
                let shown = self.shown_to(to, from, log).filter(|_| reached);
                let note = shown.and_then(|(branch, size, note)| {
                    let older = self.logs[log].ledger(branch).checkpoint(size / 2);
                    if hides && !own { older.map(|(_, note)| note.clone()) } else { Some(note) }
                });
                Answer::Ask { log, own, reached, note }
            }
            Question::Fetch { log, from: first, to: last, tree } => {
                let shown =
                    self.shown_to(to, from, log).filter(|(_, size, _)| reached && !hides && *size >= tree);
                let found = shown.map(|(branch, _, _)| {
                    let ledger = self.logs[log].ledger(branch);
                    let mut entries = ledger.entries(first, last).to_vec();
                    if lie == Some(LieKind::Altered) && now_and_then {
                        entries[0] = altered_copy(&entries[0]);
                    }
                    if lie == Some(LieKind::Truncated) && now_and_then {
                        entries.pop();
                    }
                    (entries, ledger.bridge(last, tree))
                });
                Answer::Fetch { log, from: first, found }
            }
            Question::Compare { log, old, new } => {
                let shown =
                    self.shown_to(to, from, log).filter(|(_, size, _)| reached && !hides && *size >= new);
                let bridge = shown.map(|(branch, _, _)| {
                    let ledger = self.logs[log].ledger(branch);
                    let mut bridge = [ledger.bridge(0, old), ledger.bridge(old, new)].concat();
                    if lie == Some(LieKind::Altered) && now_and_then {
                        bridge[0] = tlog::EMPTY_ROOT;
                    }
                    bridge
                });
                Answer::Compare { log, bridge }
            }
            Question::Content { id } => {
                let durable = &self.nodes[to].durable;
                let found = match () {
                    () if !reached => Found::Unreached,
                    () if durable.erased.has(id) => Found::Gone,
                    () if !durable.content.has(id) => Found::Missing,
                    () if lie == Some(LieKind::WrongContent) && now_and_then => Found::SomethingElse,
                    () => Found::It,
                };
                Answer::Content { id, found }
            }
        };
        self.after(wait, Msg::Answer { to: from, epoch, from: to, answer: Box::new(answer) });
    }

    pub(super) fn answer(&mut self, node: usize, from: usize, answer: Answer) {
        let peer = PeerId(from as u32);
        match answer {
            Answer::Ask { log, own: true, reached, note } => self.gate_answer(node, log, peer, reached, note),
            Answer::Ask { log, note, .. } => {
                let origin = self.origin(log);
                self.follower(node, Event::Asked { peer, origin, note });
            }
            Answer::Fetch { log, from, found } => {
                let origin = self.origin(log);
                let event = match found {
                    Some((entries, bridge)) => Event::Fetched { peer, origin, from, entries, bridge },
                    None => Event::FetchFailed { peer, origin, from },
                };
                self.follower(node, event);
            }
            Answer::Compare { log, bridge } => {
                let origin = self.origin(log);
                let peer = (from != node).then_some(peer);
                self.follower(node, Event::Compared { peer, origin, bridge });
            }
            Answer::Content { id, found } => {
                let hash = self.content[id].hash;
                let event = match found {
                    Found::It => contents::Event::Arrived { hash, from: peer, found: hash },
                    Found::SomethingElse => contents::Event::Arrived {
                        hash,
                        from: peer,
                        found: ContentHash::of(b"something else"),
                    },
                    Found::Missing => contents::Event::Missing { hash, from: peer },
                    Found::Gone => contents::Event::Gone { hash, from: peer },
                    Found::Unreached => contents::Event::Failed { hash, from: peer },
                };
                self.contents(node, event);
            }
        }
    }
}

fn altered_copy(bytes: &Bytes) -> Bytes {
    let mut copy = bytes.to_vec();
    if let Some(byte) = copy.last_mut() {
        *byte ^= 1;
    }
    copy.into()
}
