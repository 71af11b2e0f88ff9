//! Walking through text as people type and paste it: one composed letter at a time, look-alikes made one.
//!
//! Positions are bytes of the text as given, so that a number found in NFD text can be marked in that same text.

use unicode_normalization::UnicodeNormalization;

/// A place in a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Cursor<'a> {
        Cursor { text, at }
    }

    /// The byte at which the next letter begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next letter, composed and without disguise; the cursor stays.
    pub(super) fn peek(&self) -> Option<char> {
        self.read().map(|(c, _)| c)
    }

    /// The next letter; the cursor moves behind it.
    pub(super) fn next(&mut self) -> Option<char> {
        let (c, end) = self.read()?;
        self.at = end;
        Some(c)
    }

    /// Moves on while the letters are as asked, and gives them.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            taken.push(c);
            self.next();
        }
        taken
    }

    /// Moves over spaces, not over the end of a line; true if there were any.
    pub(super) fn skip_spaces(&mut self) -> bool {
        !self.take_while(|c| c == ' ').is_empty()
    }

    /// Moves over spaces and at most one end of line: a number broken after its dash goes on in the next line.
    pub(super) fn skip_break(&mut self) -> bool {
        let spaces = self.skip_spaces();
        if self.peek() != Some('\n') {
            return spaces;
        }
        self.next();
        self.skip_spaces();
        true
    }

    fn read(&self) -> Option<(char, usize)> {
        let rest = self.text.get(self.at..)?;
        let mut chars = rest.char_indices().skip_while(|(_, c)| is_invisible(*c));
        let (start, first) = chars.next()?;
        let mut end = start + first.len_utf8();
        for (index, c) in chars {
            if is_mark(c) {
                end = index + c.len_utf8();
            } else if !is_invisible(c) {
                break;
            }
        }
        let cluster = &rest[start..end];
        let c = if cluster.len() == first.len_utf8() {
            first
        } else {
            let mut composed = cluster.chars().filter(|c| !is_invisible(*c)).nfc();
            match (composed.next(), composed.next()) {
                (Some(one), None) => one,
                _ => char::REPLACEMENT_CHARACTER,
            }
        };
        Some((undisguised(c), self.at + end))
    }
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Zero-width spaces and joiners, soft hyphens, byte-order marks: pasted along, meant by nobody.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Letters and signs that look like the one meant: Ð (eth) of old keyboards, the dashes of word processors.
fn undisguised(c: char) -> char {
    match c {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2044}' | '\u{2215}' | '\u{ff0f}' => '/',
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        c if c != '\n' && c.is_whitespace() => ' ',
        c => c,
    }
}
