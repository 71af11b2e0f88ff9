//! Numbers inside running text, with their places, so that they become links.
//!
//! A text is full of digits and slashes that are no document's number (dates, fractions, `km/h`, forms like `01/BC`), so more
//! is asked of a number here than where one is expected: a symbol that is known or written in capitals, and form and
//! issuer both. Also found is what people say instead of a number: "Nghị định 154 năm 2026".

use std::ops::Range;

use super::abbreviations::Abbreviations;
use super::cursor::Cursor;
use super::read::{self, Found, Place};
use super::{DocumentNumber, Serial, Style, Year};
use crate::text::fold;

/// How far before a number the name of its form is looked for, in bytes: the longest is 40 in NFD.
const LEAD: usize = 48;

/// A document mentioned in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The bytes of the text that are the number: from its serial to its symbol, or to the year of what is said.
    pub range: Range<usize>,
    /// What is mentioned.
    pub what: Mentioned,
}

/// What a mention names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentioned {
    /// A full number.
    Number(DocumentNumber),
    /// A form, a serial and a year, as people say it: "Nghị định 154 năm 2026". Several documents may be meant.
    Spoken {
        /// The form's abbreviation: `NĐ`; of a law `QH`.
        form: String,
        /// The serial.
        serial: Serial,
        /// The year.
        year: Year,
    },
}

impl Mentioned {
    /// Tokens that a search index has for it, see [`DocumentNumber::tokens`]; of what is said only those it supports.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        match self {
            Mentioned::Number(number) => number.tokens(),
            Mentioned::Spoken { form, serial, year } => {
                let dated = format!("{}/{}", serial.plain(), year.get());
                vec![dated.clone(), format!("{}:{dated}", fold(form))]
            }
        }
    }
}

/// The documents mentioned in a text, in its order, without overlap. Any text, NFC or NFD; never fails.
///
/// ```
/// use vietnam::number::mentions;
///
/// let text = "Căn cứ Nghị định số 42/2022/NĐ-CP ngày 24/6/2022 và Luật 148 năm 2025;";
/// let found = mentions(text);
/// assert_eq!(&text[found[0].range.clone()], "42/2022/NĐ-CP");
/// assert_eq!(found[1].what.tokens(), ["148/2025", "qh:148/2025"]);
/// assert_eq!(found.len(), 2);
/// ```
#[must_use]
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for at in serial_starts(text) {
        if found.last().is_some_and(|last| at < last.range.end) {
            continue;
        }
        if let Some(mention) = number_at(text, at).or_else(|| spoken_at(text, at)) {
            found.push(mention);
        }
    }
    found
}

/// The bytes at which a serial may begin: digits that nothing is glued to.
pub(super) fn serial_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let starts = c.is_ascii_digit() && !before.is_alphanumeric() && !"/.,-_=#&%".contains(before);
        before = c;
        starts.then_some(at)
    })
}

fn number_at(text: &str, at: usize) -> Option<Mention> {
    let found = read::read(text, at, Place::InText).ok()?;
    let number = &found.number;
    is_sure(text, at, &found)
        .then(|| Mention { range: at..found.end, what: Mentioned::Number(number.clone()) })
}

/// True if what was read can hardly be anything but a document's number.
fn is_sure(text: &str, at: usize, found: &Found) -> bool {
    let known = Abbreviations::shipped();
    let symbol = found.number.symbol();
    let first = symbol.first();
    let groups = symbol.groups().count();
    let first_known = known.is_form(first) || known.is_issuer(first);
    match (found.number.style(), found.number.year()) {
        (Style::Slashed, Some(_)) => (found.capital || first_known) && (groups > 1 || known.is_issuer(first)),
        (Style::Slashed, None) if groups > 1 => first_known,
        (Style::Slashed, None) => found.capital && known.is_issuer(first) && lead(text, at).is_some(),
        (Style::Dashed, _) if groups > 1 => first_known && found.number.is_party(),
        (Style::Dashed, _) => found.capital && known.is_issuer(first) && lead(text, at).is_some(),
    }
}

/// "Nghị định (số) 154/2026", "nghi dinh 154 nam 2026".
fn spoken_at(text: &str, at: usize) -> Option<Mention> {
    let lead = lead(text, at)?;
    let mut cursor = Cursor::new(text, at);
    let serial = read::serial(&mut cursor).ok()?;
    cursor.skip_spaces();
    let by_word = if cursor.peek() == Some('/') {
        cursor.next();
        false
    } else {
        let word = cursor.take_while(char::is_alphabetic);
        if fold(&word) != "nam" {
            return None;
        }
        true
    };
    cursor.skip_spaces();
    let digits = cursor.take_while(|c| c.is_ascii_digit());
    let year =
        Some(digits.as_str()).filter(|d| d.len() == 4).and_then(|d| d.parse().ok()).and_then(Year::new)?;
    // "Báo cáo 5/2026" is the month of May.
    let month = !by_word && !lead.numbered && serial.number() <= 12 && !lead.normative;
    let end = cursor.at();
    let goes_on = cursor.peek().is_some_and(char::is_alphanumeric);
    (!month && !goes_on)
        .then_some(Mention { range: at..end, what: Mentioned::Spoken { form: lead.form, serial, year } })
}

/// The form named right before a number.
struct Lead {
    form: String,
    /// True if "số" stands between.
    numbered: bool,
    normative: bool,
}

fn lead(text: &str, at: usize) -> Option<Lead> {
    let mut from = at.saturating_sub(LEAD);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let folded = fold(&text[from..at]);
    let before = folded.trim_end_matches(|c: char| c.is_whitespace() || c == ':');
    let without_so = before.strip_suffix("so").filter(|rest| rest.ends_with(char::is_whitespace));
    let known = Abbreviations::shipped();
    let form = known.form_before(without_so.unwrap_or(before).trim_end())?.to_owned();
    let normative = known.is_normative(&form);
    Some(Lead { form, numbered: without_so.is_some(), normative })
}
