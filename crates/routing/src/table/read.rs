//! Reading the table.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Deserialize;
use vietnam::DataError;

use super::{DANGER, Identity, POLICY, Row, Sure, Table, Tables, Topic, check};
use crate::read::{fault, rows};

pub(super) const TOPICS: &str = "petitions/topics.csv";
pub(super) const AUTHORITIES: &str = "petitions/authorities.csv";
const CONDITIONS: &str = "petitions/conditions.csv";
const FIELDS: &str = "petitions/procedure_fields.csv";

#[derive(Deserialize)]
struct TopicCells {
    id: String,
    group_vi: String,
    group_en: String,
    topic_vi: String,
    topic_en: String,
    includes: String,
    excludes: String,
    words: String,
    default_urgency: String,
    urgent_signs: String,
    identity: String,
    procedure_fields: String,
    outside: String,
}

#[derive(Deserialize)]
struct RowCells {
    topic_id: String,
    level: String,
    condition: String,
    agency_vi: String,
    lead: String,
    legal_basis: String,
    from: String,
    to: String,
    sure: String,
    note: String,
}

#[derive(Deserialize)]
struct Condition {
    topic_id: String,
    level: String,
    condition: String,
    signs: String,
}

#[derive(Deserialize)]
struct Field {
    field: String,
    procedures: u32,
}

fn list(cell: &str) -> Vec<String> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

pub(super) fn table(tables: &Tables<'_>, today: Date) -> Result<Table, DataError> {
    let fields: Vec<_> = rows::<Field>(FIELDS, tables.procedure_fields)?
        .into_iter()
        .map(|(_, row)| (row.field, row.procedures))
        .collect();
    let names: HashSet<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut topics = Vec::new();
    for (line, cells) in rows::<TopicCells>(TOPICS, tables.topics)? {
        let topic = topic(cells).map_err(|what| fault(TOPICS, line, what))?;
        check::topic(&topic, &names).map_err(|what| fault(TOPICS, line, what))?;
        topics.push((line, topic));
    }
    let by_id: HashMap<String, usize> =
        topics.iter().enumerate().map(|(index, (_, topic))| (topic.id.clone(), index)).collect();
    check::topics(&topics, &by_id)?;
    let topics: Vec<Topic> = topics.into_iter().map(|(_, topic)| topic).collect();
    let mut read = Vec::new();
    for (line, cells) in rows::<RowCells>(AUTHORITIES, tables.authorities)? {
        let row = row(cells, &by_id).map_err(|what| fault(AUTHORITIES, line, what))?;
        check::row(&row, today).map_err(|what| fault(AUTHORITIES, line, what))?;
        read.push((line, row));
    }
    check::rows(&read, &topics)?;
    let mut rows_read: Vec<Row> = read.into_iter().map(|(_, row)| row).collect();
    let (mut policy_signs, mut danger_signs, mut kind_signs) = (Vec::new(), Vec::new(), Vec::new());
    for (line, condition) in rows::<Condition>(CONDITIONS, tables.conditions)? {
        match (condition.topic_id.as_str(), condition.condition.as_str()) {
            ("*", POLICY) => {
                policy_signs = list(&condition.signs);
                continue;
            }
            ("*", DANGER) => {
                danger_signs = list(&condition.signs);
                continue;
            }
            ("*", kind) => {
                let kind = kind.parse().map_err(|what: String| fault(CONDITIONS, line, what))?;
                kind_signs.extend(list(&condition.signs).into_iter().map(|sign| (kind, sign)));
                continue;
            }
            _ => {}
        }
        let fits = rows_read.iter_mut().find(|row| {
            topics[row.topic].id == condition.topic_id
                && row.level.id() == condition.level
                && row.condition == condition.condition
                && row.lead
        });
        let row = fits.ok_or_else(|| {
            fault(
                CONDITIONS,
                line,
                format!(
                    "no lead row of `{}` at level {} has the condition `{}`",
                    condition.topic_id, condition.level, condition.condition
                ),
            )
        })?;
        row.signs = list(&condition.signs);
    }
    Ok(Table { topics, rows: rows_read, policy_signs, danger_signs, kind_signs, fields })
}

fn topic(cells: TopicCells) -> Result<Topic, String> {
    let excludes = cells
        .excludes
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.split_once('→')
                .map(|(text, id)| (text.trim().to_owned(), id.trim().to_owned()))
                .ok_or_else(|| format!("excludes `{part}`: `text → topic` expected"))
        })
        .collect::<Result<_, _>>()?;
    Ok(Topic {
        excludes,
        words: list(&cells.words),
        urgency: match cells.default_urgency.parse() {
            Ok(urgency @ 1..=5) => urgency,
            _ => return Err(format!("default_urgency `{}`: 1 to 5 expected", cells.default_urgency)),
        },
        urgent_signs: list(&cells.urgent_signs),
        identity: match cells.identity.as_str() {
            "named" => Identity::Named,
            "hidden" => Identity::Hidden,
            "anonymous allowed" => Identity::Anonymous,
            other => return Err(format!("identity `{other}`: named, hidden or anonymous allowed expected")),
        },
        procedure_fields: list(&cells.procedure_fields),
        outside: (!cells.outside.is_empty()).then_some(cells.outside),
        id: cells.id,
        group: cells.group_vi,
        group_en: cells.group_en,
        name: cells.topic_vi,
        name_en: cells.topic_en,
        includes: cells.includes,
    })
}

fn row(cells: RowCells, topics: &HashMap<String, usize>) -> Result<Row, String> {
    let day = |name: &str, cell: &str| {
        cell.parse::<Date>().map_err(|_| format!("{name} `{cell}`: a day such as 2025-07-01 expected"))
    };
    Ok(Row {
        topic: *topics
            .get(&cells.topic_id)
            .ok_or_else(|| format!("topic `{}` is not in topics.csv", cells.topic_id))?,
        level: cells.level.parse()?,
        lead: match cells.lead.as_str() {
            "yes" => true,
            "co-handler" => false,
            other => return Err(format!("lead `{other}`: yes or co-handler expected")),
        },
        from: day("from", &cells.from)?,
        to: if cells.to.is_empty() { None } else { Some(day("to", &cells.to)?) },
        sure: match cells.sure.as_str() {
            "high" => Sure::High,
            "medium" => Sure::Medium,
            "low" => Sure::Low,
            other => return Err(format!("sure `{other}`: high, medium or low expected")),
        },
        condition: cells.condition,
        agency: cells.agency_vi,
        legal_basis: cells.legal_basis,
        note: cells.note,
        signs: Vec::new(),
    })
}
