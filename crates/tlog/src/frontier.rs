//! The frontier: the right edge of a growing tree, all that is needed to append and to know the root.
//!
//! A tree of `size` leaves is the row of perfect subtrees that the binary digits of `size` name, largest
//! first; the frontier keeps their roots, at most 63 hashes. A follower that pushes the leaves it was
//! given and finds the signed root has verified all of them, without a single proof.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// The largest tree that [`Frontier::from_bytes`] accepts, so that no push can ever overflow.
pub const MAX_FRONTIER_SIZE: u64 = i64::MAX as u64;

/// The right edge of a tree.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

/// Why bytes are not a frontier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrontierError {
    /// Not eight bytes of size and then one hash per binary one in it.
    #[error("frontier of {got} bytes has the wrong length: {expected} are expected")]
    Length {
        /// The length that the size asks for.
        expected: usize,
        /// The length found.
        got: usize,
    },
    /// Above [`MAX_FRONTIER_SIZE`].
    #[error("frontier size {0} is above 2^63 - 1")]
    Size(u64),
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// The frontier of a tree of `size` leaves from the roots of its perfect subtrees, largest first.
    ///
    /// # Errors
    /// Another number of hashes than `size` has binary ones, or a size above [`MAX_FRONTIER_SIZE`].
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Result<Frontier, FrontierError> {
        if size > MAX_FRONTIER_SIZE {
            return Err(FrontierError::Size(size));
        }
        let (expected, got) = (encoded_length(size), 8 + 32 * hashes.len());
        if expected == got {
            Ok(Frontier { size, hashes })
        } else {
            Err(FrontierError::Length { expected, got })
        }
    }

    /// Appends a leaf, given its hash.
    pub fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_, _, _| {});
    }

    /// Appends a leaf and reports every subtree that it completes, the leaf itself first: the subtree's
    /// binary level (0 for leaves), its index among the subtrees of that level, and its root.
    ///
    /// A store of tiles keeps those whose level is a multiple of 8: at tile level `level / 8`, in the tile
    /// `index / 256`, as hash `index % 256`.
    pub fn push_with(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let (mut hash, mut index) = (leaf, self.size);
        completed(0, index, hash);
        // Each binary one at the end of the size is a finished left neighbour of the new subtree.
        for level in 1..=self.size.trailing_ones() as u8 {
            let Some(left) = self.hashes.pop() else { break };
            hash = node_hash(&left, &hash);
            index >>= 1;
            completed(level, index, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect subtrees, largest first.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The root of the tree (RFC 6962, section 2.1).
    pub fn root(&self) -> Hash {
        self.hashes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT)
    }

    /// The frontier as bytes: the size as eight, big-endian, then the hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(encoded_length(self.size));
        bytes.extend(self.size.to_be_bytes());
        self.hashes.iter().for_each(|hash| bytes.extend(hash.0));
        bytes
    }

    /// The frontier that [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// A length that does not belong to the size, or a size above [`MAX_FRONTIER_SIZE`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Frontier, FrontierError> {
        let (size, rest) =
            bytes.split_first_chunk().ok_or(FrontierError::Length { expected: 8, got: bytes.len() })?;
        let size = u64::from_be_bytes(*size);
        let (hashes, odd) = rest.as_chunks();
        if !odd.is_empty() {
            return Err(FrontierError::Length { expected: encoded_length(size), got: bytes.len() });
        }
        Frontier::from_parts(size, hashes.iter().copied().map(Hash).collect())
    }
}

fn encoded_length(size: u64) -> usize {
    8 + 32 * size.count_ones() as usize
}
