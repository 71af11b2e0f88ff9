//! From the table to bodies: every cell checked, parents and successors resolved.

use std::collections::HashSet;

use serde::Deserialize;

use super::{Agency, AgencyKind};
use crate::DataError;
use crate::table::{at, day, rows};
use crate::text;

const FILE: &str = "agencies/agencies.csv";

#[derive(Deserialize)]
struct Row {
    id: String,
    level: String,
    kind: String,
    name: String,
    name_en: String,
    domain: String,
    domain_verified: u8,
    code: String,
    parent: String,
    province: String,
    from: String,
    until: String,
    successor: String,
    legal_basis: String,
    source: String,
}

pub(super) fn agencies(table: &str) -> Result<Vec<Agency>, DataError> {
    let rows = rows::<Row>(FILE, table)?;
    let ids: HashSet<String> = rows.iter().map(|(_, row)| row.id.clone()).collect();
    if ids.len() < rows.len() {
        let mut seen = HashSet::new();
        let twice = rows.iter().find(|(_, row)| !seen.insert(&row.id));
        let (line, id) = twice.map_or((1, ""), |(line, row)| (*line, row.id.as_str()));
        return at(FILE, line, Err(format!("id `{id}` stands twice")));
    }
    rows.into_iter().map(|(line, row)| at(FILE, line, agency(row, &ids))).collect()
}

fn agency(row: Row, ids: &HashSet<String>) -> Result<Agency, String> {
    for (what, id) in [("parent", &row.parent), ("successor", &row.successor)] {
        if !id.is_empty() && !ids.contains(id) {
            return Err(format!("{what} `{id}` is not in the table"));
        }
    }
    if row.name.is_empty() || row.name != text::nfc(row.name.trim()) {
        return Err(format!("name `{}`: not empty, trimmed and in NFC expected", row.name));
    }
    let (from, until) = (day(&row.from)?, day(&row.until)?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err("`from` must be before `until`".to_owned());
    }
    Ok(Agency {
        level: row.level.parse()?,
        kind: kind(&row.kind)?,
        domain: given(row.domain),
        domain_verified: row.domain_verified == 1,
        code: given(row.code).map(|c| c.parse().map_err(|e| format!("{e}"))).transpose()?,
        province: given(row.province).map(|c| c.parse().map_err(|e| format!("{e}"))).transpose()?,
        commune: None,
        parent: given(row.parent),
        successor: given(row.successor),
        id: row.id,
        name: row.name,
        name_en: row.name_en,
        from,
        until,
        legal_basis: row.legal_basis,
        source: row.source,
    })
}

fn given(cell: String) -> Option<String> {
    (!cell.is_empty()).then_some(cell)
}

fn kind(word: &str) -> Result<AgencyKind, String> {
    match word {
        "government" => Ok(AgencyKind::Government),
        "office" => Ok(AgencyKind::Office),
        "ministry" => Ok(AgencyKind::Ministry),
        "ministerial_agency" => Ok(AgencyKind::MinisterialAgency),
        "people_committee" => Ok(AgencyKind::PeoplesCommittee),
        other => Err(format!("kind `{other}` is unknown")),
    }
}
