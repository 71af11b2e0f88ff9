//! What the follower knows, for pages, receipts and `doctor`.

use std::sync::Arc;

use tlog::{Hash, Note};

use super::log::Log;
use super::peers::Line;
use super::{Follower, PeerId};
use crate::moment::Moment;
use crate::names::Origin;

/// One followed log.
#[derive(Clone, Debug)]
pub struct LogStatus {
    /// Entries applied.
    pub size: u64,
    /// The root at that size.
    pub root: Hash,
    /// The newest checkpoint that applied entries were proven by.
    pub checkpoint: Option<Arc<Note>>,
    /// Set if the log is frozen.
    pub frozen: bool,
    /// The largest size that is proven or said to exist: more than `size` means that we are behind and know it.
    pub exists: u64,
    /// Set while a catch-up or a comparison is under way.
    pub busy: bool,
}

/// One neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// Set if its line is open.
    pub up: bool,
    /// How often it was caught at fault.
    pub faults: u32,
    /// Not used before this time.
    pub retry_at: Moment,
}

impl Follower {
    /// What is known of a log; `None` if it is not followed.
    #[must_use]
    pub fn log(&self, origin: &Origin) -> Option<LogStatus> {
        let log = &self.logs[*self.by_origin.get(origin)?];
        Some(LogStatus {
            size: log.size(),
            root: log.frontier.root(),
            checkpoint: log.proven.as_ref().map(|proven| proven.note.clone()),
            frozen: log.frozen,
            exists: log.exists(),
            busy: log.pull.is_some() || log.comparing.is_some() || log.in_flight.is_some(),
        })
    }

    /// The logs that are known to be longer than here, and by how many entries.
    pub fn behind(&self) -> impl Iterator<Item = (&Origin, u64)> {
        let behind = |log: &Log| log.exists().saturating_sub(log.size());
        let logs = self.by_origin.iter().map(move |(origin, at)| (origin, behind(&self.logs[*at])));
        logs.filter(|(_, entries)| *entries > 0)
    }

    /// The logs that are followed, frozen ones too.
    pub fn logs(&self) -> impl Iterator<Item = &Origin> {
        self.by_origin.keys()
    }

    /// What is known of a neighbour.
    #[must_use]
    pub fn peer(&self, peer: PeerId) -> Option<PeerStatus> {
        let peer = self.peers.get(&peer)?;
        Some(PeerStatus { up: peer.line == Line::Up, faults: peer.faults, retry_at: peer.retry_at })
    }

    /// Bytes of entries that wait for their checkpoint; at most [`super::Settings::buffer`] and one entry.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffered
    }
}
