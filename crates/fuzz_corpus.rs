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
#[allow(dead_code, reason = "a crate whose targets read text alone edits letters only")]
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
#[allow(dead_code, reason = "the server's doors are given whole texts")]
pub fn survives(target: Target, mut bytes: Vec<u8>, cut: Index, other: &[u8]) {
    target(&bytes);
    let cut = cut.index(bytes.len() + 1);
    target(&bytes[..cut]);
    bytes.splice(cut.., other.iter().copied().skip(cut));
    target(&bytes);
}
