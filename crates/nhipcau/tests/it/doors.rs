//! The fuzz targets of the product's own doors, run on the committed corpus and on damaged copies of it.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 9] = [
    ("accept_encoding", targets::accept_encoding),
    ("config", targets::config),
    ("front_matter", targets::front_matter),
    ("host", targets::host),
    ("pasted", targets::pasted),
    ("range", targets::range),
    ("reference", targets::reference),
    ("seals", targets::seals),
    ("upload", targets::upload),
];

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
fn every_target_has_a_file_and_a_corpus_that_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, TARGETS.map(|(name, _)| format!("{name}.rs")));
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
