//! Names in a running text: the longest known name that begins at a word.

use std::collections::HashMap;

use super::sheet::Sheet;
use crate::text::canonical;

/// The longest name of a unit or body, in words.
const LONGEST: usize = 14;

/// Things by their names' words.
pub(super) struct Names<T> {
    all: HashMap<String, T>,
    longest: usize,
}

impl<T> Default for Names<T> {
    fn default() -> Names<T> {
        Names { all: HashMap::new(), longest: 0 }
    }
}

impl<T> Names<T> {
    /// The thing of that name, made if there is none.
    pub(super) fn entry(&mut self, name: &str) -> std::collections::hash_map::Entry<'_, String, T> {
        let key = key_of(name);
        self.longest = self.longest.max(key.split(' ').count()).min(LONGEST);
        self.all.entry(key)
    }

    /// The thing of exactly that name.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.all.get(&key_of(name))
    }

    /// The longest name that begins at a word, and the word after it. A name begins with a capital or a digit and does not go
    /// on over a comma or a full stop.
    pub(super) fn at<'a>(&'a self, sheet: &Sheet<'_>, index: usize) -> Option<(&'a T, usize)> {
        if !sheet.word(index).starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
            return None;
        }
        let mut key = String::new();
        let mut best = None;
        for end in index..(index + self.longest).min(sheet.words.len()) {
            if end > index {
                let gap = sheet.gap_before(end);
                if gap.len() > 8
                    || !gap.chars().all(|c| c.is_whitespace() || "-–'’‘".contains(c))
                    || gap.contains("\n\n")
                {
                    break;
                }
                key.push(' ');
            }
            key.push_str(&canonical(sheet.word(end)).to_lowercase());
            if let Some(thing) = self.all.get(&key) {
                best = Some((thing, end + 1));
            }
        }
        best
    }
}

/// A name as it is looked up: its words in one spelling, small, a space between them.
fn key_of(name: &str) -> String {
    let spelled = canonical(name).to_lowercase();
    let words = spelled.split(|c: char| !super::sheet::is_of_word(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
