//! Numbers and symbols of official documents: `42/2022/NĐ-CP` (Decree 30/2020/NĐ-CP, Art. 8 and Annex I).
//!
//! A number is a serial, the year if the document is normative, and a symbol that names its form and its issuer. One door
//! reads all shapes that circulate ([`DocumentNumber::from_str`]); [`mentions`] finds them inside running text, where they
//! become links; [`Abbreviations`] says what the letters mean, as dated data.
//!
//! Numbers are **not** unique by themselves: a law and a resolution of one legislature may share one, a decision without
//! year comes back every year. [`UniqueKey`] is what a register may be unique by.
//!
//! ```
//! use vietnam::number::{DocumentNumber, NumberError};
//!
//! let number: DocumentNumber = "Thông tư số 01 / 2026 / tt-btc.".parse()?;
//! assert_eq!(number.to_string(), "01/2026/TT-BTC");
//! assert_eq!(number.tokens(), ["1/2026/tt-btc", "1/2026", "tt:1/2026"]);
//!
//! let fault = "42/2022".parse::<DocumentNumber>().unwrap_err();
//! assert_eq!(fault, NumberError::NoSymbol);
//! # Ok::<(), NumberError>(())
//! ```

mod abbreviations;
mod cursor;
mod key;
mod mention;
mod read;
mod serial;
mod symbol;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use abbreviations::{Abbreviations, Form, FormKind, Issuer};
pub use key::UniqueKey;
pub use mention::{Mention, Mentioned, mentions};
pub use serial::Serial;
pub use symbol::Symbol;

/// Longer than any number with the name of its form before it, in bytes.
const LONGEST: usize = 1024;

/// The number of an official document, for example `42/2022/NĐ-CP`.
///
/// Equal are numbers that mean the same document number: `1/2025/TT-BNV` and `01/2025/TT-BNV`. Đ and D are different
/// letters here; searching sees through that by [`DocumentNumber::tokens`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentNumber {
    serial: Serial,
    year: Option<Year>,
    symbol: Symbol,
    style: Style,
}

/// The year in the number of a normative document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Year(u16);

impl Year {
    /// A year from 1945, when the state that issues them was founded, to 2100.
    #[must_use]
    pub fn new(year: u16) -> Option<Year> {
        (1945..=2100).contains(&year).then_some(Year(year))
    }

    /// The year as a number.
    #[must_use]
    pub fn get(self) -> i16 {
        // At most 2100.
        i16::try_from(self.0).unwrap_or(i16::MAX)
    }
}

/// How serial and symbol are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Style {
    /// By a slash, as the State does: `574/QĐ-TTg`.
    Slashed,
    /// By a dash: `16-NQ/TW` as the Party does, `66-CP` as the State did before 1996.
    Dashed,
}

/// Why a text is not one document's number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing there.
    #[error("a document's number is empty: expected one such as 42/2022/NĐ-CP")]
    Empty,
    /// Longer than any number.
    #[error("{0} bytes are too long for one document's number: give the number alone, such as 42/2022/NĐ-CP")]
    TooLong(usize),
    /// No digits.
    #[error("no serial: a document's number begins with digits, as in 42/2022/NĐ-CP")]
    NoSerial,
    /// Too many digits.
    #[error("`{0}` is too long for a serial: at most 7 digits are expected, as in 42/2022/NĐ-CP")]
    Serial(String),
    /// Digits after the first slash that are no year.
    #[error(
        "`{0}` is not a year of four digits from 1945 to 2100: expected serial/year/symbol, as in 42/2022/NĐ-CP"
    )]
    Year(String),
    /// Nothing after serial and year.
    #[error(
        "no symbol: after serial and year comes what names form and issuer, as in 42/2022/NĐ-CP or 574/QĐ-TTg"
    )]
    NoSymbol,
    /// A group of the symbol with something else than letters and digits.
    #[error(
        "`{0}` is not a group of a symbol: letters and digits are expected, as NĐ and CP in 42/2022/NĐ-CP"
    )]
    Symbol(String),
    /// Something after the number.
    #[error(
        "`{0}` stands after the number: give one number alone; numbers inside a text are found by searching it"
    )]
    After(String),
}

impl DocumentNumber {
    /// The serial: `42`.
    #[must_use]
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The year, in numbers of normative documents.
    #[must_use]
    pub fn year(&self) -> Option<Year> {
        self.year
    }

    /// The symbol: `NĐ-CP`.
    #[must_use]
    pub fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// How serial and symbol are joined.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// True if it has the form of a Party document's number: `16-NQ/TW`.
    #[must_use]
    pub fn is_party(&self) -> bool {
        self.style == Style::Dashed && self.symbol.as_str().contains('/')
    }
}

/// The one door. Read are a name before the number (`Nghị định số 42/2022/NĐ-CP`), punctuation around it, and a citation's
/// date, issuer or subject after it (`… ngày 24 tháng 6 năm 2022 của Chính phủ`), which are not part of the number.
impl FromStr for DocumentNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<DocumentNumber, NumberError> {
        if text.trim().is_empty() {
            return Err(NumberError::Empty);
        }
        if text.len() > LONGEST {
            return Err(NumberError::TooLong(text.len()));
        }
        let mut fault = NumberError::NoSerial;
        for at in mention::serial_starts(text) {
            match read::read(text, at, read::Place::Alone) {
                Ok(found) => return after(&text[found.end..]).map(|()| found.number),
                Err(error) if fault == NumberError::NoSerial => fault = error,
                Err(_) => {}
            }
        }
        Err(fault)
    }
}

/// Refuses what may not follow a number.
fn after(rest: &str) -> Result<(), NumberError> {
    let tail = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let folded = crate::text::fold(tail);
    let citation = ["ngay", "nam", "cua", "ve", "quy dinh", "ban hanh", "sua doi"]
        .iter()
        .any(|word| folded.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    if tail.is_empty() || citation && tail.len() < rest.len() {
        return Ok(());
    }
    Err(NumberError::After(tail.trim_end().chars().take(40).collect()))
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.style, self.year) {
            (Style::Dashed, _) => write!(f, "{}-{}", self.serial, self.symbol),
            (Style::Slashed, Some(year)) => write!(f, "{}/{}/{}", self.serial, year.0, self.symbol),
            (Style::Slashed, None) => write!(f, "{}/{}", self.serial, self.symbol),
        }
    }
}

impl Serialize for DocumentNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DocumentNumber, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
