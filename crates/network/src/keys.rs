//! Which key signs a log at which size.

use std::sync::Arc;

use tlog::VerifierKey;

use crate::entry::KeyChange;

/// The keys of one log: the first from size 0, each valid until the next begins. Keys are valid for sizes
/// and never for times (protocol §6). Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys(Arc<[KeyChange]>);

impl Keys {
    /// One key for all sizes.
    #[must_use]
    pub fn single(key: VerifierKey) -> Keys {
        Keys(Arc::new([KeyChange { key, from: 0 }]))
    }

    /// The keys in ascending order of their first size; `None` unless the first begins at 0.
    #[must_use]
    pub fn new(keys: Vec<KeyChange>) -> Option<Keys> {
        let ascending = keys.windows(2).all(|pair| pair[0].from < pair[1].from);
        (ascending && keys.first().is_some_and(|key| key.from == 0)).then(|| Keys(keys.into()))
    }

    /// The key that signs a checkpoint of this size.
    #[must_use]
    pub fn valid_for(&self, size: u64) -> &VerifierKey {
        let after = self.0.partition_point(|key| key.from <= size);
        // The first key begins at 0, so at least one begins at or before any size.
        &self.0[after.max(1) - 1].key
    }

    /// All keys, oldest first.
    #[must_use]
    pub fn all(&self) -> &[KeyChange] {
        &self.0
    }

    /// These keys and one more; `None` if it does not begin later than the last.
    #[must_use]
    pub fn with(&self, change: KeyChange) -> Option<Keys> {
        let mut keys = self.0.to_vec();
        keys.push(change);
        Keys::new(keys)
    }
}
