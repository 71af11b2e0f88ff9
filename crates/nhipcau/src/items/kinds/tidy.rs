//! Details as people hand them in, made ready to be checked: one spelling, no empty fields, numbers as numbers.
//!
//! Forms and front matter know only texts, and send a field that was left alone as an empty one.

use serde_json::{Map, Value};
use vietnam::text::nfc;

use super::shape::{Field, Shape};

/// The details in NFC, each text trimmed, what is empty left out, and digits read as a number where `fields` ask for one.
pub fn tidy(fields: &[Field], details: Map<String, Value>) -> Map<String, Value> {
    let mut tidied = Map::new();
    for (key, value) in details {
        let field = fields.iter().find(|field| field.id == key);
        if let Some(value) = value_of(field, value) {
            tidied.insert(nfc(&key), value);
        }
    }
    tidied
}

fn value_of(field: Option<&Field>, value: Value) -> Option<Value> {
    let inner = field.map_or(&[][..], Field::inner);
    match value {
        Value::Null => None,
        Value::String(text) => {
            let text = nfc(text.replace("\r\n", "\n").trim());
            let number = field.is_some_and(|field| matches!(field.shape, Shape::Number { .. }));
            // Where TOML writes a minute it must write its seconds too.
            let minute =
                field.is_some_and(|field| matches!(field.shape, Shape::DateTime)) && text.len() == 19;
            let text = text.strip_suffix(":00").filter(|_| minute).map_or(text.clone(), str::to_owned);
            match text.parse::<i64>() {
                Ok(whole) if number => Some(whole.into()),
                _ => (!text.is_empty()).then(|| text.into()),
            }
        }
        Value::Array(rows) => {
            let kept = rows.into_iter().filter_map(|row| match row {
                Value::Object(map) => some(tidy(inner, map)),
                other => value_of(None, other),
            });
            let kept: Vec<Value> = kept.collect();
            (!kept.is_empty()).then(|| kept.into())
        }
        Value::Object(map) => some(tidy(inner, map)),
        other => Some(other),
    }
}

fn some(map: Map<String, Value>) -> Option<Value> {
    (!map.is_empty()).then_some(Value::Object(map))
}
