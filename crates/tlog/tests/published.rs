//! Vectors published by others, from the copies beside this file and, where it is there, from the whole
//! collection in `../shared/vectors`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlog::*;

/// The collections that are there: the copy always, the whole one perhaps.
fn collections() -> Vec<PathBuf> {
    let copy = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"));
    let whole = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors"));
    assert!(copy.is_dir(), "the copies of the vectors are part of this crate");
    if whole.is_dir() {
        return vec![copy, whole];
    }
    println!("skipped: {} is absent; only the copies were tested", whole.display());
    vec![copy]
}

/// The tiles below a folder; a tile that has grown since is found in its wider form.
struct Folder(PathBuf);

impl HashReader for Folder {
    type Error = io::Error;

    fn tile(&self, id: TileId) -> io::Result<Vec<Hash>> {
        let widths = id.width..=TILE_WIDTH as u16;
        let ids = widths.map(|width| TileId { width, ..id });
        let (id, path) = ids
            .map(|id| (id, self.0.join(id.path())))
            .find(|(_, path)| path.is_file())
            .ok_or(io::ErrorKind::NotFound)?;
        decode_tile(&fs::read(path)?, id.width).map_err(io::Error::other)
    }
}

fn note(path: &Path) -> Note {
    let bytes = fs::read(path).unwrap();
    let note = Note::parse_bytes(&bytes).unwrap();
    assert_eq!(note.to_string().as_bytes(), bytes, "{} prints as it was", path.display());
    note
}

#[test]
fn tessera_a_log_at_every_size() {
    let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    let key: VerifierKey = key.parse().unwrap();
    for collection in collections() {
        let log = ["tessera/log", "tessera"].map(|folder| collection.join(folder));
        let log = log.into_iter().find(|folder| folder.join("checkpoint").is_file()).unwrap();
        let heads: Vec<_> = (0..=15)
            .map(|size| Checkpoint::open(&note(&log.join(format!("checkpoint.{size}"))), &key).unwrap())
            .collect();
        assert_eq!(Checkpoint::open(&note(&log.join("checkpoint")), &key).as_ref(), Ok(&heads[15]));

        let bundle = fs::read(log.join("tile/entries/000.p/15")).unwrap();
        let entries = decode_bundle(&bundle).unwrap();
        assert_eq!(encode_bundle(entries.iter().map(Vec::as_slice)).unwrap(), bundle);
        let tiles = Folder(log);
        let mut frontier = Frontier::new();
        for (size, head) in (0..).zip(&heads) {
            assert_eq!((head.origin.as_str(), head.size, head.root), (key.name(), size, frontier.root()));
            assert_eq!(root_from_reader(&tiles, size).unwrap(), head.root);
            for (index, entry) in (0..size).zip(&entries) {
                let proof = inclusion_proof(&tiles, index, size).unwrap();
                assert_eq!(verify_inclusion(&leaf_hash(entry), index, size, &proof, &head.root), Ok(()));
            }
            for old in &heads[..=size as usize] {
                let proof = consistency_proof(&tiles, old.size, size).unwrap();
                assert_eq!(verify_consistency(old.size, size, &old.root, &head.root, &proof), Ok(()));
            }
            entries.get(size as usize).into_iter().for_each(|entry| frontier.push(leaf_hash(entry)));
        }
    }
}

/// A hash of a case; [`ProofError::Length`] stands for what this crate's parser refuses before any proof.
fn hash(value: &Value) -> Result<Hash, ProofError> {
    let text = value.as_str().unwrap();
    text.parse().map_err(|_| ProofError::Length { expected: 44, got: text.len() })
}

/// A root of a case. Some cases of that library have short texts for roots, which it compares as bytes;
/// they are hashed here, so that equal stays equal and different different.
fn root(value: &Value) -> Hash {
    hash(value).unwrap_or_else(|_| leaf_hash(value.as_str().unwrap().as_bytes()))
}

fn hashes(value: &Value) -> Result<Vec<Hash>, ProofError> {
    value.as_array().into_iter().flatten().map(hash).collect()
}

/// All cases of a kind, with their names.
fn cases(kind: &str) -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for collection in collections() {
        let merkle = collection.join("merkle");
        let lines = merkle.join(format!("{kind}.jsonl"));
        if lines.is_file() {
            for line in fs::read_to_string(lines).unwrap().lines() {
                let case: Value = serde_json::from_str(line).unwrap();
                cases.push((case["file"].as_str().unwrap().to_owned(), case));
            }
        } else {
            read_folder(&merkle.join(kind), &mut cases);
        }
    }
    cases
}

fn read_folder(folder: &Path, cases: &mut Vec<(String, Value)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, cases);
        } else {
            cases.push((
                path.display().to_string(),
                serde_json::from_slice(&fs::read(&path).unwrap()).unwrap(),
            ));
        }
    }
}

/// Runs every case of a kind; `departures` are those in which another answer than the library's is right.
fn run(kind: &str, least: usize, departures: &[&str], check: impl Fn(&Value) -> Result<(), ProofError>) {
    let cases = cases(kind);
    assert!(cases.len() >= least, "{kind}: only {} cases", cases.len());
    let mut wrong = Vec::new();
    for (name, case) in cases {
        let departs = departures.iter().any(|departure| name.ends_with(departure));
        let got = check(&case);
        if got.is_err() != (case["wantErr"].as_bool().unwrap() != departs) {
            wrong.push(format!("{name}: {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn numbers<const N: usize>(case: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| case[name].as_u64().unwrap())
}

#[test]
fn merkle_inclusion() {
    run("inclusion", 98, &[], |case| {
        let [index, size] = numbers(case, ["leafIdx", "treeSize"]);
        verify_inclusion(
            &hash(&case["leafHash"])?,
            index,
            size,
            &hashes(&case["proof"])?,
            &hash(&case["root"])?,
        )
    });
}

#[test]
fn merkle_consistency() {
    // That library calls a proof from the empty tree useless. tlog-witness says that the empty tree is
    // consistent with any, by an empty proof; the other cases of size 0 have wrong roots or a proof.
    let departures = ["size1-is-zero-and-size2-is-not-zero.json"];
    run("consistency", 98, &departures, |case| {
        let [old, new] = numbers(case, ["size1", "size2"]);
        verify_consistency(old, new, &root(&case["root1"]), &root(&case["root2"]), &hashes(&case["proof"])?)
    });
}

#[test]
fn merkle_subtree_inclusion() {
    run("subtreeinclusion", 204, &[], |case| {
        let [index, start, end] = numbers(case, ["leafIdx", "start", "end"]);
        let (leaf, proof) = (hash(&case["leafHash"])?, hashes(&case["proof"])?);
        verify_subtree_inclusion(&leaf, index, start, end, &proof, &hash(&case["root"])?)
    });
}

#[test]
fn merkle_subtree_consistency() {
    run("subtreeconsistency", 118, &[], |case| {
        let [start, end, size] = numbers(case, ["start", "end", "size"]);
        let (subtree, tree) = (root(&case["root1"]), root(&case["root2"]));
        verify_subtree_consistency(start, end, size, &hashes(&case["proof"])?, &subtree, &tree)
    });
}

/// The key in a witness's or mirror's description.
fn described_key(path: &Path) -> VerifierKey {
    let description: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    serde_json::from_value(description["verifier_keys"][0].clone()).unwrap()
}

#[test]
fn skylight_witnesses_and_mirror() {
    for collection in collections() {
        let skylight = collection.join("skylight");
        for (folder, description, origin) in [
            ("witness", "witness.v0.json", "rome2026h1.example.org"),
            ("witness2", "witness.v0.json", "milan2026h1.example.org"),
            ("witness/mirror", "mirror.v0.json", "rome2026h1.example.org"),
        ] {
            let folder = skylight.join(folder);
            let key = described_key(&folder.join(description));
            let log = folder.join(origin_hash(origin));
            let mut note = note(&log.join("checkpoint"));
            assert_eq!(verify_cosignature(&note, &key), Ok(1_767_139_200));
            let head = Checkpoint::open(&note, &key).unwrap();
            assert_eq!((head.origin.as_str(), head.size), (origin, 300));
            if log.join("tile").is_dir() {
                let tiles = Folder(log);
                assert_eq!(root_from_reader(&tiles, 300).unwrap(), head.root);
                for index in [0, 255, 256, 299] {
                    let leaf = tiles.tile(TileId::in_tree(0, index / 256, 300).unwrap()).unwrap()
                        [index as usize % 256];
                    let proof = inclusion_proof(&tiles, index, 300).unwrap();
                    assert_eq!(verify_inclusion(&leaf, index, 300, &proof, &head.root), Ok(()));
                }
            }

            // The time is part of what was signed.
            let signed = note.signatures.iter_mut().find(|signed| signed.key_id == key.id()).unwrap();
            signed.signature[7] ^= 1;
            assert_eq!(verify_cosignature(&note, &key), Err(NoteError::Bad(key.name().to_owned())));
        }
    }
}
