//! Whole numbers as the C2SP formats write them: ASCII decimal, no sign, no leading zero.
//!
//! One number has one spelling, so that two texts that differ never mean the same thing.

/// The number that `text` spells; `None` for anything but its one canonical spelling below 2^64.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let digits = text.as_bytes();
    let canonical =
        digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn one_spelling_per_number() {
        for (text, want) in [("0", Some(0)), ("10", Some(10)), ("18446744073709551615", Some(u64::MAX))] {
            assert_eq!(parse(text), want, "{text}");
        }
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "18446744073709551616", "١"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
