//! The fuzz target, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;

fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/query");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn the_corpus_runs() {
    let corpus = corpus();
    assert!(corpus.len() >= 10);
    corpus.iter().for_each(|text| targets::query(text));
}

proptest! {
    #[test]
    fn damaged_copies_run(which: Index, at: Index, with in ".{0,6}", times in 1_usize..30) {
        let corpus = corpus();
        let text = &corpus[which.index(corpus.len())];
        let mut chars: Vec<char> = text.chars().collect();
        let place = at.index(chars.len() + 1);
        for c in with.repeat(times).chars() {
            chars.insert(place, c);
        }
        targets::query(&chars.into_iter().collect::<String>());
    }
}
