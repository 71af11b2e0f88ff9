//! What arrives in the simulated world, and in which order.

use std::sync::Arc;

use tlog::{Hash, Note};

use crate::flow::FlowRequest;
use crate::follower::{self, Batch};
use crate::receipt::SignedReceipt;
/// What arrives.
#[derive(Debug)]
pub(super) enum Msg {
    Boot {
        node: usize,
    },
    Crash {
        node: usize,
        back_after: u64,
    },
    /// Everything is as it was at the backup.
    Restore {
        node: usize,
    },
    Backup {
        node: usize,
    },
    Partition,
    Mend,
    CutOff {
        node: usize,
    },
    Fork {
        node: usize,
    },
    /// From here on nothing new goes wrong.
    Evening,
    WakeFollower {
        node: usize,
        epoch: u32,
    },
    WakeContents {
        node: usize,
        epoch: u32,
    },
    Beat {
        node: usize,
        epoch: u32,
    },
    Dial {
        client: usize,
        server: usize,
        line: u32,
        request: Box<FlowRequest>,
    },
    Dialled {
        client: usize,
        server: usize,
        line: u32,
        open: bool,
    },
    Frame {
        client: usize,
        server: usize,
        line: u32,
        frame: Frame,
    },
    /// The client notices that its line is gone.
    Lost {
        client: usize,
        server: usize,
        line: u32,
    },
    HungUp {
        client: usize,
        server: usize,
        line: u32,
    },
    Question {
        from: usize,
        epoch: u32,
        to: usize,
        question: Question,
    },
    Answer {
        to: usize,
        epoch: u32,
        from: usize,
        answer: Box<Answer>,
    },
    Commit {
        node: usize,
        epoch: u32,
        batch: Arc<Batch>,
    },
    Applied {
        node: usize,
        epoch: u32,
        log: usize,
        size: u64,
        done: bool,
    },
    Step {
        node: usize,
        step: Step,
        tries: u32,
    },
    Heads {
        epoch: u32,
    },
    Receipt {
        receipt: Box<SignedReceipt>,
    },
    Evidence {
        split: Box<follower::Split>,
    },
    /// Ask again whether an own log may be signed.
    Gate {
        node: usize,
        epoch: u32,
        log: usize,
    },
}

/// A part of a flow.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    Beat,
    Behind { log: usize, size: u64 },
    Part { log: usize, branch: usize, from: u64, to: u64, note: Option<Arc<Note>>, altered: bool },
}

#[derive(Clone, Debug)]
pub(super) enum Question {
    Ask { log: usize, own: bool },
    Fetch { log: usize, from: u64, to: u64, tree: u64 },
    Compare { log: usize, old: u64, new: u64 },
    Content { id: usize },
}

#[derive(Debug)]
pub(super) enum Answer {
    Ask { log: usize, own: bool, reached: bool, note: Option<Arc<Note>> },
    Fetch { log: usize, from: u64, found: Option<(Vec<follower::Bytes>, Vec<Hash>)> },
    Compare { log: usize, bridge: Option<Vec<Hash>> },
    Content { id: usize, found: Found },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    It,
    SomethingElse,
    Missing,
    Gone,
    Unreached,
}

/// What an editor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Issue,
    Seal,
    /// Opens or calls off a sealing.
    Open(usize),
    Correct,
    Withdraw,
    Erase,
    Order,
}

/// A message, and when it arrives; of those that arrive at once, the one that was sent first.
pub(super) struct Due {
    pub(super) at: u64,
    pub(super) turn: u64,
    pub(super) msg: Msg,
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        (self.at, self.turn) == (other.at, other.turn)
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Due) -> std::cmp::Ordering {
        (self.at, self.turn).cmp(&(other.at, other.turn))
    }
}
