//! An example of each kind: what a newcomer starts from, and what the tests issue. Its dates count from the day given.

use anyhow::Context;
use base64::Engine;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::Kind;
use super::shape::{Field, Shape};
use crate::items::draft::Draft;

/// The attachment of examples: its name in `data/kinds`, and its bytes.
pub const FILE: (&str, &str) = ("tep-mau.csv", "chi_tieu,so_tien\nThu,120\nChi,118\n");

impl Kind {
    /// The example as JSON, as `POST /api/v1/items` takes it in `item`; every field that the kind has of its own is filled.
    pub fn example(&self, day: Date) -> Value {
        let mut draft = Map::new();
        draft.insert("kind".into(), self.id.as_str().into());
        draft.insert("sample".into(), true.into());
        draft.extend(self.example.iter().map(|(id, text)| (id.clone(), text.as_str().into())));
        for field in self.common.iter().filter(|field| field.required) {
            if !draft.contains_key(&field.id) && field.id != "files" {
                draft.insert(field.id.clone(), value(field, day));
            }
        }
        if self.fields.iter().any(has_file) || self.common.iter().any(|f| f.id == "files" && f.required) {
            let base64 = base64::engine::general_purpose::STANDARD.encode(FILE.1);
            draft.insert("files".into(), json!([{ "name": FILE.0, "type": "text/csv", "base64": base64 }]));
        }
        if !self.fields.is_empty() {
            draft.insert("details".into(), object(&self.fields, day));
        }
        Value::Object(draft)
    }

    /// The example as a draft.
    ///
    /// # Errors
    /// Never: the tests read every one.
    pub fn example_draft(&self, day: Date) -> anyhow::Result<Draft> {
        serde_json::from_value(self.example(day)).with_context(|| format!("the example of {}", self.id))
    }

    /// The example as a file for `nhipcau issue`: front matter in TOML, then the text.
    ///
    /// # Errors
    /// Never: the tests write every one.
    pub fn example_file(&self, day: Date) -> anyhow::Result<String> {
        let mut draft = self.example(day);
        let text = draft["text"].take();
        if let Value::Object(map) = &mut draft {
            map.remove("text");
            if map.contains_key("files") {
                map.insert("files".into(), json!([FILE.0]));
            }
        }
        let head = toml::to_string(&draft).with_context(|| format!("the example of {}", self.id))?;
        let text = text.as_str().map(|text| format!("\n{text}\n")).unwrap_or_default();
        Ok(format!("+++\n{head}+++\n{text}"))
    }
}

fn has_file(field: &Field) -> bool {
    matches!(field.shape, Shape::File) || field.inner().iter().any(has_file)
}

fn object(fields: &[Field], day: Date) -> Value {
    // What most items go without has no example.
    let filled = fields.iter().map(|field| (field.id.clone(), value(field, day)));
    Value::Object(filled.filter(|(_, value)| value != "").collect())
}

fn value(field: &Field, day: Date) -> Value {
    match &field.shape {
        Shape::Group(fields) => object(fields, day),
        Shape::List { fields, .. } => json!([object(fields, day)]),
        Shape::Number { .. } => field.example.parse::<i64>().map_or(Value::Null, Value::from),
        Shape::Date | Shape::DateTime => counted(&field.example, day).into(),
        _ => field.example.as_str().into(),
    }
}

/// `+30T22:00` counted from a day.
fn counted(text: &str, day: Date) -> String {
    let (days, hour) = text.find('T').map_or((text, ""), |at| text.split_at(at));
    let days = days.trim_start_matches('+').parse::<i32>().unwrap_or_default();
    let day = day.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(day);
    format!("{day}{hour}")
}
