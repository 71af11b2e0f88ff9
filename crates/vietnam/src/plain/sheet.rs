//! A text, cut once into lines and words; every rule reads it from here.

use std::ops::Range;

/// A text with its lines and words.
pub(super) struct Sheet<'a> {
    pub(super) text: &'a str,
    pub(super) lines: Vec<Line>,
    pub(super) words: Vec<Range<usize>>,
}

/// A line of a text.
pub(super) struct Line {
    /// Its bytes without the break.
    pub(super) range: Range<usize>,
    /// Its words, as indexes into the sheet's.
    pub(super) words: Range<usize>,
    /// What it is in Markdown.
    pub(super) shape: Shape,
    /// True if most of its letters are capitals: a heading, where capitals shorten nothing.
    pub(super) capitals: bool,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Empty,
    /// Running text.
    Text,
    /// An element of a list, which begins a paragraph of its own.
    Element,
    Heading,
    Table,
    Code,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(text: &'a str) -> Sheet<'a> {
        let mut sheet = Sheet { text, lines: Vec::new(), words: Vec::new() };
        let (mut at, mut fenced) = (0, false);
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end_matches(['\n', '\r']);
            let fence = line.trim_start().starts_with("```");
            let shape = if fence || fenced { Shape::Code } else { shape(line) };
            fenced ^= fence;
            let from = sheet.words.len();
            words(line, at, &mut sheet.words);
            let (mut upper, mut lower) = (0_usize, 0_usize);
            for c in line.chars() {
                upper += usize::from(c.is_uppercase());
                lower += usize::from(c.is_lowercase());
            }
            sheet.lines.push(Line {
                range: at..at + line.len(),
                words: from..sheet.words.len(),
                shape,
                capitals: upper > 2 * lower,
            });
            at += whole.len();
        }
        sheet
    }

    /// The word of that index; empty beyond the last.
    pub(super) fn word(&self, index: usize) -> &'a str {
        self.words.get(index).map_or("", |range| &self.text[range.clone()])
    }

    /// What stands between a word and the one before it; nothing at the beginning.
    pub(super) fn gap_before(&self, index: usize) -> &'a str {
        match (index.checked_sub(1).and_then(|before| self.words.get(before)), self.words.get(index)) {
            (Some(before), Some(word)) => &self.text[before.end..word.start],
            _ => "\n",
        }
    }

    /// Lines of running text, elements of lists and headings.
    pub(super) fn readable(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !matches!(line.shape, Shape::Code | Shape::Empty))
    }
}

fn shape(line: &str) -> Shape {
    let line = line.trim_start().trim_start_matches(['>', ' ']);
    let numbered = || {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        (1..=3).contains(&digits) && line[digits..].starts_with(['.', ')', '/'])
    };
    let lettered = || {
        let mut letters = line.chars();
        letters.next().is_some_and(char::is_lowercase) && letters.next() == Some(')')
    };
    match line {
        "" => Shape::Empty,
        _ if line.starts_with('#') => Shape::Heading,
        _ if line.starts_with('|') => Shape::Table,
        _ if ["- ", "* ", "+ ", "– ", "• "].iter().any(|mark| line.starts_with(mark)) => Shape::Element,
        _ if numbered() || lettered() => Shape::Element,
        _ => Shape::Text,
    }
}

/// True for what a word is made of: letters with their marks, and digits.
pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

fn words(line: &str, at: usize, out: &mut Vec<Range<usize>>) {
    let mut start = None;
    for (place, c) in line.char_indices() {
        match (is_of_word(c), start) {
            (true, None) => start = Some(place),
            (false, Some(from)) => {
                out.push(at + from..at + place);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        out.push(at + from..at + line.len());
    }
}
