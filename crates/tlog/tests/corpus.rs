//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;

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

fuzzed::holds!(cases: 2_000, edits: 4);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }
}
