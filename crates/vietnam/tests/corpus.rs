//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;

use fuzzed::Target;

/// A target that takes text is given the text that the bytes hold, or nothing.
macro_rules! on_text {
    ($target:path) => {
        |bytes| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                $target(text);
            }
        }
    };
}

const TARGETS: [(&str, Target); 15] = [
    ("agency_code", on_text!(targets::agency_code)),
    ("canonical", on_text!(targets::canonical)),
    ("domain", on_text!(targets::domain)),
    ("fold", on_text!(targets::fold)),
    ("legacy_text", targets::legacy_text),
    ("name_lookup", on_text!(targets::name_lookup)),
    ("number", on_text!(targets::number)),
    ("number_in_text", on_text!(targets::number_in_text)),
    ("outline", on_text!(targets::outline)),
    ("plain", on_text!(targets::plain)),
    ("procedure", on_text!(targets::procedure)),
    ("secret", on_text!(targets::secret)),
    ("slug", on_text!(targets::slug)),
    ("spoken", on_text!(targets::spoken)),
    ("tables", on_text!(targets::tables)),
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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn damaged_files_never_panic(
        file in any::<Index>(),
        other in any::<Index>(),
        cut in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), 0x20u8..0x7f), 0..4),
    ) {
        let files = corpus();
        let (target, mut bytes) = file.get(&files).clone();
        for (place, byte) in edits {
            let place = place.index(bytes.len().max(1));
            if bytes.get(place).is_some_and(u8::is_ascii) {
                bytes[place] = byte;
            }
        }
        fuzzed::survives(target, bytes, cut, &other.get(&files).1);
    }
}
