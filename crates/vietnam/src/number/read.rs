//! Reading one number at one place of a text, in every shape that circulates.
//!
//! Read are: spaces around the signs, a line that breaks after a dash, a missing sign (`2024NĐ-CP`, `NĐCP`, `NĐ CP`), dashes
//! for slashes (`99-2022/NĐ-CP`), lower case, NFD, look-alike letters; and, where nothing but a number is expected, spaces
//! for all signs (`42 2022 NĐ CP`). What is read is canonical: `147/2024NĐ-CP` gives `147/2024/NĐ-CP`.

use super::abbreviations::Abbreviations;
use super::cursor::Cursor;
use super::serial::Serial;
use super::{DocumentNumber, NumberError, Style, Symbol, Year};

/// More digits than any registry counts to.
const LONGEST_SERIAL: usize = 7;
/// More groups than any joint document has issuers; the gazette's longest has 15.
const MOST_GROUPS: usize = 40;
/// Longer than any abbreviation in use.
const LONGEST_GROUP: usize = 32;
/// What is written behind the digits of a number squeezed in, besides one letter.
const SUFFIXES: [&str; 2] = ["bis", "ter"];

/// Where a number is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a field of its own: what stands there is meant as one number.
    Alone,
    /// In running text, where a space may also be the end.
    InText,
}

/// A number that was read, and what its writing says about how sure one may be.
pub(super) struct Found {
    pub number: DocumentNumber,
    /// The byte behind it.
    pub end: usize,
    /// True if its symbol was written with a capital letter.
    pub capital: bool,
}

/// The number whose serial begins at byte `at`.
pub(super) fn read(text: &str, at: usize, place: Place) -> Result<Found, NumberError> {
    let mut cursor = Cursor::new(text, at);
    let serial = serial(&mut cursor)?;
    let spaced = cursor.skip_spaces();
    let written = sign(&mut cursor);
    let by_space = written.is_none() && spaced && place == Place::Alone;
    let sign = written.or(by_space.then_some('/')).ok_or(NumberError::NoSymbol)?;
    cursor.skip_break();
    let year = year(&mut cursor)?;
    let style = if year.is_none() && sign == '-' { Style::Dashed } else { Style::Slashed };
    let (symbol, capital) = symbol(&mut cursor, place)?;
    // "10 thang 3" is no number: without a sign, the letters have to be known.
    if by_space && Abbreviations::shipped().spelled(symbol.first()).is_none() {
        return Err(NumberError::NoSymbol);
    }
    let number = DocumentNumber { serial, year, symbol, style };
    Ok(Found { number, end: cursor.at(), capital })
}

/// The serial alone, the cursor behind it.
pub(super) fn serial(cursor: &mut Cursor<'_>) -> Result<Serial, NumberError> {
    let digits = cursor.take_while(|c| c.is_ascii_digit());
    if digits.is_empty() {
        return Err(NumberError::NoSerial);
    }
    if digits.len() > LONGEST_SERIAL {
        return Err(NumberError::Serial(digits));
    }
    let mut ahead = *cursor;
    let mut part = None;
    if ahead.next() == Some('.') {
        let after = ahead.take_while(|c| c.is_ascii_digit());
        if (1..=3).contains(&after.len()) {
            part = Some(after);
            *cursor = ahead;
        }
    }
    let mut ahead = *cursor;
    let letters = ahead.take_while(|c| c.is_ascii_alphabetic());
    let suffix = (letters.len() == 1 || SUFFIXES.iter().any(|known| letters.eq_ignore_ascii_case(known)))
        .then_some(letters.as_str());
    if suffix.is_some() {
        *cursor = ahead;
    }
    Serial::new(&digits, part.as_deref(), suffix).ok_or(NumberError::Serial(digits))
}

/// A year and the sign behind it, if digits stand here.
fn year(cursor: &mut Cursor<'_>) -> Result<Option<Year>, NumberError> {
    let digits = cursor.take_while(|c| c.is_ascii_digit());
    if digits.is_empty() {
        return Ok(None);
    }
    let year = Some(digits.as_str())
        .filter(|d| d.len() == 4)
        .and_then(|d| d.parse().ok())
        .and_then(Year::new)
        .ok_or(NumberError::Year(digits))?;
    cursor.skip_spaces();
    sign(cursor);
    cursor.skip_break();
    Ok(Some(year))
}

fn sign(cursor: &mut Cursor<'_>) -> Option<char> {
    let sign = cursor.peek().filter(|c| matches!(c, '/' | '-'))?;
    cursor.next();
    Some(sign)
}

/// The symbol, as far as its groups go; and whether it was written with a capital letter.
fn symbol(cursor: &mut Cursor<'_>, place: Place) -> Result<(Symbol, bool), NumberError> {
    let known = Abbreviations::shipped();
    let first = group(cursor)?;
    let capital = has_capital(&first);
    let mut symbol = Symbol::begin(&opened(known, &first));
    for _ in 1..MOST_GROUPS {
        let mut ahead = *cursor;
        let spaced = ahead.skip_spaces();
        let signed = sign(&mut ahead);
        let apart = signed.is_some() && ahead.skip_break() || spaced;
        let Ok(next) = group(&mut ahead) else { break };
        let open = symbol.is_open(known);
        let joins = match (signed, apart) {
            (Some(_), false) => !capital || has_capital(&next) || known.is_issuer(&next),
            (Some(_), true) => {
                (open || place == Place::Alone) && (is_abbreviation(&next) || known.is_issuer(&next))
            }
            (None, true) => {
                open && !symbol.is_joint()
                    && known.is_issuer(&next)
                    && (has_capital(&next) || place == Place::Alone)
            }
            (None, false) => false,
        };
        if !joins {
            break;
        }
        symbol.push(signed.unwrap_or('-'), &canonical(known, &next));
        *cursor = ahead;
    }
    Ok((symbol, capital))
}

/// Letters and digits that begin with a letter, as written; an error names what stands there instead.
fn group(cursor: &mut Cursor<'_>) -> Result<String, NumberError> {
    let written = cursor.take_while(is_symbol_letter);
    let strange = cursor.peek().filter(|c| c.is_alphanumeric() || *c == char::REPLACEMENT_CHARACTER);
    if written.is_empty() && strange.is_none() {
        return Err(NumberError::NoSymbol);
    }
    let begins_well = written.starts_with(|c: char| c.is_alphabetic());
    if strange.is_some() || !begins_well || written.chars().count() > LONGEST_GROUP {
        return Err(NumberError::Symbol(written.chars().chain(strange).collect()));
    }
    Ok(written)
}

/// The letters of abbreviations: `ƯT` in UBTƯMTTQVN, `&` in BNN&PTNT, digits in QH15.
fn is_symbol_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, 'Đ' | 'đ' | 'Ư' | 'ư' | '&')
}

fn has_capital(written: &str) -> bool {
    written.contains(char::is_uppercase)
}

/// `BCHTWĐTN`: all capitals, more than one.
fn is_abbreviation(written: &str) -> bool {
    written.chars().filter(|c| c.is_uppercase()).count() > 1 && !written.contains(char::is_lowercase)
}

/// The group as the rules write it: a known abbreviation in its own case, an unknown one in capitals if it had none.
fn canonical(known: &Abbreviations, written: &str) -> String {
    match known.spelled(written) {
        Some(spelled) => spelled,
        None if has_capital(written) => written.to_owned(),
        None => written.to_uppercase(),
    }
}

/// The first group; of a form and an issuer run together (`NĐCP`) both, with their dash.
fn opened(known: &Abbreviations, written: &str) -> String {
    let whole = canonical(known, written);
    if known.spelled(&whole).is_some() {
        return whole;
    }
    let capitals = whole.to_uppercase();
    known
        .forms()
        .iter()
        .filter(|form| !form.code.is_empty() && !known.is_issuer(&form.code))
        .find_map(|form| {
            let issuer = known.spelled(capitals.strip_prefix(form.code.to_uppercase().as_str())?)?;
            known.is_issuer(&issuer).then(|| format!("{}-{issuer}", form.code))
        })
        .unwrap_or(whole)
}
