//! From tables to [`Units`]: every cell checked, every reference resolved, domain labels made unique.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::lookup::OLD_KINDS;
use super::{
    Commune, CommuneCode, CommuneKind, OldCommune, Province, ProvinceCode, ProvinceKind, Successor, Tables,
    Units,
};
use crate::DataError;
use crate::table::{at, rows};
use crate::text;

const PROVINCES: &str = "units/provinces.csv";
const COMMUNES: &str = "units/communes.csv";
const ALIASES: &str = "units/code_aliases.csv";
const DISTRICTS: &str = "units/old_districts.csv";
const OLD: &str = "units/old_communes.csv";

#[derive(Deserialize)]
struct ProvinceRow {
    code: String,
    kind: String,
    name: String,
    name_en: String,
}

#[derive(Deserialize)]
struct CommuneRow {
    code: String,
    province: String,
    kind: String,
    name: String,
}

#[derive(Deserialize)]
struct AliasRow {
    alias: String,
    code: String,
}

#[derive(Deserialize)]
struct DistrictRow {
    code: String,
    province: String,
    name: String,
}

#[derive(Deserialize)]
struct OldRow {
    code: String,
    district: String,
    name: String,
    successors: String,
}

pub(super) fn units(tables: &Tables<'_>) -> Result<Units, DataError> {
    let provinces = provinces(tables.provinces)?;
    let communes = communes(tables.communes, &provinces)?;
    let by_code = communes.iter().enumerate().map(|(i, c)| (c.code, i)).collect();
    let aliases = aliases(tables.code_aliases, &by_code)?;
    let old = old_communes(tables, &by_code)?;
    Ok(Units {
        by_name: index(communes.iter().map(|c| c.name.as_str())),
        old_by_name: index(old.iter().map(|c| c.name.as_str())),
        old_by_code: old.iter().enumerate().filter_map(|(i, c)| Some((c.code?, i))).collect(),
        provinces,
        communes,
        aliases,
        old,
        by_code,
    })
}

fn provinces(table: &str) -> Result<Vec<Province>, DataError> {
    let mut provinces = Vec::new();
    let mut seen = HashSet::new();
    for (line, row) in rows::<ProvinceRow>(PROVINCES, table)? {
        let code: ProvinceCode = at(PROVINCES, line, row.code.parse())?;
        at(PROVINCES, line, once(&mut seen, code))?;
        let kind = match row.kind.as_str() {
            "tinh" => Ok(ProvinceKind::Province),
            "thanh_pho_tw" => Ok(ProvinceKind::City),
            other => Err(format!("kind `{other}`: tinh or thanh_pho_tw expected")),
        };
        let name = at(PROVINCES, line, named(&row.name))?;
        provinces.push(Province { code, kind: at(PROVINCES, line, kind)?, name, name_en: row.name_en });
    }
    provinces.sort_by_key(|p| p.code);
    Ok(provinces)
}

fn communes(table: &str, provinces: &[Province]) -> Result<Vec<Commune>, DataError> {
    let mut communes = Vec::new();
    let mut seen = HashSet::new();
    for (line, row) in rows::<CommuneRow>(COMMUNES, table)? {
        let code: CommuneCode = at(COMMUNES, line, row.code.parse())?;
        at(COMMUNES, line, once(&mut seen, code))?;
        let province: ProvinceCode = at(COMMUNES, line, row.province.parse())?;
        if !provinces.iter().any(|p| p.code == province) {
            return at(COMMUNES, line, Err(format!("province {province} is not in {PROVINCES}")));
        }
        let kind = match row.kind.as_str() {
            "xa" => Ok(CommuneKind::Commune),
            "phuong" => Ok(CommuneKind::Ward),
            "dac_khu" => Ok(CommuneKind::SpecialZone),
            other => Err(format!("kind `{other}`: xa, phuong or dac_khu expected")),
        };
        let label = text::label(&row.name).ok_or_else(|| format!("`{}` gives no domain label", row.name));
        communes.push(Commune {
            code,
            province,
            kind: at(COMMUNES, line, kind)?,
            name: at(COMMUNES, line, named(&row.name))?,
            label: at(COMMUNES, line, label)?,
        });
    }
    communes.sort_by_key(|c| (c.province, c.code));
    tell_labels_apart(&mut communes);
    Ok(communes)
}

/// Where communes of one province share a label, each of them takes its code along. The hyphen keeps such a label apart
/// from every default one, which has none.
fn tell_labels_apart(communes: &mut [Commune]) {
    let mut count: HashMap<(ProvinceCode, String), usize> = HashMap::new();
    for c in communes.iter() {
        *count.entry((c.province, c.label.clone())).or_default() += 1;
    }
    for c in communes {
        if count.get(&(c.province, c.label.clone())).is_some_and(|n| *n > 1) {
            c.label = format!("{}-{}", c.label, c.code);
        }
    }
}

fn aliases(
    table: &str,
    by_code: &HashMap<CommuneCode, usize>,
) -> Result<HashMap<CommuneCode, CommuneCode>, DataError> {
    let mut aliases = HashMap::new();
    for (line, row) in rows::<AliasRow>(ALIASES, table)? {
        let alias: CommuneCode = at(ALIASES, line, row.alias.parse())?;
        let code: CommuneCode = at(ALIASES, line, row.code.parse())?;
        if by_code.contains_key(&alias) || !by_code.contains_key(&code) {
            return at(ALIASES, line, Err(format!("{alias} must be unknown and {code} known in {COMMUNES}")));
        }
        aliases.insert(alias, code);
    }
    Ok(aliases)
}

fn old_communes(
    tables: &Tables<'_>,
    by_code: &HashMap<CommuneCode, usize>,
) -> Result<Vec<OldCommune>, DataError> {
    let districts: HashMap<String, DistrictRow> = rows::<DistrictRow>(DISTRICTS, tables.old_districts)?
        .into_iter()
        .map(|(_, row)| (row.code.clone(), row))
        .collect();
    let mut old = Vec::new();
    let mut seen = HashSet::new();
    for (line, row) in rows::<OldRow>(OLD, tables.old_communes)? {
        let code: Option<CommuneCode> =
            if row.code.is_empty() { None } else { Some(at(OLD, line, row.code.parse())?) };
        if let Some(code) = code {
            at(OLD, line, once(&mut seen, code))?;
        }
        let district =
            districts.get(&row.district).ok_or_else(|| format!("district {} is unknown", row.district));
        let district = at(OLD, line, district)?;
        let split = OLD_KINDS.iter().find_map(|(word, kind)| {
            let (head, name) = row.name.split_at_checked(word.len())?;
            (head.to_lowercase() == *word).then(|| (*kind, name.trim_start()))
        });
        let (kind, name) = at(OLD, line, split.ok_or_else(|| format!("`{}` begins with no kind", row.name)))?;
        old.push(OldCommune {
            code,
            kind,
            name: at(OLD, line, named(name))?,
            district: district.name.clone(),
            province: district.province.clone(),
            successors: at(OLD, line, successors(&row.successors, by_code))?,
        });
    }
    Ok(old)
}

/// New codes apart by spaces, each with `?` behind it where sources differ.
fn successors(cell: &str, by_code: &HashMap<CommuneCode, usize>) -> Result<Vec<Successor>, String> {
    let mut successors = Vec::new();
    for word in cell.split(' ') {
        let (code, disputed) = word.strip_suffix('?').map_or((word, false), |code| (code, true));
        let commune: CommuneCode = code.parse().map_err(|error: super::CodeError| error.to_string())?;
        if !by_code.contains_key(&commune) {
            return Err(format!("successor {commune} is not in {COMMUNES}"));
        }
        successors.push(Successor { commune, disputed });
    }
    Ok(successors)
}

fn named(name: &str) -> Result<String, String> {
    if name.is_empty() || name != text::nfc(name.trim()) {
        return Err(format!("name `{name}`: not empty, trimmed and in NFC expected"));
    }
    Ok(name.to_owned())
}

fn once<C: Copy + Eq + std::hash::Hash + std::fmt::Display>(
    seen: &mut HashSet<C>,
    code: C,
) -> Result<(), String> {
    if seen.insert(code) { Ok(()) } else { Err(format!("code {code} stands twice")) }
}

fn index<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, Vec<usize>> {
    let mut index: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, name) in names.enumerate() {
        index.entry(text::slug(name)).or_default().push(place);
    }
    index
}
