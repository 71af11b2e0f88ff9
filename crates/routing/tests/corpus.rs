//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;

use fuzzed::Target;

const TARGETS: [(&str, Target); 2] = [("suggest", targets::suggest), ("table", targets::table)];

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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn damaged_files_never_panic(
        file in any::<Index>(),
        other in any::<Index>(),
        cut in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..6),
    ) {
        let files = corpus();
        let (target, bytes) = file.get(&files).clone();
        fuzzed::survives(target, fuzzed::edited(bytes, edits), cut, &other.get(&files).1);
    }
}
