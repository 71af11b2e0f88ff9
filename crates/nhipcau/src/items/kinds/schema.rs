//! The JSON Schema (2020-12) of an item of a kind as it is handed in: what `POST /api/v1/items` takes as `item`.
//!
//! `title` and `description` are Vietnamese, `x-title-en` and `x-description-en` the same in English. The schema says all that
//! a schema can; that a downtime is announced in time and that a file is attached are said by the node alone.

use serde_json::{Map, Value, json};

use super::shape::{Field, Shape};
use super::{Both, Kind};

const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
const TEXT: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

impl Kind {
    /// The schema of an item of this kind; `base` is the address of the API's `/api/v1/kinds`.
    pub fn json_schema(&self, base: &str) -> Value {
        let mut properties = Map::new();
        properties.insert("kind".into(), json!({ "const": self.id }));
        properties.insert(
            "title".into(),
            json!({ "type": "string", "minLength": 1, "maxLength": 500, "pattern": LINE }),
        );
        properties
            .insert("lang".into(), json!({ "type": "string", "maxLength": 35, "description": "BCP 47; vi" }));
        let mut required = vec!["kind", "title"];
        for field in &self.common {
            properties.insert(field.id.clone(), common(self, field));
            if field.required {
                required.push(&field.id);
            }
        }
        let own = object(&self.fields);
        if own["required"].as_array().is_some_and(|all| !all.is_empty()) {
            required.push("details");
        }
        properties.insert("details".into(), own);
        properties.insert("format".into(), json!({ "enum": ["", "markdown", "html", "text"] }));
        properties.insert("layer".into(), json!({ "enum": ["", "official", "digitised", "none"] }));
        properties
            .insert("change_note".into(), json!({ "type": "string", "maxLength": 2000, "pattern": TEXT }));
        properties.insert("translations".into(), translations());
        properties.insert("sample".into(), json!({ "type": "boolean" }));
        properties.insert("urgent".into(), json!({ "type": "boolean" }));
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("{base}/{}", self.id),
            "type": "object",
            "required": required,
            "properties": properties,
            "additionalProperties": false,
        });
        named(&mut schema, &self.name, &self.help);
        schema
    }
}

/// The text in other languages, as the draft has it.
fn translations() -> Value {
    json!({
        "type": ["array", "null"],
        "maxItems": 20,
        "items": {
            "type": "object",
            "required": ["lang", "title"],
            "properties": {
                "lang": { "type": "string", "maxLength": 35, "pattern": "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$" },
                "title": { "type": "string", "minLength": 1, "maxLength": 500, "pattern": LINE },
                "summary": { "type": "string", "maxLength": 4000, "pattern": TEXT },
                "text": { "type": "string", "pattern": TEXT },
                "format": { "enum": ["", "markdown", "html", "text"] },
                "of": { "type": ["integer", "null"], "minimum": 1 },
            },
            "additionalProperties": false,
        },
        "title": "Bản dịch",
        "x-title-en": "Translations",
    })
}

/// A common field, as the draft has it.
fn common(kind: &Kind, field: &Field) -> Value {
    let mut schema = match field.id.as_str() {
        "fields" => {
            json!({ "type": "array", "items": { "type": "string", "pattern": "^[a-z0-9-]{1,60}$" }, "maxItems": 20 })
        }
        "source" => json!({
            "type": "object",
            "required": ["name"],
            "properties": { "name": of(field), "url": { "type": "string", "maxLength": 2000, "pattern": "^https?://" } },
            "additionalProperties": false,
        }),
        "files" => json!({
            "type": "array",
            "maxItems": 400,
            "items": {
                "type": "object",
                "required": ["name", "type", "base64"],
                "properties": {
                    "name": { "type": "string", "minLength": 1, "maxLength": 255 },
                    "type": { "type": "string", "minLength": 1, "maxLength": 127 },
                    "base64": { "type": "string", "contentEncoding": "base64" },
                },
                "additionalProperties": false,
            },
        }),
        _ => of(field),
    };
    if field.id == "form" && !kind.forms.is_empty() {
        schema["examples"] = json!(kind.forms);
    }
    if field.required && matches!(schema["type"].as_str(), Some("array")) {
        schema["minItems"] = 1.into();
    }
    named(&mut schema, &field.label, &field.help);
    schema
}

fn object(fields: &[Field]) -> Value {
    let each = |field: &Field| {
        let mut schema = of(field);
        named(&mut schema, &field.label, &field.help);
        (field.id.clone(), schema)
    };
    let required: Vec<&String> =
        fields.iter().filter(|field| field.required).map(|field| &field.id).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": fields.iter().map(each).collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}

/// What a field's value must be.
fn of(field: &Field) -> Value {
    let text = |most: usize, pattern: &str| json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": pattern });
    match &field.shape {
        Shape::Line { most, mask: None } => text(*most, LINE),
        Shape::Line { most, mask: Some(mask) } => text(*most, &masked(mask)),
        Shape::Text { most } => text(*most, TEXT),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::DateTime => {
            json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$" })
        }
        Shape::Choice(choices) => {
            let names = |name: fn(&Both) -> &str| -> Map<String, Value> {
                choices.iter().map(|c| (c.id.clone(), name(&c.name).into())).collect()
            };
            json!({
                "enum": choices.iter().map(|choice| &choice.id).collect::<Vec<_>>(),
                "x-names": names(|both| &both.vi),
                "x-names-en": names(|both| &both.en),
            })
        }
        Shape::Number { least, greatest, .. } => {
            json!({ "type": "integer", "minimum": least, "maximum": greatest })
        }
        Shape::Address => text(2_000, r"^https?://[^\s]+$"),
        Shape::Phone => text(30, r"^[+]?[0-9 .()-]+$"),
        Shape::Email => json!({ "type": "string", "format": "email", "maxLength": 254 }),
        Shape::Agency => text(300, LINE),
        Shape::File => text(255, LINE),
        Shape::Item => text(41, "^[0-9a-f]{8}-[0-9a-f]{32}$"),
        Shape::Group(fields) => object(fields),
        Shape::List { fields, most } => {
            let least = usize::from(field.required);
            json!({ "type": "array", "minItems": least, "maxItems": most, "items": object(fields) })
        }
    }
}

fn masked(mask: &str) -> String {
    let each = |c: char| match c {
        '0' => "[0-9]".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => format!("\\{c}"),
    };
    format!("^{}$", mask.chars().map(each).collect::<String>())
}

fn named(schema: &mut Value, name: &Both, help: &Both) {
    schema["title"] = name.vi.as_str().into();
    schema["x-title-en"] = name.en.as_str().into();
    if !help.vi.is_empty() {
        schema["description"] = help.vi.as_str().into();
        schema["x-description-en"] = help.en.as_str().into();
    }
}
