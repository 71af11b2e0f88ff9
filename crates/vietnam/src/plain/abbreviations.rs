//! Abbreviations that are nowhere explained. Which are known, and which need no words, are data.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::sheet::Sheet;
use super::{Concern, Finding, Weight};
use crate::text::nfc;
use crate::{DataError, table};

const FILE: &str = "text/abbreviations.csv";

/// An abbreviation in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abbreviation {
    /// `UBND`.
    pub short: String,
    /// `Ủy ban nhân dân`.
    pub long: String,
    /// `People's Committee`.
    pub english: String,
    /// True if everybody knows it, so that it needs no explanation.
    pub plain: bool,
}

#[derive(Deserialize)]
struct Row {
    short: String,
    long: String,
    english: String,
    plain: String,
}

/// Abbreviations from a table with the columns of `data/text/abbreviations.csv`.
///
/// # Errors
/// Names line and fault: an empty cell, one that stands twice.
pub fn parse_abbreviations(text: &str) -> Result<HashMap<String, Abbreviation>, DataError> {
    let mut all = HashMap::new();
    for (line, row) in table::rows::<Row>(FILE, text)? {
        let fault = |what: &str| DataError { file: FILE, line, what: what.to_owned() };
        if [&row.short, &row.long, &row.english].iter().any(|cell| cell.trim().is_empty()) {
            return Err(fault("an empty cell"));
        }
        let plain = match row.plain.as_str() {
            "" => false,
            "1" => true,
            _ => return Err(fault("plain: 1 or nothing expected")),
        };
        let one = Abbreviation { short: nfc(&row.short), long: row.long, english: row.english, plain };
        if all.insert(one.short.clone(), one).is_some() {
            return Err(fault("it stands twice"));
        }
    }
    Ok(all)
}

fn shipped() -> &'static HashMap<String, Abbreviation> {
    static SHIPPED: LazyLock<HashMap<String, Abbreviation>> = LazyLock::new(|| {
        parse_abbreviations(include_str!("../../../../data/text/abbreviations.csv"))
            .expect("the compiled-in table parses: a test reads it")
    });
    &SHIPPED
}

/// What is known of an abbreviation.
#[must_use]
pub fn abbreviation(short: &str) -> Option<&'static Abbreviation> {
    shipped().get(short)
}

/// All abbreviations that are known, in no order.
pub fn abbreviations() -> impl Iterator<Item = &'static Abbreviation> {
    shipped().values()
}

pub(super) fn find(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: HashSet<String> = explained(sheet);
    for line in sheet.readable().filter(|line| !line.capitals) {
        for index in line.words.clone() {
            let word = sheet.word(index);
            if !is_short(word) || is_part_of_more(sheet, index) {
                continue;
            }
            let word = nfc(word);
            let known = abbreviation(&word);
            if known.is_some_and(|known| known.plain) || !seen.insert(word.clone()) {
                continue;
            }
            found.push(finding(sheet.words[index].clone(), &word, known));
        }
    }
    found
}

fn finding(range: std::ops::Range<usize>, word: &str, known: Option<&Abbreviation>) -> Finding {
    let (vi, en) = match known {
        Some(known) => (
            format!("“{word}” chưa được giải thích. Lần đầu hãy viết đủ: {} ({word}).", known.long),
            format!(
                "“{word}” is not explained. Write it out the first time: {} ({word}); in English: {}.",
                known.long, known.english
            ),
        ),
        None => (
            format!(
                "“{word}” chưa được giải thích trong bài. Lần đầu hãy viết đủ, rồi ghi chữ viết tắt trong ngoặc: … ({word})."
            ),
            format!(
                "“{word}” is not explained in the text. Write it out the first time, the abbreviation in brackets: … ({word})."
            ),
        ),
    };
    let suggestion =
        known.filter(|known| !known.long.contains(';')).map(|known| format!("{} ({word})", known.long));
    Finding { range, concern: Concern::Abbreviation, weight: Weight::Advice, vi, en, suggestion }
}

/// Two to twelve capitals, also with small ones among them that abbreviations have (`TTg`, `BLĐTBXH`); no Roman number.
fn is_short(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    (2..=12).contains(&letters)
        && capitals == letters
        && !word.chars().any(|c| c.is_ascii_digit())
        && !word.chars().all(|c| "IVXLCDM".contains(c))
}

/// True for a part of a number (`12/QĐ-UBND`), of an address, of a name in capitals.
fn is_part_of_more(sheet: &Sheet<'_>, index: usize) -> bool {
    let (before, after) = (sheet.gap_before(index), sheet.gap_before(index + 1));
    let glued = |gap: &str| !gap.is_empty() && gap.chars().all(|c| "/-_.@&=:'’".contains(c));
    let capitals = |index: usize| {
        let word = sheet.word(index);
        word.chars().count() > 1 && word.chars().all(char::is_uppercase)
    };
    // “NGUYỄN VĂN AN”, a name or a heading within a line.
    let run = |gap: &str, neighbour: usize| {
        gap == " " && capitals(neighbour) && abbreviation(sheet.word(neighbour)).is_none()
    };
    let unknown = abbreviation(sheet.word(index)).is_none();
    glued(before)
        || glued(after) && !after.starts_with('.')
        || unknown && (index > 0 && run(before, index - 1) || run(after, index + 1))
}

/// Abbreviations that the text explains somewhere: `… (UBND)`, `viết tắt là UBND`, `UBND (Ủy ban nhân dân)`.
fn explained(sheet: &Sheet<'_>) -> HashSet<String> {
    let mut all = HashSet::new();
    for line in sheet.readable() {
        for index in line.words.clone() {
            let word = sheet.word(index);
            if !is_short(word) {
                continue;
            }
            let (before, after) = (sheet.gap_before(index), sheet.gap_before(index + 1));
            let opened = before.ends_with(['(', '“', '"']);
            let closed = after.starts_with([')', '”', '"']);
            let said = sheet.word(index.wrapping_sub(1)) == "là"
                && ["tắt", "gọi", "đây"].contains(&sheet.word(index.wrapping_sub(2)));
            let told = after.trim_start().starts_with('(')
                && sheet.word(index + 1).chars().count() > 1
                && after.contains('(');
            if opened && closed
                || said && (opened || closed || before == " ")
                || sheet.word(index.wrapping_sub(1)) == "là" && closed
                || told
            {
                all.insert(nfc(word));
            }
        }
    }
    all
}
