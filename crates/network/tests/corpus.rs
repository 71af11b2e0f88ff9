//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;

use fuzzed::Target;

const TARGETS: [(&str, Target); 16] = [
    ("bundle", targets::bundle),
    ("content_item", targets::content_item),
    ("content_note", targets::content_note),
    ("door", targets::door),
    ("entry", targets::entry),
    ("flow_decoder", targets::flow_decoder),
    ("flow_request", targets::flow_request),
    ("heads", targets::heads),
    ("json", targets::json),
    ("letter", targets::letter),
    ("names", targets::names),
    ("petition", targets::petition),
    ("receipt", targets::receipt),
    ("receipts_post", targets::receipts_post),
    ("root_note", targets::root_note),
    ("scope", targets::scope),
];

fuzzed::holds!(cases: 1_000, edits: 4);

#[test]
fn what_is_too_deep_or_too_long_is_refused_and_not_swallowed() {
    let deep = [b"{\"v\":".repeat(100_000), b"1".to_vec(), b"}".repeat(100_000)].concat();
    let long = [b"{\"v\":1,\"x\":\"".to_vec(), vec![b'a'; 17 << 20], b"\"}".to_vec()].concat();
    let lists = b"[".repeat(500_000);
    for bytes in [deep, long, lists] {
        TARGETS.iter().filter(|(name, _)| *name != "flow_decoder").for_each(|(_, target)| target(&bytes));
    }
    // A line without end is given up at its bound, whatever its pieces.
    targets::flow_decoder(&[b"\xffdata: ".to_vec(), vec![b'x'; 300_000]].concat());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }
}
