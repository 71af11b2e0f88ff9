//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 2] = [("query", targets::query), ("submission", targets::submission)];

/// Every file of every target's corpus.
fn corpus() -> Vec<(Target, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut files = Vec::new();
    for (name, target) in TARGETS {
        let before = files.len();
        for file in fs::read_dir(folder.join(name)).unwrap() {
            files.push((target, fs::read(file.unwrap().path()).unwrap()));
        }
        assert!(files.len() > before, "{name} has a corpus");
    }
    files
}

#[test]
fn every_target_has_a_file_and_a_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, TARGETS.map(|(name, _)| format!("{name}.rs")));
}

#[test]
fn the_corpus_holds() {
    corpus().into_iter().for_each(|(target, bytes)| target(&bytes));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn damaged_corpora_hold(which in any::<Index>(), changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..6), cut in any::<Index>()) {
        let files = corpus();
        let (target, mut bytes) = files[which.index(files.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        target(&bytes);
    }
}
