//! Bridges: the perfect subtrees between two sizes of a tree, by which part of a tree is proven to belong
//! to a larger one, and by which two checkpoints are proven to contradict each other.
//!
//! The leaves `from..to` are covered by a fixed row of perfect subtrees ([`spans`]). Their hashes, put
//! after the frontier of a tree of `from` leaves, give the root at `to`. So a follower can verify a part of
//! a long log against the checkpoint at its end, and the hashes from 0 to `a` and from `a` to `b` give the
//! roots at both sizes at once, whoever handed them over.

use tlog::{Checkpoint, Frontier, Hash, HashReader, ReadError, TileId, node_hash, root_of_tile};

/// A perfect subtree: `2^level` leaves, the first of which is `index * 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Binary level; 0 is a leaf.
    pub level: u8,
    /// Its place among the subtrees of that level.
    pub index: u64,
}

/// The perfect subtrees that cover `from..to`, left to right, each as large as fits. At most 126.
pub fn spans(from: u64, to: u64) -> impl Iterator<Item = Span> {
    let mut at = from;
    std::iter::from_fn(move || {
        if at >= to {
            return None;
        }
        let level = at.trailing_zeros().min((to - at).ilog2());
        let span = Span { level: level as u8, index: at >> level };
        at += 1 << level;
        Some(span)
    })
}

fn tile_of(span: Span, size: u64) -> Option<(TileId, usize, usize)> {
    let first = span.index << (span.level % 8);
    let tile = TileId::in_tree(span.level / 8, first / 256, size)?;
    Some((tile, (first % 256) as usize, 1 << (span.level % 8)))
}

/// The tiles of a tree of `size` leaves that [`bridge`] will read, so that they can be loaded first.
#[must_use]
pub fn tiles_needed(from: u64, to: u64, size: u64) -> Vec<TileId> {
    let mut tiles: Vec<TileId> =
        spans(from, to).filter_map(|span| tile_of(span, size)).map(|(tile, _, _)| tile).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// The hashes of [`spans`], from the tiles of a tree of `size` leaves, `to` at most.
///
/// # Errors
/// What the reader says, or that it gave too few hashes.
pub fn bridge<R: HashReader>(
    reader: &R,
    from: u64,
    to: u64,
    size: u64,
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    let short = |tile, got| ReadError::Short { tile, got };
    let mut hashes = Vec::new();
    let mut last: Option<(TileId, Vec<Hash>)> = None;
    for span in spans(from, to) {
        let nowhere = TileId { level: span.level / 8, index: span.index >> 8, width: 0 };
        let (tile, start, width) = tile_of(span, size).ok_or_else(|| short(nowhere, 0))?;
        if last.as_ref().is_none_or(|(id, _)| *id != tile) {
            let row = reader.tile(tile).map_err(|error| ReadError::Reader { tile, error })?;
            last = Some((tile, row));
        }
        let row = last.as_ref().map_or(&[][..], |(_, row)| row);
        let run = row.get(start..start + width).ok_or_else(|| short(tile, row.len()))?;
        hashes.push(root_of_tile(run));
    }
    Ok(hashes)
}

/// The root at `to` of the tree that begins with `frontier` and goes on with these spans; `None` if their
/// number is not that of [`spans`].
#[must_use]
pub fn root_beyond(frontier: &Frontier, to: u64, bridge: &[Hash]) -> Option<Hash> {
    let own = spans(0, frontier.size()).zip(frontier.hashes());
    let mut rest = bridge.iter();
    let mut row: Vec<(u8, Hash)> = own.map(|(span, hash)| (span.level, *hash)).collect();
    for span in spans(frontier.size(), to) {
        push(&mut row, span.level, *rest.next()?);
    }
    if rest.next().is_some() || frontier.size() > to {
        return None;
    }
    Some(fold(&row))
}

/// The roots at `old` and `new` of the tree with these hashes: those of `spans(0, old)`, then those of
/// `spans(old, new)`. `None` if their number is another.
#[must_use]
pub fn roots(old: u64, new: u64, hashes: &[Hash]) -> Option<(Hash, Hash)> {
    let left = old.count_ones() as usize;
    let frontier = Frontier::from_parts(old, hashes.get(..left)?.to_vec()).ok()?;
    Some((frontier.root(), root_beyond(&frontier, new, &hashes[left..])?))
}

/// Whether two checkpoints of one log contradict each other: another root at the same size, or, if `b` is
/// larger, hashes of `b`'s tree that give another root at `a`'s size. Signatures are for the caller.
#[must_use]
pub fn contradict(a: &Checkpoint, b: &Checkpoint, bridge: &[Hash]) -> bool {
    if a.origin != b.origin || a.size > b.size {
        return false;
    }
    if a.size == b.size {
        return a.root != b.root;
    }
    roots(a.size, b.size, bridge).is_some_and(|(old, new)| new == b.root && old != a.root)
}

fn push(row: &mut Vec<(u8, Hash)>, level: u8, hash: Hash) {
    let (mut level, mut hash) = (level, hash);
    while let Some((left_level, left)) = row.last().copied()
        && left_level == level
    {
        row.pop();
        hash = node_hash(&left, &hash);
        level += 1;
    }
    row.push((level, hash));
}

fn fold(row: &[(u8, Hash)]) -> Hash {
    let hashes = row.iter().rev().map(|(_, hash)| *hash);
    hashes.reduce(|right, left| node_hash(&left, &right)).unwrap_or(tlog::EMPTY_ROOT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use tlog::leaf_hash;

    /// All tiles of a tree whose leaf `i` is made from `i` and `twist`.
    fn tree(size: u64, twist: u64) -> (Frontier, BTreeMap<TileId, Vec<Hash>>) {
        let mut frontier = Frontier::new();
        let mut levels: BTreeMap<(u8, u64), Hash> = BTreeMap::new();
        for leaf in 0..size {
            let data = [leaf.to_be_bytes(), twist.to_be_bytes()].concat();
            frontier.push_with(leaf_hash(&data), |level, index, hash| {
                levels.insert((level, index), hash);
            });
        }
        let row = |tile: TileId| {
            let at = |offset: u64| levels[&(tile.level * 8, tile.index * 256 + offset)];
            (0..u64::from(tile.width)).map(at).collect()
        };
        (frontier, tlog::tiles_for(size).map(|tile| (tile, row(tile))).collect())
    }

    proptest! {
        #[test]
        fn a_bridge_leads_from_any_size_to_any_larger_one(a in 0..700_u64, b in 0..700_u64, more in 0..300_u64) {
            let (a, b) = (a.min(b), a.max(b));
            let (_, tiles) = tree(b + more, 0);
            let (at_a, at_b) = (tree(a, 0).0, tree(b, 0).0);
            prop_assert!(tiles_needed(a, b, b + more).iter().all(|tile| tiles.contains_key(tile)));
            let hashes = bridge(&tiles, a, b, b + more).unwrap();
            prop_assert_eq!(root_beyond(&at_a, b, &hashes), Some(at_b.root()));
            let both = [at_a.hashes(), &hashes].concat();
            prop_assert_eq!(bridge(&tiles, 0, a, b + more).unwrap(), at_a.hashes());
            prop_assert_eq!(roots(a, b, &both), Some((at_a.root(), at_b.root())));
            prop_assert_eq!(roots(a, b, &[&both[..], &both[..]].concat()).is_some(), both.is_empty());
        }

        #[test]
        fn only_a_real_contradiction_is_one(a in 1..300_u64, more in 1..300_u64) {
            let b = a + more;
            let note = |frontier: &Frontier| Checkpoint {
                origin: "a.vn/log".into(), size: frontier.size(), root: frontier.root(), extensions: vec![],
            };
            let (forked, tiles) = tree(b, 1);
            let evidence = bridge(&tiles, 0, a, b).unwrap();
            let evidence = [evidence, bridge(&tiles, a, b, b).unwrap()].concat();
            prop_assert!(contradict(&note(&tree(a, 0).0), &note(&forked), &evidence));
            prop_assert!(!contradict(&note(&tree(a, 1).0), &note(&forked), &evidence));
            prop_assert!(!contradict(&note(&tree(a, 0).0), &note(&tree(b, 0).0), &evidence));
            prop_assert!(!contradict(&note(&tree(a, 0).0), &note(&forked), &evidence[1..]));
        }
    }

    #[test]
    fn whole_numbers_at_the_edge_do_not_overflow() {
        assert_eq!(spans(0, u64::MAX).count(), 64);
        assert!(spans(1, u64::MAX).count() <= 126);
        assert_eq!(roots(u64::MAX, 3, &[]), None);
    }
}
