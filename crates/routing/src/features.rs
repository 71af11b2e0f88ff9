//! What the linear models see of a text: runs of words, runs of letters, marks. All of it folded.

use std::ops::Range;

use crate::number::ln;
use crate::phrases::{READ, key, step};
use crate::words::{self, NUMBER, Word};

/// Which kind of feature it is; each kind is brought to length one for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Words,
    Letters,
}

/// A feature of a text.
#[derive(Clone, Debug)]
pub(crate) struct Feature {
    /// Its hash.
    pub(crate) key: u32,
    pub(crate) block: Block,
    /// How often it occurs, damped.
    pub(crate) count: f32,
    /// Where it occurs first; for features of words.
    pub(crate) range: Range<usize>,
}

/// A text, read once.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) words: Vec<Word>,
    /// By block, then by key; no key twice in a block.
    pub(crate) features: Vec<Feature>,
}

/// The hash as a key; its lowest bit says which block.
fn short(hash: u64, block: Block) -> u32 {
    ((hash ^ (hash >> 32)) as u32) & !1 | u32::from(block == Block::Letters)
}

/// The key of a word.
pub(crate) fn word_key(word: &str) -> u32 {
    short(step(key("1"), word), Block::Words)
}

/// The key of two words that stand side by side.
pub(crate) fn pair_key(first: &str, second: &str) -> u32 {
    short(step(step(key("2"), first), second), Block::Words)
}

/// Reads a text.
pub(crate) fn see(text: &str) -> Seen {
    read(words::of(text), text)
}

/// Reads a text whose words are known.
pub(crate) fn read(words: Vec<Word>, text: &str) -> Seen {
    let mut features = Vec::new();
    let read = &words[..words.len().min(READ)];
    let mut add = |hash: u64, block, range: Range<usize>| {
        features.push(Feature { key: short(hash, block), block, count: 1.0, range });
    };
    for (at, word) in read.iter().enumerate() {
        let number = word.text.bytes().all(|b| b.is_ascii_digit());
        let unigram = if number { NUMBER } else { &word.text };
        add(step(key("1"), unigram), Block::Words, word.range.clone());
        if let Some(next) = read.get(at + 1) {
            let pair = step(step(key("2"), &word.text), &next.text);
            add(pair, Block::Words, word.range.start..next.range.end);
            if let Some(third) = read.get(at + 2) {
                add(
                    step(step(key("s"), &word.text), &third.text),
                    Block::Words,
                    word.range.start..third.range.end,
                );
                add(step(pair, &third.text), Block::Words, word.range.start..third.range.end);
            }
        }
    }
    for (mark, name) in [('?', "m?"), ('!', "m!"), ('"', "m\""), ('“', "m\"")] {
        if text.contains(mark) {
            add(key(name), Block::Words, 0..0);
        }
    }
    let lower = text.to_lowercase();
    if lower.contains("http") || lower.contains("www.") || lower.contains(".com") {
        add(key("murl"), Block::Words, 0..0);
    }
    let size = match read.len() {
        0..=6 => "z0",
        7..=14 => "z1",
        15..=40 => "z2",
        41..=90 => "z3",
        _ => "z4",
    };
    add(key(size), Block::Words, 0..0);
    letters(read, &mut add);
    Seen { words, features: merged(features) }
}

/// Runs of three to five letters, over words and the gaps between them: what typing errors leave whole.
fn letters(words: &[Word], add: &mut impl FnMut(u64, Block, Range<usize>)) {
    let mut line = String::from(" ");
    for word in words {
        line.push_str(&word.text);
        line.push(' ');
    }
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    for (number, from) in starts.iter().enumerate() {
        for length in 3..=5 {
            let Some(to) = starts.get(number + length) else { break };
            let run = &line[*from..*to];
            let inner = run.trim_matches(' ');
            if inner.contains(' ') && length < 5 {
                continue;
            }
            add(step(key("c"), run), Block::Letters, 0..0);
        }
    }
}

/// Equal features counted, the count damped.
fn merged(mut features: Vec<Feature>) -> Vec<Feature> {
    features.sort_by_key(|f| (f.block == Block::Letters, f.key, f.range.start));
    let mut out: Vec<Feature> = Vec::with_capacity(features.len());
    for feature in features {
        match out.last_mut() {
            Some(last) if last.key == feature.key && last.block == feature.block => last.count += 1.0,
            _ => out.push(feature),
        }
    }
    for feature in &mut out {
        feature.count = 1.0 + ln(feature.count);
    }
    out
}
