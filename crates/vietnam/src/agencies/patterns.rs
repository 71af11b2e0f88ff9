//! The patterns of portals' domains as the rules state them, each for a time and with its legal basis.
//!
//! [`super::domain_pattern`] says which one a domain follows; a pattern that is not in force on a day gives a domain no right
//! to it on that day.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::DomainPattern;
use crate::DataError;
use crate::table::{at, day, rows};

const FILE: &str = "domain_patterns.csv";

/// A pattern as a rule states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternRule {
    /// Its id: `commune`.
    pub id: String,
    /// How it is written: `<xã>.<tỉnh>.gov.vn`.
    pub pattern: String,
    /// Whose domains it is for.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Its first day.
    pub from: Date,
    /// The first day on which it no longer holds; empty while it does.
    pub until: Option<Date>,
    /// The rule that states it.
    pub legal_basis: String,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    pattern: String,
    name: String,
    name_en: String,
    from: String,
    until: String,
    legal_basis: String,
}

impl PatternRule {
    /// The patterns that ship.
    #[must_use]
    pub fn shipped() -> &'static [PatternRule] {
        static SHIPPED: LazyLock<Vec<PatternRule>> = LazyLock::new(|| {
            PatternRule::parse(include_str!("../../../../data/agencies/domain_patterns.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// Patterns from a table with the columns of `data/agencies/domain_patterns.csv`. An error names line and fault.
    pub fn parse(table: &str) -> Result<Vec<PatternRule>, DataError> {
        rows::<Row>(FILE, table)?.into_iter().map(|(line, row)| at(FILE, line, rule(row))).collect()
    }

    /// True if it holds on a day.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The rule by which a domain of this pattern is right on a day; nothing for the Government Portal's own names, which
    /// stand apart, and for a pattern that no rule of that day has.
    #[must_use]
    pub fn of<'a>(rules: &'a [PatternRule], pattern: &DomainPattern, day: Date) -> Option<&'a PatternRule> {
        let id = pattern.id()?;
        rules.iter().find(|rule| rule.id == id && rule.in_force(day))
    }
}

fn rule(row: Row) -> Result<PatternRule, String> {
    if DomainPattern::IDS.iter().all(|id| *id != row.id) {
        return Err(format!("`{}` is none of {}", row.id, DomainPattern::IDS.join(", ")));
    }
    if row.pattern.is_empty() || row.legal_basis.is_empty() {
        return Err("`pattern` and `legal_basis` must not be empty".to_owned());
    }
    Ok(PatternRule {
        from: day(&row.from)?.ok_or("`from` must be a day")?,
        until: day(&row.until)?,
        id: row.id,
        pattern: row.pattern,
        name: row.name,
        name_en: row.name_en,
        legal_basis: row.legal_basis,
    })
}

impl DomainPattern {
    /// The ids that rules name patterns by.
    pub const IDS: [&'static str; 6] =
        ["ministry", "unit_of_ministry", "province", "ho_chi_minh_city", "department_of_province", "commune"];

    /// The id by which a rule names this pattern; nothing for the Government Portal's own names.
    #[must_use]
    pub fn id(&self) -> Option<&'static str> {
        let [ministry, unit, province, city, department, commune] = DomainPattern::IDS;
        Some(match self {
            DomainPattern::Government => return None,
            DomainPattern::Ministry => ministry,
            DomainPattern::UnitOfMinistry => unit,
            DomainPattern::Province(_) => province,
            DomainPattern::HoChiMinhCity => city,
            DomainPattern::DepartmentOfProvince(_) => department,
            DomainPattern::Commune(_) => commune,
        })
    }
}
