//! What was mistyped, put right by what the model knows: words it was trained on, and which of them stand side by side.

use vietnam::text::is_folded_syllable;

use crate::features::{pair_key, word_key};
use crate::model::Model;
use crate::phrases::READ;
use crate::words::Word;

/// The letters of folded Vietnamese.
const LETTERS_TYPED: &str = "abcdeghiklmnopqrstuvxy";

enum Meant {
    One(String),
    Two(String, String),
    Unknown,
}

impl Model {
    /// True if a word stood in the texts that it was trained on.
    fn knows(&self, word: &str) -> bool {
        self.keys.binary_search(&word_key(word)).is_ok()
    }

    /// Puts right what was mistyped: a word that is no syllable and was never seen becomes the known word at one slip from it that
    /// is likeliest beside its neighbours, or two words that ran together.
    pub(crate) fn mend(&self, words: &mut Vec<Word>) {
        let mut at = 0;
        while at < words.len().min(READ) {
            let word = &words[at].text;
            let odd = (3..=14).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_lowercase())
                && !is_folded_syllable(word)
                && !self.knows(word);
            if odd {
                let before = at.checked_sub(1).map(|at| words[at].text.as_str());
                let after = words.get(at + 1).map(|word| word.text.as_str());
                match self.meant(word, before, after) {
                    Meant::One(meant) => words[at].text = meant,
                    Meant::Two(first, second) => {
                        let range = words[at].range.clone();
                        words[at].text = first;
                        words.insert(at + 1, Word { text: second, range });
                    }
                    Meant::Unknown => {}
                }
            }
            at += 1;
        }
    }

    fn meant(&self, word: &str, before: Option<&str>, after: Option<&str>) -> Meant {
        let pair = |a: &str, b: &str| self.keys.binary_search(&pair_key(a, b)).is_ok();
        let mut best: (usize, Meant) = (0, Meant::Unknown);
        let mut offer = |candidate: String| {
            if !is_folded_syllable(&candidate) {
                return;
            }
            let Ok(at) = self.keys.binary_search(&word_key(&candidate)) else { return };
            // Neighbours first, then how common the word is.
            let beside = usize::from(before.is_some_and(|b| pair(b, &candidate)))
                + usize::from(after.is_some_and(|a| pair(&candidate, a)));
            let common = (16.0 - self.rarity[at]).max(0.0) * 10.0;
            let weight = 1 + beside * 1_000 + common as usize;
            if weight > best.0 {
                best = (weight, Meant::One(candidate));
            }
        };
        for at in 0..word.len() {
            let (head, tail) = word.split_at(at);
            offer(format!("{head}{}", &tail[1..]));
            if let Some((a, b)) = tail.get(0..1).zip(tail.get(1..2)) {
                offer(format!("{head}{b}{a}{}", &tail[2..]));
            }
            for letter in LETTERS_TYPED.chars() {
                offer(format!("{head}{letter}{}", &tail[1..]));
                offer(format!("{head}{letter}{tail}"));
            }
        }
        for letter in LETTERS_TYPED.chars() {
            offer(format!("{word}{letter}"));
        }
        for at in 2..word.len().saturating_sub(1) {
            let (first, second) = word.split_at(at);
            if is_folded_syllable(first)
                && is_folded_syllable(second)
                && self.knows(first)
                && self.knows(second)
                && pair(first, second)
                && best.0 < 1_500
            {
                best = (1_500, Meant::Two(first.to_owned(), second.to_owned()));
            }
        }
        best.1
    }
}
