//! Notes of fixed lines: a word, a space, a value, in one order and one spelling.

use std::fmt;
use std::str::FromStr;

use super::LetterError;

/// Reads the lines of a note's text one after the other.
pub(super) struct Lines<'a> {
    rest: std::str::SplitTerminator<'a, char>,
    at: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `text`, the first of which must be `title`.
    pub(super) fn of(text: &'a str, title: &'static str) -> Result<Lines<'a>, LetterError> {
        let mut lines = Lines { rest: text.split_terminator('\n'), at: 0 };
        let first = lines.next();
        if first == Some(title) { Ok(lines) } else { Err(lines.wrong("must say what the note is")) }
    }

    fn next(&mut self) -> Option<&'a str> {
        self.at += 1;
        self.rest.next()
    }

    /// The next line as it is; empty after the last.
    pub(super) fn line(&mut self) -> &'a str {
        self.next().unwrap_or_default()
    }

    pub(super) fn wrong(&self, problem: &'static str) -> LetterError {
        LetterError::Line { line: self.at, problem }
    }

    /// The text after `word`.
    pub(super) fn text(&mut self, word: &str, problem: &'static str) -> Result<&'a str, LetterError> {
        let line = self.line();
        let value = line.strip_prefix(word).and_then(|rest| rest.strip_prefix(' '));
        value.filter(|value| !value.is_empty()).ok_or_else(|| self.wrong(problem))
    }

    /// The value after `word`, which is written only as it prints.
    pub(super) fn value<T: FromStr + fmt::Display>(
        &mut self,
        word: &str,
        problem: &'static str,
    ) -> Result<T, LetterError> {
        let text = self.text(word, problem)?;
        one_spelling(text).ok_or_else(|| self.wrong(problem))
    }

    /// A size and a hash after `word`.
    pub(super) fn sized<H: FromStr + fmt::Display>(
        &mut self,
        word: &str,
        problem: &'static str,
    ) -> Result<(usize, H), LetterError> {
        let text = self.text(word, problem)?;
        let both =
            text.split_once(' ').and_then(|(size, hash)| Some((one_spelling(size)?, one_spelling(hash)?)));
        both.ok_or_else(|| self.wrong(problem))
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Result<(), LetterError> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.wrong("is one too many")),
        }
    }
}

/// The value, if this is how it is printed.
pub(super) fn one_spelling<T: FromStr + fmt::Display>(text: &str) -> Option<T> {
    text.parse().ok().filter(|value: &T| value.to_string() == text)
}

/// A piece with its length before it: four bytes, the highest first.
pub(super) fn put_piece(out: &mut Vec<u8>, piece: &[u8]) {
    out.extend(u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(piece);
}

/// A piece, and what comes after it.
type Cut<'a> = (&'a [u8], &'a [u8]);

/// The first piece, at most `most` bytes long, and the rest; `Ok(None)` if the piece is not all there.
pub(super) fn piece(bytes: &[u8], most: usize) -> Result<Option<Cut<'_>>, LetterError> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > most {
        return Err(LetterError::Shape);
    }
    Ok((rest.len() >= length).then(|| rest.split_at(length)))
}
