//! Reading `data/kinds`. What is wrong in a file is said with its name and its field; nothing half-read comes out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::check::ISSUED;
use super::shape::{Ahead, Choice, Field, Shape};
use super::{Both, Kind, Persons};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommonFile {
    field: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    id: String,
    slug: String,
    name: Both,
    help: Both,
    basis: String,
    schema_org: String,
    #[serde(default)]
    official: bool,
    #[serde(default)]
    in_digest: bool,
    #[serde(default)]
    reference: bool,
    #[serde(default)]
    forms: Vec<String>,
    common: BTreeMap<String, String>,
    facets: Vec<String>,
    #[serde(default)]
    persons: Vec<RawPersons>,
    example: BTreeMap<String, String>,
    #[serde(default)]
    field: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPersons {
    from: Date,
    count: u8,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    id: String,
    #[serde(rename = "type")]
    shape: String,
    label: Both,
    #[serde(default)]
    help: Both,
    #[serde(default)]
    required: bool,
    most: Option<usize>,
    mask: Option<String>,
    least: Option<i64>,
    greatest: Option<i64>,
    unit: Option<Both>,
    #[serde(default)]
    choices: Vec<RawChoice>,
    not_before: Option<String>,
    ahead: Option<RawAhead>,
    shown_as: Option<String>,
    property: Option<String>,
    #[serde(default)]
    checklist: bool,
    example: Option<toml::Value>,
    #[serde(default)]
    field: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    id: String,
    vi: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAhead {
    working_days: u32,
    unless: Option<String>,
    is: Option<String>,
    basis: String,
}

/// All kinds of the files, each given by its name.
pub(super) fn all(common: &str, files: &[(&str, &str)]) -> Result<Vec<Kind>, String> {
    let common: CommonFile = toml::from_str(common).map_err(|e| format!("common.toml: {e}"))?;
    let common = fields(common.field, true).map_err(|e| format!("common.toml: {e}"))?;
    let mut kinds: Vec<Kind> = Vec::new();
    for (name, text) in files {
        let kind = kind(name, text, &common).map_err(|e| format!("{name}.toml: {e}"))?;
        if kinds.iter().any(|other| other.id == kind.id || other.slug == kind.slug) {
            return Err(format!("{name}.toml: id or slug stands in another file too"));
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

fn kind(file: &str, text: &str, common: &[Field]) -> Result<Kind, String> {
    let raw: KindFile = toml::from_str(text).map_err(|e| e.to_string())?;
    if raw.id != file || !is_word(&raw.id) || !is_word(&raw.slug) {
        return Err(format!("id {} and slug {} must be words, the id that of the file", raw.id, raw.slug));
    }
    for both in [&raw.name, &raw.help] {
        whole("name, help", both)?;
    }
    if raw.basis.is_empty() || raw.schema_org.is_empty() {
        return Err("basis and schema_org must not be empty".into());
    }
    let mut asked = Vec::new();
    for field in common {
        if let Some(need) = raw.common.get(&field.id) {
            let required = match need.as_str() {
                "required" => true,
                "offered" => false,
                other => return Err(format!("common.{}: {other} is neither required nor offered", field.id)),
            };
            asked.push(Field { required, ..field.clone() });
        }
    }
    let known = |id: &String| common.iter().any(|field| field.id == *id);
    if let Some(id) = raw.common.keys().find(|id| !known(id)) {
        return Err(format!("common.{id}: common.toml has no such field"));
    }
    if let Some(id) = raw.example.keys().find(|id| *id != "title" && !raw.common.contains_key(*id)) {
        return Err(format!("example.{id}: this kind does not ask for it"));
    }
    if !raw.example.contains_key("title") {
        return Err("example.title is missing".into());
    }
    let mut persons: Vec<Persons> = Vec::new();
    for RawPersons { from, count, basis } in raw.persons {
        if count == 0 || basis.is_empty() || persons.last().is_some_and(|last| last.from >= from) {
            return Err(format!("persons from {from}: a count, a basis, and days that go up"));
        }
        persons.push(Persons { from, count, basis });
    }
    let kind = Kind {
        id: raw.id,
        slug: raw.slug,
        name: raw.name,
        help: raw.help,
        basis: raw.basis,
        schema_org: raw.schema_org,
        official: raw.official,
        in_digest: raw.in_digest,
        reference: raw.reference,
        forms: raw.forms,
        common: asked,
        fields: fields(raw.field, true)?,
        facets: raw.facets,
        persons,
        example: raw.example.into_iter().collect(),
    };
    match kind.facets.iter().find(|path| !leads_to_a_field(&kind, path)) {
        Some(path) => Err(format!("facet {path} leads to no field")),
        None => Ok(kind),
    }
}

fn leads_to_a_field(kind: &Kind, path: &str) -> bool {
    kind.field(path).is_some_and(|field| field.inner().is_empty())
}

/// Fields beside each other; `outer` ones may hold groups and lists, theirs may not.
fn fields(raw: Vec<RawField>, outer: bool) -> Result<Vec<Field>, String> {
    let mut fields: Vec<Field> = Vec::new();
    for raw in raw {
        let id = raw.id.clone();
        let field = field(raw, outer, &fields).map_err(|e| format!("field {id}: {e}"))?;
        fields.push(field);
    }
    for field in &fields {
        let line = |id: &String| fields.iter().any(|f| f.id == *id && matches!(f.shape, Shape::Line { .. }));
        if field.shown_as.as_ref().is_some_and(|id| !line(id)) {
            return Err(format!("field {}: shown_as names no line beside it", field.id));
        }
    }
    Ok(fields)
}

fn field(raw: RawField, outer: bool, before: &[Field]) -> Result<Field, String> {
    let key = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if raw.id.is_empty() || !raw.id.bytes().all(key) || before.iter().any(|field| field.id == raw.id) {
        return Err("an id is a-z, 0-9 and _, and stands once".into());
    }
    whole("label", &raw.label)?;
    let timed = matches!(raw.shape.as_str(), "date" | "datetime");
    let beside = |id: &str| before.iter().find(|field| field.id == id);
    if let Some(id) = &raw.not_before
        && !(timed && (id == ISSUED || beside(id).is_some_and(|f| f.shape.name() == raw.shape)))
    {
        return Err(format!("not_before {id}: must be issued, or a field before it of the same type"));
    }
    let ahead = match raw.ahead {
        None => None,
        Some(_) if !timed => return Err("ahead: only a date has something ahead of it".into()),
        Some(RawAhead { working_days, unless, is, basis }) => {
            let unless = unless.zip(is);
            if let Some((id, word)) = &unless
                && !beside(id).is_some_and(
                    |f| matches!(&f.shape, Shape::Choice(all) if all.iter().any(|c| c.id == *word)),
                )
            {
                return Err(format!("ahead unless {id} is {word}: no such choice before it"));
            }
            Some(Ahead { working_days, unless, basis })
        }
    };
    let example = match raw.example {
        Some(toml::Value::String(text)) => text,
        Some(toml::Value::Integer(number)) => number.to_string(),
        None if !raw.field.is_empty() => String::new(),
        _ => return Err("an example is a text or a number".into()),
    };
    if raw.checklist && raw.shape != "list" {
        return Err("checklist: only rows can be ticked off".into());
    }
    let most = || raw.most.filter(|most| *most > 0).ok_or("most is missing");
    let shape = match raw.shape.as_str() {
        "line" => Shape::Line { most: most()?, mask: raw.mask },
        "text" => Shape::Text { most: most()? },
        "date" => Shape::Date,
        "datetime" => Shape::DateTime,
        "choice" if !raw.choices.is_empty() => {
            let each = |c: RawChoice| Choice { id: c.id, name: Both { vi: c.vi, en: c.en } };
            Shape::Choice(raw.choices.into_iter().map(each).collect())
        }
        "number" => {
            let (least, greatest) = raw.least.zip(raw.greatest).ok_or("least and greatest are missing")?;
            Shape::Number { least, greatest, unit: raw.unit }
        }
        "address" => Shape::Address,
        "phone" => Shape::Phone,
        "email" => Shape::Email,
        "agency" => Shape::Agency,
        "file" => Shape::File,
        "item" => Shape::Item,
        "group" if outer && !raw.field.is_empty() => Shape::Group(fields(raw.field, false)?),
        "list" if outer && !raw.field.is_empty() => {
            Shape::List { most: most()?, fields: fields(raw.field, false)? }
        }
        other => return Err(format!("type {other} is unknown, lacks its parts, or stands too deep")),
    };
    Ok(Field {
        id: raw.id,
        label: raw.label,
        help: raw.help,
        required: raw.required,
        shape,
        not_before: raw.not_before,
        ahead,
        shown_as: raw.shown_as,
        property: raw.property,
        checklist: raw.checklist,
        example,
    })
}

fn whole(what: &str, both: &Both) -> Result<(), String> {
    let whole = !both.vi.trim().is_empty() && !both.en.trim().is_empty();
    if whole { Ok(()) } else { Err(format!("{what} must stand in both languages")) }
}

fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
