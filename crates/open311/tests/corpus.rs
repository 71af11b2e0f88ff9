//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use fuzzed::Target;

const TARGETS: [(&str, Target); 2] = [("query", targets::query), ("submission", targets::submission)];

fuzzed::holds!(cases: 2_000, edits: 6);
