//! Holds JSON against a schema of the API's description: as much of JSON Schema as the description uses.
//! Stricter than the specification in one point: a field that is not described is a fault.

use serde_json::Value;

/// Every way in which `value` departs from the schema, each with its path.
pub fn faults(whole: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(whole, schema, value, "$", &mut faults);
    faults
}

/// What a `$ref` points to; the schema itself if it is none.
pub fn resolved<'a>(whole: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => {
            let found = whole.pointer(path.strip_prefix('#').unwrap());
            resolved(whole, found.unwrap_or_else(|| panic!("{path} leads nowhere")))
        }
        None => schema,
    }
}

fn check(whole: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = resolved(whole, schema);
    let mut fault = |why: String| faults.push(format!("{at}: {why}"));
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().filter(|one| self::faults(whole, one, value).is_empty()).count();
        if fits != 1 {
            fault(format!("{fits} of oneOf fit {value}"));
        }
        return;
    }
    if let Some(only) = schema.get("const")
        && only != value
    {
        fault(format!("{value} is not {only}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        fault(format!("{value} is none of {words:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|one| is_type(one, value)) {
        fault(format!("{value} is not {types:?}"));
        return;
    }
    match value {
        Value::Number(number) => {
            let out = |bound: &str, below: bool| match (schema[bound].as_f64(), number.as_f64()) {
                (Some(bound), Some(number)) => {
                    if below {
                        number < bound
                    } else {
                        number > bound
                    }
                }
                _ => false,
            };
            if out("minimum", true) || out("maximum", false) {
                fault(format!("{number} is out of bounds"));
            }
        }
        Value::String(text) => {
            let length = text.chars().count() as u64;
            if schema["minLength"].as_u64().is_some_and(|least| length < least)
                || schema["maxLength"].as_u64().is_some_and(|most| length > most)
            {
                fault(format!("{text:?} is too short or too long"));
            }
            let formed = match schema["format"].as_str() {
                Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
                Some("date") => text.parse::<jiff::civil::Date>().is_ok(),
                Some("uuid") => uuid::Uuid::try_parse(text).is_ok(),
                _ => true,
            };
            if !formed {
                fault(format!("{text:?} is no {}", schema["format"]));
            }
        }
        Value::Array(all) => {
            for (index, one) in all.iter().enumerate() {
                check(whole, &schema["items"], one, &format!("{at}[{index}]"), faults);
            }
        }
        Value::Object(map) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !map.contains_key(name) {
                    faults.push(format!("{at}: lacks {name}"));
                }
            }
            for (name, one) in map {
                match schema["properties"].get(name) {
                    Some(inner) => check(whole, inner, one, &format!("{at}.{name}"), faults),
                    None if schema["additionalProperties"] == true => {}
                    None => faults.push(format!("{at}.{name} is not described")),
                }
            }
        }
        _ => {}
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the checker does not know the type {other}"),
    }
}

#[test]
fn the_checker_finds_what_departs() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a", "b"],
        "properties": { "a": { "type": ["string", "null"], "maxLength": 2 }, "b": { "type": "array", "items": { "enum": [1, 2] } } },
    });
    let of = |value: Value| faults(&schema, &schema, &value).len();
    assert_eq!(of(serde_json::json!({ "a": null, "b": [1, 2] })), 0);
    assert_eq!(of(serde_json::json!({ "a": "xyz", "b": [3], "c": 1 })), 3);
    assert_eq!(of(serde_json::json!({ "a": 1 })), 2);
}
