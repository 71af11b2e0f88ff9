//! The index by which a copy is searched without a server: a script with each item's head, folded, and for each syllable the
//! items whose text has it. Built once; the reader's browser only looks up.

use std::collections::{BTreeMap, BTreeSet};

use ::search::fold::folded;
use serde_json::json;

use super::Line;

/// Bytes of a text that are indexed.
const READ: usize = 60_000;

/// An index being built, item by item in the order of the newest.
#[derive(Default)]
pub struct Index {
    heads: Vec<serde_json::Value>,
    postings: BTreeMap<String, Vec<u32>>,
}

impl Index {
    /// Adds an item: its line, its kind in words, what names it and its text.
    pub fn add(&mut self, line: &Line, head: &str, text: &str) {
        let at = self.heads.len() as u32;
        let head = folded(head).replace('\n', " ");
        self.heads.push(json!([line.title, line.href, line.says, head]));
        let mut end = text.len().min(READ);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let said = folded(&text[..end]);
        let heads: BTreeSet<&str> = head.split(' ').collect();
        let syllables: BTreeSet<&str> =
            said.split([' ', '\n']).filter(|s| !s.is_empty() && !heads.contains(s)).collect();
        for syllable in syllables {
            self.postings.entry(syllable.to_owned()).or_default().push(at);
        }
    }

    /// The script. Items are counted in steps from the one before, in base 36; what more than half of all texts have tells
    /// nothing and is only named.
    pub fn script(&self) -> String {
        let most = (self.heads.len() / 2).max(8);
        let (mut common, mut words) = (Vec::new(), serde_json::Map::new());
        for (syllable, items) in &self.postings {
            if items.len() > most {
                common.push(syllable.as_str());
                continue;
            }
            let mut last = 0;
            let steps: Vec<String> =
                items.iter().map(|at| base36(at - std::mem::replace(&mut last, *at))).collect();
            words.insert(syllable.clone(), steps.join(",").into());
        }
        // JSON in a script of its own: no markup can end it.
        format!("self.banSao={};\n", json!({ "muc": self.heads, "chung": common, "tu": words }))
    }
}

fn base36(mut number: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit(number % 36, 36));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn heads_are_folded_and_texts_give_steps() {
        let mut index = Index::default();
        let line = |n: u32| Line {
            title: format!("Mục {n}"),
            href: format!("muc/{n}.html"),
            ..super::super::sample()
        };
        for n in 0..50 {
            index.add(&line(n), "Mục tin", if n % 40 == 3 { "Lệ phí. Của chung" } else { "Của chung" });
        }
        let script = index.script();
        let told: serde_json::Value = serde_json::from_str(
            script.strip_prefix("self.banSao=").unwrap().trim_end().trim_end_matches(';'),
        )
        .unwrap();
        assert_eq!(told["muc"][3][3], "muc tin");
        assert_eq!(told["tu"]["phi"], "3,14", "43 is 3 and 40, which is 14 in base 36");
        assert_eq!(told["chung"], serde_json::json!(["chung", "cua"]));
    }

    #[test]
    fn numbers_are_written_in_base_36() {
        assert_eq!([0, 35, 36, 1_295, 1_296].map(base36), ["0", "z", "10", "zz", "100"]);
    }
}
