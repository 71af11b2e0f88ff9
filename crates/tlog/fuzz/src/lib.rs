//! What must hold for any bytes that a parser may be given: it does not panic, and what it accepts prints
//! back to the same bytes. One function per fuzz target; `tests/corpus.rs` of `tlog` runs them too.

use std::fmt::Display;
use std::str::FromStr;

use tlog::*;

/// The key that signed the checkpoints of `tests/vectors/tessera`.
const LOG: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

/// The key of the witness of `tests/vectors/skylight`.
const WITNESS: &str = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";

/// A key given here as a constant.
fn key(text: &str) -> VerifierKey {
    text.parse().expect("a constant that is a key")
}

/// Parses `bytes` as text, and asserts that what is accepted has one spelling.
fn one_spelling<T: FromStr + Display>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    let parsed: T = text.parse().ok()?;
    assert_eq!(parsed.to_string(), text);
    Some(parsed)
}

/// Signed notes and single signature lines.
pub fn note(bytes: &[u8]) {
    one_spelling::<NoteSignature>(bytes);
    assert_eq!(Note::parse_bytes(bytes).ok(), one_spelling::<Note>(bytes));
    if let Ok(note) = Note::parse_bytes(bytes) {
        assert!(note.text.ends_with('\n') && (1..=MAX_SIGNATURES).contains(&note.signatures.len()));
        let _ = note.verified_by(&key(LOG));
        let _ = note.verified_by(&key(WITNESS));
    }
}

/// Verifier and signer keys.
pub fn vkey(bytes: &[u8]) {
    one_spelling::<VerifierKey>(bytes);
    if let Some(signer) = std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<SignerKey>().ok()) {
        assert_eq!(signer.secret_text().as_bytes(), bytes);
        assert_eq!(signer.verifier().to_string().parse(), Ok(signer.verifier()));
    }
}

/// The text of checkpoints.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse_text(text) {
        assert_eq!(checkpoint.text(), text);
    }
}

/// The paths of tiles and bundles.
pub fn tile_path(bytes: &[u8]) {
    let Ok(path) = std::str::from_utf8(bytes) else { return };
    let (tile, bundle) = (TileId::parse_path(path), BundleId::parse_path(path));
    assert!(tile.is_err() || bundle.is_err(), "a path names one thing");
    if let Ok(tile) = tile {
        assert_eq!(tile.path(), path);
    }
    if let Ok(bundle) = bundle {
        assert_eq!(bundle.path(), path);
    }
}

/// The bytes of bundles.
pub fn bundle(bytes: &[u8]) {
    if let Ok(entries) = bundle_slices(bytes) {
        assert_eq!(encode_bundle(entries.iter().copied()).as_deref(), Ok(bytes));
        let copies = decode_bundle(bytes);
        assert!(copies.is_ok_and(|copies| copies.iter().map(Vec::as_slice).eq(entries)));
    }
}

/// Proof files.
pub fn tlog_proof(bytes: &[u8]) {
    if let Some(proof) = one_spelling::<TlogProof>(bytes) {
        let _ = proof.verify(&leaf_hash(b"one"), &key(LOG));
    }
}

/// The bytes of frontiers.
pub fn frontier(bytes: &[u8]) {
    if let Ok(mut frontier) = Frontier::from_bytes(bytes) {
        assert_eq!(frontier.to_bytes(), bytes);
        let size = frontier.size();
        for _ in 0..3 {
            frontier.push_with(EMPTY_ROOT, |level, index, _| assert!(index <= (size + 2) >> level));
        }
        assert_eq!(frontier.size(), size + 3);
        frontier.root();
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()).is_ok(), size + 3 <= MAX_FRONTIER_SIZE);
    }
}

/// Cosigned notes, and cosignatures of any bytes.
pub fn cosignature(bytes: &[u8]) {
    let witness = key(WITNESS);
    if let Ok(note) = Note::parse_bytes(bytes) {
        let _ = verify_cosignature(&note, &witness);
    }
    let signature =
        NoteSignature { name: witness.name().to_owned(), key_id: witness.id(), signature: bytes.to_vec() };
    let text = Checkpoint { origin: "a".into(), size: 0, root: EMPTY_ROOT, extensions: Vec::new() }.text();
    let note = Note { text, signatures: vec![signature] };
    assert!(verify_cosignature(&note, &witness).is_err(), "the witness never signed this");
}

/// Proofs: four numbers, then hashes. None can be right, and none may panic.
pub fn proof(bytes: &[u8]) {
    let (numbers, rest) = bytes.as_chunks::<8>().0.split_at(bytes.len().min(32) / 8);
    let [index, start, end, size] =
        [0, 1, 2, 3].map(|i| numbers.get(i).map_or(0, |n| u64::from_be_bytes(*n)));
    let hashes: Vec<_> = rest.as_flattened().as_chunks().0.iter().copied().map(Hash).collect();
    let unreachable = leaf_hash(b"a root that no proof in the corpus leads to");
    assert!(verify_inclusion(&EMPTY_ROOT, index, size, &hashes, &unreachable).is_err());
    assert!(verify_subtree_inclusion(&EMPTY_ROOT, index, start, end, &hashes, &unreachable).is_err());
    let consistent = verify_consistency(start, end, &EMPTY_ROOT, &unreachable, &hashes);
    assert_eq!(consistent.is_ok(), start == 0 && end > 0 && hashes.is_empty());
    let consistent = verify_subtree_consistency(start, end, size, &hashes, &EMPTY_ROOT, &unreachable);
    assert_eq!(consistent.is_ok(), start == end && end <= size && hashes.is_empty());
    for tile in tiles_needed_for_inclusion(index, size) {
        assert_eq!(TileId::in_tree(tile.level, tile.index, size), Some(tile));
        assert_eq!(TileId::parse_path(&tile.path()), Ok(tile));
    }
    tiles_needed_for_consistency(start, end);
    tiles_needed_for_root(size);
}
