//! Sentences and paragraphs that are hard to read for their length.
//!
//! Vietnamese writes a space between syllables, so length is counted in syllables. The bounds are generous: the longest
//! quarter of the sentences of the decrees of 2026 has more.

use super::sheet::{Line, Shape, Sheet};
use super::{Concern, Finding, Weight};

/// A sentence of more syllables is advised to be divided.
const LONG_SENTENCE: usize = 60;
/// A paragraph of more syllables is advised to be divided.
const LONG_PARAGRAPH: usize = 220;

pub(super) fn find(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut paragraph: Vec<&Line> = Vec::new();
    for line in &sheet.lines {
        let goes_on = line.shape == Shape::Text && !line.capitals;
        if !goes_on {
            finish(sheet, &mut paragraph, &mut found);
        }
        if goes_on || line.shape == Shape::Element {
            paragraph.push(line);
        }
    }
    finish(sheet, &mut paragraph, &mut found);
    found
}

fn finish(sheet: &Sheet<'_>, paragraph: &mut Vec<&Line>, found: &mut Vec<Finding>) {
    let (Some(first), Some(last)) = (paragraph.first(), paragraph.last()) else { return };
    let words = first.words.start..last.words.end;
    paragraph.clear();
    if words.is_empty() {
        return;
    }
    let range =
        |words: &std::ops::Range<usize>| sheet.words[words.start].start..sheet.words[words.end - 1].end;
    if words.len() > LONG_PARAGRAPH {
        let count = words.len();
        found.push(Finding {
            range: range(&words),
            concern: Concern::LongParagraph,
            weight: Weight::Advice,
            vi: format!("Đoạn này dài {count} tiếng. Hãy tách thành các đoạn ngắn, mỗi đoạn một ý."),
            en: format!("This paragraph has {count} syllables. Divide it: one thought to a paragraph."),
            suggestion: None,
        });
    }
    let mut start = words.start;
    for at in words.start..words.end {
        let ends = at + 1 == words.end
            || ends_sentence(sheet.gap_before(at + 1), sheet.word(at), sheet.word(at + 1));
        if !ends {
            continue;
        }
        let sentence = start..at + 1;
        if sentence.len() > LONG_SENTENCE {
            let count = sentence.len();
            found.push(Finding {
                range: range(&sentence),
                concern: Concern::LongSentence,
                weight: Weight::Advice,
                vi: format!("Câu này dài {count} tiếng, khó đọc. Hãy tách thành các câu ngắn hơn {LONG_SENTENCE} tiếng."),
                en: format!("This sentence has {count} syllables and is hard to read. Divide it; below {LONG_SENTENCE} is well."),
                suggestion: None,
            });
        }
        start = at + 1;
    }
}

/// True if a sentence ends between two words: a full stop and a capital, not a number or an initial; or a semicolon at the
/// end of a line.
fn ends_sentence(gap: &str, before: &str, after: &str) -> bool {
    let stopped = gap.starts_with(['.', '!', '?', '…']) && gap.contains(char::is_whitespace);
    let initial = before.chars().count() == 1 && before.starts_with(char::is_uppercase);
    let numbered = before.bytes().all(|b| b.is_ascii_digit()) && after.starts_with(char::is_lowercase);
    let listed = gap.starts_with([';', ':']) && gap.contains('\n');
    stopped && !initial && !numbered && after.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        || listed
}
