//! Agency codes of Decision 20/2020/QĐ-TTg: groups of `A`–`Z`, `0`–`9` apart by dots, at most 35 characters, top level
//! first (`G22.99.08`, `H56`). The older reversed form (`000.00.12.H62`, QCVN 102) still circulates; both are read, one
//! canonical form is kept.

use std::fmt;
use std::str::FromStr;

/// The longest code, in characters.
const LONGEST: usize = 35;

/// An agency's code in canonical form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AgencyCode(String);

/// Not an agency code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgencyCodeError {
    /// Nothing there, or only zeros.
    #[error("an agency code is empty")]
    Empty,
    /// Longer than 35 characters.
    #[error("an agency code has {0} characters: at most 35 are allowed")]
    TooLong(usize),
    /// A group that is empty or has another character.
    #[error("group `{0}` of an agency code: capital letters A–Z and digits are allowed")]
    Group(String),
}

impl AgencyCode {
    /// The canonical form: top level first, without the groups of zeros that the old form fills up with.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgencyCode {
    type Err = AgencyCodeError;

    fn from_str(text: &str) -> Result<AgencyCode, AgencyCodeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AgencyCodeError::Empty);
        }
        let length = text.chars().count();
        if length > LONGEST {
            return Err(AgencyCodeError::TooLong(length));
        }
        let mut groups: Vec<&str> = text.split('.').collect();
        if let Some(bad) = groups.iter().find(|g| !is_group(g)) {
            return Err(AgencyCodeError::Group((*bad).to_owned()));
        }
        let reversed = groups.len() > 1
            && groups.first().is_some_and(|g| g.starts_with(|c: char| c.is_ascii_digit()))
            && groups.last().is_some_and(|g| g.starts_with(|c: char| c.is_ascii_uppercase()));
        if reversed {
            groups.reverse();
            while groups.last().is_some_and(|g| g.bytes().all(|b| b == b'0')) {
                groups.pop();
            }
        }
        Ok(AgencyCode(groups.join(".")))
    }
}

fn is_group(group: &str) -> bool {
    !group.is_empty() && group.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn both_forms_become_one() {
        for (given, canonical) in [
            ("G22.99.08", "G22.99.08"),
            ("H56", "H56"),
            ("000.00.12.H62", "H62.12"),
            ("000.00.00.G22", "G22"),
            (" 000.01.12.H62 ", "H62.12.01"),
        ] {
            let code: AgencyCode = given.parse().unwrap();
            assert_eq!(code.as_str(), canonical);
            assert_eq!(code.as_str().parse::<AgencyCode>().unwrap(), code);
        }
    }

    #[test]
    fn what_is_no_code_is_named() {
        assert_eq!("".parse::<AgencyCode>(), Err(AgencyCodeError::Empty));
        assert_eq!("h56".parse::<AgencyCode>(), Err(AgencyCodeError::Group("h56".into())));
        assert_eq!("H56..1".parse::<AgencyCode>(), Err(AgencyCodeError::Group(String::new())));
        assert_eq!("Đ1".parse::<AgencyCode>(), Err(AgencyCodeError::Group("Đ1".into())));
        assert_eq!("A".repeat(36).parse::<AgencyCode>(), Err(AgencyCodeError::TooLong(36)));
    }
}
