//! The code of a petition: `PAKN.20261123.0012.00004-6`.
//!
//! Day, number of that day at one body (four digits or more), the body, and a check character by ISO/IEC 7064, MOD 37-2, over
//! all letters and digits before it. That scheme finds every single wrong character and every two that changed places, also
//! ones that stand apart, since no code has 36 characters. Its 37th check character, `*`, is hard to say on the telephone:
//! [`Code::new`] gives none for a number that would need it, and whoever counts takes the next one.
//!
//! The form without body and check, `PAKN.20200812.0012`, is that of portals before (Decree 42/2022/NĐ-CP, Art. 8, and their practice).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// The longest code of a body.
const MOST_UNIT: usize = 12;
/// The most digits of a number; nobody is asked ten million times a day.
const MOST_NUMBER: usize = 7;
/// What every code begins with.
const HEAD: &str = "PAKN";

/// The body in a code: the five digits of a commune, or two to twelve letters and digits that begin with a letter, so that a code is
/// read without its dots, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit(String);

impl Unit {
    /// The code of a body that has none: `X` and eight digits of a hash of whatever names it.
    #[must_use]
    pub fn of_hash(hash: u32) -> Unit {
        Unit(format!("X{hash:08X}"))
    }

    /// The body's short code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a body's code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a body in a petition code is five digits, or 2 to 12 of A-Z and 0-9 that begin with a letter")]
pub struct BadUnit;

impl FromStr for Unit {
    type Err = BadUnit;

    fn from_str(text: &str) -> Result<Unit, BadUnit> {
        let digits = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        let named = (2..=MOST_UNIT).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if digits || named { Ok(Unit(text.to_owned())) } else { Err(BadUnit) }
    }
}

/// The code of a petition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    day: Date,
    number: u32,
    unit: Unit,
}

/// Why what was typed is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCode {
    /// It has another shape: letters, a day or a part is missing.
    #[error("a petition code looks like PAKN.20261123.0012.00004-6")]
    Shape,
    /// A character is wrong, or two have changed places.
    #[error("the check character does not fit: one character is wrong, or two have changed places")]
    Check,
}

impl Code {
    /// The code of the `number`th petition of a day at a body; nothing for number 0, for one with more than seven digits, and for one
    /// whose check character would be `*`.
    #[must_use]
    pub fn new(day: Date, number: u32, unit: Unit) -> Option<Code> {
        let fits = number > 0 && number.to_string().len() <= MOST_NUMBER && (1..=9999).contains(&day.year());
        let code = Code { day, number, unit };
        (fits && check(&code.bare()).is_some_and(|check| check != '*')).then_some(code)
    }

    /// The day on which it was registered.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day
    }

    /// Its number of that day.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The body at which it was registered.
    #[must_use]
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    fn bare(&self) -> String {
        format!("{HEAD}{}{:04}{}", self.day.strftime("%Y%m%d"), self.number, self.unit.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let check = check(&self.bare()).unwrap_or('*');
        write!(f, "{HEAD}.{}.{:04}.{}-{check}", self.day.strftime("%Y%m%d"), self.number, self.unit.0)
    }
}

/// What people type: in small letters, with spaces, with other strokes and dots or none.
impl FromStr for Code {
    type Err = NoCode;

    fn from_str(typed: &str) -> Result<Code, NoCode> {
        let joins = |c: char| c.is_whitespace() || ".,-_/:‐‑‒–—−·".contains(c) || is_hidden(c);
        let plain: String =
            typed.chars().filter(|c| !joins(*c)).map(|c| c.to_ascii_uppercase()).take(64).collect();
        if !plain.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(NoCode::Shape);
        }
        let (bare, last) = plain.split_at_checked(plain.len().saturating_sub(1)).ok_or(NoCode::Shape)?;
        let rest = bare.strip_prefix(HEAD).ok_or(NoCode::Shape)?;
        let (day, rest) = rest.split_at_checked(8).ok_or(NoCode::Shape)?;
        // A number with a zero before it has four digits; a body has five digits or begins with a letter.
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = if digits == rest.len() { digits.checked_sub(5).ok_or(NoCode::Shape)? } else { digits };
        let (number, unit) = rest.split_at_checked(number).ok_or(NoCode::Shape)?;
        let shaped =
            number.len() == 4 || (5..=MOST_NUMBER).contains(&number.len()) && !number.starts_with('0');
        let wrong = || {
            if check(bare).is_some_and(|due| last.starts_with(due)) { NoCode::Shape } else { NoCode::Check }
        };
        if !shaped {
            return Err(NoCode::Shape);
        }
        let unit: Unit = unit.parse().map_err(|_| wrong())?;
        let number: u32 = number.parse().map_err(|_| NoCode::Shape)?;
        if !check(bare).is_some_and(|due| last.starts_with(due)) {
            return Err(NoCode::Check);
        }
        let day = Date::strptime("%Y%m%d", day).map_err(|_| NoCode::Shape)?;
        Code::new(day, number, unit).ok_or(NoCode::Shape)
    }
}

/// Characters of no width, which come along when something is copied.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// ISO/IEC 7064, MOD 37-2: the check character of letters and digits; nothing for any other text.
fn check(text: &str) -> Option<char> {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
    let sum = text.bytes().try_fold(0, |sum, sign| {
        let value = SIGNS[..36].iter().position(|known| *known == sign)?;
        Some((sum + value) * 2 % 37)
    })?;
    SIGNS.get((38 - sum) % 37).map(|sign| char::from(*sign))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn code(number: u32, unit: &str) -> Option<Code> {
        Code::new(date(2026, 11, 23), number, unit.parse().unwrap())
    }

    #[test]
    fn the_check_is_that_of_the_standard() {
        // The example of the PyPI package `python-stdnum`, whose module `mod_37_2` does the same.
        assert_eq!(check("G123489654321"), Some('Y'));
        assert_eq!((check("abc"), check("Ổ")), (None, None));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let written = code(12, "00004").unwrap().to_string();
        assert!(written.starts_with("PAKN.20261123.0012.00004-"), "{written}");
        let bare: String = written.chars().filter(char::is_ascii_alphanumeric).collect();
        for typed in [
            written.clone(),
            written.to_lowercase(),
            bare.clone(),
            format!("  {} ", written.replace('.', " ").replace('-', " – ")),
            written.replace('.', "\u{200b}.\u{200b}"),
        ] {
            assert_eq!(typed.parse(), Ok(code(12, "00004").unwrap()), "{typed}");
        }
        for number in [1234, 12_345, 1_234_567] {
            for unit in ["00004", "H62", "G2299"] {
                let Some(code) = code(number, unit) else { continue };
                let bare: String = code.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
                assert_eq!((bare.parse(), code.to_string().parse()), (Ok(code.clone()), Ok(code.clone())));
            }
        }
    }

    #[test]
    fn what_is_no_code_is_told_apart_from_a_wrong_character() {
        assert_eq!(Unit::of_hash(7).as_str().parse(), Ok(Unit::of_hash(7)));
        for typed in ["", "PAKN", "PAKN.20200812.0012", "x", "PAKN.20261123.12.00004-6", "ÔPAKN", "🙂", "*"]
        {
            assert_eq!(typed.parse::<Code>(), Err(NoCode::Shape), "{typed}");
        }
        let wrong = code(12, "00004").unwrap().to_string().replace("0012", "0013");
        assert_eq!(wrong.parse::<Code>(), Err(NoCode::Check));
        // The check holds, the day does not exist.
        let bare = "PAKN20261332000100004";
        let typed = format!("{bare}{}", check(bare).unwrap());
        assert!(typed.parse::<Code>().is_err());
    }

    #[test]
    fn no_code_ends_with_a_star_and_few_numbers_are_left_out() {
        let given = (1..=1000).filter_map(|number| code(number, "00004")).collect::<Vec<_>>();
        assert!((950..1000).contains(&given.len()), "{}", given.len());
        assert!(given.iter().all(|code| !code.to_string().ends_with('*')));
        assert!(code(0, "00004").is_none() && code(10_000_000, "00004").is_none());
    }

    fn any_code() -> impl Strategy<Value = Code> {
        let unit = prop_oneof!["[0-9]{5}", "[A-Z][A-Z0-9]{1,11}"];
        ((2020_i16..2100, 1_i8..13, 1_i8..29), 1_u32..10_000_000, unit)
            .prop_filter_map("a star", |(day, number, unit)| {
                Code::new(date(day.0, day.1, day.2), number, unit.parse().ok()?)
            })
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_seen(code in any_code(), at in 0_usize..40, other in "[0-9A-Z]") {
            let mut typed: Vec<char> = code.to_string().chars().collect();
            let at = at % typed.len();
            let other = other.chars().next().unwrap();
            prop_assume!(typed[at].is_ascii_alphanumeric() && typed[at] != other);
            typed[at] = other;
            let typed: String = typed.into_iter().collect();
            prop_assert!(typed.parse::<Code>().is_err(), "{code} {typed}");
        }

        #[test]
        fn two_that_changed_places_are_seen(code in any_code(), a in 0_usize..40, b in 0_usize..40) {
            let mut typed: Vec<char> = code.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
            let (a, b) = (a % typed.len(), b % typed.len());
            prop_assume!(typed[a] != typed[b]);
            typed.swap(a, b);
            let typed: String = typed.into_iter().collect();
            prop_assert!(typed.parse::<Code>().is_err(), "{code} {typed}");
        }

        #[test]
        fn whatever_is_typed_is_answered(typed in ".{0,60}") {
            let _ = typed.parse::<Code>();
        }

        #[test]
        fn a_code_is_read_back(code in any_code()) {
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
