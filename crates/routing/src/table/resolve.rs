//! Who answers: a topic, a condition, a place and a day in, one body out, or the reason why none.

use jiff::civil::Date;
use vietnam::units::{Commune, CommuneKind, Province, ProvinceKind, Units};

use super::{CATCH_ALL, Level, Row, Table};

/// Where something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The province.
    pub province: &'a Province,
    /// The commune, if it is known.
    pub commune: Option<&'a Commune>,
}

/// The body that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The index of its row.
    pub row: usize,
    /// Its level.
    pub level: Level,
    /// The generic body, as the table has it.
    pub agency: &'a str,
    /// The body of that place: `Ủy ban nhân dân xã Bản Lầu – …`; nothing where the place is unknown, or the body serves an area that
    /// no table here draws (Thuế cơ sở, Chi cục Hải quan khu vực).
    pub here: Option<String>,
    /// The documents that give it the task.
    pub legal_basis: &'a str,
    /// What to know or check; may be empty.
    pub note: &'a str,
}

/// Why nobody could be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The topic is the one for what is unclear; its row names who receives and passes on, not who must answer.
    CatchAll,
    /// There is no such topic, or no such row of it.
    Unknown,
    /// No row of the topic holds on that day.
    NotOnThatDay,
}

/// How much of the table resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Pairs of topic and commune.
    pub pairs: u64,
    /// Of these, pairs that name a body.
    pub resolved: u64,
    /// Of the resolved, those whose body is named down to the place.
    pub named_here: u64,
    /// Of the pairs, those that only the catch-all takes.
    pub catch_all: u64,
    /// Of the pairs, those for which no row holds on the day.
    pub missing: u64,
    /// Fields of the database of procedures.
    pub fields: u64,
    /// Of these, fields with a topic.
    pub fields_with_topic: u64,
    /// Procedures of the database.
    pub procedures: u64,
    /// Of these, procedures whose field has a topic.
    pub procedures_with_topic: u64,
}

impl Table {
    /// The body that must answer for a topic: the row named, or the one that answers first.
    ///
    /// # Errors
    /// Why nobody can be named.
    pub fn resolve(
        &self,
        topic: usize,
        row: Option<usize>,
        place: Option<Place<'_>>,
        day: Date,
    ) -> Result<Answer<'_>, Unresolved> {
        let Some(known) = self.topics().get(topic) else { return Err(Unresolved::Unknown) };
        if known.id == CATCH_ALL {
            return Err(Unresolved::CatchAll);
        }
        let (index, row) = match row {
            Some(index) => {
                let row = self
                    .rows()
                    .get(index)
                    .filter(|row| row.topic == topic && row.lead)
                    .ok_or(Unresolved::Unknown)?;
                if !row.holds_on(day) {
                    return Err(Unresolved::NotOnThatDay);
                }
                (index, row)
            }
            None => {
                self.leads(topic, day).find(|(_, row)| row.is_default()).ok_or(Unresolved::NotOnThatDay)?
            }
        };
        Ok(Answer {
            row: index,
            level: row.level,
            agency: &row.agency,
            here: here(row, place),
            legal_basis: &row.legal_basis,
            note: &row.note,
        })
    }

    /// How much of the table resolves on a day, over every topic and every commune.
    #[must_use]
    pub fn coverage(&self, day: Date) -> Coverage {
        let units = Units::shipped();
        let mut coverage = Coverage {
            pairs: 0,
            resolved: 0,
            named_here: 0,
            catch_all: 0,
            missing: 0,
            fields: self.fields().len() as u64,
            fields_with_topic: 0,
            procedures: self.fields().iter().map(|(_, count)| u64::from(*count)).sum(),
            procedures_with_topic: 0,
        };
        for topic in 0..self.topics().len() {
            for province in units.provinces() {
                for commune in units.communes_of(province.code) {
                    coverage.pairs += 1;
                    match self.resolve(topic, None, Some(Place { province, commune: Some(commune) }), day) {
                        Ok(answer) => {
                            coverage.resolved += 1;
                            coverage.named_here += u64::from(answer.here.is_some());
                        }
                        Err(Unresolved::CatchAll) => coverage.catch_all += 1,
                        Err(_) => coverage.missing += 1,
                    }
                }
            }
        }
        for (field, count) in self.fields() {
            if self.topics().iter().any(|topic| topic.procedure_fields.contains(field)) {
                coverage.fields_with_topic += 1;
                coverage.procedures_with_topic += u64::from(*count);
            }
        }
        coverage
    }
}

/// The name of a row's body at a place, where the name follows from the unit.
fn here(row: &Row, place: Option<Place<'_>>) -> Option<String> {
    let place = place?;
    let province = match place.province.kind {
        ProvinceKind::Province => format!("tỉnh {}", place.province.name),
        ProvinceKind::City => format!("thành phố {}", place.province.name),
    };
    match row.level {
        Level::Commune => {
            let commune = place.commune?;
            let unit = match commune.kind {
                CommuneKind::Commune => format!("xã {}", commune.name),
                CommuneKind::Ward => format!("phường {}", commune.name),
                CommuneKind::SpecialZone => format!("đặc khu {}", commune.name),
            };
            let agency = of_office(&row.agency, commune.kind);
            if let Some(inner) = agency.strip_prefix("UBND cấp xã") {
                return Some(format!("Ủy ban nhân dân {unit}{inner}"));
            }
            agency.contains("cấp xã").then(|| agency.replace("cấp xã", &unit))
        }
        Level::Province => {
            if let Some(inner) = row.agency.strip_prefix("UBND cấp tỉnh") {
                return Some(format!("Ủy ban nhân dân {province}{inner}"));
            }
            if row.agency.contains("cấp tỉnh") {
                return Some(row.agency.replace("cấp tỉnh", &province));
            }
            let (body, inner) = match row.agency.split_once(" – ") {
                Some((body, inner)) => (body, format!(" – {inner}")),
                None => (row.agency.as_str(), String::new()),
            };
            match body {
                "Thanh tra tỉnh" => Some(format!("Thanh tra {province}{inner}")),
                "Thuế tỉnh, thành phố" => Some(format!("Thuế {province}{inner}")),
                _ if body.starts_with("Sở ") && !body.contains('(') => {
                    Some(format!("{body} {province}{inner}"))
                }
                _ => None,
            }
        }
        Level::Central => Some(row.agency.clone()),
    }
}

/// The inner office by the kind of unit, where the table names one for communes and one for wards.
fn of_office(agency: &str, kind: CommuneKind) -> String {
    const BOTH: &str = "Phòng Kinh tế (xã, đặc khu) hoặc Phòng Kinh tế, Hạ tầng và Đô thị (phường)";
    let one = if kind == CommuneKind::Ward {
        "Phòng Kinh tế, Hạ tầng và Đô thị"
    } else {
        "Phòng Kinh tế"
    };
    agency.replace(BOTH, one)
}
