//! Quoted phrases. A document's number in one is a unit, whatever its shape: `"10/CĐ-TTg"` is found where the document says its
//! number only in its own head, and `"Nghị định 209/2026/NĐ-CP"` where a text has "Nghị định số 209/2026/NĐ-CP". All else
//! is found as it stands.

use std::collections::HashSet;
use std::ops::Range;

use vietnam::number::{self, Abbreviations, DocumentNumber};

use crate::numbers::{self, Asked};
use crate::passage::has_phrase;
use crate::plan::Place;
use crate::query::Word;

/// The longest name of a form that is looked for before a number, in syllables.
const LEAD: usize = 4;

/// A quoted phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    /// Its syllables, folded.
    pub words: Vec<String>,
    /// The numbers in it: which syllables are the number with the name of its form, and the number's most exact token.
    numbers: Vec<(Range<usize>, String)>,
}

impl Phrase {
    /// A phrase from what stands between two quotation marks: the text, and its syllables with their places in it.
    pub(crate) fn of(text: &str, words: &[Word], places: &[Range<usize>]) -> Phrase {
        let said: Vec<(Range<usize>, Asked)> = number::mentions(text)
            .iter()
            .map(|mention| {
                let from = places.partition_point(|place| place.end <= mention.range.start);
                let to = places.partition_point(|place| place.start < mention.range.end);
                (from..to, Asked::of(&mention.what))
            })
            .collect();
        let found = if said.is_empty() { numbers::asked(words) } else { said };
        let words: Vec<String> = words.iter().map(|word| word.folded.clone()).collect();
        let mut all: Vec<(Range<usize>, String)> = Vec::new();
        for (range, asked) in found {
            let Some(token) = asked.exact() else { continue };
            let before = all.last().map_or(0, |(range, _)| range.end);
            let from =
                lead(&words[before..range.start], token).map_or(range.start, |long| range.start - long);
            all.push((from..range.end, token.to_owned()));
        }
        Phrase { words, numbers: all }
    }

    /// What every row must have for the phrase: one of each list.
    pub(crate) fn required(&self) -> Vec<Vec<(Place, String)>> {
        let literal = |text: String| vec![(Place::Body, text.clone()), (Place::Title, text)];
        let pairs: Vec<(Range<usize>, String)> = match self.words.as_slice() {
            [one] => vec![(0..1, one.clone())],
            many => many.windows(2).enumerate().map(|(at, two)| (at..at + 2, two.join(" "))).collect(),
        };
        let of = |(place, text): (Range<usize>, String)| {
            let mut any = literal(text);
            // A pair that leads into a number or out of it stands where the number does not say its form, or says it otherwise.
            for (range, token) in &self.numbers {
                if place.start < range.end && range.start < place.end {
                    any.push((Place::Number, format!("={token}")));
                    any.push((Place::Number, token.clone()));
                }
            }
            any
        };
        pairs.into_iter().map(of).collect()
    }

    /// True if the phrase stands in one of these texts; a number in it also where the document itself has it.
    #[must_use]
    pub fn stands(&self, texts: &[&str], own: Option<&DocumentNumber>) -> bool {
        let literally = |words: &[String]| {
            let phrase = words.join(" ");
            texts.iter().any(|text| has_phrase(text, &phrase))
        };
        if literally(&self.words) {
            return true;
        }
        if self.numbers.is_empty() {
            return false;
        }
        let own = own.into_iter().flat_map(DocumentNumber::tokens);
        let said =
            texts.iter().flat_map(|text| number::mentions(text)).flat_map(|mention| mention.what.tokens());
        let known: HashSet<String> = own.chain(said).collect();
        let mut from = 0;
        let runs_stand = self.numbers.iter().all(|(range, _)| {
            let run = &self.words[from..range.start];
            from = range.end;
            run.is_empty() || literally(run)
        });
        let rest = &self.words[from..];
        runs_stand
            && (rest.is_empty() || literally(rest))
            && self.numbers.iter().all(|(_, token)| known.contains(token))
    }
}

/// How many syllables before a number are the name of its form, with "số".
fn lead(before: &[String], token: &str) -> Option<usize> {
    let so = usize::from(before.last().is_some_and(|word| word == "so"));
    let before = &before[..before.len() - so];
    let code = match token.split_once(':') {
        Some((form, _)) => form,
        None => {
            let symbol = token.rsplit('/').next()?.split('-').next()?;
            symbol.trim_end_matches(|c: char| c.is_ascii_digit())
        }
    };
    let is_form = |name: &str| {
        Abbreviations::shipped().forms().iter().any(|form| {
            let own = vietnam::text::fold(&form.code);
            (own == code || own.is_empty()) && (name == own || name == vietnam::text::fold(&form.name))
        })
    };
    let long =
        (1..=LEAD.min(before.len())).rev().find(|long| is_form(&before[before.len() - long..].join(" ")));
    long.map(|long| long + so).or((so > 0).then_some(so))
}

#[cfg(test)]
mod tests {
    use crate::query::Query;

    fn stands(typed: &str, text: &str, own: &str) -> bool {
        let query = Query::read(typed);
        assert_eq!(query.phrases.len(), 1, "{typed}");
        query.phrases[0].stands(&[text], own.parse().ok().as_ref())
    }

    #[test]
    fn a_number_in_quotation_marks_is_found_in_any_shape() {
        let text = "Căn cứ Nghị định số 209/2026/NĐ-CP của Chính phủ, thực hiện ngay.";
        for typed in [
            "\"209/2026/NĐ-CP\"",
            "\"209/2026/nd-cp\"",
            "\"209 / 2026 / NĐ-CP\"",
            "\"Nghị định 209/2026/NĐ-CP\"",
            "\"nghị định số 209/2026/NĐ-CP\"",
            "“căn cứ nghị định 209/2026/NĐ-CP”",
            "\"nd 209 2026\"",
            "\"nghị định 209 năm 2026\"",
            "\"Nghị định 209/2026/NĐ-CP của Chính phủ\"",
        ] {
            assert!(stands(typed, text, ""), "{typed}");
        }
        for typed in
            ["\"10/CĐ-TTg\"", "\"10 CĐ TTg\"", "\"Công điện 10/CĐ-TTg\"", "\"công điện số 010/cđ-ttg\""]
        {
            assert!(stands(typed, "Chủ động ứng phó bão", "10/CĐ-TTg"), "{typed}");
        }
    }

    #[test]
    fn another_number_or_other_words_beside_it_are_not_found() {
        let text = "Căn cứ Nghị định số 209/2026/NĐ-CP của Chính phủ, thực hiện ngay.";
        for typed in [
            "\"208/2026/NĐ-CP\"",
            "\"Thông tư 209/2026/NĐ-CP\"",
            "\"bãi bỏ Nghị định 209/2026/NĐ-CP\"",
            "\"209/2026/NĐ-CP của Quốc hội\"",
            "\"209\" ",
        ] {
            let found = stands(typed, text, "");
            assert_eq!(found, typed.starts_with("\"209\""), "{typed}");
        }
        assert!(!stands("\"10/CĐ-TTg\"", "Chủ động ứng phó bão", "11/CĐ-TTg"));
    }

    #[test]
    fn a_month_or_a_date_stays_a_phrase() {
        assert!(stands("\"tháng 12/2025\"", "Báo cáo tháng 12/2025.", ""));
        assert!(!stands("\"tháng 12/2025\"", "Báo cáo tháng 11/2025.", ""));
        assert!(stands("\"quyết định 15\"", "Theo quyết định 15 người", ""));
    }
}
