//! Runs become lines of a width: words go to the next line, a word that is wider than a line is cut.

use crate::letters::{letters, set};
use crate::{Run, Style};

/// Letters of one style within a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The letters, a space before the next word among them.
    pub text: String,
    /// Their style.
    pub style: Style,
    /// Where they lead.
    pub link: Option<String>,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// From left to right.
    pub pieces: Vec<Piece>,
    /// How wide it is, in points.
    pub width: f32,
    /// True if the paragraph ends here: it is not stretched.
    pub last: bool,
}

impl Line {
    /// The spaces between its words.
    pub fn spaces(&self) -> usize {
        self.pieces.iter().map(|piece| piece.text.matches(' ').count()).sum()
    }

    fn push(&mut self, text: &str, style: Style, link: Option<&String>, size: f32) {
        self.width += letters(style).width(text, size);
        match self.pieces.last_mut() {
            Some(last) if last.style == style && last.link.as_ref() == link => last.text.push_str(text),
            _ => self.pieces.push(Piece { text: text.to_owned(), style, link: link.cloned() }),
        }
    }
}

/// A part of a word: letters, and their run.
type Part<'a> = (String, &'a Run);

/// A space that does not part words.
const NO_BREAK: char = '\u{a0}';

/// The words of runs. A word may be of several runs: `<b>Điều 1</b>.` has no space before its full stop.
fn words(runs: &[Run]) -> Vec<Vec<Part<'_>>> {
    let mut words: Vec<Vec<Part<'_>>> = Vec::new();
    let mut open = false;
    for run in runs {
        let text = set(&run.text);
        for (at, word) in text.split(|c: char| c.is_whitespace() && c != NO_BREAK).enumerate() {
            open &= at == 0;
            if word.is_empty() {
                continue;
            }
            match words.last_mut().filter(|_| open) {
                Some(last) => last.push((word.to_owned(), run)),
                None => words.push(vec![(word.to_owned(), run)]),
            }
            open = true;
        }
    }
    words
}

/// Lines at most `width` points wide, the first one narrower by `indent`, at a letter size. No runs give no line.
pub fn lines(runs: &[Run], size: f32, width: f32, indent: f32) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut line = Line::default();
    let room = |done: usize| (width - if done == 0 { indent } else { 0.0 }).max(size);
    for word in words(runs) {
        let wide: f32 = word.iter().map(|(text, run)| letters(run.style).width(text, size)).sum();
        let before = line.pieces.last().map(|piece| (piece.style, piece.link.clone()));
        if let Some((style, link)) = before {
            let space = letters(style).width(" ", size);
            if line.width + space + wide <= room(out.len()) {
                line.push(" ", style, link.as_ref(), size);
            } else {
                out.push(std::mem::take(&mut line));
            }
        }
        for (text, run) in word {
            for letter in text.chars() {
                let mut bytes = [0; 4];
                let letter: &str = letter.encode_utf8(&mut bytes);
                let wide = letters(run.style).width(letter, size);
                if line.width + wide > room(out.len()) && !line.pieces.is_empty() {
                    out.push(std::mem::take(&mut line));
                }
                line.push(letter, run.style, run.link.as_ref(), size);
            }
        }
    }
    if !line.pieces.is_empty() {
        out.push(line);
    }
    if let Some(last) = out.last_mut() {
        last.last = true;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_go_to_the_next_line_and_keep_their_styles() {
        let runs = [Run::plain("Số phản ánh đã trả lời"), Run::bold(" 95%"), Run::plain(", tăng.")];
        let all = lines(&runs, 13.0, 90.0, 20.0);
        let said: Vec<String> =
            all.iter().map(|line| line.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect();
        assert_eq!(said, ["Số phản ánh", "đã trả lời 95%,", "tăng."]);
        let bold: Vec<&str> = all[1]
            .pieces
            .iter()
            .filter(|piece| piece.style == Style::Bold)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(bold, ["95%"]);
        assert!(all[2].last && !all[0].last);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_wider_than_the_page(text in "\\PC{0,120}", width in 40.0f32..400.0) {
            let all = lines(&[Run::plain(text.clone())], 13.0, width, 0.0);
            let kept: String = all.iter().flat_map(|line| &line.pieces).flat_map(|piece| piece.text.chars()).filter(|c| !c.is_whitespace()).collect();
            let asked: String = set(&text).chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(kept, asked);
            for line in &all {
                prop_assert!(line.width <= width + 0.01 || line.pieces.iter().map(|piece| piece.text.chars().count()).sum::<usize>() == 1);
            }
        }
    }
}
