//! A message as the words that were meant: folded, short forms written out, leftovers of input methods undone.
//!
//! Everything here works on folded text, so a message and the same message without diacritics give the same words. What short
//! forms mean is a dated table (`data/petitions/typing.csv`), not code.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use vietnam::text::{fold, is_folded_syllable};

use crate::read;

/// What stands for a number of more than two digits.
pub const NUMBER: &str = "#";
/// The longest word that is read; of a longer one (an address, gibberish) this many bytes.
const LONGEST: usize = 24;

/// A word, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word as meant: folded, `#` for a great number.
    pub text: String,
    /// Its bytes in the text; several words that one short form means share them.
    pub range: Range<usize>,
}

/// The words of a text, in order.
///
/// ```
/// let words: Vec<_> = routing::words::of("Đườngg hư wá, ko ai sửa 2 tháng").into_iter().map(|w| w.text).collect();
/// assert_eq!(words, ["duong", "hu", "qua", "khong", "ai", "sua", "2", "thang"]);
/// ```
#[must_use]
pub fn of(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if is_inside(c) {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            read_run(text, from..at, &mut words);
        }
    }
    if let Some(from) = start {
        read_run(text, from..text.len(), &mut words);
    }
    words
}

/// Letters, digits, marks that stand alone, and what is invisible between letters.
fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c) || is_invisible(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn read_run(text: &str, range: Range<usize>, words: &mut Vec<Word>) {
    let folded: String = fold(&text[range.clone()]).chars().filter(|c| !is_invisible(*c)).collect();
    if folded.is_empty() {
        return;
    }
    let mut push = |word: &str| words.push(Word { text: shortened(word).to_owned(), range: range.clone() });
    if folded.bytes().all(|b| b.is_ascii_digit()) {
        push(number(&folded));
        return;
    }
    let single = without_repeats(&folded);
    if let Some(meant) = typing().get(single.as_str()) {
        meant.split(' ').for_each(push);
        return;
    }
    if is_folded_syllable(&single) {
        push(&single);
        return;
    }
    if let Some(undone) = undone(&single) {
        push(&undone);
        return;
    }
    // `QL14`, `5tr`: letters and numbers apart.
    let mut part = String::new();
    let (mut digits, mut after_number) = (false, false);
    for c in single.chars().chain(['\0']) {
        let digit = c.is_numeric();
        if (c == '\0' || digit != digits) && !part.is_empty() {
            match () {
                () if digits => push(number(&part)),
                () => {
                    let behind = after_number.then(|| typing().get(&format!("{NUMBER}{part}"))).flatten();
                    match behind.or_else(|| typing().get(part.as_str())) {
                        Some(meant) => meant.split(' ').for_each(&mut push),
                        None => push(&part),
                    }
                }
            }
            after_number = digits;
            part.clear();
        }
        digits = digit;
        part.push(c);
    }
}

/// Numbers of one or two digits are words of their own (`cấp 3`, `lớp 10`); greater ones are all alike.
fn number(digits: &str) -> &str {
    if digits.len() <= 2 { digits } else { NUMBER }
}

fn shortened(word: &str) -> &str {
    let mut end = word.len().min(LONGEST);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

/// `quaaaa` is `qua`, `trooi` stays for [`undone`]; `vvv` of a word with no vowel becomes `v`.
fn without_repeats(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let letters: Vec<char> = word.chars().collect();
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        let run = letters[at..].iter().take_while(|other| **other == c).count();
        let last = at + run == letters.len();
        let kept = if run >= 3 && c.is_alphabetic()
            || (run == 2 && last && at > 0 && !"aeo".contains(c) && c.is_alphabetic())
        {
            1
        } else {
            run
        };
        out.extend(std::iter::repeat_n(c, kept));
        at += run;
    }
    out
}

/// The syllable that was typed while the input method was off (`dduowngf`, `d9uo7ng2`), or with a letter drawn out.
fn undone(word: &str) -> Option<String> {
    if !word.is_ascii() || word.len() < 2 || word.len() > 12 {
        return None;
    }
    let accept = |word: &str| is_folded_syllable(word).then(|| word.to_owned());
    let has_digit = word.bytes().any(|b| b.is_ascii_digit());
    if has_digit {
        // VNI: 1–5 tones, 6–8 marks of vowels, 9 for đ.
        let inner = word.as_bytes()[..word.len() - 1].iter().any(|b| matches!(b, b'6'..=b'9'));
        let letters: String = word.chars().filter(|c| !c.is_ascii_digit()).collect();
        return if inner && word.starts_with(|c: char| c.is_ascii_lowercase()) {
            accept(&letters)
        } else {
            None
        };
    }
    // Telex: aa ee oo dd, w, and s f r x j for tones.
    let plain = |word: &str| {
        let mut out = String::with_capacity(word.len());
        let mut last = None;
        for c in word.chars() {
            if last == Some(c) && "aeod".contains(c) {
                continue;
            }
            last = Some(c);
            match c {
                'w' if out.ends_with(['a', 'o', 'u']) => {}
                'w' => out.push('u'),
                _ => out.push(c),
            }
        }
        out
    };
    if let Some(found) = accept(&plain(word)) {
        return Some(found);
    }
    // The tone may stand at the end or behind its vowel.
    (1..word.len()).rev().find_map(|at| {
        let tone = matches!(word.as_bytes()[at], b's' | b'f' | b'r' | b'x' | b'j');
        tone.then(|| accept(&plain(&format!("{}{}", &word[..at], &word[at + 1..])))).flatten()
    })
}

/// A row of `petitions/typing.csv`.
#[derive(Deserialize)]
struct Typed {
    written: String,
    meant: String,
}

fn typing() -> &'static HashMap<String, String> {
    static TYPING: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let rows: Vec<(u64, Typed)> =
            read::rows("petitions/typing.csv", include_str!("../../../data/petitions/typing.csv"))
                .expect("the compiled-in table parses: a test reads it");
        rows.into_iter().map(|(_, row)| (fold(&row.written), fold(&row.meant))).collect()
    });
    &TYPING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        of(text).into_iter().map(|w| w.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_was_meant_is_read() {
        assert_eq!(words("dduwowngf hw quas"), "duong hu qua");
        assert_eq!(words("d9uo7ng2 la62y"), "duong lay");
        assert_eq!(words("k ai xử lý j hết, mn ơi"), "khong ai xu ly gi het moi nguoi oi");
        assert_eq!(words("QL14, 230tr"), "ql 14 # trieu");
        assert_eq!(words("quáaaaa hôiiii"), "qua hoi");
        assert_eq!(words("đư\u{200b}ờng"), "duong");
        assert_eq!(words("xoong nồi, cái boong"), "xoong noi cai boong");
    }

    #[test]
    fn every_short_form_is_one_word_and_means_something() {
        for (written, meant) in typing() {
            assert!(!written.contains(' ') && !meant.is_empty() && written != meant, "{written}");
        }
    }
}
