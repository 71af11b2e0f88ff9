//! Reading a text from its beginning to its end, piece by piece.

use jiff::civil::Date;

use super::numbers::{digits, letters, roman};
use super::quantities::{counted, quantity, telephone};
use super::{documents, moments, table};
use crate::number::{Mention, mentions};
use crate::text::{fold, is_syllable, nfc};

/// Words after which Roman numerals are numbers.
const COUNTED: [&str; 18] = [
    "chuong", "muc", "phan", "luc", "khoa", "hop", "quy", "thu", "ky", "hoi", "loai", "cap", "hang", "vung",
    "bac", "doan", "dot", "nhom",
];
/// So many bytes of what was said are remembered: the longest name of a form before a number.
const REMEMBERED: usize = 96;

/// A text as an announcer reads it on a day: every number in words, known abbreviations in full, no sign that is not said.
/// Never has an ASCII digit; lines stay lines. Any text; never fails.
#[must_use]
pub fn spoken(text: &str, on: Date) -> String {
    let text = nfc(text);
    let mentioned = mentions(&text);
    let mut reader = Reader { text: &text, mentioned: &mentioned, on, at: 0, out: String::new() };
    while reader.at < text.len() {
        reader.step();
    }
    tidy(&reader.out)
}

struct Reader<'a> {
    text: &'a str,
    /// Documents that are still to come.
    mentioned: &'a [Mention],
    on: Date,
    at: usize,
    out: String,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The word that was said last, folded; nothing if something other than blanks stands between.
    fn before(&self) -> String {
        let heard = self.heard();
        heard.rsplit([' ', '\n']).next().unwrap_or_default().to_owned()
    }

    /// The end of what was said, folded, without blanks.
    fn heard(&self) -> String {
        let mut from = self.out.len().saturating_sub(REMEMBERED);
        while !self.out.is_char_boundary(from) {
            from += 1;
        }
        fold(self.out[from..].trim_end_matches(' '))
    }

    /// Says something as words of its own.
    fn say(&mut self, said: &str, used: usize) {
        if self.out.ends_with(char::is_alphanumeric) {
            self.out.push(' ');
        }
        self.out.push_str(said);
        self.at += used;
        if self.rest().starts_with(char::is_alphanumeric) {
            self.out.push(' ');
        }
    }

    fn step(&mut self) {
        while let Some((mention, rest)) =
            self.mentioned.split_first().filter(|(next, _)| next.range.start <= self.at)
        {
            self.mentioned = rest;
            if mention.range.start == self.at {
                let behind = &self.text[mention.range.end..];
                let said = documents::mention(&mention.what, &self.heard(), behind, self.on);
                return self.say(&said, mention.range.end - mention.range.start);
            }
        }
        let Some(c) = self.rest().chars().next() else { return };
        let line_begins = self.out.is_empty() || self.out.ends_with('\n');
        if line_begins && matches!(c, '-' | '*' | '+' | '•' | '–') {
            self.at += c.len_utf8();
        } else if c.is_ascii_digit() || c == '+' && self.rest()[1..].starts_with("84") {
            self.numeral();
        } else if c.is_alphabetic() {
            self.word();
        } else {
            self.sign(c);
        }
    }

    fn numeral(&mut self) {
        let before = self.before();
        let (rest, on) = (self.rest(), self.on);
        let found = telephone(rest, &before).or_else(|| moments::read(rest, &before));
        let (said, used) = match found {
            Some(found) => found,
            None if !rest.starts_with(|c: char| c.is_ascii_digit()) => (" cộng".to_owned(), 1),
            None => quantity(rest, &before, on),
        };
        // −5 degrees, and not the end of a row as in A-5.
        let minus = self.out.ends_with('\u{2212}') || self.out.ends_with(" -");
        if minus {
            self.out.pop();
            self.out.push_str("âm ");
        }
        self.say(&said, used);
    }

    fn word(&mut self) {
        if let Some((said, used)) = address(self.rest()) {
            return self.say(&said, used);
        }
        let rest = self.rest();
        let long: usize = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
        let word = &rest[..long];
        let behind = &rest[long..];
        // TP.HCM, TP. Hà Nội: with the dot where one is written.
        let dotted = behind.strip_prefix('.').map(|rest| {
            let more: usize = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
            [&rest[..more], ""]
        });
        for after in dotted.into_iter().flatten() {
            let whole = format!("{word}.{after}");
            if let Some(said) = table::word(&whole, self.on).filter(|_| behind.len() > 1) {
                let used = whole.len();
                return self.say(&said, used);
            }
        }
        let capitals = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        if let Some(value) = roman(word) {
            let before = self.before();
            if self.is_counted(&before, behind) {
                let said = counted(value, &before);
                return self.say(&said, long);
            }
        }
        let mixed = word.chars().skip(1).any(char::is_uppercase);
        if capitals || mixed {
            if let Some(said) = table::word(word, self.on) {
                return self.say(&said, long);
            }
            if capitals {
                let said = self.capitals(word);
                return self.say(&said, long);
            }
        }
        self.say(word, long);
    }

    /// True where a Roman numeral is a number: after what is counted so, or as the number of a heading.
    fn is_counted(&self, before: &str, behind: &str) -> bool {
        let heading =
            (self.out.is_empty() || self.out.ends_with('\n')) && behind.starts_with(['.', ')', '/']);
        heading || COUNTED.contains(&before)
    }

    /// A word in capitals: a syllable is a word all the same; what cannot be said is spelled.
    fn capitals(&self, word: &str) -> String {
        if is_syllable(word) {
            return word.to_lowercase();
        }
        let vowels = fold(word).contains(['a', 'e', 'i', 'o', 'u', 'y']);
        if vowels && word.chars().count() > 3 { word.to_owned() } else { letters(word) }
    }

    fn sign(&mut self, c: char) {
        let used = c.len_utf8();
        let said = match c {
            '\n' => "\n",
            '%' => " phần trăm ",
            '‰' => " phần nghìn ",
            '&' => " và ",
            '+' => " cộng ",
            '=' => " bằng ",
            '≤' => " nhỏ hơn hoặc bằng ",
            '≥' => " lớn hơn hoặc bằng ",
            '×' => " nhân ",
            '°' | 'º' => " độ ",
            '@' => " a còng ",
            '²' => " bình phương ",
            '³' => " lập phương ",
            '.' | ',' | ';' | ':' | '!' | '?' => return self.push(c),
            '…' => ".",
            '/' | '(' | ')' | '[' | ']' | '{' | '}' | '—' => ", ",
            '-' | '–' | '\u{2212}' => return self.dash(c),
            c if c.is_whitespace() || c.is_control() || c.is_ascii() => " ",
            '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' => " ",
            c => return self.push(c),
        };
        self.out.push_str(said);
        self.at += used;
    }

    fn push(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    /// Between blanks a dash is a pause, within a word nothing; before a number alone it is a minus.
    fn dash(&mut self, c: char) {
        let behind = &self.rest()[c.len_utf8()..];
        let blank = self.out.is_empty() || self.out.ends_with([' ', '\n', '(']);
        let minus = blank && behind.starts_with(|c: char| c.is_ascii_digit());
        let said = match (minus, blank) {
            (true, _) => "\u{2212}",
            (false, true) => ", ",
            (false, false) => " ",
        };
        self.at += c.len_utf8();
        self.out.push_str(said);
    }
}

/// An address of the web or of mail at the beginning of a text: its host, dots as chấm; paths are left to paper.
fn address(text: &str) -> Option<(String, usize)> {
    let written = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    let scheme =
        ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)).map_or(0, str::len);
    let long = text[scheme..].find(|c: char| !written(c)).unwrap_or(text.len() - scheme);
    let host = text[scheme..scheme + long].trim_end_matches(['.', '-', '_', '@']);
    let last = host.rsplit('.').next().unwrap_or_default();
    let domain =
        host.contains('.') && (2..=6).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_lowercase());
    let plain = !host.contains("..") && host.chars().filter(|c| *c == '@').count() < 2;
    if !domain || !plain || (scheme == 0 && host.bytes().any(|b| b.is_ascii_uppercase())) {
        return None;
    }
    let mut end = scheme + host.len();
    if text[end..].starts_with(['/', ':', '?', '#']) && (scheme > 0 || text[end..].starts_with('/')) {
        let path = text[end..]
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | ';' | '"' | '”'))
            .unwrap_or(text.len() - end);
        end += text[end..end + path].trim_end_matches(['.', ':', '?', '!']).len();
    }
    let part = |label: &str| -> String {
        let mut said = String::new();
        for c in label.chars() {
            match c {
                '0'..='9' => said.push_str(&format!(" {} ", digits(&c.to_string()))),
                '-' => said.push_str(" gạch ngang "),
                '_' => said.push_str(" gạch dưới "),
                c => said.push(c),
            }
        }
        if said == "vn" { "vê en-nờ".to_owned() } else { said }
    };
    let said = host.split('@').map(|half| half.split('.').map(part).collect::<Vec<_>>().join(" chấm "));
    Some((said.collect::<Vec<_>>().join(" a còng "), end))
}

/// One blank between words, none before a stop, no stop after another; a minus that belongs to nothing is a pause.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace('\u{2212}', ", ").lines() {
        let mut said = String::new();
        for word in line.split_whitespace() {
            let stop = word.starts_with([',', '.', ';', ':', '!', '?']);
            if !said.is_empty() && !stop {
                said.push(' ');
            }
            for c in word.chars() {
                let doubled = matches!(c, ',' | ';' | ':' | '.')
                    && (said.is_empty() || said.ends_with([',', ';', ':', '.', '!', '?']));
                if doubled && c == '.' && said.ends_with([',', ';', ':']) {
                    said.pop();
                    said.push('.');
                } else if !doubled {
                    said.push(c);
                }
            }
        }
        out.push_str(said.trim_end_matches([',', ' ']));
        out.push('\n');
    }
    if !text.ends_with('\n') {
        out.pop();
    }
    out
}
