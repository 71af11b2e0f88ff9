//! One node: what survives a crash, what does not, and how it begins again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tlog::{Note, SignerKey};

use super::messages::Msg;
use super::truth::Bits;
use super::world::World;
use crate::contents::{self, Contents};
use crate::directory::{Directory, Effect};
use crate::entry::{Kind, Level};
use crate::follower::{self, Follower, GroupId, PeerId, Wanted};
use crate::moment::{Dice, Moment};
use crate::names::{Domain, Origin};
use crate::startup::Returned;

/// Where a node stands in the administration.
#[derive(Clone, Debug)]
pub(super) struct Kin {
    pub(super) domain: Domain,
    pub(super) level: Level,
    pub(super) parent: usize,
    pub(super) children: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) name: Origin,
    pub(super) reporter: SignerKey,
    pub(super) cosigner: SignerKey,
    pub(super) kin: Kin,
    /// Groups of neighbours with the logs wanted from them; all if `None`.
    pub(super) groups: Vec<(Vec<usize>, Option<BTreeSet<usize>>)>,
    pub(super) neighbours: Vec<usize>,
    /// By how much its clock is wrong: up to a day.
    pub(super) offset: u64,
    /// Nodes on different sides do not reach each other.
    pub(super) side: u8,
    pub(super) epoch: u32,
    pub(super) lie: Option<Lie>,
    pub(super) durable: Durable,
    pub(super) backup: Option<Durable>,
    /// `None` while it is down.
    pub(super) memory: Option<Memory>,
}

/// How a relay lies, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lie {
    pub(super) kind: LieKind,
    pub(super) since: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LieKind {
    Altered,
    Truncated,
    Withheld,
    Stale,
    WrongContent,
}

/// What survives a crash.
#[derive(Clone, Debug, Default)]
pub(super) struct Durable {
    pub(super) held: BTreeMap<usize, Held>,
    pub(super) content: Bits,
    pub(super) erased: Bits,
    pub(super) frozen: BTreeSet<usize>,
    pub(super) quorum_note: Option<Arc<Note>>,
}

/// What is held of one log.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) size: u64,
    pub(super) branch: usize,
    /// The checkpoint of the last batch.
    pub(super) note: Option<Arc<Note>>,
    /// The size whose checkpoint is served, and the checkpoint.
    pub(super) served: Option<(u64, Arc<Note>)>,
}

/// What does not survive.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) follower: Follower,
    pub(super) contents: Contents,
    pub(super) directory: Directory,
    /// Our lines to others, by number.
    pub(super) lines: BTreeMap<usize, u32>,
    /// Others' lines to us.
    pub(super) streams: BTreeMap<usize, Stream>,
    /// Whether own logs may be signed.
    pub(super) gates: BTreeMap<usize, Gate>,
    pub(super) heads_due: BTreeSet<usize>,
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) line: u32,
    pub(super) all: bool,
    pub(super) cursors: HashMap<usize, u64>,
    /// When the last frame arrives: frames do not overtake each other by themselves.
    pub(super) arrival: u64,
}

#[derive(Debug, Default)]
pub(super) struct Gate {
    pub(super) open: bool,
    pub(super) answers: Vec<(PeerId, Returned)>,
}

impl Node {
    pub(super) fn new(
        at: usize,
        name: Origin,
        reporter: SignerKey,
        cosigner: SignerKey,
        kin: Kin,
        dice: &mut Dice,
    ) -> Node {
        Node {
            at,
            name,
            reporter,
            cosigner,
            kin,
            groups: Vec::new(),
            neighbours: Vec::new(),
            offset: dice.below(86_400_000),
            side: 0,
            epoch: 0,
            lie: None,
            durable: Durable::default(),
            backup: None,
            memory: None,
        }
    }

    /// Whether this node wants a log of another.
    pub(super) fn wants(&self, log: usize) -> bool {
        self.groups.iter().any(|(_, logs)| logs.as_ref().is_none_or(|logs| logs.contains(&log)))
    }
}

impl World {
    pub(super) fn local(&self, node: usize) -> Moment {
        Moment(self.now + self.nodes[node].offset)
    }

    /// The logs that a node owns.
    pub(super) fn own_logs(&self, node: usize) -> Vec<usize> {
        if node == 0 { vec![0, self.heads] } else { vec![node] }
    }

    /// Starts, or starts again, from what is durable.
    pub(super) fn boot(&mut self, node: usize) {
        let Ok(directory) = Directory::new(&self.root_note) else { return };
        let seed = self.dice.throw();
        self.nodes[node].epoch += 1;
        self.nodes[node].memory = Some(Memory {
            follower: Follower::new(follower::Settings::default(), seed, self.memo.clone()),
            contents: Contents::new(contents::Settings::default(), seed),
            directory,
            lines: BTreeMap::new(),
            streams: BTreeMap::new(),
            gates: BTreeMap::new(),
            heads_due: BTreeSet::new(),
        });
        let own = self.own_logs(node);
        for log in &own {
            let dawn =
                self.logs[*log].ledger(0).checkpoint(u64::MAX).map(|(size, note)| (size, note.clone()));
            self.nodes[node].durable.held.entry(*log).or_insert_with(|| Held {
                size: dawn.as_ref().map_or(0, |(size, _)| *size),
                note: dawn.as_ref().map(|(_, note)| note.clone()),
                served: dawn,
                ..Held::default()
            });
            self.follower(node, follower::Event::NotWanted { origin: self.origin(*log) });
        }
        for log in self.nodes[node].durable.frozen.clone() {
            self.follower(node, follower::Event::NotWanted { origin: self.origin(log) });
        }
        for (at, (peers, logs)) in self.nodes[node].groups.clone().into_iter().enumerate() {
            let peers = peers.into_iter().map(|peer| PeerId(peer as u32)).collect();
            let wanted = match logs {
                None => Wanted::All,
                Some(logs) => Wanted::Logs(logs.into_iter().map(|log| self.origin(log)).collect()),
            };
            self.follower(node, follower::Event::Neighbours { group: GroupId(at as u32), peers, wanted });
        }
        self.recall(node);
        for log in [0, self.heads] {
            self.follow(node, log);
        }
        self.follower(node, follower::Event::Start);
        let beat = 1 + self.dice.below(super::links::BEAT);
        let epoch = self.nodes[node].epoch;
        self.after(beat, Msg::Beat { node, epoch });
        own.into_iter().for_each(|log| self.open_gate(node, log));
    }

    /// Reads the store: directory, heads, contents.
    fn recall(&mut self, node: usize) {
        let held: Vec<(usize, u64)> =
            self.nodes[node].durable.held.iter().map(|(log, held)| (*log, held.size)).collect();
        for (log, size) in &held {
            self.say_sources(node, *log);
            if *log != self.heads {
                self.read_statements(node, *log, 0, *size);
            }
            self.want_contents(node, *log, 0, *size);
        }
        if let Some((log, size)) = held.iter().find(|(log, _)| *log == self.heads) {
            self.read_heads(node, *log, 0, *size, false);
        }
        if let Some(note) = self.nodes[node].durable.quorum_note.clone() {
            self.confirm(node, &note);
        }
        if node == 0 {
            self.find_heads_due();
        }
    }

    /// Stops at once; what is in memory is lost.
    pub(super) fn crash(&mut self, node: usize) {
        let Some(memory) = self.nodes[node].memory.take() else { return };
        self.nodes[node].epoch += 1;
        for (client, stream) in memory.streams {
            self.line_breaks(client, node, stream.line);
        }
        for (server, line) in memory.lines {
            self.hang_up(node, server, line);
        }
    }

    /// Gives the directory the statements of a part of a log; `read` for every log that is followed.
    pub(super) fn read_statements(&mut self, node: usize, log: usize, from: u64, to: u64) {
        let branch = self.nodes[node].durable.held.get(&log).map_or(0, |held| held.branch);
        let truth = &self.logs[log];
        let first = truth.statements.partition_point(|at| *at < from);
        let indices: Vec<u64> = truth.statements[first..].iter().copied().take_while(|at| *at < to).collect();
        let origin = self.origin(log);
        let mut effects = Vec::new();
        for index in indices {
            let Some(read) = self.logs[log].branches[branch].read.get(index as usize).cloned() else {
                continue;
            };
            if let Kind::LogSplit { origin, a, b, bridge } = &read.entry.kind {
                self.split_shown(node, origin, a, b, bridge);
            } else if let Some(memory) = &mut self.nodes[node].memory {
                effects.extend(memory.directory.note(&origin, index, &read.entry, None));
            }
        }
        if let Some(memory) = &mut self.nodes[node].memory {
            memory.directory.has_read(&origin, to);
        }
        self.carry_out(node, effects);
    }

    /// What the directory learnt: logs to follow, keys that changed.
    pub(super) fn carry_out(&mut self, node: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Agency(origin) => {
                    if let Some(log) = self.by_origin.get(&origin).copied() {
                        self.follow(node, log);
                    }
                }
                // What is refused may only have come before what it rests on; the end tells.
                Effect::Refused { .. } | Effect::Gone(_) | Effect::Scope(_) | Effect::Placed { .. } => {}
            }
        }
    }

    /// Follows a log whose keys are known, if this node wants it.
    pub(super) fn follow(&mut self, node: usize, log: usize) {
        let origin = self.origin(log);
        let one = &self.nodes[node];
        let Some(memory) = &one.memory else { return };
        let wanted = one.wants(log) && self.logs[log].owner != node && !one.durable.frozen.contains(&log);
        let (Some(keys), true) = (memory.directory.keys(&origin).cloned(), wanted) else { return };
        let cosigners: Arc<[_]> = if log == self.heads { self.cosigners.clone() } else { Arc::new([]) };
        if memory.follower.log(&origin).is_some() {
            self.follower(node, follower::Event::KeysChanged { origin, keys, cosigners });
            return;
        }
        let held = one.durable.held.get(&log).cloned().unwrap_or_default();
        self.say_sources(node, log);
        self.follower(
            node,
            follower::Event::LogAdded {
                origin,
                keys,
                cosigners,
                frontier: self.logs[log].ledger(held.branch).frontier(held.size),
                checkpoint: held.note,
                watched: log == self.heads,
            },
        );
        let heads = self.nodes[node].durable.held.get(&self.heads).map_or(0, |held| held.size);
        if let Some((size, root, note)) = self.newest_head(log, heads) {
            let origin = self.origin(log);
            self.follower(node, follower::Event::Head { origin, size, root, note });
        }
    }

    fn say_sources(&mut self, node: usize, log: usize) {
        let mut sources = vec![PeerId(self.logs[log].owner as u32)];
        sources.extend(self.nodes[node].neighbours.iter().map(|peer| PeerId(*peer as u32)));
        sources.retain(|peer| peer.0 as usize != node);
        let mut seen = BTreeSet::new();
        sources.retain(|peer| seen.insert(*peer));
        self.contents(node, contents::Event::Sources { origin: self.origin(log), sources });
    }

    /// Tells the content queue what a part of a log points to.
    pub(super) fn want_contents(&mut self, node: usize, log: usize, from: u64, to: u64) {
        let branch = self.nodes[node].durable.held.get(&log).map_or(0, |held| held.branch);
        let origin = self.origin(log);
        for index in from..to {
            let Some(read) = self.logs[log].branches[branch].read.get(index as usize).cloned() else {
                continue;
            };
            self.unseal(node, &read.entry.kind);
            for id in &read.erases {
                let durable = &mut self.nodes[node].durable;
                durable.erased.set(*id, true);
                durable.content.set(*id, false);
                self.contents(node, contents::Event::Erased { hash: self.content[*id].hash });
            }
            for id in &read.contents {
                let durable = &self.nodes[node].durable;
                if !durable.content.has(*id) && !durable.erased.has(*id) {
                    let (hash, size) = (self.content[*id].hash, self.content[*id].size);
                    let (origin, lane) = (origin.clone(), read.entry.kind.lane());
                    self.contents(node, contents::Event::Want { origin, index, hash, size, lane });
                }
            }
        }
        self.contents(node, contents::Event::Read { origin, size: to });
    }
}
