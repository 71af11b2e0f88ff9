//! What finds a number again: tokens for searching, and the key by which a register is unique.

use std::fmt;

use jiff::civil::Date;

use super::DocumentNumber;
use super::abbreviations::{Abbreviations, without_term};
use crate::text::{fold, slug};

impl DocumentNumber {
    /// Tokens for a search index, most exact first: `154/2026/nd-cp`, `154/2026`, `nd:154/2026`; without a year
    /// `574/qd-ttg`, `qd:574`. Folded, without filling zeros, known issuers in their first spelling: every way of writing one
    /// number gives the same tokens.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let known = Abbreviations::shipped();
        let groups: Vec<String> = self.symbol.groups().map(|group| token(known, group)).collect();
        let (serial, symbol) = (self.serial.plain(), groups.join("-"));
        let form = fold(without_term(self.symbol.first()).0);
        match self.dated() {
            Some(dated) => vec![format!("{dated}/{symbol}"), dated.clone(), format!("{form}:{dated}")],
            None => vec![format!("{serial}/{symbol}"), format!("{form}:{serial}")],
        }
    }

    /// Serial and year, by which people name a document whose symbol they do not know: `154/2026`, without filling zeros. `None` where the
    /// number has no year.
    #[must_use]
    pub fn dated(&self) -> Option<String> {
        self.year.map(|year| format!("{}/{}", self.serial.plain(), year.get()))
    }

    /// By this a number is found again in a table: equal numbers have equal keys. As printed, without filling zeros and with
    /// the serial's letter in lower case: `1/2026/TT-BTC`.
    #[must_use]
    pub fn key(&self) -> String {
        let number = self.to_string();
        let rest = number.strip_prefix(self.serial.as_str()).unwrap_or_default();
        format!("{}{rest}", self.serial.plain())
    }

    /// The last part of a document's address, from serial and symbol: `42-nd-cp` of `42/2022/NĐ-CP`, whose year stands
    /// before it. Folded, so that it can be typed; several numbers may share one.
    #[must_use]
    pub fn address(&self) -> String {
        let known = Abbreviations::shipped();
        let groups: Vec<String> = self.symbol.groups().map(|group| token(known, group)).collect();
        slug(&format!("{}-{}", self.serial.plain().replace('.', "-"), groups.join("-")))
    }

    /// What a register may be unique by: agency, number, and what else keeps two documents apart. `agency` is the issuer's
    /// id or name, `form` the form's name (`Luật`), `issued` the day of issue. See [`UniqueKey`].
    #[must_use]
    pub fn unique_key(&self, agency: &str, form: &str, issued: Date) -> UniqueKey {
        let known = Abbreviations::shipped();
        let named = known.forms_of(self, Some(issued)).len() == 1;
        // A symbol that names the one body says it better than what somebody typed: "Thủ tướng" and "Thủ tướng Chính phủ".
        let issuers = known.issuers_of(self, Some(issued));
        let body = issuers.last().filter(|issuer| !issuer.many).map(|issuer| fold(&issuer.code));
        UniqueKey {
            agency: body.unwrap_or_else(|| slug(agency)),
            number: self.key(),
            form: (!named).then(|| slug(form)),
            year: self.year.is_none().then(|| issued.year()),
        }
    }
}

fn token(known: &Abbreviations, group: &str) -> String {
    match known.issuer(group) {
        Some(issuer) => fold(&issuer.code) + without_term(group).1,
        None => fold(group),
    }
}

/// By this a document is one of its kind: the agency and the number (Decree 30/2020, Art. 15: numbers run within an agency
/// and a year). Two things are added where a number says less:
///
/// - the year of issue, if the number has none: `574/QĐ-TTg` comes back every year;
/// - the form, if the symbol leaves it open: law 49/2010/QH12 and resolution 49/2010/QH12 are two documents.
///
/// ```
/// use jiff::civil::date;
/// use vietnam::number::DocumentNumber;
///
/// let number: DocumentNumber = "49/2010/QH12".parse()?;
/// let law = number.unique_key("Quốc hội", "Luật", date(2010, 6, 17));
/// assert_eq!(law.to_string(), "qh 49/2010/QH12 luat");
/// assert_ne!(law, number.unique_key("Quốc hội", "Nghị quyết", date(2010, 6, 19)));
/// # Ok::<(), vietnam::number::NumberError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueKey {
    agency: String,
    number: String,
    form: Option<String>,
    year: Option<i16>,
}

impl fmt::Display for UniqueKey {
    /// `cp 42/2022/NĐ-CP`, `ttg 574/QĐ-TTg 2026`, `ubnd-tinh-lao-cai 12/QĐ-UBND 2026`: equal keys print alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.agency, self.number)?;
        if let Some(form) = &self.form {
            write!(f, " {form}")?;
        }
        if let Some(year) = self.year {
            write!(f, " {year}")?;
        }
        Ok(())
    }
}
