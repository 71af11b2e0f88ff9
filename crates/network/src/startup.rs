//! After start: whether a node may sign for one of its logs again (protocol §2).
//!
//! A restored backup does not know what was signed after it was made; signing again from there would
//! split the log. So a node signs nothing until one other node has returned the latest that it holds of
//! the log, and what is ahead of the own disk is taken back first. A pure decision, to be made anew
//! whenever another answer has come.

use tlog::{Checkpoint, Hash, MAX_FRONTIER_SIZE, Note};

use crate::follower::PeerId;
use crate::keys::Keys;
use crate::names::Origin;

/// What the own disk holds of an own log.
#[derive(Clone, Debug)]
pub struct Own {
    /// The log.
    pub origin: Origin,
    /// Its keys: ours.
    pub keys: Keys,
    /// Its size on disk.
    pub size: u64,
    /// Its root at that size.
    pub root: Hash,
    /// Whether another node's receipt for it was ever seen. A log never receipted needs no answer; but if
    /// an answer came, it counts.
    pub receipted: bool,
}

/// What a neighbour returned.
#[derive(Clone, Debug)]
pub enum Returned {
    /// The newest checkpoint that it holds, not verified.
    Checkpoint(Note),
    /// It holds nothing of this log.
    Nothing,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on from what is on disk.
    Sign,
    /// The disk is behind what was signed: fetch these entries from this neighbour, as a follower does, and
    /// decide anew. If they do not lead to the checkpoint from our frontier, the log is split.
    TakeTail {
        /// Who holds them.
        peer: PeerId,
        /// The first entry; the size on disk.
        from: u64,
        /// After the last entry.
        to: u64,
        /// The checkpoint that proves them, signed by us.
        checkpoint: Box<Note>,
    },
    /// We have signed something else than what is on disk: sign nothing more, and publish the evidence.
    Freeze {
        /// Who holds it.
        peer: PeerId,
        /// What we signed.
        checkpoint: Box<Note>,
        /// Its size; the root on disk at this size is another.
        size: u64,
    },
    /// No answer counts yet: ask again, and others; drafting and serving go on.
    WaitLonger,
}

/// Decides from all answers so far. `root_at` gives the root of the own log at a size up to the own one.
///
/// Answers that we did not sign are passed over: whoever gives them proves nothing by them.
pub fn decide(own: &Own, answers: &[(PeerId, Returned)], root_at: impl Fn(u64) -> Option<Hash>) -> Decision {
    let ours = answers.iter().filter_map(|(peer, returned)| {
        let Returned::Checkpoint(note) = returned else { return None };
        let claim = Checkpoint::of(note).ok()?;
        let key = own.keys.valid_for(claim.size);
        let signed = own.origin == claim.origin.as_str() && note.verified_by(key).is_ok();
        (signed && claim.size <= MAX_FRONTIER_SIZE).then_some((*peer, claim, note))
    });
    let mut largest: Option<(PeerId, Checkpoint, &Note)> = None;
    for (peer, claim, note) in ours {
        let root = if claim.size == own.size { Some(own.root) } else { root_at(claim.size) };
        if claim.size <= own.size && root != Some(claim.root) {
            return Decision::Freeze { peer, checkpoint: Box::new(note.clone()), size: claim.size };
        }
        if largest.as_ref().is_none_or(|(_, before, _)| before.size < claim.size) {
            largest = Some((peer, claim, note));
        }
    }
    match largest {
        Some((peer, claim, note)) if claim.size > own.size => {
            Decision::TakeTail { peer, from: own.size, to: claim.size, checkpoint: Box::new(note.clone()) }
        }
        Some(_) => Decision::Sign,
        None if !own.receipted => Decision::Sign,
        None => Decision::WaitLonger,
    }
}

/// Whether a log that was cosigned before may be cosigned as it is on disk now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cosigning {
    /// The disk reaches what was cosigned, and agrees with it.
    Allowed,
    /// The disk is behind what was cosigned: wait until it has caught up.
    Behind,
    /// The disk has another past than the one that was cosigned: never, until people have looked.
    Contradicts,
}

/// Decides from what this node was heard to cosign (its own signature proves it) and what is on disk. `root_at`
/// gives the root on disk at a size up to its own.
pub fn may_cosign(heard: (u64, Hash), size: u64, root_at: impl FnOnce(u64) -> Option<Hash>) -> Cosigning {
    let (cosigned, root) = heard;
    if cosigned > size {
        Cosigning::Behind
    } else if root_at(cosigned) == Some(root) {
        Cosigning::Allowed
    } else {
        Cosigning::Contradicts
    }
}
