//! The symbol of a document's number: what names its form and its issuers.

use std::fmt;

use jiff::civil::Date;

use super::abbreviations::{Abbreviations, Form, FormKind, Issuer, without_term};
use super::{DocumentNumber, Style};

/// Groups of letters and digits joined by dashes or slashes: `NĐ-CP`, `QH15`, `TTLT-BTC-BKHĐT`, `NQ/TW`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(String);

impl Symbol {
    pub(super) fn begin(first: &str) -> Symbol {
        Symbol(first.to_owned())
    }

    pub(super) fn push(&mut self, sign: char, group: &str) {
        self.0.push(sign);
        self.0.push_str(group);
    }

    /// The symbol as written in the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its groups: `TTLT`, `BTC`, `BKHĐT`. At least one.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.0.split(['-', '/'])
    }

    /// The first group: the form's abbreviation, or the issuer's where the form has none.
    #[must_use]
    pub fn first(&self) -> &str {
        self.groups().next().unwrap_or_default()
    }

    /// True if several bodies issued it together.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        matches!(self.first(), "TTLT" | "NQLT")
    }

    /// True while an issuer is missing or more may follow.
    pub(super) fn is_open(&self, known: &Abbreviations) -> bool {
        self.is_joint() || self.groups().count() == 1 && known.is_form(self.first())
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Abbreviations {
    /// The forms that a number's symbol may mean, on a day if one is given. One for `NĐ-CP`; several for `QH15`, which laws and
    /// resolutions share; [`FormKind::Letter`] for `VPCP-KGVX`, which names an issuer and a unit; none if unknown.
    #[must_use]
    pub fn forms_of(&self, number: &DocumentNumber, on: Option<Date>) -> Vec<&Form> {
        if number.style() == Style::Dashed && !number.is_party() {
            return Vec::new();
        }
        let (first, _) = without_term(number.symbol().first());
        let exists = |form: &&Form| on.is_none_or(|day| covers(form.from, form.until, day));
        let of_system = |form: &&Form| (form.kind == FormKind::Party) == number.is_party();
        let named: Vec<&Form> =
            self.forms().iter().filter(|f| f.code == first).filter(of_system).filter(exists).collect();
        let is_letter = named.is_empty() && self.is_issuer(first) && number.symbol().groups().count() > 1;
        if is_letter && !number.is_party() {
            return self.forms().iter().filter(|f| f.kind == FormKind::Letter).filter(exists).collect();
        }
        named
    }

    /// The issuers that a number's symbol names, on a day if one is given; unknown groups (units, committees) are left out.
    #[must_use]
    pub fn issuers_of(&self, number: &DocumentNumber, on: Option<Date>) -> Vec<&Issuer> {
        let is_form = |group: &str| self.forms().iter().any(|f| f.code == group) && !self.is_issuer(group);
        number
            .symbol()
            .groups()
            .enumerate()
            .filter(|(index, group)| *index > 0 || !is_form(without_term(group).0))
            .filter_map(|(_, group)| self.issuer(group))
            .filter(|issuer| on.is_none_or(|day| covers(issuer.from, issuer.until, day)))
            .collect()
    }
}

fn covers(from: Option<Date>, until: Option<Date>, day: Date) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
}
