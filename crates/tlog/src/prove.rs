//! Proofs, made from tiles (c2sp.org/tlog-tiles).
//!
//! Which tiles a proof needs is known beforehand, so that a caller can load them all at once, in whatever
//! way it likes, and then call with a reader over what it loaded. Each tile is read once per call. Tiles
//! are taken as they come: a proof made from wrong ones does not verify.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::frontier::{Frontier, FrontierError};
use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::proof::{ProofError, walk};
use crate::tile::{TILE_WIDTH, TileId, root_of_tile};

/// Where tiles come from.
pub trait HashReader {
    /// Why a tile could not be read.
    type Error;

    /// The hashes of the tile `id`. More than `id.width` may be given, as when the tile has grown since.
    ///
    /// # Errors
    /// Whatever keeps the reader from it.
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, Self::Error>;
}

/// A tile that was not among those loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("tile was not loaded")]
pub struct NotLoaded;

/// Tiles that were loaded beforehand, as an async caller does with those that `tiles_needed_for_…` names.
impl HashReader for BTreeMap<TileId, Vec<Hash>> {
    type Error = NotLoaded;

    fn tile(&self, id: TileId) -> Result<Vec<Hash>, NotLoaded> {
        self.get(&id).cloned().ok_or(NotLoaded)
    }
}

/// Why a proof could not be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// There is no such proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The reader failed.
    #[error("cannot read {tile}: {error}")]
    Reader {
        /// The tile asked for.
        tile: TileId,
        /// What the reader said.
        error: E,
    },
    /// The reader gave fewer hashes than the tile has.
    #[error("{tile} was read with only {got} hashes")]
    Short {
        /// The tile asked for.
        tile: TileId,
        /// How many came.
        got: usize,
    },
    /// The tree is too large for a frontier.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
}

/// A perfect subtree, as a run of hashes within one tile.
struct Part {
    tile: TileId,
    hashes: Range<usize>,
}

/// The perfect subtrees that `leaves`, a subtree of a tree of `size` leaves, is made of, largest first.
fn parts(leaves: Range<u64>, size: u64) -> Vec<Part> {
    let (mut start, end) = (leaves.start, leaves.end);
    let mut parts = Vec::new();
    while start < end {
        // A subtree starts at a multiple of its width, rounded up to a power of two, so what is left of it
        // starts at a multiple of the largest perfect subtree that fits.
        let height = (end - start).ilog2();
        let (level, run) = (height / 8, 1 << (height % 8));
        let first = start >> (8 * level);
        if let Some(tile) = TileId::in_tree(level as u8, first / TILE_WIDTH, size) {
            let offset = (first % TILE_WIDTH) as usize;
            parts.push(Part { tile, hashes: offset..offset + run });
        }
        start += 1 << height;
    }
    parts
}

/// The parts of each hash of a proof for the subtree `start..end`, in the proof's order; none for an empty subtree.
fn plan(start: u64, end: u64, size: u64) -> Result<Vec<Vec<Part>>, ProofError> {
    let walk = walk(start, end, size)?;
    let siblings = walk.left_behind.into_iter().rev().map(|(_, leaves)| leaves);
    Ok(walk.remainder.into_iter().chain(siblings).map(|leaves| parts(leaves, size)).collect())
}

fn inclusion_plan(index: u64, size: u64) -> Result<Vec<Vec<Part>>, ProofError> {
    if index < size { plan(index, index + 1, size) } else { Err(ProofError::NoSuchLeaf { index, size }) }
}

/// The tiles of a plan, each once, in order.
fn tiles(plan: &[Vec<Part>]) -> Vec<TileId> {
    let mut tiles: Vec<_> = plan.iter().flatten().map(|part| part.tile).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// The roots of all parts of a plan.
fn read<R: HashReader>(reader: &R, plan: &[Vec<Part>]) -> Result<Vec<Vec<Hash>>, ReadError<R::Error>> {
    let mut loaded = BTreeMap::new();
    for tile in tiles(plan) {
        let hashes = reader.tile(tile).map_err(|error| ReadError::Reader { tile, error })?;
        if hashes.len() < usize::from(tile.width) {
            return Err(ReadError::Short { tile, got: hashes.len() });
        }
        loaded.insert(tile, hashes);
    }
    let root = |part: &Part| match loaded.get(&part.tile).and_then(|hashes| hashes.get(part.hashes.clone())) {
        Some(run) => Ok(root_of_tile(run)),
        None => Err(ReadError::Short { tile: part.tile, got: 0 }),
    };
    plan.iter().map(|parts| parts.iter().map(root).collect()).collect()
}

fn prove<R: HashReader>(reader: &R, plan: &[Vec<Part>]) -> Result<Vec<Hash>, ReadError<R::Error>> {
    Ok(read(reader, plan)?.into_iter().map(join).collect())
}

/// The root of perfect subtrees side by side, largest first.
fn join(roots: Vec<Hash>) -> Hash {
    roots.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT)
}

/// The proof that leaf `index` is in the tree of `size` leaves (RFC 6962, section 2.1.1).
///
/// # Errors
/// An index outside the tree, or a tile that could not be read.
pub fn inclusion_proof<R: HashReader>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    prove(reader, &inclusion_plan(index, size)?)
}

/// The proof that the tree of `old` leaves is the beginning of that of `new` (RFC 6962, section 2.1.2).
///
/// # Errors
/// A tree that shrank, or a tile that could not be read.
pub fn consistency_proof<R: HashReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    prove(reader, &plan(0, old, new)?)
}

/// The proof that the subtree `start..end` is in the tree of `size` leaves
/// (draft-ietf-plants-merkle-tree-certs, section 4.4).
///
/// # Errors
/// Ends that are not a subtree of the tree, or a tile that could not be read.
pub fn subtree_consistency_proof<R: HashReader>(
    reader: &R,
    start: u64,
    end: u64,
    size: u64,
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    prove(reader, &plan(start, end, size)?)
}

/// The root of the tree of `size` leaves.
///
/// # Errors
/// A tile that could not be read.
pub fn root_from_reader<R: HashReader>(reader: &R, size: u64) -> Result<Hash, ReadError<R::Error>> {
    Ok(read(reader, &[parts(0..size, size)])?.into_iter().next().map_or(EMPTY_ROOT, join))
}

/// The frontier of the tree of `size` leaves, to go on appending where the tiles end.
///
/// # Errors
/// A tile that could not be read, or a size above [`crate::MAX_FRONTIER_SIZE`].
pub fn frontier_from_reader<R: HashReader>(reader: &R, size: u64) -> Result<Frontier, ReadError<R::Error>> {
    let roots = read(reader, &[parts(0..size, size)])?.into_iter().flatten().collect();
    Ok(Frontier::from_parts(size, roots)?)
}

/// The tiles that [`inclusion_proof`] reads; none if there is no such leaf.
pub fn tiles_needed_for_inclusion(index: u64, size: u64) -> Vec<TileId> {
    inclusion_plan(index, size).map_or_else(|_| Vec::new(), |plan| tiles(&plan))
}

/// The tiles that [`consistency_proof`] reads; none if there is no such proof.
pub fn tiles_needed_for_consistency(old: u64, new: u64) -> Vec<TileId> {
    plan(0, old, new).map_or_else(|_| Vec::new(), |plan| tiles(&plan))
}

/// The tiles that [`root_from_reader`] and [`frontier_from_reader`] read.
pub fn tiles_needed_for_root(size: u64) -> Vec<TileId> {
    tiles(&[parts(0..size, size)])
}
