//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use fuzzed::Target;

const TARGETS: [(&str, Target); 2] = [("suggest", targets::suggest), ("table", targets::table)];

fuzzed::holds!(cases: 200, edits: 6);
