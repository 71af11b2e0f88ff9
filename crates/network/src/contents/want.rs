//! One content that is wanted, and how far it has come.

use crate::entry::Lane;
use crate::follower::PeerId;
use crate::moment::Moment;
use crate::names::Origin;

#[derive(Debug)]
pub(super) struct Want {
    pub(super) size: u64,
    pub(super) lane: Lane,
    pub(super) turn: u64,
    pub(super) entries: Vec<(Origin, u64)>,
    /// Sources that failed in this round.
    pub(super) tried: Vec<PeerId>,
    /// Sources that say it is gone, or that sent something else: not asked again.
    pub(super) refused: Vec<PeerId>,
    pub(super) rounds: u32,
    pub(super) step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ready,
    Waiting(Moment),
    Fetching(PeerId, Moment),
    Keeping,
}
