//! The heads log at the root, the quorum that cosigns it, and the evidence of splits.

use std::sync::Arc;

use tlog::{Checkpoint, Hash, Note};

use super::messages::Msg;
use super::node::Held;
use super::truth::Read;
use super::world::World;
use crate::bridge::contradict;
use crate::directory::NotConfirmed;
use crate::entry::{Entry, Kind};
use crate::follower::{Event, Split};
use crate::names::Origin;
use crate::receipt::{self, Receipt, SignedReceipt};

/// At most one head per log in this time.
const EVERY: u64 = 1_000;

impl World {
    /// Lets the directory and, unless they are old, the follower hear of heads.
    pub(super) fn read_heads(&mut self, node: usize, log: usize, from: u64, to: u64, tell: bool) {
        for place in from..to {
            let Some(read) = self.logs[log].branches[0].read.get(place as usize).cloned() else { continue };
            let Kind::Head { origin, size, root, .. } = &read.entry.kind else { continue };
            if let Some(memory) = &mut self.nodes[node].memory {
                let effects = memory.directory.head(place, origin, *size);
                self.carry_out(node, effects);
            }
            if tell && let Some(note) = read.note.clone() {
                let (origin, size, root) = (origin.clone(), *size, *root);
                self.follower(node, Event::Head { origin, size, root, note });
            }
        }
    }

    /// What a quorum has cosigned lets statements count.
    pub(super) fn confirm(&mut self, node: usize, note: &Note) {
        let Some(memory) = &mut self.nodes[node].memory else { return };
        if memory.directory.is_settled() {
            return;
        }
        match memory.directory.confirm(note) {
            Ok(effects) => self.carry_out(node, effects),
            Err(NotConfirmed::Quorum { .. }) => {}
            Err(error) => self.violation(format!("{}: {error}", self.nodes[node].name)),
        }
    }

    /// A heads checkpoint is complete at a node: with a quorum, it is kept; one of the quorum cosigns it.
    pub(super) fn heads_committed(&mut self, node: usize, held: &Held) {
        let Some((size, note)) = held.served.clone() else { return };
        if note.signatures.len() > 2 {
            self.nodes[node].durable.quorum_note = Some(note.clone());
            self.confirm(node, &note);
        } else if self.quorum.contains(&node)
            && let Ok(claim) = Checkpoint::of(&note)
        {
            let one = &self.nodes[node];
            let logs = vec![receipt::Held {
                origin: self.origin(self.heads),
                size,
                root: claim.root,
                content: size,
                lacking: Vec::new(),
            }];
            let receipt = Receipt { node: one.name.clone(), time: self.now, logs, shown: Vec::new() };
            if let Ok(receipt) = receipt.sign(&one.reporter, &one.cosigner) {
                let wait = self.latency(node, 0);
                if self.linked(node, 0) {
                    self.after(wait, Msg::Receipt { receipt: Box::new(receipt) });
                }
            }
        }
    }

    /// The root takes a receipt: its cosignature goes with the heads checkpoint.
    pub(super) fn take_receipt(&mut self, receipt: &SignedReceipt) {
        let Some(memory) = &self.nodes[0].memory else { return };
        let Ok(claim) = receipt.claim() else { return };
        let known = memory.directory.node(&claim.node).map(|node| &node.keys);
        let Some(keys) = known.or_else(|| memory.directory.pending_node(&claim.node)) else { return };
        let Ok(receipt_read) = receipt.verify(&keys.reporter, &keys.cosigner) else {
            return self.violation(format!("the receipt of {} does not verify", claim.node));
        };
        let heads = self.heads;
        for (held, cosignature) in receipt_read.logs.iter().zip(&receipt.cosignatures) {
            let ledger = &mut self.logs[heads].branches[0].ledger;
            let Some((size, note)) = ledger.checkpoint(held.size).filter(|(size, _)| *size == held.size)
            else {
                continue;
            };
            let mut note = (**note).clone();
            note.add(cosignature.clone());
            let quorum = note.signatures.len() == 3;
            let note = Arc::new(note);
            ledger.replace_checkpoint(size, note.clone());
            if let Some(own) = self.nodes[0].durable.held.get_mut(&heads)
                && own.size == size
            {
                own.served = Some((size, note.clone()));
                if quorum {
                    self.nodes[0].durable.quorum_note = Some(note.clone());
                    self.confirm(0, &note);
                    self.stream_on(0, heads);
                }
            }
        }
    }

    pub(super) fn head_is_due(&mut self, log: usize) {
        if let Some(memory) = &mut self.nodes[0].memory {
            memory.heads_due.insert(log);
            let epoch = self.nodes[0].epoch;
            if !std::mem::replace(&mut self.heads_armed, true) {
                self.after(EVERY, Msg::Heads { epoch });
            }
        }
    }

    /// After a start: logs whose newest checkpoint has no head yet.
    pub(super) fn find_heads_due(&mut self) {
        self.heads_armed = false;
        let held: Vec<usize> =
            self.nodes[0].durable.held.keys().copied().filter(|log| *log != self.heads).collect();
        held.into_iter().for_each(|log| self.head_is_due(log));
    }

    /// The newest head of a log among the first so many heads.
    pub(super) fn newest_head(&self, log: usize, heads: u64) -> Option<(u64, Hash, Arc<Note>)> {
        let places = self.head_places.get(&log)?;
        let before = places.partition_point(|place| *place < heads);
        let read =
            self.logs[self.heads].branches[0].read.get(*places.get(before.checked_sub(1)?)? as usize)?;
        let Kind::Head { size, root, .. } = &read.entry.kind else { return None };
        Some((*size, *root, read.note.clone()?))
    }

    /// The root writes the newest checkpoints into heads, once it may sign.
    pub(super) fn write_heads(&mut self) {
        self.heads_armed = false;
        let heads = self.heads;
        let epoch = self.nodes[0].epoch;
        let Some(memory) = &mut self.nodes[0].memory else { return };
        if !memory.gates.get(&heads).is_some_and(|gate| gate.open) {
            self.heads_armed = true;
            return self.after(EVERY, Msg::Heads { epoch });
        }
        let due = std::mem::take(&mut memory.heads_due);
        let from = self.logs[heads].size();
        for log in due {
            let Some((size, note)) =
                self.nodes[0].durable.held.get(&log).and_then(|held| held.served.clone())
            else {
                continue;
            };
            let last = self.newest_head(log, u64::MAX).map_or(0, |(size, _, _)| size);
            let Ok(claim) = Checkpoint::of(&note) else { continue };
            if size <= last {
                continue;
            }
            let kind =
                Kind::Head { origin: self.origin(log), size, root: claim.root, checkpoint: note.to_string() };
            let read =
                Read { entry: self.entry(kind), note: Some(note), contents: Vec::new(), erases: Vec::new() };
            self.head_places.entry(log).or_default().push(self.logs[heads].size());
            if let Err(error) = self.logs[heads].append(0, read, self.now) {
                self.violation(format!("a head was refused: {error}"));
            }
        }
        if self.logs[heads].size() > from {
            self.signed(0, heads, from);
        }
    }

    pub(super) fn entry(&self, kind: Kind) -> Entry {
        let at = jiff::Timestamp::from_millisecond(self.now as i64).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Entry { at, kind }
    }

    /// A follower froze a log: rightly, and with evidence?
    pub(super) fn frozen(&mut self, node: usize, split: Split) {
        self.report.frozen += 1;
        let log = self.by_origin[&split.origin];
        let key = self.logs[log].ledger(0).key();
        let open = |note: &Note| Checkpoint::open(note, key).ok();
        let proven =
            open(&split.a).zip(open(&split.b)).is_some_and(|(a, b)| contradict(&a, &b, &split.bridge));
        if !proven || self.logs[log].branches.len() < 2 {
            self.violation(format!("{} froze {} without reason", self.nodes[node].name, split.origin));
        }
        self.nodes[node].durable.frozen.insert(log);
        if self.linked(node, 0) || node == 0 {
            let wait = self.latency(node, 0);
            self.after(wait, Msg::Evidence { split: Box::new(split) });
        }
    }

    /// The root publishes evidence, once.
    pub(super) fn publish(&mut self, split: &Split) {
        let log = self.by_origin[&split.origin];
        if self.shown.contains(&log) {
            return;
        }
        let may = self.nodes[0]
            .memory
            .as_ref()
            .is_some_and(|memory| memory.gates.get(&0).is_some_and(|gate| gate.open));
        if !may {
            return self.after(5_000, Msg::Evidence { split: Box::new(split.clone()) });
        }
        self.shown.insert(log);
        let kind = Kind::LogSplit {
            origin: split.origin.clone(),
            a: split.a.to_string(),
            b: split.b.to_string(),
            bridge: split.bridge.clone(),
        };
        self.state(0, 0, kind, Vec::new(), Vec::new());
    }

    /// A node read of a split in a log that it follows.
    pub(super) fn split_shown(&mut self, node: usize, origin: &Origin, a: &str, b: &str, bridge: &[Hash]) {
        let (Ok(a), Ok(b)) = (Note::parse(a), Note::parse(b)) else {
            return self.violation(format!("the evidence about {origin} cannot be read"));
        };
        let split = Split { origin: origin.clone(), a: Arc::new(a), b: Arc::new(b), bridge: bridge.to_vec() };
        self.follower(node, Event::SplitShown(split));
    }
}
