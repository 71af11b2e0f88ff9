//! Codes of administrative units: two digits for a province, five for a commune (Decision 19/2025/QĐ-TTg and its
//! predecessors). Kept as numbers, shown with their leading zeros.

use std::fmt;
use std::str::FromStr;

/// Not a code of an administrative unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a unit code: exactly {digits} digits are needed, leading zeros included")]
pub struct CodeError {
    given: String,
    digits: usize,
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $number:ty, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($number);

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<$name, CodeError> {
                let digits = text.len() == $digits && text.bytes().all(|b| b.is_ascii_digit());
                match text.parse() {
                    Ok(number) if digits => Ok($name(number)),
                    _ => Err(CodeError { given: text.chars().take(40).collect(), digits: $digits }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:0width$}", self.0, width = $digits)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

code!(
    /// The code of a province or city at province level, for example `15`.
    ProvinceCode, u8, 2
);
code!(
    /// The code of a commune, ward or special zone, or of a commune before the reform of 2025, for example `04492`.
    CommuneCode, u32, 5
);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn codes_keep_their_zeros() {
        assert_eq!("04".parse::<ProvinceCode>().unwrap().to_string(), "04");
        assert_eq!("00097".parse::<CommuneCode>().unwrap().to_string(), "00097");
    }

    #[test]
    fn a_code_that_lost_its_zeros_is_refused() {
        for wrong in ["4", "004", "+4", "4a", "", "٠٤"] {
            assert!(wrong.parse::<ProvinceCode>().is_err(), "{wrong}");
        }
        let error = "97".parse::<CommuneCode>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`97` is not a unit code: exactly 5 digits are needed, leading zeros included"
        );
    }
}
