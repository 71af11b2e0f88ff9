//! Numbers as Vietnamese writes them: `1.234,5`.

use std::fmt;
use std::str::FromStr;

/// A decimal number with as many decimals as were written, at most six; its digits fit in fifteen, which a double holds exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    value: f64,
    decimals: usize,
}

const MOST_DECIMALS: usize = 6;
const MOST_DIGITS: usize = 15;

impl Number {
    /// A number rounded to so many decimals.
    #[must_use]
    pub fn new(value: f64, decimals: usize) -> Number {
        Number { value: if value == 0.0 { 0.0 } else { value }, decimals: decimals.min(MOST_DECIMALS) }
    }

    /// Its value.
    #[must_use]
    pub fn value(self) -> f64 {
        self.value
    }

    /// How many decimals are written.
    #[must_use]
    pub fn decimals(self) -> usize {
        self.decimals
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = format!("{:.*}", self.decimals, self.value.abs());
        let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_nothing = plain.bytes().all(|b| matches!(b, b'0' | b'.'));
        if self.value < 0.0 && !is_nothing {
            out.write_str("−")?;
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.write_str(".")?;
            }
            write!(out, "{digit}")?;
        }
        if rest.is_empty() { Ok(()) } else { write!(out, ",{rest}") }
    }
}

impl FromStr for Number {
    type Err = ();

    /// Reads `1234`, `1.234`, `-1.234,50`, `12,5 %`; nothing that could be read in two ways, such as `1.5`.
    fn from_str(text: &str) -> Result<Number, ()> {
        let text = text.trim().trim_end_matches('%').trim_end();
        let (negative, text) = match text.strip_prefix(['-', '−', '–']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, rest) = text.split_once(',').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let rest = rest.unwrap_or("");
        let parted: Vec<&str> = whole.split('.').collect();
        let grouped = parted.len() == 1
            || ((1..=3).contains(&parted[0].len())
                && !parted[0].starts_with('0')
                && parted[1..].iter().all(|group| group.len() == 3));
        let digits: String = parted.concat();
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let whole_enough = !digits.is_empty() && digits.len() + rest.len() <= MOST_DIGITS;
        let ends = text.ends_with(',') || rest.len() > MOST_DECIMALS;
        if !grouped || !whole_enough || ends || !all_digits(&digits) || !all_digits(rest) {
            return Err(());
        }
        let value: f64 = format!("{digits}.{rest}0").parse().map_err(|_| ())?;
        Ok(Number::new(if negative { -value } else { value }, rest.len()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_read_and_written_as_vietnamese_does() {
        for (text, said) in [
            ("1234", "1.234"),
            ("1.234,50", "1.234,50"),
            ("-3,5 %", "−3,5"),
            ("0,25", "0,25"),
            ("12.345.678", "12.345.678"),
            ("+7", "7"),
            ("-0,0", "0,0"),
        ] {
            assert_eq!(text.parse::<Number>().unwrap().to_string(), said, "{text}");
        }
        for bad in
            ["1.5", "0.125", "1,234.5", "", "%", "12a", "1.23.456", "1,", "1e5", "1234567890123456", "--1"]
        {
            assert_eq!(bad.parse::<Number>(), Err(()), "{bad}");
        }
    }
}
