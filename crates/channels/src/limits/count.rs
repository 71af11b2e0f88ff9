//! Counting as services count.

use super::Unit;

/// How a text message is written (3GPP TS 23.038).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The 7-bit default alphabet: no Vietnamese letters but à è é ì ò ù and a few that are not Vietnamese.
    Gsm7,
    /// UCS-2: any letter.
    Ucs2,
}

/// The basic table of the 7-bit default alphabet (TS 23.038, 6.2.1), without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension (6.2.1.1): each is two septets.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How much a text is in a unit; 0 in units that are none of a text. Septets of a text that does not fit the 7-bit alphabet are its UTF-16 units.
#[must_use]
pub fn count(unit: Unit, text: &str) -> u64 {
    let utf16 = || text.encode_utf16().count() as u64;
    match unit {
        Unit::Characters => text.chars().count() as u64,
        Unit::Utf16 => utf16(),
        Unit::Bytes => text.len() as u64,
        Unit::Septets => septets(text).unwrap_or_else(utf16),
        Unit::Seconds | Unit::Count => 0,
    }
}

/// The septets of a text in the 7-bit default alphabet; none if a letter of it is not there.
#[must_use]
pub fn septets(text: &str) -> Option<u64> {
    text.chars().try_fold(0u64, |sum, letter| {
        let one = u64::from(BASIC.contains(letter)) + 2 * u64::from(EXTENDED.contains(letter));
        (one > 0).then_some(sum + one)
    })
}

/// How a text is written as a message, its units, and in how many messages it is sent: a long one is divided into parts of 153 septets or 67
/// units (TS 23.040, 9.2.3.24.1).
#[must_use]
pub fn sms(text: &str) -> (Encoding, u64, u64) {
    let (encoding, units, alone, part) = match septets(text) {
        Some(units) => (Encoding::Gsm7, units, 160, 153),
        None => (Encoding::Ucs2, count(Unit::Utf16, text), 70, 67),
    };
    (encoding, units, if units <= alone { 1 } else { units.div_ceil(part) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_the_services_do() {
        assert_eq!(count(Unit::Characters, "Công điện 46"), 12);
        assert_eq!(count(Unit::Bytes, "Công điện 46"), 16);
        assert_eq!(count(Unit::Utf16, "lũ 🌊"), 5);
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(septets("Cong dien [46] €"), Some(19));
        assert_eq!(septets("à è é ì ò ù"), Some(11));
        assert_eq!(septets("á"), None);
        assert_eq!(septets("Công"), None);
        assert_eq!(sms(&"a".repeat(160)), (Encoding::Gsm7, 160, 1));
        assert_eq!(sms(&"a".repeat(161)), (Encoding::Gsm7, 161, 2));
        assert_eq!(sms(&"ạ".repeat(70)), (Encoding::Ucs2, 70, 1));
        assert_eq!(sms(&"ạ".repeat(71)), (Encoding::Ucs2, 71, 2));
    }
}
