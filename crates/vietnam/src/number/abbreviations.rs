//! What the letters of a symbol stand for, as dated data: forms of documents and their issuers.
//!
//! `data/documents/forms.csv` and `issuers.csv`, each row with its legal basis or source. An unknown abbreviation is
//! no error: units inside an agency make up their own.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::DataError;
use crate::table::{at, day, rows};
use crate::text::{fold, nfc};

const FORMS: &str = "documents/forms.csv";
const ISSUERS: &str = "documents/issuers.csv";

/// What kind of document a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// A legal normative document (Law 64/2025/QH15).
    Normative,
    /// An administrative document with a name of form (Decree 30/2020, Art. 7).
    Administrative,
    /// An official letter, the one form without an abbreviation.
    Letter,
    /// A copy (Decree 30/2020, Art. 25).
    Copy,
    /// A consolidated text (Ordinance 01/2012/UBTVQH13).
    Consolidated,
    /// A document of the Party.
    Party,
}

/// A form of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its abbreviation: `NĐ`; of laws and ordinances the issuer's (`QH`); empty for official letters.
    pub code: String,
    /// Its kind.
    pub kind: FormKind,
    /// Its name: `Nghị định`.
    pub name: String,
    /// Its name in English: `Decree`.
    pub name_en: String,
    /// The first day on which it existed; empty if older than these data.
    pub from: Option<Date>,
    /// The first day on which it existed no more.
    pub until: Option<Date>,
    /// The act that names it.
    pub legal_basis: String,
}

/// Who issues documents under an abbreviation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The abbreviation: `BTC`.
    pub code: String,
    /// The body's name: `Bộ Tài chính`.
    pub name: String,
    /// Its first day; empty if older than these data.
    pub from: Option<Date>,
    /// The first day on which it was no more.
    pub until: Option<Date>,
    /// True if it stands for many bodies, one in each place: `UBND`.
    pub many: bool,
    /// Where this record comes from.
    pub source: String,
    also: Vec<String>,
}

/// The abbreviations known. What ships is [`Abbreviations::shipped`].
#[derive(Clone, Debug)]
pub struct Abbreviations {
    forms: Vec<Form>,
    issuers: Vec<Issuer>,
    /// The abbreviation in capitals → as the rules write it.
    spelling: HashMap<String, String>,
    /// The form's abbreviation in capitals.
    form_codes: HashSet<String>,
    /// Every spelling of an issuer in capitals → its place.
    issuer_at: HashMap<String, usize>,
    /// Folded names and abbreviations of forms → the abbreviation, longest first.
    leads: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct FormRow {
    code: String,
    kind: FormKind,
    name: String,
    name_en: String,
    from: String,
    until: String,
    legal_basis: String,
}

#[derive(Deserialize)]
struct IssuerRow {
    code: String,
    also: String,
    name: String,
    from: String,
    until: String,
    many: String,
    source: String,
}

impl Abbreviations {
    /// The abbreviations that ship, read once.
    #[must_use]
    pub fn shipped() -> &'static Abbreviations {
        static SHIPPED: LazyLock<Abbreviations> = LazyLock::new(|| {
            Abbreviations::parse(
                include_str!("../../../../data/documents/forms.csv"),
                include_str!("../../../../data/documents/issuers.csv"),
            )
            .expect("the compiled-in tables parse: a test reads them")
        });
        &SHIPPED
    }

    /// Abbreviations from two tables with the columns of `data/documents/forms.csv` and `issuers.csv`. An error names
    /// table, line and fault: an unknown kind, a bad day, a cell without basis, a text that is not NFC.
    pub fn parse(forms: &str, issuers: &str) -> Result<Abbreviations, DataError> {
        let forms = rows::<FormRow>(FORMS, forms)?
            .into_iter()
            .map(|(line, row)| at(FORMS, line, form(row)))
            .collect::<Result<Vec<_>, _>>()?;
        let issuers = rows::<IssuerRow>(ISSUERS, issuers)?
            .into_iter()
            .map(|(line, row)| at(ISSUERS, line, issuer(row)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut spelling = HashMap::new();
        for code in forms.iter().map(|f| &f.code).chain(issuers.iter().map(|i| &i.code)) {
            spelling.insert(code.to_uppercase(), code.clone());
        }
        let form_codes =
            forms.iter().map(|f| f.code.to_uppercase()).filter(|code| !code.is_empty()).collect();
        let mut issuer_at = HashMap::new();
        for (place, issuer) in issuers.iter().enumerate() {
            for name in std::iter::once(&issuer.code).chain(&issuer.also) {
                issuer_at.entry(name.to_uppercase()).or_insert(place);
            }
        }
        let mut leads: Vec<(String, String)> = forms
            .iter()
            .filter(|form| !form.code.is_empty())
            .flat_map(|form| [(fold(&form.name), form.code.clone()), (fold(&form.code), form.code.clone())])
            .collect();
        leads.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        leads.dedup_by(|a, b| a.0 == b.0);
        Ok(Abbreviations { forms, issuers, spelling, form_codes, issuer_at, leads })
    }

    /// All forms, in the order of the table.
    #[must_use]
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// All issuers, in the order of the table.
    #[must_use]
    pub fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// The abbreviation as the rules write it (`TTg` for `TTG`), with a number of a legislature's term kept (`QH15`);
    /// nothing if it is unknown.
    pub(super) fn spelled(&self, group: &str) -> Option<String> {
        let (letters, term) = without_term(group);
        let known = self.spelling.get(&letters.to_uppercase())?;
        Some(format!("{known}{term}"))
    }

    pub(super) fn is_form(&self, group: &str) -> bool {
        self.form_codes.contains(&without_term(group).0.to_uppercase())
    }

    /// The issuer of an abbreviation in any case, Đ and D apart; `QH15` is QH.
    pub(super) fn issuer(&self, group: &str) -> Option<&Issuer> {
        self.issuer_at.get(&without_term(group).0.to_uppercase()).map(|place| &self.issuers[*place])
    }

    pub(super) fn is_issuer(&self, group: &str) -> bool {
        self.issuer(group).is_some()
    }

    pub(super) fn is_normative(&self, code: &str) -> bool {
        self.forms.iter().any(|f| f.code == code && f.kind == FormKind::Normative)
    }

    /// The form whose folded name or abbreviation stands at the end of a folded text, as a word.
    pub(super) fn form_before(&self, folded: &str) -> Option<&str> {
        self.leads.iter().find_map(|(name, code)| {
            let before = folded.strip_suffix(name.as_str())?;
            (!before.ends_with(char::is_alphanumeric)).then_some(code.as_str())
        })
    }
}

/// `QH15` → (`QH`, `15`): the letters of an abbreviation and the number of the legislature's term.
pub(super) fn without_term(group: &str) -> (&str, &str) {
    let letters = group.trim_end_matches(|c: char| c.is_ascii_digit());
    (letters, &group[letters.len()..])
}

fn form(row: FormRow) -> Result<Form, String> {
    given(&row.name, "name")?;
    given(&row.legal_basis, "legal_basis")?;
    Ok(Form {
        from: day(&row.from)?,
        until: day(&row.until)?,
        code: row.code,
        kind: row.kind,
        name: row.name,
        name_en: row.name_en,
        legal_basis: row.legal_basis,
    })
}

fn issuer(row: IssuerRow) -> Result<Issuer, String> {
    given(&row.code, "code")?;
    given(&row.name, "name")?;
    given(&row.source, "source")?;
    Ok(Issuer {
        from: day(&row.from)?,
        until: day(&row.until)?,
        also: row.also.split_whitespace().map(str::to_owned).collect(),
        code: row.code,
        name: row.name,
        many: match row.many.as_str() {
            "" => false,
            "yes" => true,
            other => return Err(format!("many is {other:?}; write yes, or leave it empty")),
        },
        source: row.source,
    })
}

fn given(cell: &str, column: &str) -> Result<(), String> {
    match cell {
        "" => Err(format!("`{column}` is empty")),
        text if text != nfc(text) => Err(format!("`{column}` is not in NFC: {text}")),
        _ => Ok(()),
    }
}
