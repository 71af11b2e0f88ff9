//! The content cursor of one log: which entries still lack something.

use std::collections::{BTreeMap, BTreeSet};

use crate::receipt::MAX_LACKING;

/// What a node can truthfully say of a log's contents, in the words of a receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Contents of the entries below this are held.
    pub content: u64,
    /// Except of these, ascending; at most [`MAX_LACKING`].
    pub lacking: Vec<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Cursor {
    read: u64,
    /// How many contents each entry lacks; 0 for one that was forgotten for want of room.
    lacking: BTreeMap<u64, u32>,
    forgotten: BTreeSet<u64>,
    recalling: BTreeSet<u64>,
}

impl Cursor {
    pub(super) fn read(&mut self, size: u64) {
        self.read = self.read.max(size);
    }

    pub(super) fn lacks(&mut self, index: u64) {
        *self.lacking.entry(index).or_default() += 1;
    }

    pub(super) fn has(&mut self, index: u64) {
        if let Some(count) = self.lacking.get_mut(&index) {
            *count = count.saturating_sub(1);
        }
        if !self.recalling.contains(&index) {
            self.recalled(index);
        }
    }

    /// It lacks something that is not in the queue.
    pub(super) fn forgets(&mut self, index: u64) {
        self.lacking.entry(index).or_default();
        self.forgotten.insert(index);
    }

    /// An entry whose wants are to be reported anew. It counts as lacking until they are.
    pub(super) fn recall(&mut self) -> Option<u64> {
        let index = self.forgotten.pop_first()?;
        self.recalling.insert(index);
        Some(index)
    }

    /// What the entry lacks is known again.
    pub(super) fn recalled(&mut self, index: u64) {
        self.recalling.remove(&index);
        if self.lacking.get(&index) == Some(&0) && !self.forgotten.contains(&index) {
            self.lacking.remove(&index);
        }
    }

    pub(super) fn claim(&self) -> Claim {
        let content = self.lacking.keys().nth(MAX_LACKING).map_or(self.read, |index| self.read.min(*index));
        Claim { content, lacking: self.lacking.range(..content).map(|(index, _)| *index).collect() }
    }
}
