//! What a follower asks to be done.

use std::sync::Arc;

use tlog::{Frontier, Hash, Note};

#[cfg(doc)]
use super::Event;
use super::{Bytes, PeerId};
use crate::flow::FlowRequest;
use crate::moment::Moment;
use crate::names::Origin;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Open a flow to this neighbour with this request, in the place of an open one.
    Connect {
        /// The neighbour.
        peer: PeerId,
        /// The request.
        wants: FlowRequest,
    },
    /// Close the flow; no [`Event::PeerDown`] is due for it.
    Disconnect {
        /// The neighbour.
        peer: PeerId,
        /// Why.
        why: Why,
    },
    /// Read the newest checkpoint that this neighbour serves of this log.
    Ask {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
    },
    /// Read entries from this neighbour's bundles, and the bridge from their end to `tree` from its tiles.
    Fetch {
        /// The neighbour.
        peer: PeerId,
        /// The log.
        origin: Origin,
        /// The first entry.
        from: u64,
        /// After the last entry; the next multiple of 256, or `tree`.
        to: u64,
        /// The size of the tree that the bridge must lead to.
        tree: u64,
    },
    /// Read the hashes of the spans from 0 to `old` and from `old` to `new` ([`crate::bridge`]).
    Compare {
        /// From a neighbour's tiles, or from our own if `None`.
        peer: Option<PeerId>,
        /// The log.
        origin: Origin,
        /// The smaller size.
        old: u64,
        /// The larger size.
        new: u64,
    },
    /// Apply in one transaction and report [`Event::Applied`].
    Apply(Arc<Batch>),
    /// Two checkpoints contradict each other: the log is frozen here; publish the evidence (`log.split`).
    Freeze(Split),
    /// Tell the operator; the same alarm is not repeated within ten minutes.
    Alarm(Alarm),
    /// Send [`Event::Tick`] at this time. The newest one stands.
    Wake {
        /// When.
        at: Moment,
    },
}

/// Entries that are proven, to be applied together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The log.
    pub origin: Origin,
    /// Index of the first entry; the size of the log before.
    pub from: u64,
    /// The entries; none if only cosignatures of the checkpoint are new.
    pub entries: Vec<Bytes>,
    /// Their leaf hashes.
    pub leaves: Vec<Hash>,
    /// The frontier after them; its size is the log's size after.
    pub frontier: Frontier,
    /// The log's root after them.
    pub root: Hash,
    /// The checkpoint that proves them, verified, with the log's signatures and verified cosignatures only.
    pub checkpoint: Arc<Note>,
    /// Its size.
    pub checkpoint_size: u64,
    /// Who sent the entries.
    pub peer: Option<PeerId>,
}

impl Batch {
    /// The size of the log after this batch.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Whether the checkpoint is that of the log after this batch. If not, the batch is part of a longer
    /// catch-up: store the checkpoint beside the log, but go on serving and cosigning the one before.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.checkpoint_size == self.frontier.size()
    }
}

/// Evidence that a log was split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The log.
    pub origin: Origin,
    /// The checkpoint with the smaller or equal size.
    pub a: Arc<Note>,
    /// The other one.
    pub b: Arc<Note>,
    /// What [`crate::bridge::contradict`] needs; empty if the sizes are equal.
    pub bridge: Vec<Hash>,
}

/// Why a flow is closed from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A preferred neighbour has taken its place, or the group has changed.
    NotNeeded,
    /// Nothing came for too long, not even a heartbeat.
    Silent,
    /// It did not open in time.
    TooSlow,
    /// It was caught at fault.
    Fault(Trouble),
}

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The relay sent what is not a flow, a checkpoint of another log, or an entry too long.
    Malformed,
    /// The relay sent a checkpoint whose signature is wrong.
    BadSignature,
    /// The relay sent entries that its own tiles and the log's checkpoint disprove.
    WrongEntries,
    /// The relay served tiles that the log's checkpoint disproves.
    WrongTiles,
    /// The relay did not send what others had.
    Withholding,
    /// A checkpoint is signed by no key that the directory has for its size.
    UnknownKey,
    /// The log was split.
    Split,
    /// No neighbour has what the heads log says exists.
    Unavailable,
    /// None of a group's neighbours can be reached.
    Unreachable,
    /// Our own store gives other hashes than the log's checkpoint that it applied.
    OwnStore,
    /// A batch could not be applied several times.
    CannotApply,
}

impl Trouble {
    /// The key under which the product keeps the words for an operator: what happened and what to do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Trouble::Malformed => "follower.malformed",
            Trouble::BadSignature => "follower.bad_signature",
            Trouble::WrongEntries => "follower.wrong_entries",
            Trouble::WrongTiles => "follower.wrong_tiles",
            Trouble::Withholding => "follower.withholding",
            Trouble::UnknownKey => "follower.unknown_key",
            Trouble::Split => "follower.split",
            Trouble::Unavailable => "follower.unavailable",
            Trouble::Unreachable => "follower.unreachable",
            Trouble::OwnStore => "follower.own_store",
            Trouble::CannotApply => "follower.cannot_apply",
        }
    }
}

/// Something an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alarm {
    /// What it is about.
    pub about: Trouble,
    /// The neighbour at fault or out of reach.
    pub peer: Option<PeerId>,
    /// The log.
    pub origin: Option<Origin>,
}
