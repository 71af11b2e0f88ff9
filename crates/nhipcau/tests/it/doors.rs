//! The fuzz targets of the product's own doors, run on the committed corpus and on damaged copies of it.

#[path = "../../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;

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

fuzzed::holds!(cases: 500, edits: 4);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }
}
