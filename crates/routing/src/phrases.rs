//! Expressions found in a text: thousands at once, by looking up every run of up to eight words.

use std::collections::HashMap;
use std::ops::Range;

use crate::words::{self, NUMBER, Word};

/// Longer expressions are cut to this many words.
const LONGEST: usize = 8;
/// Of a text this many words are searched.
pub(crate) const READ: usize = 2_000;

/// Expressions, each with what it stands for.
#[derive(Clone, Debug)]
pub struct Phrases<T> {
    by_words: HashMap<u64, Vec<T>>,
}

/// An expression that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a, T> {
    /// What it stands for.
    pub what: &'a T,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Of how many words it is.
    pub length: usize,
    /// The number of its first word in the text, from 0.
    pub at: usize,
}

impl<T> Default for Phrases<T> {
    fn default() -> Phrases<T> {
        Phrases { by_words: HashMap::new() }
    }
}

impl<T> Phrases<T> {
    /// Adds an expression; `#` in it stands for any number. One without words is passed over.
    pub fn add(&mut self, phrase: &str, what: T) {
        let mut words: Vec<String> = Vec::new();
        for part in phrase.split_whitespace() {
            if part == NUMBER {
                words.push(NUMBER.to_owned());
            } else {
                words.extend(words::of(part).into_iter().map(|word| word.text));
            }
        }
        words.truncate(LONGEST);
        if !words.is_empty() {
            let key = words.iter().fold(SEED, |key, word| step(key, word));
            self.by_words.entry(key).or_default().push(what);
        }
    }

    /// All that stand in a text's words, in their order; overlapping ones too.
    pub fn find<'a>(&'a self, text: &[Word]) -> Vec<Hit<'a, T>> {
        let text = &text[..text.len().min(READ)];
        let mut hits = Vec::new();
        for start in 0..text.len() {
            let (mut exact, mut loose) = (SEED, SEED);
            for (length, word) in text[start..].iter().take(LONGEST).enumerate() {
                exact = step(exact, &word.text);
                let number = word.text.bytes().all(|b| b.is_ascii_digit());
                loose = step(loose, if number { NUMBER } else { &word.text });
                let range = text[start].range.start..word.range.end;
                let mut found = |key| {
                    for what in self.by_words.get(&key).into_iter().flatten() {
                        hits.push(Hit { what, range: range.clone(), length: length + 1, at: start });
                    }
                };
                found(exact);
                if loose != exact {
                    found(loose);
                }
            }
        }
        hits
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a over the bytes of a word and a mark behind it.
pub(crate) fn step(mut key: u64, word: &str) -> u64 {
    for byte in word.bytes().chain([0x1f]) {
        key = (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    key
}

/// The key of one string.
pub(crate) fn key(word: &str) -> u64 {
    step(SEED, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_found_however_they_are_typed() {
        let mut phrases = Phrases::default();
        phrases.add("ổ gà", 1);
        phrases.add("ql #", 2);
        phrases.add("cấp 3", 3);
        let found = |text: &str| {
            phrases
                .find(&words::of(text))
                .into_iter()
                .map(|hit| (*hit.what, text[hit.range].to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(found("đầy O GA trên QL14"), [(1, "O GA".to_owned()), (2, "QL14".to_owned())]);
        assert_eq!(found("trường THPT"), [(3, "THPT".to_owned())]);
        assert!(found("trường cấp 2").is_empty());
    }
}
