//! A long text in parts: what a reader is led to is an article, not a hundred pages.
//!
//! A part is an article (`Điều 5.`) where a text has them, else a few thousand letters of paragraphs. Each part is a row of
//! the index; parts count from 0, which holds the title and what stands before the first article. The same text always
//! gives the same parts, so a hit names its part by number and the text itself need not be kept a second time.

use std::ops::Range;

/// A text without articles is divided where it is longer than this, in bytes.
const LONG: usize = 6_000;
/// So long is a part of it, at least.
const PIECE: usize = 3_000;
/// The most parts that a text has; the last holds all the rest.
const MOST: usize = 500;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its heading's bytes, from the number on: `Điều 5. Hiệu lực`; empty if it is no article.
    pub heading: Range<usize>,
}

impl Part {
    /// The article's number as printed: `5`, `12a`; nothing if the part is no article.
    #[must_use]
    pub fn article<'a>(&self, text: &'a str) -> Option<&'a str> {
        number(&text[self.heading.clone()])
    }
}

/// The parts of a text; at least one, and together all of it.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let mut cuts: Vec<(usize, Range<usize>)> = Vec::new();
    let mut at = 0;
    let mut quoted = 0_i32;
    for line in text.split_inclusive('\n') {
        if quoted <= 0
            && cuts.len() + 1 < MOST
            && let Some(heading) = heading(line)
        {
            cuts.push((at, at + heading.start..at + heading.end));
        }
        // New words of an article that is amended stand in quotation marks, and are no article of this text.
        quoted += line.chars().map(|c| i32::from(c == '“') - i32::from(c == '”')).sum::<i32>();
        if line.trim().is_empty() && quoted < 0 {
            quoted = 0;
        }
        at += line.len();
    }
    if cuts.is_empty() && text.len() > LONG {
        cuts = pieces(text);
    }
    let ends = cuts.iter().map(|(at, _)| *at).chain([text.len()]).collect::<Vec<_>>();
    let mut parts = vec![Part { range: 0..ends[0], heading: 0..0 }];
    parts.extend(
        cuts.into_iter().zip(&ends[1..]).map(|((at, heading), end)| Part { range: at..*end, heading }),
    );
    parts
}

fn pieces(text: &str) -> Vec<(usize, Range<usize>)> {
    let mut cuts = Vec::new();
    let (mut at, mut last) = (0, 0);
    for line in text.split_inclusive('\n') {
        if at - last >= PIECE && cuts.len() + 1 < MOST {
            cuts.push((at, 0..0));
            last = at;
        }
        at += line.len();
    }
    cuts
}

/// Where the heading stands in a line that begins an article, with or without marks of Markdown.
fn heading(line: &str) -> Option<Range<usize>> {
    let start = line.len() - line.trim_start_matches(['#', '*', '_', ' ', '\t']).len();
    let rest = line[start..].trim_end().trim_end_matches(['*', '_']);
    number(rest).map(|_| start..start + rest.len())
}

/// `Điều 12a. Phạm vi` → `12a`. "Điều 5 Nghị định này" is a sentence, not a heading.
fn number(heading: &str) -> Option<&str> {
    let rest = ["Điều", "ĐIỀU", "Đi\u{ea}\u{300}u"].iter().find_map(|word| heading.strip_prefix(word))?;
    let rest = rest.strip_prefix([' ', '\u{a0}'])?.trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let letter = rest[digits..].len() - rest[digits..].trim_start_matches(|c: char| c.is_lowercase()).len();
    let end = digits + letter;
    let marked = rest[end..].is_empty() || rest[end..].starts_with(['.', ':', '*']);
    ((1..=4).contains(&digits) && letter <= 2 && marked).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn articles_are_parts() {
        let text =
            "Căn cứ …\n\n## Điều 1. Phạm vi\nMột.\n**Điều 2.** Hai\nHai.\nĐiều 3 Nghị định này thì không.\n";
        let parts = parts(text);
        // Before the first stands what has no number.
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[1].article(text), Some("1"));
        assert_eq!(&text[parts[1].heading.clone()], "Điều 1. Phạm vi");
        assert!(text[parts[2].range.clone()].contains("Điều 3"));
    }

    #[test]
    fn bold_numbers_are_headings_too() {
        let text = "**Điều 2**\nHai.\n### ĐIỀU 3: Ba\n";
        let all = parts(text);
        assert_eq!(all.iter().filter_map(|p| p.article(text)).collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn quoted_articles_are_not() {
        let text = "Điều 1. Sửa đổi\n“Điều 7. Mới\nNhư sau.”\nĐiều 2. Hiệu lực\n";
        let all = parts(text);
        assert_eq!(all.iter().filter_map(|p| p.article(text)).collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_long_text_without_articles_is_divided_too() {
        let text = "Một đoạn văn dài.\n".repeat(1_000);
        let all = parts(&text);
        assert!(all.len() > 4 && all.iter().all(|p| p.range.len() < 2 * PIECE));
    }

    proptest! {
        #[test]
        fn parts_are_the_whole_text(text in "(Điều [0-9]{1,2}\\. a\n|“|”|x{0,9}\n|\\*\\*|#)*") {
            let all = parts(&text);
            prop_assert_eq!(all.iter().map(|p| &text[p.range.clone()]).collect::<String>(), text);
        }
    }
}
