//! The tables of the encodings, and decoding by them.
//!
//! `data/text/legacy_encodings.csv` has the 134 letters; bytes stand here as the letters that Windows-1252 shows for them, since that
//! is how such text is seen and pasted. Decoding takes the longest sequence that the table has.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::Encoding;
use crate::table::rows;

const FILE: &str = "text/legacy_encodings.csv";
/// The longest sequence of a letter: `a^.` in VIQR.
const LONGEST: usize = 3;

/// What Windows-1252 has for the bytes 0x80 to 0x9F; the five that it leaves free become what ISO 8859-1 has.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Where Windows-1258 differs from Windows-1252 (Unicode's table CP1258.TXT): letters, and tones behind their letter.
const WINDOWS_1258: [(char, char); 14] = [
    ('Ã', 'Ă'),
    ('Ì', '\u{300}'),
    ('Ð', 'Đ'),
    ('Ò', '\u{309}'),
    ('Õ', 'Ơ'),
    ('Ý', 'Ư'),
    ('Þ', '\u{303}'),
    ('ã', 'ă'),
    ('ì', '\u{301}'),
    ('ð', 'đ'),
    ('ò', '\u{323}'),
    ('õ', 'ơ'),
    ('ý', 'ư'),
    ('þ', '₫'),
];

#[derive(Deserialize)]
struct Row {
    letter: char,
    tcvn3: String,
    vni: String,
    viqr: String,
}

struct Tables {
    tcvn3: Table,
    vni: Table,
    viqr: Table,
}

/// Sequences of an encoding and their letters.
#[derive(Default)]
struct Table {
    letters: HashMap<String, char>,
    /// What a sequence may begin with.
    begin: HashSet<char>,
}

impl Table {
    /// A sequence that is there already stays.
    fn add(&mut self, sequence: String, letter: char) {
        self.begin.extend(sequence.chars().next());
        self.letters.entry(sequence).or_insert(letter);
    }
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let table = include_str!("../../../../../data/text/legacy_encodings.csv");
    let rows = rows::<Row>(FILE, table).expect("the compiled-in table parses: a test reads it");
    let mut tables = Tables { tcvn3: Table::default(), vni: Table::default(), viqr: Table::default() };
    // Small letters come first: TCVN3 has one code for both cases of most letters, and a font for capitals.
    for (_, row) in &rows {
        tables.tcvn3.add(shown(&row.tcvn3), row.letter);
        tables.vni.add(shown(&row.vni), row.letter);
        tables.viqr.add(row.viqr.clone(), row.letter);
        tables.viqr.add(row.viqr.replace('+', "*"), row.letter);
    }
    // A mark of the other case than its letter is read too, where it means nothing else.
    for (_, row) in &rows {
        let vni = shown(&row.vni);
        if let (Some(base), Some(mark)) = (vni.chars().next(), vni.chars().nth(1)) {
            tables.vni.add(format!("{base}{}", other_case(mark)), row.letter);
        }
    }
    tables.viqr.add("Dd".to_owned(), 'Đ');
    tables
});

/// `61 f8` → `aø`.
fn shown(hex: &str) -> String {
    hex.split(' ').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).map(windows_1252).collect()
}

fn other_case(c: char) -> char {
    let other = if c.is_uppercase() { c.to_lowercase().next() } else { c.to_uppercase().next() };
    other.unwrap_or(c)
}

/// The letter that Windows-1252 shows for a byte.
pub(super) fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// True for a letter of Vietnamese that no table of one byte shows: the text is Unicode already.
pub(super) fn is_unicode_alone(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ea0}'..='\u{1ef9}' | 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư')
}

/// True for a letter that VIQR does not write by punctuation alone: `^`, `(`, `+` or `dd` are in it.
pub(super) fn is_compound(c: char) -> bool {
    c == 'đ'
        || c == 'Đ'
        || std::iter::once(c).nfd().any(|part| matches!(part, '\u{302}' | '\u{306}' | '\u{31b}'))
}

/// The text in NFC, and how many letters the encoding does not have. White space stays where it is.
pub(super) fn decode(shown: &str, encoding: Encoding) -> (String, usize) {
    match encoding {
        Encoding::Unicode => (super::nfc(shown), 0),
        Encoding::Windows1258 => {
            let table = |c: char| WINDOWS_1258.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
            (shown.chars().map(table).nfc().collect(), 0)
        }
        Encoding::Tcvn3 => {
            let (text, unreadable) = by_sequences(shown, &TABLES.tcvn3, None);
            (capitals_restored(&text), unreadable)
        }
        Encoding::Vni => by_sequences(shown, &TABLES.vni, None),
        Encoding::Viqr => by_sequences(shown, &TABLES.viqr, Some('\\')),
    }
}

/// `escape` before a character leaves it alone, and is taken away.
fn by_sequences(shown: &str, table: &Table, escape: Option<char>) -> (String, usize) {
    let letters: Vec<char> = shown.chars().collect();
    let mut text = String::with_capacity(shown.len());
    let mut unreadable = 0;
    let mut at = 0;
    let mut sequence = String::new();
    while let Some(&c) = letters.get(at) {
        if let (true, Some(next)) = (Some(c) == escape, letters.get(at + 1)) {
            text.push(*next);
            at += 2;
            continue;
        }
        let most = if table.begin.contains(&c) { LONGEST.min(letters.len() - at) } else { 0 };
        let longest = (1..=most).rev().find_map(|length| {
            sequence.clear();
            sequence.extend(&letters[at..at + length]);
            table.letters.get(&sequence).map(|letter| (*letter, length))
        });
        match longest {
            Some((letter, length)) => {
                text.push(letter);
                at += length;
            }
            None => {
                // Letters of Latin-1 that the table lacks; signs and everything beyond are no fault of it.
                unreadable += usize::from(matches!(c, 'À'..='ÿ'));
                text.push(c);
                at += 1;
            }
        }
    }
    (super::nfc(&text), unreadable)
}

/// Words in capitals as TCVN3 writes them, `CéNG HOµ` read as `CộNG HOà`, in capitals again: words with two capitals or more
/// in which only letters without a capital in the table are small; and one with a single capital beside such a word.
fn capitals_restored(text: &str) -> String {
    let pieces: Vec<&str> = text.split_inclusive(|c: char| !c.is_alphabetic()).collect();
    let words: Vec<(usize, Shout)> =
        pieces.iter().enumerate().filter_map(|(index, piece)| Some((index, shout(piece)?))).collect();
    let mut raised = vec![false; pieces.len()];
    for (place, (index, how)) in words.iter().enumerate() {
        let loud = |neighbour: Option<&(usize, Shout)>| neighbour.is_some_and(|(_, how)| *how == Shout::Loud);
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        raised[*index] = match how {
            Shout::Loud => true,
            Shout::Perhaps => loud(before) || loud(words.get(place + 1)),
            Shout::No => false,
        };
    }
    pieces
        .iter()
        .zip(raised)
        .map(|(piece, raised)| if raised { piece.to_uppercase() } else { (*piece).to_owned() })
        .collect()
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Shout {
    Loud,
    Perhaps,
    No,
}

/// How loud a word is; nothing if there is no letter.
fn shout(word: &str) -> Option<Shout> {
    let has_capital = |c: char| c.is_ascii_alphabetic() || "ăâđêôơư".contains(c);
    let (mut capitals, mut toned) = (0, 0);
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        match (c.is_uppercase(), has_capital(c)) {
            (true, _) => capitals += 1,
            (false, true) => return Some(Shout::No),
            (false, false) => toned += 1,
        }
    }
    match (capitals, toned) {
        (0, 0) => None,
        (_, 0) => Some(Shout::No),
        (2.., _) => Some(Shout::Loud),
        _ => Some(Shout::Perhaps),
    }
}
