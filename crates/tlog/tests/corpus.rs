//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;

use fuzzed::Target;

const TARGETS: [(&str, Target); 9] = [
    ("bundle", targets::bundle),
    ("checkpoint", targets::checkpoint),
    ("cosignature", targets::cosignature),
    ("frontier", targets::frontier),
    ("note", targets::note),
    ("proof", targets::proof),
    ("tile_path", targets::tile_path),
    ("tlog_proof", targets::tlog_proof),
    ("vkey", targets::vkey),
];

fn corpus() -> Vec<(Target, Vec<u8>)> {
    fuzzed::corpus(env!("CARGO_MANIFEST_DIR"), &TARGETS)
}

#[test]
fn every_target_has_a_file_and_a_corpus() {
    fuzzed::every_target_has_a_file(env!("CARGO_MANIFEST_DIR"), &TARGETS);
}

#[test]
fn the_corpus_holds() {
    corpus().into_iter().for_each(|(target, bytes)| target(&bytes));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }

    #[test]
    fn damaged_files_never_panic(
        file in any::<Index>(),
        other in any::<Index>(),
        cut in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        let files = corpus();
        let (target, bytes) = file.get(&files).clone();
        fuzzed::survives(target, fuzzed::edited(bytes, edits), cut, &other.get(&files).1);
    }
}
