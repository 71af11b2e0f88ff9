//! What abbreviations and units are called when they are read aloud, as dated data: `data/text/spoken.csv`, beside the
//! abbreviations of office work and the issuers of documents.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::numbers::{letters, number};
use crate::DataError;
use crate::number::Abbreviations;
use crate::plain::abbreviation;
use crate::table::{at, day, rows};
use crate::text::nfc;

const FILE: &str = "text/spoken.csv";

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Unit,
    Word,
}

#[derive(Deserialize)]
struct Raw {
    kind: Kind,
    written: String,
    said: String,
    from: String,
    until: String,
    source: String,
}

struct Row {
    kind: Kind,
    written: String,
    said: String,
    from: Option<Date>,
    until: Option<Date>,
}

/// What is said for what is written. What ships is used by [`super::spoken`].
pub struct Sayings(Vec<Row>);

impl Sayings {
    /// Sayings from a table with the columns of `data/text/spoken.csv`.
    ///
    /// # Errors
    /// Names line and fault: an unknown kind, a bad day, an empty cell, digits in what is said.
    pub fn parse(text: &str) -> Result<Sayings, DataError> {
        let row = |row: Raw| -> Result<Row, String> {
            if [&row.written, &row.said, &row.source].iter().any(|cell| cell.trim().is_empty()) {
                return Err("an empty cell".to_owned());
            }
            if row.said.contains(|c: char| c.is_ascii_digit()) {
                return Err(format!("`{}`: what is said has no digits", row.said));
            }
            let (from, until) = (day(&row.from)?, day(&row.until)?);
            Ok(Row { kind: row.kind, written: nfc(&row.written), said: nfc(&row.said), from, until })
        };
        let mut all = rows::<Raw>(FILE, text)?
            .into_iter()
            .map(|(line, raw)| at(FILE, line, row(raw)))
            .collect::<Result<Vec<_>, _>>()?;
        // `km/h` before `km`.
        all.sort_by(|a, b| b.written.len().cmp(&a.written.len()).then_with(|| a.written.cmp(&b.written)));
        Ok(Sayings(all))
    }

    pub(super) fn shipped() -> &'static Sayings {
        static SHIPPED: LazyLock<Sayings> = LazyLock::new(|| {
            Sayings::parse(include_str!("../../../../data/text/spoken.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// The unit at the beginning of a text, and its bytes; a letter or digit right behind it makes it none.
    pub(super) fn unit(&self, text: &str, on: Date) -> Option<(&str, usize)> {
        self.of(Kind::Unit, on).find_map(|row| {
            let after = text.strip_prefix(row.written.as_str())?;
            let ends = !row.written.ends_with(char::is_alphanumeric)
                || !after.starts_with(|c: char| c.is_alphanumeric() || "²³".contains(c));
            ends.then_some((row.said.as_str(), row.written.len()))
        })
    }

    fn word(&self, written: &str, on: Date) -> Option<&str> {
        self.of(Kind::Word, on).find(|row| row.written == written).map(|row| row.said.as_str())
    }

    fn of(&self, kind: Kind, on: Date) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(move |row| {
            row.kind == kind
                && row.from.is_none_or(|from| from <= on)
                && row.until.is_none_or(|until| on < until)
        })
    }
}

/// What an abbreviation stands for on a day; nothing if it is none that is known, or may stand for several things.
pub(super) fn word(written: &str, on: Date) -> Option<String> {
    if let Some(said) = Sayings::shipped().word(written, on) {
        return Some(said.to_owned());
    }
    if let Some(known) = abbreviation(written) {
        return (!known.long.contains(';')).then(|| known.long.clone());
    }
    issuer(written, on)
}

/// The body behind an abbreviation of an issuer: `TTg`, `QH15`.
pub(super) fn issuer(written: &str, on: Date) -> Option<String> {
    let code = written.trim_end_matches(|c: char| c.is_ascii_digit());
    let term: Option<u64> = written[code.len()..].parse().ok();
    let valid = |issuer: &&crate::number::Issuer| {
        issuer.code == code
            && issuer.from.is_none_or(|from| from <= on)
            && issuer.until.is_none_or(|until| on < until)
    };
    let known = Abbreviations::shipped()
        .issuers()
        .iter()
        .filter(|issuer| issuer.code.chars().count() > 1)
        .find(valid)?;
    if known.name.contains(" hoặc ") {
        return None;
    }
    Some(match term {
        Some(term) => format!("{} khóa {}", known.name, number(term)),
        None if code.len() < written.len() => return None,
        None => known.name.clone(),
    })
}

/// A group of a document's symbol: who issued it, what it stands for, or its letters.
pub(super) fn group(written: &str, on: Date) -> String {
    let code = written.trim_end_matches(|c: char| c.is_ascii_digit());
    let term = written[code.len()..].parse().map(number).map(|term| format!(" {term}")).unwrap_or_default();
    issuer(written, on).or_else(|| word(written, on)).unwrap_or_else(|| letters(code) + &term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_ships_is_whole_and_a_fault_is_named() {
        assert!(Sayings::shipped().0.len() > 50);
        let parse =
            |row: &str| Sayings::parse(&format!("kind,written,said,from,until,source\n{row}\n")).err();
        assert_eq!(parse("unit,km,ki-lô-mét,,,x"), None);
        for bad in ["unit,km,,,,x", "unit,km,2 mét,,,x", "other,km,a,,,x", "word,A,a,hôm qua,,x"] {
            assert!(parse(bad).is_some_and(|fault| fault.line == 2), "{bad}");
        }
    }

    #[test]
    fn what_a_word_stands_for_depends_on_the_day() {
        let on = |text: &str| text.parse().unwrap();
        assert_eq!(word("TX.", on("2025-06-30")).as_deref(), Some("thị xã"));
        assert_eq!(word("TX.", on("2025-07-01")), None);
        assert_eq!(word("BGTVT", on("2024-01-01")).as_deref(), Some("Bộ Giao thông vận tải"));
        assert_eq!(word("BGTVT", on("2026-01-01")), None);
        assert_eq!(word("BCH", on("2026-01-01")), None, "it may be two things");
        assert_eq!(issuer("QH15", on("2026-01-01")).as_deref(), Some("Quốc hội khóa mười lăm"));
    }
}
