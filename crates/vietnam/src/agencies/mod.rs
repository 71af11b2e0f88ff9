//! State bodies as dated data: who they are, on which day, by which act, at which domain.
//!
//! A body is found as of a day ([`Agencies::in_force`], [`Agencies::named`]); one that ended stays in the data with its
//! successor, because its documents stay. Domains that nobody official vouches for are marked
//! ([`Agency::domain_verified`]). Communes are not listed: [`of_commune`] makes the body of one from its unit.

mod code;
mod domain;
mod patterns;
mod read;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use code::{AgencyCode, AgencyCodeError};
pub use domain::{DomainFault, DomainPattern, domain_pattern};
pub use patterns::PatternRule;

use crate::units::{Commune, CommuneCode, CommuneKind, ProvinceCode};
use crate::{DataError, text};

/// The level of a body. Greater is lower in the administration: `Level::Commune > Level::Province`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The Government.
    Central,
    /// A ministry or ministerial-level agency.
    Ministry,
    /// A province or a city at province level.
    Province,
    /// A commune, ward or special zone.
    Commune,
    /// A department or another unit inside a body.
    Unit,
}

impl Level {
    /// The word of this level in data: `central`, `ministry`, `province`, `commune`, `unit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Central => "central",
            Level::Ministry => "ministry",
            Level::Province => "province",
            Level::Commune => "commune",
            Level::Unit => "unit",
        }
    }

    /// True if this level is lower in the administration than `other`.
    #[must_use]
    pub fn is_below(self, other: Level) -> bool {
        self > other
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(word: &str) -> Result<Level, String> {
        [Level::Central, Level::Ministry, Level::Province, Level::Commune, Level::Unit]
            .into_iter()
            .find(|level| level.as_str() == word)
            .ok_or_else(|| format!("level `{word}`: central, ministry, province, commune or unit expected"))
    }
}

/// What kind of body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgencyKind {
    /// The Government.
    Government,
    /// An office that issues documents of its own and has no portal: the Prime Minister.
    Office,
    /// A ministry.
    Ministry,
    /// A ministerial-level agency.
    MinisterialAgency,
    /// A People's Committee.
    PeoplesCommittee,
}

/// A state body, as it was or is from one day until another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its id in these data: its name as a slug, `bo-tai-chinh`.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// Its kind.
    pub kind: AgencyKind,
    /// Its name: `Bộ Tài chính`, `Ủy ban nhân dân tỉnh Lào Cai`.
    pub name: String,
    /// Its name in English: `Ministry of Finance`, `Lao Cai Provincial People's Committee`.
    pub name_en: String,
    /// The domain of its portal, if it has one of its own.
    pub domain: Option<String>,
    /// True if an official source names that domain; false: check before real use.
    pub domain_verified: bool,
    /// Its code by Decision 20/2020; bodies merged in 2025 have none yet.
    pub code: Option<AgencyCode>,
    /// The id of the body above it.
    pub parent: Option<String>,
    /// The province that it governs.
    pub province: Option<ProvinceCode>,
    /// The commune that it governs.
    pub commune: Option<CommuneCode>,
    /// Its first day; empty if it is older than these data.
    pub from: Option<Date>,
    /// The first day on which it was no more; empty while it stands.
    pub until: Option<Date>,
    /// The id of the body that took over.
    pub successor: Option<String>,
    /// The act it rests on.
    pub legal_basis: String,
    /// Where this record comes from.
    pub source: String,
}

impl Agency {
    /// True if the body exists on a day.
    #[must_use]
    pub fn exists_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// The name of its portal in Vietnamese: `Cổng Thông tin điện tử Bộ Tài chính`, `… tỉnh Lào Cai`; a commune has a
    /// `Trang thông tin điện tử`.
    #[must_use]
    pub fn portal_name(&self) -> String {
        let place = self.name.strip_prefix("Ủy ban nhân dân ").unwrap_or(&self.name);
        match self.level {
            Level::Commune | Level::Unit => format!("Trang thông tin điện tử {place}"),
            Level::Central | Level::Ministry | Level::Province => format!("Cổng Thông tin điện tử {place}"),
        }
    }

    /// The name of its portal in English: `Government Portal`, `Portal of the Ministry of Finance`, `Portal of Lao Cai
    /// Province`.
    #[must_use]
    pub fn portal_name_en(&self) -> String {
        if self.kind == AgencyKind::Government {
            return "Government Portal".to_owned();
        }
        match self.name_en.strip_suffix(" People's Committee") {
            Some(place) => format!("Portal of {}", place.replace(" Provincial", " Province")),
            None => format!("Portal of the {}", self.name_en),
        }
    }
}

/// The bodies known, by level and name. What ships is [`Agencies::shipped`].
#[derive(Clone, Debug)]
pub struct Agencies {
    all: Vec<Agency>,
}

impl Agencies {
    /// The bodies that ship, read once: the Government, the Prime Minister, 17 ministries and ministerial-level agencies, the
    /// bodies that ended in 2025, 34 provincial governments.
    #[must_use]
    pub fn shipped() -> &'static Agencies {
        static SHIPPED: LazyLock<Agencies> = LazyLock::new(|| {
            Agencies::parse(include_str!("../../../../data/agencies/agencies.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// Bodies from a table with the columns of `data/agencies/agencies.csv`. An error names line and fault: an unknown
    /// level or kind, a bad day, code or domain, an id twice, a parent or successor that is not there.
    pub fn parse(table: &str) -> Result<Agencies, DataError> {
        read::agencies(table).map(|all| Agencies { all })
    }

    /// All bodies, also those that ended.
    #[must_use]
    pub fn all(&self) -> &[Agency] {
        &self.all
    }

    /// The bodies that exist on a day.
    pub fn in_force(&self, day: Date) -> impl Iterator<Item = &Agency> {
        self.all.iter().filter(move |a| a.exists_on(day))
    }

    /// The body with an id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Agency> {
        self.all.iter().find(|a| a.id == id)
    }

    /// The body whose portal has this domain on a day.
    #[must_use]
    pub fn by_domain(&self, domain: &str, day: Date) -> Option<&Agency> {
        self.in_force(day).find(|a| a.domain.as_deref().is_some_and(|d| d.eq_ignore_ascii_case(domain)))
    }

    /// The body with this code on a day.
    #[must_use]
    pub fn by_code(&self, code: &AgencyCode, day: Date) -> Option<&Agency> {
        self.in_force(day).find(|a| a.code.as_ref() == Some(code))
    }

    /// The government of a province on a day.
    #[must_use]
    pub fn of_province(&self, province: ProvinceCode, day: Date) -> Option<&Agency> {
        self.in_force(day).find(|a| a.province == Some(province))
    }

    /// The body that a name means on a day, in any letter case and spelling, with or without diacritics: `BỘ TÀI CHÍNH`,
    /// `Ủy ban nhân dân tỉnh Khánh Hòa`, `UBND tỉnh Khánh Hoà`.
    #[must_use]
    pub fn named(&self, name: &str, day: Date) -> Option<&Agency> {
        let wanted = spelled_out(name);
        let key = text::slug(&wanted);
        let mut fitting = self.in_force(day).filter(|a| text::slug(&a.name) == key);
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    /// What became of a body by a day: itself while it exists, else its successor, followed as far as needed.
    #[must_use]
    pub fn today(&self, id: &str, day: Date) -> Option<&Agency> {
        let mut agency = self.by_id(id)?;
        for _ in 0..self.all.len() {
            if agency.exists_on(day) {
                return Some(agency);
            }
            agency = self.by_id(agency.successor.as_deref()?)?;
        }
        None
    }
}

fn spelled_out(name: &str) -> String {
    let name = text::canonical(name);
    match name.split_once(' ') {
        Some((short, rest)) if short.eq_ignore_ascii_case("UBND") => format!("Ủy ban nhân dân {rest}"),
        _ => name,
    }
}

/// The People's Committee of a commune, under the government of its province, as of the reform of 2025. Its domain is its
/// unit's label under the province's domain; as far as that is unverified, so is this.
#[must_use]
pub fn of_commune(commune: &Commune, province: &Agency) -> Agency {
    let kind = match commune.kind {
        CommuneKind::Commune => "xã",
        CommuneKind::Ward => "phường",
        CommuneKind::SpecialZone => "đặc khu",
    };
    let name = format!("Ủy ban nhân dân {kind} {}", commune.name);
    Agency {
        id: format!("{}-{}", text::slug(&name), commune.code),
        level: Level::Commune,
        kind: AgencyKind::PeoplesCommittee,
        name_en: format!("{} People's Committee", commune.full_name_en()),
        name,
        domain: province.domain.as_deref().map(|d| commune.domain_under(d)),
        domain_verified: false,
        code: None,
        parent: Some(province.id.clone()),
        province: Some(commune.province),
        commune: Some(commune.code),
        from: Some(FIRST_DAY_OF_COMMUNES),
        until: None,
        successor: None,
        legal_basis: "Luật Tổ chức chính quyền địa phương 72/2025/QH15".to_owned(),
        source: "units/communes.csv".to_owned(),
    }
}

/// Since this day local government has two levels.
const FIRST_DAY_OF_COMMUNES: Date = jiff::civil::date(2025, 7, 1);
