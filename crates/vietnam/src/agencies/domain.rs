//! The six patterns that Decree 224/2026, Art. 11(4) sets for portals' domains, and what is wrong with a domain that
//! follows none.
//!
//! A pattern holds a name: `x.gov.vn` is a ministry's only if a ministry of the day has it. The Government Portal's own
//! name and those below it are older than the patterns and stand apart.

use jiff::civil::Date;

use super::{Agencies, Level};
use crate::text;
use crate::units::{CommuneCode, ProvinceCode, Units};

/// The pattern that a domain follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainPattern {
    /// `chinhphu.vn` and names below it: outside the six patterns.
    Government,
    /// `ministry.gov.vn`
    Ministry,
    /// `unit.ministry.gov.vn`
    UnitOfMinistry,
    /// `province.gov.vn`: the full name without diacritics.
    Province(ProvinceCode),
    /// `hochiminhcity.gov.vn`
    HoChiMinhCity,
    /// `department.province.gov.vn`
    DepartmentOfProvince(ProvinceCode),
    /// `commune.province.gov.vn`
    Commune(CommuneCode),
}

/// Why a domain follows no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainFault {
    /// Not a domain name at all.
    #[error("`{0}` is not a domain name: labels of a–z, 0–9 and inner hyphens, apart by dots")]
    Malformed(String),
    /// Not under `gov.vn`.
    #[error("`{0}` is not under gov.vn (Decree 224/2026, Art. 11(4))")]
    NotGov(String),
    /// A province that wrote its name another way.
    #[error("`{given}` must be `{expected}` (Decree 224/2026, Art. 11(4))")]
    ProvinceName {
        /// As given.
        given: String,
        /// As the article wants it.
        expected: String,
    },
    /// Neither a province nor a ministry of the day.
    #[error("`{0}.gov.vn` is neither a province nor a known ministry")]
    UnknownBody(String),
    /// More labels than any pattern has.
    #[error("`{0}` has more parts than any pattern of Decree 224/2026, Art. 11(4)")]
    TooDeep(String),
}

/// The pattern that a domain follows on a day; a trailing dot and letter case do not matter.
pub fn domain_pattern(
    domain: &str,
    units: &Units,
    agencies: &Agencies,
    day: Date,
) -> Result<DomainPattern, DomainFault> {
    let name = domain.strip_suffix('.').unwrap_or(domain).to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    if name.len() > 253 || labels.len() < 2 || !labels.iter().all(|l| is_label(l)) {
        return Err(DomainFault::Malformed(domain.chars().take(253).collect()));
    }
    match labels.as_slice() {
        [.., "chinhphu", "vn"] => Ok(DomainPattern::Government),
        [body, "gov", "vn"] => body_pattern(body, &name, units, agencies, day),
        [below, body, "gov", "vn"] => {
            match body_pattern(body, &format!("{body}.gov.vn"), units, agencies, day)? {
                DomainPattern::Province(province) => Ok(below_province(below, province, units)),
                DomainPattern::HoChiMinhCity => {
                    let city = units.provinces().iter().find(|p| p.domain() == "hochiminhcity.gov.vn");
                    city.map(|p| below_province(below, p.code, units))
                        .ok_or_else(|| DomainFault::UnknownBody((*body).to_owned()))
                }
                _ => Ok(DomainPattern::UnitOfMinistry),
            }
        }
        [_, .., "gov", "vn"] => Err(DomainFault::TooDeep(name)),
        _ => Err(DomainFault::NotGov(name)),
    }
}

fn body_pattern(
    body: &str,
    name: &str,
    units: &Units,
    agencies: &Agencies,
    day: Date,
) -> Result<DomainPattern, DomainFault> {
    if let Some(province) = units.provinces().iter().find(|p| p.domain() == name) {
        return Ok(match body {
            "hochiminhcity" => DomainPattern::HoChiMinhCity,
            _ => DomainPattern::Province(province.code),
        });
    }
    if agencies.by_domain(name, day).is_some_and(|a| a.level == Level::Ministry) {
        return Ok(DomainPattern::Ministry);
    }
    // With hyphens, or with `city` or `tinh` added or left out, it is a province's name written another way.
    let bare = body.replace('-', "");
    let bare = bare.strip_suffix("city").or_else(|| bare.strip_prefix("tinh")).unwrap_or(&bare);
    match units.provinces().iter().find(|p| text::label(&p.name).as_deref() == Some(bare)) {
        Some(province) => {
            Err(DomainFault::ProvinceName { given: name.to_owned(), expected: province.domain() })
        }
        None => Err(DomainFault::UnknownBody(body.to_owned())),
    }
}

fn below_province(label: &str, province: ProvinceCode, units: &Units) -> DomainPattern {
    match units.commune_at(province, label) {
        Some(commune) => DomainPattern::Commune(commune.code),
        None => DomainPattern::DepartmentOfProvince(province),
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
