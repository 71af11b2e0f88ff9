//! A kind as data for programs that draw forms or filters: what `GET /api/v1/kinds` tells of each.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::Kind;
use super::shape::{Field, Shape};

impl Kind {
    /// The kind with its fields; `persons` as the rule stands on `day`, `base` as in [`Kind::json_schema`].
    pub fn described(&self, day: Date, base: &str) -> Value {
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "help": self.help,
            "basis": self.basis,
            "schema_org": self.schema_org,
            "official": self.official,
            "in_digest": self.in_digest,
            "reference": self.reference,
            "persons": self.persons(day),
            "persons_rules": self.persons_rules().iter().map(|rule| json!({
                "from": rule.from.to_string(), "count": rule.count, "basis": rule.basis,
            })).collect::<Vec<_>>(),
            "facets": self.facets,
            "forms": self.forms,
            "common": self.common.iter().map(described).collect::<Vec<_>>(),
            "fields": self.fields.iter().map(described).collect::<Vec<_>>(),
            "schema": format!("{base}/{}", self.id),
        })
    }
}

fn described(field: &Field) -> Value {
    let mut told = json!({
        "id": field.id,
        "type": field.shape.name(),
        "label": field.label,
        "required": field.required,
    });
    if !field.help.vi.is_empty() {
        told["help"] = json!(field.help);
    }
    match &field.shape {
        Shape::Line { most, mask } => {
            told["most"] = (*most).into();
            if let Some(mask) = mask {
                told["mask"] = mask.as_str().into();
            }
        }
        Shape::Text { most } => told["most"] = (*most).into(),
        Shape::Choice(choices) => {
            told["choices"] =
                choices.iter().map(|choice| json!({ "id": choice.id, "name": choice.name })).collect();
        }
        Shape::Number { least, greatest, unit } => {
            told["least"] = (*least).into();
            told["greatest"] = (*greatest).into();
            if let Some(unit) = unit {
                told["unit"] = json!(unit);
            }
        }
        Shape::List { most, .. } => told["most"] = (*most).into(),
        _ => {}
    }
    if !field.inner().is_empty() {
        told["fields"] = field.inner().iter().map(described).collect();
    }
    if let Some(id) = &field.not_before {
        told["not_before"] = id.as_str().into();
    }
    if let Some(ahead) = &field.ahead {
        told["ahead"] = json!({ "working_days": ahead.working_days, "basis": ahead.basis });
    }
    told
}
