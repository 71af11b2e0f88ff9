//! What an item says beyond the fields that all items have: one JSON object, whose keys its kind knows.
//!
//! This crate does not know the kinds. It promises that the object is small, shallow and the same to every reader:
//! keys are sorted, numbers are integers that a browser reads exactly, texts have no control characters. Keys that a
//! reader does not know stay, so that an older node hands on what a newer one says.

use serde_json::{Map, Value};

use super::check::{Check, Limit};

/// The most canonical bytes.
const MAX_BYTES: usize = 512 << 10;
/// The deepest nesting; the object itself is 1.
const MAX_DEPTH: usize = 6;
/// The most characters of one text.
const MAX_TEXT: usize = 100_000;
/// The most characters of a key.
const MAX_KEY: usize = 60;
/// Whoever has made more mistakes than this has sent something else.
const MAX_FAULTS: usize = 200;
/// Integers that JavaScript reads exactly (RFC 7493) lie between this and its negative.
const MAX_WHOLE: u64 = (1 << 53) - 1;

/// The details of an item. Built from any map; [`super::Item::encode`] refuses what breaks a bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details(pub Map<String, Value>);

impl Details {
    /// The canonical JSON: keys sorted by their bytes, no spaces.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        write_object(&self.0, &mut out);
        out
    }
}

fn write_object(map: &Map<String, Value>, out: &mut String) {
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort_unstable();
    out.push('{');
    for (at, key) in keys.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        write(&map[key], out);
    }
    out.push('}');
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => write_object(map, out),
        Value::Array(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// Reads `details` of an item, if it has them.
pub(super) fn read(map: &Map<String, Value>, check: &mut Check) -> Option<Details> {
    let details = Details(check.object_if(map, "details")?.clone());
    let length = details.canonical().len();
    if length > MAX_BYTES {
        check.fault(
            "details",
            format!("Có {length} byte, vượt giới hạn {MAX_BYTES} byte."),
            format!("Has {length} bytes; at most {MAX_BYTES} are allowed."),
        );
        return None;
    }
    let most = check.faults.len() + MAX_FAULTS;
    check.within("details", |check| check_object(&details.0, 1, most, check));
    Some(details)
}

fn check_object(map: &Map<String, Value>, depth: usize, most: usize, check: &mut Check) {
    for (key, value) in map {
        if is_key(key) {
            check_value(key, value, depth, most, check);
        } else if check.faults.len() < most {
            check.fault(
                "",
                format!("Khóa phải gồm 1 đến {MAX_KEY} ký tự a–z, 0–9 hoặc dấu gạch dưới."),
                format!("A key must be 1 to {MAX_KEY} of a-z, 0-9 and underscores."),
            );
        }
    }
}

fn check_value(key: &str, value: &Value, depth: usize, most: usize, check: &mut Check) {
    if check.faults.len() >= most {
        return;
    }
    match value {
        Value::Object(_) | Value::Array(_) if depth == MAX_DEPTH => check.fault(
            key,
            format!("Lồng quá {MAX_DEPTH} cấp."),
            format!("Is nested deeper than {MAX_DEPTH} levels."),
        ),
        Value::Object(map) => check.within(key, |check| check_object(map, depth + 1, most, check)),
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                check_value(&format!("{key}[{at}]"), value, depth + 1, most, check);
            }
        }
        Value::String(text) => check.text_fits(key, text, Limit::text(MAX_TEXT)),
        Value::Number(number) => {
            let whole = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            if whole.is_none_or(|whole| whole > MAX_WHOLE) {
                check.fault(
                    key,
                    "Số phải là số nguyên, không quá 2^53-1.",
                    "A number must be whole, and at most 2^53-1.",
                );
            }
        }
        Value::Null => check.fault(
            key,
            "Không được là null; hãy bỏ khóa này đi.",
            "Must not be null; leave the key out instead.",
        ),
        Value::Bool(_) => {}
    }
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
