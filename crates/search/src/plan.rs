//! From a query to what is looked up: terms with their weights. Pure: what the index holds is asked through a [`Lexicon`].

use crate::names::{self, Before};
use crate::numbers::Asked;
use crate::phrase::Phrase;
use crate::query::{Query, Word};
use crate::spelling::{Lexicon, meant, mended};

/// Where a term is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The text.
    Body,
    /// The title of an item, the heading of an article.
    Title,
    /// Document numbers.
    Number,
}

/// Something to look up.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Where.
    pub place: Place,
    /// What.
    pub text: String,
    /// How much it counts.
    pub weight: f32,
    /// The syllable of the query that it finds.
    pub at: usize,
    /// How many syllables of the query it finds, from `at` on.
    pub span: usize,
}

/// How much each part counts; tuned, see `examples/quality.rs`.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// A syllable in the text.
    pub word: f32,
    /// A pair in the text.
    pub pair: f32,
    /// A syllable in the title.
    pub title_word: f32,
    /// A pair in the title.
    pub title_pair: f32,
    /// What was typed wrong in all likelihood, beside its correction.
    pub doubted: f32,
    /// A correction.
    pub corrected: f32,
    /// Another name.
    pub alias: f32,
    /// How soon more of the same counts less (BM25's k1).
    pub k1: f32,
    /// How much long texts count less (BM25's b).
    pub b: f32,
    /// The same for titles.
    pub title_b: f32,
    /// How much it counts that all of the query is found, from 0 to 1.
    pub cover: f32,
    /// How much the title's row adds to the row of an article.
    pub head: f32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            word: 0.35,
            pair: 1.0,
            title_word: 0.3,
            title_pair: 0.6,
            doubted: 0.35,
            corrected: 0.8,
            alias: 0.35,
            k1: 1.2,
            b: 0.75,
            title_b: 0.5,
            cover: 0.5,
            head: 0.3,
        }
    }
}

/// What is looked up for a query, and what the reader is told.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What was typed, divided and read as it was meant to be typed.
    pub words: Vec<Word>,
    /// For each of these what was probably meant instead.
    pub meant: Vec<Option<String>>,
    /// What is looked up.
    pub terms: Vec<Term>,
    /// Tokens of numbers that begin so are looked up, too.
    pub prefixes: Vec<String>,
    /// What every result must have: one of each list.
    pub required: Vec<Vec<(Place, String)>>,
    /// Quoted phrases.
    pub phrases: Vec<Phrase>,
    /// Names of before that were typed.
    pub before: Vec<Before>,
    /// True if more was typed than is looked for.
    pub cut: bool,
}

/// Weights of number tokens: those of the item itself, by how much they say; and of whoever cites it.
const OWN: [f32; 3] = [60.0, 40.0, 25.0];
const CITED: f32 = 4.0;

/// What was meant, but for names that are known: a portal on which nobody has written of Yên Bái yet proposes nothing else for it.
fn unless_named(words: &[Word], mut meant: Vec<Option<String>>) -> Vec<Option<String>> {
    let mut at = 0;
    while at < words.len() && meant.iter().any(Option::is_some) {
        let run = |long: usize| {
            let run: Vec<&str> = words[at..at + long].iter().map(|word| word.folded.as_str()).collect();
            names::is_name(&run.join(" "))
        };
        let long = (2..=names::LONGEST.min(words.len() - at)).rev().find(|long| run(*long)).unwrap_or(1);
        if long > 1 {
            meant[at..at + long].fill(None);
        }
        at += long;
    }
    meant
}

impl Plan {
    /// The plan for a query.
    #[must_use]
    pub fn of(query: &Query, lexicon: &Lexicon<'_>, weights: &Weights) -> Plan {
        let words = mended(&query.words, lexicon);
        let meant = unless_named(&words, meant(&words, lexicon));
        let mut plan = Plan { words, meant, cut: query.cut, ..Plan::default() };
        plan.syllables(weights);
        plan.others(weights);
        for asked in &query.numbers {
            plan.number(asked);
        }
        plan.required = query.phrases.iter().flat_map(Phrase::required).collect();
        plan.phrases.clone_from(&query.phrases);
        plan.required.sort();
        plan.required.dedup();
        plan
    }

    /// What was typed with what was probably meant in its place; nothing if all is well.
    #[must_use]
    pub fn corrected(&self) -> Option<Vec<(String, bool)>> {
        let typed = |word: &Word| vietnam::text::fold(&word.typed) == word.folded;
        let all: Vec<(String, bool)> = self
            .words
            .iter()
            .zip(&self.meant)
            .map(|(word, meant)| match meant {
                Some(meant) => (meant.clone(), true),
                None if typed(word) => (word.typed.clone(), false),
                None => (word.folded.clone(), true),
            })
            .collect();
        all.iter().any(|(_, other)| *other).then_some(all)
    }

    /// What the last syllable may become, of titles: a syllable or a pair. It is no mistake, only unfinished.
    pub(crate) fn end(&mut self, endings: impl Iterator<Item = String>, weights: &Weights) {
        let Some(at) = self.words.len().checked_sub(1) else { return };
        if let Some(meant) = self.meant.last_mut() {
            *meant = None;
        }
        for text in endings {
            let span = text.split(' ').count();
            self.both(&text, (weights.pair, weights.title_pair), at + 1 - span, span);
        }
    }

    fn add(&mut self, place: Place, text: String, weight: f32, at: usize, span: usize) {
        if weight <= 0.0 {
            return;
        }
        match self.terms.iter_mut().find(|term| term.place == place && term.text == text) {
            Some(term) => term.weight = term.weight.max(weight),
            None => self.terms.push(Term { place, text, weight, at, span }),
        }
    }

    fn both(&mut self, text: &str, (body, title): (f32, f32), at: usize, span: usize) {
        self.add(Place::Body, text.to_owned(), body, at, span);
        self.add(Place::Title, text.to_owned(), title, at, span);
    }

    fn syllables(&mut self, weights: &Weights) {
        let word = (weights.word, weights.title_word);
        let pair = (weights.pair, weights.title_pair);
        let scaled = |(a, b): (f32, f32), by: f32| (a * by, b * by);
        for at in 0..self.words.len() {
            let (typed, meant) = (self.words[at].folded.clone(), self.meant[at].clone());
            let by = if meant.is_some() { weights.doubted } else { 1.0 };
            self.both(&typed, scaled(word, by), at, 1);
            if let Some(meant) = &meant {
                self.both(meant, scaled(word, weights.corrected), at, 1);
            }
            if at == 0 || self.words[at].begins {
                continue;
            }
            let (before, before_meant) = (self.words[at - 1].folded.clone(), self.meant[at - 1].clone());
            let doubted = meant.is_some() || before_meant.is_some();
            let by = if doubted { weights.doubted } else { 1.0 };
            self.both(&format!("{before} {typed}"), scaled(pair, by), at - 1, 2);
            if doubted {
                let text = format!("{} {}", before_meant.unwrap_or(before), meant.unwrap_or(typed));
                self.both(&text, scaled(pair, weights.corrected), at - 1, 2);
            }
        }
    }

    /// Other names for runs of the query's syllables, the longest first.
    fn others(&mut self, weights: &Weights) {
        let best: Vec<String> = self
            .words
            .iter()
            .zip(&self.meant)
            .map(|(word, meant)| meant.clone().unwrap_or_else(|| word.folded.clone()))
            .collect();
        let mut at = 0;
        while at < best.len() {
            let most = names::LONGEST.min(best.len() - at);
            let found = (1..=most).rev().find_map(|long| {
                let meaning = names::meaning(&best[at..at + long].join(" "))?;
                let typed = &self.words[at].typed;
                let capitals = typed.chars().count() > 1
                    && typed.chars().filter(|c| c.is_lowercase()).count() < 2
                    && typed.chars().any(char::is_uppercase);
                (!meaning.capitals || capitals).then_some((meaning, long))
            });
            let Some((meaning, long)) = found else {
                at += 1;
                continue;
            };
            for name in &meaning.also {
                let parts: Vec<&str> = name.split([' ', '\n']).collect();
                match parts.as_slice() {
                    [one] => self.both(one, (weights.pair * weights.alias, 0.0), at, long),
                    many => {
                        for two in many.windows(2) {
                            let by = weights.alias * 2.0 / many.len() as f32;
                            self.both(&two.join(" "), (weights.pair * by, weights.title_pair * by), at, long);
                        }
                    }
                }
            }
            self.before.extend(meaning.before.clone());
            at += long;
        }
    }

    fn number(&mut self, asked: &Asked) {
        for (place, token) in asked.tokens.iter().enumerate() {
            let own = OWN[place.min(OWN.len() - 1)];
            self.add(Place::Number, format!("={token}"), own, 0, 0);
            if place < 2 {
                self.add(Place::Number, token.clone(), CITED / (1 + place) as f32, 0, 0);
            }
        }
        self.prefixes.extend(asked.prefix.iter().map(|prefix| format!("={prefix}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_nothing_names_is_no_slip_and_is_told_of() {
        // Only these stand here: without the names, each would be proposed in a place's stead.
        let here = |term: &str| match term {
            "ban" | "den" | "den ban" | "cong" | "khai" | "cong khai" | "tinh" | "huyen" => 500,
            _ => 0,
        };
        let plan = |typed: &str| {
            Plan::of(&Query::read(typed), &Lexicon { rows: 1_000, count: &here }, &Weights::default())
        };
        for typed in ["tỉnh Yên Bái", "tinh yen bai", "huyện Mù Cang Chải", "xã Mù Cang Chải"] {
            assert_eq!(plan(typed).corrected(), None, "{typed}");
        }
        assert_eq!(plan("tinh yen bai").before[0].new, ["Tỉnh Lào Cai"]);
    }
}
