//! What must hold for any tree: the frontier, the tiles and the proofs agree with RFC 6962 read literally,
//! and no proof survives the change of a single bit.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;
use proptest::sample::Index;
use tlog::*;

/// The largest power of two below `n`, as RFC 6962 splits.
fn split(n: usize) -> usize {
    (0..).map(|power| 1 << power).take_while(|k| *k < n).last().unwrap()
}

/// MTH of RFC 6962, section 2.1, read literally.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&mth(left), &mth(right))
        }
    }
}

/// PATH of RFC 6962, section 2.1.1, read literally.
fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut below, other) =
        if index < k { (path(index, left), right) } else { (path(index - k, right), left) };
    below.push(mth(other));
    below
}

/// SUBPROOF of RFC 6962, section 2.1.2, read literally.
fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut below, other) =
        if old <= k { (subproof(old, left, whole), right) } else { (subproof(old - k, right, false), left) };
    below.push(mth(other));
    below
}

/// A tree of distinct leaves with its tiles, as a store keeps them.
struct Tree {
    leaves: Vec<Hash>,
    frontier: Frontier,
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl Tree {
    fn grown(size: usize) -> Tree {
        let mut tree = Tree { leaves: Vec::new(), frontier: Frontier::new(), tiles: BTreeMap::new() };
        for index in 0..size {
            let leaf = leaf_hash(&index.to_be_bytes());
            tree.leaves.push(leaf);
            tree.frontier.push_with(leaf, |level, index, hash| {
                if level.is_multiple_of(8) {
                    let tile = tree.tiles.entry((level / 8, index / TILE_WIDTH)).or_default();
                    assert_eq!(tile.len() as u64, index % TILE_WIDTH, "hashes come in order");
                    tile.push(hash);
                }
            });
        }
        tree
    }
}

impl HashReader for Tree {
    type Error = Infallible;

    fn tile(&self, id: TileId) -> Result<Vec<Hash>, Infallible> {
        Ok(self.tiles[&(id.level, id.index)].clone())
    }
}

/// Every copy of `hashes` in which one bit of one of them is another.
fn bit_flips(hashes: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..hashes.len() * 256).map(|bit| {
        let mut flipped = hashes.to_vec();
        flipped[bit / 256].0[bit % 256 / 8] ^= 1 << (bit % 8);
        flipped
    })
}

#[test]
fn every_proof_of_every_small_tree() {
    for size in 0..=20_u64 {
        let tree = Tree::grown(size as usize);
        let root = mth(&tree.leaves);
        for index in 0..size {
            let proof = inclusion_proof(&tree, index, size).unwrap();
            assert_eq!(proof, path(index as usize, &tree.leaves));
            assert_eq!(verify_inclusion(&tree.leaves[index as usize], index, size, &proof, &root), Ok(()));
            for wrong in (0..size).filter(|wrong| *wrong != index) {
                assert!(verify_inclusion(&tree.leaves[index as usize], wrong, size, &proof, &root).is_err());
            }
        }
        for old in 1..=size {
            let proof = consistency_proof(&tree, old, size).unwrap();
            assert_eq!(proof, subproof(old as usize, &tree.leaves, true));
            for start in 0..old {
                let subtree = mth(&tree.leaves[start as usize..old as usize]);
                match subtree_consistency_proof(&tree, start, old, size) {
                    Ok(proof) => {
                        assert_eq!(
                            verify_subtree_consistency(start, old, size, &proof, &subtree, &root),
                            Ok(())
                        );
                        assert!(start.is_multiple_of((old - start).next_power_of_two()));
                    }
                    Err(error) => {
                        assert_eq!(error, ReadError::Proof(ProofError::NotASubtree { start, end: old }));
                    }
                }
            }
        }
    }
}

#[test]
fn tiles_of_a_tree_are_those_that_the_specification_counts() {
    let count = |level, full| move |id: &TileId| id.level == level && id.is_full() == full;
    let tiles: Vec<_> = tiles_for(70_000).collect();
    assert_eq!(tiles.iter().copied().filter(count(0, true)).count(), 273);
    let partial = |level| tiles.iter().copied().find(count(level, false)).map(|id| (id.index, id.width));
    assert_eq!((partial(0), partial(1), partial(2)), (Some((273, 112)), Some((1, 17)), Some((0, 1))));
    assert_eq!(tiles.iter().copied().filter(count(1, true)).count(), 1);
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
    let of_256: Vec<_> = tiles_for(256).map(|id| id.path()).collect();
    assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(tiles_for(0).count() + bundles_for(0).count(), 0);
    assert_eq!(tiles_for(u64::MAX).next(), Some(TileId { level: 0, index: 0, width: 256 }));
}

/// A tree whose leaves are all alike, so that it can be of any size.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Uniform {
        let next = |hash: &Hash| Some(node_hash(hash, hash));
        Uniform(std::iter::successors(Some(leaf_hash(b"leaf")), next).take(64).collect())
    }
}

impl HashReader for Uniform {
    type Error = Infallible;

    fn tile(&self, id: TileId) -> Result<Vec<Hash>, Infallible> {
        Ok(vec![self.0[8 * usize::from(id.level)]; usize::from(id.width)])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn frontier_and_tiles_give_the_root(size in 0..1500_usize) {
        let tree = Tree::grown(size);
        let root = mth(&tree.leaves);
        prop_assert_eq!(tree.frontier.root(), root);
        prop_assert_eq!(root_of_tile(&tree.leaves), root);
        prop_assert_eq!(root_from_reader(&tree, size as u64).unwrap(), root);
        prop_assert_eq!(frontier_from_reader(&tree, size as u64).unwrap(), tree.frontier.clone());
        prop_assert_eq!(Frontier::from_bytes(&tree.frontier.to_bytes()), Ok(tree.frontier.clone()));
        let tiles: BTreeMap<_, _> = tiles_for(size as u64).map(|id| ((id.level, id.index), id.width)).collect();
        let kept = tree.tiles.iter().map(|(place, hashes)| (*place, hashes.len() as u16)).collect();
        prop_assert_eq!(tiles, kept);
    }

    #[test]
    fn inclusion_holds_and_no_bit_of_it_may_change(grown in 1..1500_usize, size in any::<Index>(), index in any::<Index>()) {
        let tree = Tree::grown(grown);
        let size = size.index(grown) + 1;
        let index = index.index(size);
        let (leaf, root) = (tree.leaves[index], mth(&tree.leaves[..size]));
        let proof = inclusion_proof(&tree, index as u64, size as u64).unwrap();
        prop_assert_eq!(&proof, &path(index, &tree.leaves[..size]));
        let all: Vec<_> = [leaf, root].into_iter().chain(proof).collect();
        let check = |all: &[Hash]| verify_inclusion(&all[0], index as u64, size as u64, &all[2..], &all[1]);
        prop_assert_eq!(check(&all), Ok(()));
        prop_assert!(bit_flips(&all).all(|flipped| check(&flipped).is_err()));
        prop_assert!(all.len() == 2 || check(&all[..all.len() - 1]).is_err());
    }

    #[test]
    fn consistency_holds_and_no_bit_of_it_may_change(new in 1..1500_usize, old in any::<Index>()) {
        let tree = Tree::grown(new);
        let old = old.index(new) + 1;
        let roots = [mth(&tree.leaves[..old]), mth(&tree.leaves)];
        let proof = consistency_proof(&tree, old as u64, new as u64).unwrap();
        prop_assert_eq!(&proof, &subproof(old, &tree.leaves, true));
        let all: Vec<_> = roots.into_iter().chain(proof).collect();
        let check = |all: &[Hash]| verify_consistency(old as u64, new as u64, &all[0], &all[1], &all[2..]);
        prop_assert_eq!(check(&all), Ok(()));
        prop_assert!(bit_flips(&all).all(|flipped| check(&flipped).is_err()));
    }

    #[test]
    fn subtrees_hold_and_no_bit_of_them_may_change(size in 1..1500_u64, height in 0..11_u32, at in any::<Index>(), width in any::<Index>()) {
        let tree = Tree::grown(size as usize);
        let unit = 1 << height.min(size.ilog2());
        let start = at.index(size.div_ceil(unit) as usize) as u64 * unit;
        let end = start + width.index(unit.min(size - start) as usize) as u64 + 1;
        let leaves = &tree.leaves[start as usize..end as usize];
        let proof = subtree_consistency_proof(&tree, start, end, size).unwrap();
        let all: Vec<_> = [mth(leaves), mth(&tree.leaves)].into_iter().chain(proof).collect();
        let check = |all: &[Hash]| verify_subtree_consistency(start, end, size, &all[2..], &all[0], &all[1]);
        prop_assert_eq!(check(&all), Ok(()));
        prop_assert!(bit_flips(&all).all(|flipped| check(&flipped).is_err()));
        let within = verify_subtree_inclusion(&leaves[0], start, start, end, &path(0, leaves), &all[0]);
        prop_assert_eq!(within, Ok(()));
    }

    #[test]
    fn proofs_in_trees_of_any_size(new in 1..=u64::MAX, old in any::<u64>(), index in any::<u64>()) {
        let (tree, old, index) = (Uniform::new(), old % new + 1, index % new);
        let [old_root, root] = [old, new].map(|size| root_from_reader(&tree, size).unwrap());
        let proof = inclusion_proof(&tree, index, new).unwrap();
        prop_assert!(proof.len() <= MAX_PROOF_HASHES);
        prop_assert_eq!(verify_inclusion(&leaf_hash(b"leaf"), index, new, &proof, &root), Ok(()));
        let proof = consistency_proof(&tree, old, new).unwrap();
        prop_assert_eq!(verify_consistency(old, new, &old_root, &root, &proof), Ok(()));
        if let Ok(mut frontier) = frontier_from_reader(&tree, new) {
            prop_assert_eq!(frontier.root(), root);
            frontier.push(leaf_hash(b"leaf"));
            prop_assert_eq!(frontier.root(), root_from_reader(&tree, new + 1).unwrap());
        } else {
            prop_assert!(new > MAX_FRONTIER_SIZE);
        }
    }

    #[test]
    fn the_tiles_named_beforehand_are_the_tiles_read(size in 1..200_000_u64, index in any::<u64>(), old in any::<u64>()) {
        let (index, old) = (index % size, old % size + 1);
        let load = |tiles: Vec<TileId>| -> BTreeMap<TileId, Vec<Hash>> {
            tiles.into_iter().map(|id| (id, vec![EMPTY_ROOT; id.width.into()])).collect()
        };
        let inclusion = load(tiles_needed_for_inclusion(index, size));
        prop_assert!(inclusion_proof(&inclusion, index, size).is_ok());
        let consistency = load(tiles_needed_for_consistency(old, size));
        prop_assert!(consistency_proof(&consistency, old, size).is_ok());
        let mut root = load(tiles_needed_for_root(size));
        prop_assert!(root_from_reader(&root, size).is_ok());

        let (tile, mut hashes) = root.pop_first().unwrap();
        prop_assert_eq!(root_from_reader(&root, size), Err(ReadError::Reader { tile, error: NotLoaded }));
        hashes.pop();
        let got = hashes.len();
        root.insert(tile, hashes);
        prop_assert_eq!(root_from_reader(&root, size), Err(ReadError::Short { tile, got }));
    }
}
