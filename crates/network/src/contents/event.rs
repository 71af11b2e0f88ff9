//! What the queue of contents is told and what it asks for.

#[cfg(doc)]
use super::Contents;
use crate::entry::Lane;
use crate::follower::PeerId;
use crate::moment::Moment;
use crate::names::{ContentHash, Origin};

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An applied entry points to content that our store does not hold.
    Want {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
        /// The content.
        hash: ContentHash,
        /// Its size as the entry says.
        size: u64,
        /// How urgent it is.
        lane: Lane,
    },
    /// Every content that entries of this log below `size` point to was wanted, unless our store held it.
    Read {
        /// The log.
        origin: Origin,
        /// The size.
        size: u64,
    },
    /// Where to fetch the contents of a log, in the order of preference. What waits of it is tried at once.
    Sources {
        /// The log.
        origin: Origin,
        /// The issuer's node, then neighbours.
        sources: Vec<PeerId>,
    },
    /// A source is back: what waits and may be there is tried at once.
    Back {
        /// The source.
        source: PeerId,
    },
    /// After [`Action::Recall`]: every want of the entry was reported anew.
    Recalled {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
    },
    /// A fetch brought bytes, hashed while they came and not yet kept.
    Arrived {
        /// What was asked for.
        hash: ContentHash,
        /// Who was asked.
        from: PeerId,
        /// The hash of what came.
        found: ContentHash,
    },
    /// The source does not have it (404).
    Missing {
        /// What was asked for.
        hash: ContentHash,
        /// Who was asked.
        from: PeerId,
    },
    /// The source says that it was erased (410).
    Gone {
        /// What was asked for.
        hash: ContentHash,
        /// Who was asked.
        from: PeerId,
    },
    /// The source could not be reached, or broke off, or sent more bytes than the entry says.
    Failed {
        /// What was asked for.
        hash: ContentHash,
        /// Who was asked.
        from: PeerId,
    },
    /// Our store holds it durably, whether from a fetch or otherwise.
    Kept {
        /// The content.
        hash: ContentHash,
    },
    /// Our store could not keep it.
    NotKept {
        /// The content.
        hash: ContentHash,
    },
    /// An entry in a log has erased it: it must not be fetched or kept.
    Erased {
        /// The content.
        hash: ContentHash,
    },
    /// Many entries are still to be applied: until this time only urgent contents are fetched, so that what
    /// stands and what was withdrawn is known first, the text after it (protocol §8).
    EntriesFirst {
        /// Until when; a time that has come ends it.
        until: Moment,
    },
    /// The time asked for by [`Action::Wake`] has come.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read `/content/<hash>` from this source, no more than `size` bytes.
    Fetch {
        /// The content.
        hash: ContentHash,
        /// Its size as the entry says.
        size: u64,
        /// The source.
        from: PeerId,
    },
    /// What arrived is right: keep it durably, then report [`Event::Kept`].
    Keep {
        /// The content.
        hash: ContentHash,
    },
    /// What arrived or is arriving must not be kept.
    Discard {
        /// The content.
        hash: ContentHash,
    },
    /// There is room again: report [`Event::Want`] anew for what this entry points to and our store does not
    /// hold, then [`Event::Recalled`].
    Recall {
        /// The log.
        origin: Origin,
        /// The entry.
        index: u64,
    },
    /// The source sent bytes that do not match the hash.
    Alarm {
        /// The content.
        hash: ContentHash,
        /// The source.
        from: PeerId,
    },
    /// Send [`Event::Tick`] at this time. The newest one stands.
    Wake {
        /// When.
        at: Moment,
    },
}

/// Times in milliseconds, and bounds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Fetches under way, over all sources.
    pub fetches: usize,
    /// Fetches under way from one source.
    pub per_source: usize,
    /// Contents that are remembered to be fetched, twice as many if they are urgent; more are recalled when
    /// there is room.
    pub capacity: usize,
    /// The first and the longest wait after all sources failed.
    pub back_off: (u64, u64),
    /// How long an answer may take.
    pub answer: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            fetches: 8,
            per_source: 4,
            capacity: 50_000,
            back_off: (5_000, 3_600_000),
            answer: 600_000,
        }
    }
}
