//! Proofs, checked: that a leaf or subtree is in a tree, and that a tree only grew (RFC 6962, section 2.1).
//!
//! One walk serves all of them. It goes from the root of the large tree down to the subtree in question
//! and notes which side the path leaves behind at each step; the proof is the list of what was left
//! behind, from the bottom up. An inclusion proof is that walk for a single leaf, a consistency proof the
//! walk for the subtree that begins at leaf 0 (draft-ietf-plants-merkle-tree-certs, sections 4.3 and 4.4).
//!
//! A proof binds hashes to roots. It does not by itself prove the sizes: those must come, with the roots,
//! from checkpoints that were verified.

use std::ops::Range;

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// Why a proof was refused, or cannot be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("a tree of {old} leaves cannot have grown to {new}")]
    Shrunk {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// Not at a multiple of its width, or ending before it starts.
    #[error("leaves {start} to {end} are not a subtree")]
    NotASubtree {
        /// The first leaf.
        start: u64,
        /// The leaf after the last.
        end: u64,
    },
    /// More or fewer hashes than the sizes ask for.
    #[error("proof has {got} hashes instead of {expected}")]
    Length {
        /// How many the sizes ask for.
        expected: usize,
        /// How many there are.
        got: usize,
    },
    /// A root that is not [`EMPTY_ROOT`] for a tree or subtree without leaves.
    #[error("the root given for an empty tree is not that of the empty tree")]
    EmptyTree,
    /// The proof leads to another root of the older tree or subtree.
    #[error("proof does not lead to the older root")]
    OldRoot,
    /// The proof leads to another root.
    #[error("proof does not lead to the root")]
    Root,
}

/// What a step of the walk leaves behind.
pub(crate) enum Side {
    /// The right part of the larger tree: beyond the subtree.
    Right,
    /// The left part of the larger tree: before the subtree.
    Left,
    /// The left part of both: the subtree goes on to the right of it.
    Shared,
}

/// The way from a tree down to one of its subtrees.
pub(crate) struct Walk {
    /// What was left behind, from the root down.
    pub(crate) left_behind: Vec<(Side, Range<u64>)>,
    /// Where the walk ends, if that is only the right end of the subtree, whose hash the reader lacks.
    pub(crate) remainder: Option<Range<u64>>,
}

/// Walks from the root of a tree of `size` leaves down to the subtree `start..end`.
pub(crate) fn walk(start: u64, end: u64, size: u64) -> Result<Walk, ProofError> {
    // Start is a multiple of the smallest power of two that is not below the width (section 4.1 of the draft).
    let aligned =
        |width: u64| width.checked_next_power_of_two().map_or(start == 0, |unit| start.is_multiple_of(unit));
    if !end.checked_sub(start).is_some_and(aligned) {
        return Err(ProofError::NotASubtree { start, end });
    }
    if end > size {
        return Err(ProofError::Shrunk { old: end, new: size });
    }
    if start == end {
        return Ok(Walk { left_behind: Vec::new(), remainder: None });
    }
    let mut left_behind = Vec::new();
    let (mut here, mut sought, mut shared) = (0..size, start..end, false);
    while here != sought {
        let middle = here.start + split(here.end - here.start);
        if sought.end <= middle {
            left_behind.push((Side::Right, middle..here.end));
            here.end = middle;
        } else {
            let side = if sought.start >= middle { Side::Left } else { Side::Shared };
            if matches!(side, Side::Shared) {
                shared = true;
                sought.start = middle;
            }
            left_behind.push((side, here.start..middle));
            here.start = middle;
        }
    }
    Ok(Walk { left_behind, remainder: shared.then_some(here) })
}

/// The largest power of two below `leaves`, of which there are at least two (RFC 6962, section 2.1).
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Accepts `proof` if it shows that the leaf with hash `leaf` is at `index` of the tree of `size` leaves
/// with that root (RFC 6962, section 2.1.1).
///
/// # Errors
/// An index outside the tree, a proof of another length, or one that leads elsewhere.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    verify_subtree_consistency(index, index + 1, size, proof, leaf, root)
}

/// Accepts `proof` if it shows that the leaf with hash `leaf` is at `index` of the log, within the subtree
/// `start..end` with that root (draft-ietf-plants-merkle-tree-certs, section 4.3).
///
/// # Errors
/// Ends that are not a subtree, an index outside of it, a proof of another length, or one that leads elsewhere.
pub fn verify_subtree_inclusion(
    leaf: &Hash,
    index: u64,
    start: u64,
    end: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    walk(start, end, end)?;
    let index = index.checked_sub(start).ok_or(ProofError::NoSuchLeaf { index, size: end })?;
    verify_inclusion(leaf, index, end - start, proof, root)
}

/// Accepts `proof` if it shows that the tree of `old` leaves is the beginning of the tree of `new` leaves
/// (RFC 6962, section 2.1.2). The empty tree is the beginning of any, with an empty proof (c2sp.org/tlog-witness).
///
/// # Errors
/// A tree that shrank, a wrong root of the empty tree, a proof of another length, or one that leads elsewhere.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if new == 0 && *new_root != EMPTY_ROOT {
        return Err(ProofError::EmptyTree);
    }
    verify_subtree_consistency(0, old, new, proof, old_root, new_root)
}

/// Accepts `proof` if it shows that the leaves `start..end` of the tree of `size` leaves with root `root`
/// are the subtree with root `subtree_root` (draft-ietf-plants-merkle-tree-certs, section 4.4). An empty
/// subtree is in every tree that reaches it, by an empty proof.
///
/// # Errors
/// Ends that are not a subtree of the tree, a wrong root of the empty subtree, a proof of another length, or one that leads elsewhere.
pub fn verify_subtree_consistency(
    start: u64,
    end: u64,
    size: u64,
    proof: &[Hash],
    subtree_root: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    let walk = walk(start, end, size)?;
    let expected = walk.left_behind.len() + usize::from(walk.remainder.is_some());
    if proof.len() != expected {
        return Err(ProofError::Length { expected, got: proof.len() });
    }
    if start == end {
        return if *subtree_root == EMPTY_ROOT { Ok(()) } else { Err(ProofError::EmptyTree) };
    }
    let (first, siblings) = match (walk.remainder, proof.split_first()) {
        (Some(_), Some((first, siblings))) => (first, siblings),
        _ => (subtree_root, proof),
    };
    let (mut subtree, mut tree) = (*first, *first);
    for ((side, _), sibling) in walk.left_behind.iter().rev().zip(siblings) {
        match side {
            Side::Right => tree = node_hash(&tree, sibling),
            Side::Left => tree = node_hash(sibling, &tree),
            Side::Shared => {
                subtree = node_hash(sibling, &subtree);
                tree = node_hash(sibling, &tree);
            }
        }
    }
    if subtree != *subtree_root {
        return Err(ProofError::OldRoot);
    }
    if tree == *root { Ok(()) } else { Err(ProofError::Root) }
}
