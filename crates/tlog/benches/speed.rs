//! How fast this machine hashes, proves and verifies, on one core: `cargo bench -p tlog`.
//!
//! Prints one line per operation and fails nothing: figures are for people to compare.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tlog::*;

/// Repeats `step`, which does `each` operations, for about half a second, and prints how many are done a second.
fn measure(what: &str, each: u64, mut step: impl FnMut()) {
    // Compiled as a test, the bench only shows that it runs.
    let time = Duration::from_millis(if std::env::args().any(|arg| arg == "--bench") { 500 } else { 0 });
    let (start, mut done) = (Instant::now(), 0);
    while done == 0 || start.elapsed() < time {
        step();
        done += each;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:<52} {:>12.0} /s {:>10.0} ns", done as f64 / seconds, seconds * 1e9 / done as f64);
}

/// The tiles of a tree of any size whose leaves are all alike.
struct Uniform(Vec<Hash>);

impl HashReader for Uniform {
    type Error = Infallible;

    fn tile(&self, id: TileId) -> Result<Vec<Hash>, Infallible> {
        Ok(vec![self.0[8 * usize::from(id.level)]; usize::from(id.width)])
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for length in [32, 400] {
        let leaf = vec![7; length];
        let mut tree = Frontier::new();
        measure(&format!("leaf of {length} bytes: hash and push"), 1000, || {
            (0..1000).for_each(|_| tree.push(leaf_hash(black_box(&leaf))));
        });
        black_box(tree.root());
    }

    let entries = vec![vec![7; 400]; 256];
    let bundle = encode_bundle(entries.iter().map(Vec::as_slice))?;
    let mut tree = Frontier::new();
    measure("entry of 400 bytes: from bundle, hash and push", 256, || {
        for entry in bundle_slices(black_box(&bundle)).into_iter().flatten() {
            tree.push(leaf_hash(entry));
        }
    });

    let log = SignerKey::from_seed("a.gov.vn/log", KeyKind::Ed25519, [1; 32])?;
    let mirror = SignerKey::from_seed("b.gov.vn/mirror", KeyKind::CosignatureEd25519, [2; 32])?;
    let head = Checkpoint {
        origin: "a.gov.vn/log".to_owned(),
        size: 10_000_000,
        root: EMPTY_ROOT,
        extensions: Vec::new(),
    };
    let mut note = head.sign(&log)?;
    note.add(cosign(&note.text, &mirror, 1_700_000_000)?);
    let (text, keys) = (note.to_string(), [log.verifier(), mirror.verifier()]);
    measure("checkpoint: sign", 1, || drop(black_box(head.sign(&log))));
    measure("checkpoint: cosign", 1, || drop(black_box(cosign(&note.text, &mirror, 1_700_000_000))));
    measure("checkpoint with cosignature: parse", 1, || drop(black_box(Note::parse(&text))));
    measure("checkpoint: verify", 1, || drop(black_box(Checkpoint::open(&note, &keys[0]))));
    measure("cosignature: verify", 1, || drop(black_box(verify_cosignature(&note, &keys[1]))));
    let vkey = keys[0].to_string();
    measure("verifier key: parse", 1, || drop(black_box(vkey.parse::<VerifierKey>())));

    let (index, old, size) = (1_234_567, 9_999_000, 10_000_000);
    let hashes = std::iter::successors(Some(leaf_hash(b"leaf")), |hash| Some(node_hash(hash, hash)));
    let tiles = Uniform(hashes.take(64).collect());
    let root = root_from_reader(&tiles, size)?;
    let old_root = root_from_reader(&tiles, old)?;
    let leaf = leaf_hash(b"leaf");
    let inclusion = inclusion_proof(&tiles, index, size)?;
    let consistency = consistency_proof(&tiles, old, size)?;
    measure("inclusion in 10 million: prove from tiles", 1, || {
        drop(black_box(inclusion_proof(&tiles, index, size)))
    });
    measure("inclusion in 10 million: verify", 1, || {
        drop(black_box(verify_inclusion(&leaf, index, size, &inclusion, &root)));
    });
    measure("consistency of 10 million: prove from tiles", 1, || {
        drop(black_box(consistency_proof(&tiles, old, size)));
    });
    measure("consistency of 10 million: verify", 1, || {
        drop(black_box(verify_consistency(old, size, &old_root, &root, &consistency)));
    });
    Ok(())
}
