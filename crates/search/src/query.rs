//! What somebody typed, read: syllables, quoted phrases, document numbers. Any text gives a query; none fails.
//!
//! There are no operators but quotation marks: a sign that means nothing here is a space. Only so much is read of a long
//! text that its search stays cheap, and [`Query::cut`] says so.

use std::ops::Range;

use vietnam::number;

use crate::fold::{Syllable, syllables};
use crate::numbers;
use crate::phrase::Phrase;

/// So many characters are read.
pub const READ: usize = 1_000;
/// So many syllables are looked for.
pub const MOST: usize = 48;
/// So many phrases.
const PHRASES: usize = 6;

/// A syllable that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As the index has it.
    pub folded: String,
    /// As it was typed.
    pub typed: String,
    /// True if it makes no pair with the one before.
    pub begins: bool,
}

/// A query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Its syllables.
    pub words: Vec<Word>,
    /// Quoted phrases; what is found has each of them.
    pub phrases: Vec<Phrase>,
    /// Document numbers.
    pub numbers: Vec<numbers::Asked>,
    /// True if it was longer than what is read.
    pub cut: bool,
}

impl Query {
    /// Reads what was typed.
    #[must_use]
    pub fn read(typed: &str) -> Query {
        let end = typed.char_indices().nth(READ).map_or(typed.len(), |(at, _)| at);
        let text = &typed[..end];
        let mut query = Query { cut: end < typed.len(), ..Query::default() };
        let mut places: Vec<Range<usize>> = Vec::new();
        // Where an open phrase begins: its byte, its first syllable.
        let mut open: Option<(usize, usize)> = None;
        let mut last = 0;
        for one in syllables(text) {
            query.marks(text, last..one.range.start, &places, &mut open);
            last = one.range.end;
            if query.words.len() == MOST {
                query.cut = true;
                break;
            }
            places.push(one.range.clone());
            query.words.push(word(text, one));
        }
        let rest = if query.words.len() == MOST && query.cut { last..last } else { last..text.len() };
        query.marks(text, rest, &places, &mut open);
        let said: Vec<numbers::Asked> =
            number::mentions(text).iter().map(|mention| numbers::Asked::of(&mention.what)).collect();
        query.numbers = match said.is_empty() {
            true => numbers::asked(&query.words).into_iter().map(|(_, asked)| asked).collect(),
            false => said,
        };
        query
    }

    /// The quotation marks in a piece between two syllables: each opens a phrase, or closes the one that is open.
    fn marks(
        &mut self,
        text: &str,
        piece: Range<usize>,
        places: &[Range<usize>],
        open: &mut Option<(usize, usize)>,
    ) {
        for (at, _) in text[piece.clone()].char_indices().filter(|(_, c)| is_quote(*c)) {
            let at = piece.start + at;
            match open.take() {
                None => *open = Some((at, self.words.len())),
                Some((from, first)) if first < self.words.len() && self.phrases.len() < PHRASES => {
                    let places: Vec<Range<usize>> =
                        places[first..].iter().map(|place| place.start - from..place.end - from).collect();
                    self.phrases.push(Phrase::of(&text[from..at], &self.words[first..], &places));
                }
                Some(_) => {}
            }
        }
    }

    /// True if nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

fn word(text: &str, one: Syllable) -> Word {
    let typed = text[one.range].chars().take(40).collect();
    Word { folded: one.folded, typed, begins: one.begins }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(query: &Query) -> Vec<&str> {
        query.words.iter().map(|word| word.folded.as_str()).collect()
    }

    #[test]
    fn words_are_folded() {
        let query = Query::read("Thủ tục  ĐẤT đai");
        assert_eq!(folded(&query), ["thu", "tuc", "dat", "dai"]);
        assert_eq!(query.words[2].typed, "ĐẤT");
    }

    #[test]
    fn quotation_marks_make_a_phrase_whatever_their_shape() {
        for typed in ["lệ phí \"đăng ký xe\" mới", "lệ phí “đăng ký xe” mới", "lệ phí «đăng ký xe» mới"]
        {
            let query = Query::read(typed);
            assert_eq!(query.phrases.len(), 1, "{typed}");
            assert_eq!(query.phrases[0].words, ["dang", "ky", "xe"], "{typed}");
            assert_eq!(query.words.len(), 6);
        }
        assert_eq!(Query::read("cuối \"đăng ký\"").phrases[0].words, ["dang", "ky"]);
    }

    #[test]
    fn an_open_mark_asks_nothing() {
        for typed in ["\"đăng ký xe", "đăng ký \"", "\"\"", "” “", "\" \" \""] {
            assert!(Query::read(typed).phrases.is_empty(), "{typed}");
        }
    }

    #[test]
    fn operators_out_of_place_are_spaces() {
        let query = Query::read("AND (OR -thủ +tục* ~2 ^5 [TO] title:đất \\");
        assert_eq!(folded(&query), ["and", "or", "thu", "tuc", "2", "5", "to", "title", "dat"]);
    }

    #[test]
    fn a_long_query_is_cut_and_says_so() {
        let query = Query::read(&"thủ tục ".repeat(1_250));
        assert!(query.cut && query.words.len() == MOST);
        assert!(!Query::read("thủ tục").cut);
        assert!(Query::read(&"\u{202e}\"".repeat(5_000)).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_within_bounds(text in ".{0,2000}") {
            let query = Query::read(&text);
            prop_assert!(query.words.len() <= MOST && query.phrases.len() <= PHRASES);
            prop_assert!(query.words.iter().all(|word| !word.folded.is_empty()));
        }
    }
}
