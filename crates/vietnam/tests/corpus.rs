//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

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

/// A file in which some letters of the keyboard are others: text stays text.
fn edited(mut bytes: Vec<u8>, edits: Vec<(Index, u8)>) -> Vec<u8> {
    for (place, byte) in edits {
        let place = place.index(bytes.len().max(1));
        if bytes.get(place).is_some_and(u8::is_ascii) {
            bytes[place] = byte;
        }
    }
    bytes
}

fuzzed::holds!(cases: 500, edits: 4, to: 0x20u8..0x7f, by: edited);
