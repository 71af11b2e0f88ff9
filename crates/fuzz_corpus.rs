//! What the tests of every crate do with its fuzz targets: the committed corpus, and that no target is forgotten.

use std::fs;
use std::path::Path;

use proptest::sample::Index;

/// A fuzz target: it must come back, whatever it is given.
pub type Target = fn(&[u8]);

/// Every file of every target's corpus below a crate's folder.
pub fn corpus(of: &str, targets: &[(&str, Target)]) -> Vec<(Target, Vec<u8>)> {
    let folder = Path::new(of).join("fuzz/corpus");
    let mut files = Vec::new();
    for (name, target) in targets {
        let before = files.len();
        for file in fs::read_dir(folder.join(name)).unwrap() {
            files.push((*target, fs::read(file.unwrap().path()).unwrap()));
        }
        assert!(files.len() > before, "{name} has a corpus");
    }
    files
}

/// Fails unless a crate's targets are those that have a file.
pub fn every_target_has_a_file(of: &str, targets: &[(&str, Target)]) {
    let folder = Path::new(of).join("fuzz/fuzz_targets");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let due: Vec<_> = targets.iter().map(|(name, _)| format!("{name}.rs")).collect();
    assert_eq!(names, due);
}

/// A file in which some bytes are others.
#[allow(dead_code, reason = "a crate whose targets read text alone edits its letters")]
pub fn edited(mut bytes: Vec<u8>, edits: Vec<(Index, u8)>) -> Vec<u8> {
    for (place, byte) in edits {
        if !bytes.is_empty() {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
    }
    bytes
}

/// Gives a target a damaged file: whole, cut short, and from the cut on as another file.
pub fn survives(target: Target, mut bytes: Vec<u8>, cut: Index, other: &[u8]) {
    target(&bytes);
    let cut = cut.index(bytes.len() + 1);
    target(&bytes[..cut]);
    bytes.splice(cut.., other.iter().copied().skip(cut));
    target(&bytes);
}

/// The tests that every crate has of its `TARGETS`: each has its file and a corpus, the corpus holds, and so do damaged copies of it, in which
/// up to so many bytes were edited.
macro_rules! holds {
    (cases: $cases:expr, edits: $most:expr) => {
        fuzzed::holds!(cases: $cases, edits: $most, to: proptest::prelude::any::<u8>(), by: fuzzed::edited);
    };
    (cases: $cases:expr, edits: $most:expr, to: $byte:expr, by: $edited:path) => {
        fn corpus() -> Vec<(fuzzed::Target, Vec<u8>)> {
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

        proptest::proptest! {
            #![proptest_config(proptest::prelude::ProptestConfig {
                failure_persistence: None,
                ..proptest::prelude::ProptestConfig::with_cases($cases)
            })]

            #[test]
            fn damaged_files_never_panic(
                file in proptest::prelude::any::<proptest::sample::Index>(),
                other in proptest::prelude::any::<proptest::sample::Index>(),
                cut in proptest::prelude::any::<proptest::sample::Index>(),
                edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), $byte), 0..$most),
            ) {
                let files = corpus();
                let (target, bytes) = file.get(&files).clone();
                fuzzed::survives(target, $edited(bytes, edits), cut, &other.get(&files).1);
            }
        }
    };
}
pub(crate) use holds;
