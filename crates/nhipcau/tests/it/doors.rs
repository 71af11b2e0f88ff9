//! The fuzz targets of the product's own doors, run on the committed corpus and on damaged copies of it.

#[path = "../../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;

use fuzzed::Target;

const TARGETS: [(&str, Target); 10] = [
    ("accept_encoding", targets::accept_encoding),
    ("config", targets::config),
    ("front_matter", targets::front_matter),
    ("host", targets::host),
    ("mail", targets::mail),
    ("pasted", targets::pasted),
    ("range", targets::range),
    ("reference", targets::reference),
    ("seals", targets::seals),
    ("upload", targets::upload),
];

fn corpus() -> Vec<(Target, Vec<u8>)> {
    fuzzed::corpus(env!("CARGO_MANIFEST_DIR"), &TARGETS)
}

#[test]
fn every_target_has_a_file_and_a_corpus_that_holds() {
    fuzzed::every_target_has_a_file(env!("CARGO_MANIFEST_DIR"), &TARGETS);
    corpus().into_iter().for_each(|(target, bytes)| target(&bytes));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn arbitrary_and_damaged_bytes_do_no_harm(
        anything in prop::collection::vec(any::<u8>(), 0..200),
        file in any::<Index>(),
        other in any::<Index>(),
        cut in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        TARGETS.iter().for_each(|(_, target)| target(&anything));
        let files = corpus();
        let (target, mut bytes) = file.get(&files).clone();
        for (place, byte) in edits {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        target(&bytes);
        let cut = cut.index(bytes.len() + 1);
        bytes.splice(cut.., other.get(&files).1.iter().copied().skip(cut));
        target(&bytes);
    }
}
