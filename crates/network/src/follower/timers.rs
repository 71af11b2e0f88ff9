//! What is to be looked at when. A timer that fires only looks; whether anything is due, the state says.

use std::collections::BTreeSet;

use super::{GroupId, PeerId};
use crate::moment::Moment;

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// Whether a line still lives or has opened.
    Peer(PeerId),
    /// Whether a (preferred) neighbour can be tried.
    Group(GroupId),
    /// Whether the flow brought what heads says exists.
    Patience(usize),
    /// Whether a catch-up can begin, or its answers are overdue.
    Pull(usize),
    /// Whether a comparison's answer is overdue.
    Compare(usize),
    /// Hand a batch out again.
    Apply(usize),
    /// Ask for the newest checkpoints of watched logs elsewhere.
    Watch,
    /// Tell neighbours of logs that were added.
    Fresh,
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    set: BTreeSet<(Moment, Timer)>,
    announced: Option<Moment>,
}

impl Timers {
    pub(super) fn at(&mut self, at: Moment, timer: Timer) {
        self.set.insert((at, timer));
    }

    /// Takes one timer that is due.
    pub(super) fn due(&mut self, now: Moment) -> Option<Timer> {
        let (at, _) = *self.set.first()?;
        if at > now {
            return None;
        }
        if self.announced.is_some_and(|announced| announced <= now) {
            self.announced = None;
        }
        self.set.pop_first().map(|(_, timer)| timer)
    }

    /// The next time to be woken at, if it is not the one announced last.
    pub(super) fn announce_next(&mut self) -> Option<Moment> {
        let (next, _) = *self.set.first()?;
        if self.announced.is_some_and(|announced| announced <= next) {
            return None;
        }
        self.announced = Some(next);
        Some(next)
    }
}
