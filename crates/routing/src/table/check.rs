//! The rules that a table keeps; each fault says what was expected.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};
use vietnam::DataError;
use vietnam::text::nfc;

use super::read::{AUTHORITIES, TOPICS};
use super::{Level, Row, Topic};
use crate::read::fault;

/// The two-level government began.
const TWO_LEVELS: Date = date(2025, 7, 1);
/// The ministries were merged.
const MINISTRIES: Date = date(2025, 3, 1);

fn is_id(id: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.split('-').all(|word| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };
    id.split_once('.').is_some_and(|(group, topic)| part(group) && part(topic))
}

fn clean(name: &str, cell: &str) -> Result<(), String> {
    if nfc(cell) != cell {
        return Err(format!("{name}: not in Unicode normal form C"));
    }
    match cell.chars().find(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')) {
        Some(c) => Err(format!("{name}: control character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

pub(super) fn topic(topic: &Topic, fields: &HashSet<&str>) -> Result<(), String> {
    if !is_id(&topic.id) {
        return Err(format!("id `{}`: `group.topic` of a–z, 0–9 and hyphens expected", topic.id));
    }
    for (name, cell) in [
        ("group_vi", &topic.group),
        ("topic_vi", &topic.name),
        ("topic_en", &topic.name_en),
        ("includes", &topic.includes),
    ] {
        if cell.is_empty() {
            return Err(format!("{name} is empty"));
        }
        clean(name, cell)?;
    }
    for word in topic.words.iter().chain(&topic.urgent_signs) {
        clean("words", word)?;
    }
    let distinct: HashSet<String> = topic.words.iter().map(|word| word.to_lowercase()).collect();
    if distinct.len() != topic.words.len() {
        return Err("words: one stands twice".to_owned());
    }
    if !(10..=25).contains(&distinct.len()) {
        return Err(format!("words: {} of them, 10 to 25 expected", distinct.len()));
    }
    match topic.procedure_fields.iter().find(|field| !fields.contains(field.as_str())) {
        Some(field) => Err(format!("procedure_fields: `{field}` is no field of the database of procedures")),
        None => Ok(()),
    }
}

pub(super) fn topics(topics: &[(u64, Topic)], by_id: &HashMap<String, usize>) -> Result<(), DataError> {
    for (index, (line, topic)) in topics.iter().enumerate() {
        if by_id.get(&topic.id) != Some(&index) {
            return Err(fault(TOPICS, *line, format!("id `{}` stands twice", topic.id)));
        }
        if let Some((_, id)) = topic.excludes.iter().find(|(_, id)| !by_id.contains_key(id)) {
            return Err(fault(TOPICS, *line, format!("excludes: there is no topic `{id}`")));
        }
    }
    Ok(())
}

pub(super) fn row(row: &Row, today: Date) -> Result<(), String> {
    for (name, cell) in [
        ("condition", &row.condition),
        ("agency_vi", &row.agency),
        ("legal_basis", &row.legal_basis),
        ("note", &row.note),
    ] {
        clean(name, cell)?;
    }
    if row.agency.is_empty() || row.legal_basis.is_empty() {
        return Err("agency_vi and legal_basis may not be empty".to_owned());
    }
    if row.from > today {
        return Err(format!("from {}: lies in the future", row.from));
    }
    let first = if row.level == Level::Central { MINISTRIES } else { TWO_LEVELS };
    if row.from < first {
        return Err(format!("from {}: not before {first}", row.from));
    }
    if row.to.is_some_and(|to| to < row.from) {
        return Err("to lies before from".to_owned());
    }
    match kind_level(&row.agency) {
        Some(level) if level != row.level => {
            Err(format!("`{}` is not a body of level {}", row.agency, row.level))
        }
        _ => Ok(()),
    }
}

/// The level that the name of a body shows.
fn kind_level(agency: &str) -> Option<Level> {
    let starts = |words: &[&str]| words.iter().any(|word| agency.starts_with(word));
    // Soldiers' bodies of a province begin like a ministry.
    if agency.contains("cấp xã") || starts(&["Thuế cơ sở", "Bảo hiểm xã hội cơ sở"]) {
        Some(Level::Commune)
    } else if agency.contains("cấp tỉnh")
        || starts(&["Sở ", "Thanh tra tỉnh", "Thuế tỉnh", "Bộ đội", "Bộ Chỉ huy"])
    {
        Some(Level::Province)
    } else if starts(&[
        "Bộ ",
        "Bộ,",
        "Thanh tra Chính phủ",
        "Văn phòng Chính phủ",
        "Ngân hàng Nhà nước Việt Nam",
    ]) {
        Some(Level::Central)
    } else {
        None
    }
}

pub(super) fn rows(rows: &[(u64, Row)], topics: &[Topic]) -> Result<(), DataError> {
    let mut defaults: HashMap<usize, Level> = HashMap::new();
    let mut seen: HashSet<(usize, Level, &str, &str, bool, Date)> = HashSet::new();
    let mut leads: HashSet<(usize, Level, &str, Date)> = HashSet::new();
    for (line, row) in rows {
        let id = &topics[row.topic].id;
        if !seen.insert((row.topic, row.level, &row.condition, &row.agency, row.lead, row.from)) {
            return Err(fault(AUTHORITIES, *line, format!("this row of `{id}` stands twice")));
        }
        if row.lead && !leads.insert((row.topic, row.level, &row.condition, row.from)) {
            return Err(fault(
                AUTHORITIES,
                *line,
                format!(
                    "`{id}` has two leads at level {} under the condition `{}`",
                    row.level, row.condition
                ),
            ));
        }
        // A row that has ended may have a successor.
        if row.is_default() && row.to.is_none() {
            if row.level == Level::Central && topics[row.topic].outside.is_none() {
                return Err(fault(
                    AUTHORITIES,
                    *line,
                    format!("`{id}`: the body that answers first may not be central"),
                ));
            }
            if defaults.insert(row.topic, row.level).is_some() {
                return Err(fault(AUTHORITIES, *line, format!("`{id}` has two bodies that answer first")));
            }
        }
    }
    match topics.iter().enumerate().find(|(index, _)| !defaults.contains_key(index)) {
        Some((_, topic)) => Err(fault(
            AUTHORITIES,
            1,
            format!("`{}` has no row with an empty condition and lead = yes", topic.id),
        )),
        None => Ok(()),
    }
}
