//! Reading JSON from outside field by field, so that an error names the field; writing it in a fixed order.
//!
//! An object with the same key twice is refused: two readers could take it for two different statements.
//! Unknown fields are left alone. Numbers that we read are integers below 2^53, so that a browser reads the
//! same (RFC 7493); anything else is refused where read.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What is wrong with which field; `field` is a path such as `content.sha256` or `files[1].size`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Path of the field from the top of the document.
    pub field: String,
    /// What is wrong, in English, fit to stand after the field's name.
    pub problem: String,
}

/// One JSON object, with the path that led to it.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

/// Parses bytes as one JSON object without repeated keys.
///
/// # Errors
/// What serde_json says, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice::<Unique>(bytes) {
        Ok(Unique(Value::Object(map))) => Ok(map),
        Ok(_) => Err("not a JSON object".into()),
        Err(error) => Err(error.to_string()),
    }
}

impl<'a> Object<'a> {
    pub(crate) fn top(map: &'a Map<String, Value>) -> Object<'a> {
        Object { map, path: String::new() }
    }

    pub(crate) fn error(&self, key: &str, problem: impl Into<String>) -> FieldError {
        FieldError { field: self.path_of(key), problem: problem.into() }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// True if the key is present and not null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn must(&self, key: &str) -> Result<&'a Value, FieldError> {
        self.get(key).ok_or_else(|| self.error(key, "is missing"))
    }

    pub(crate) fn text(&self, key: &str) -> Result<&'a str, FieldError> {
        self.must(key)?.as_str().ok_or_else(|| self.error(key, "must be a string"))
    }

    pub(crate) fn text_if(&self, key: &str) -> Result<Option<&'a str>, FieldError> {
        if self.has(key) { self.text(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn whole(&self, key: &str) -> Result<u64, FieldError> {
        let number = self.must(key)?.as_u64().filter(|number| *number < 1 << 53);
        number.ok_or_else(|| self.error(key, "must be a whole number from 0 to 2^53-1"))
    }

    pub(crate) fn whole_if(&self, key: &str) -> Result<Option<u64>, FieldError> {
        if self.has(key) { self.whole(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn truth(&self, key: &str) -> Result<bool, FieldError> {
        self.must(key)?.as_bool().ok_or_else(|| self.error(key, "must be true or false"))
    }

    /// A string that parses as `T`.
    pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<T, FieldError> {
        self.text(key)?.parse().map_err(|error: T::Err| self.error(key, error.to_string()))
    }

    pub(crate) fn parsed_if<T: FromStr<Err: fmt::Display>>(
        &self,
        key: &str,
    ) -> Result<Option<T>, FieldError> {
        if self.has(key) { self.parsed(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn object(&self, key: &str) -> Result<Object<'a>, FieldError> {
        match self.must(key)? {
            Value::Object(map) => Ok(Object { map, path: self.path_of(key) }),
            _ => Err(self.error(key, "must be an object")),
        }
    }

    pub(crate) fn object_if(&self, key: &str) -> Result<Option<Object<'a>>, FieldError> {
        if self.has(key) { self.object(key).map(Some) } else { Ok(None) }
    }

    fn list(&self, key: &str, most: usize) -> Result<&'a [Value], FieldError> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Array(list)) if list.len() <= most => Ok(list),
            Some(Value::Array(_)) => Err(self.error(key, format!("has more than {most} elements"))),
            Some(_) => Err(self.error(key, "must be a list")),
        }
    }

    /// A list of objects; a missing key is the empty list.
    pub(crate) fn objects(&self, key: &str, most: usize) -> Result<Vec<Object<'a>>, FieldError> {
        let each = |(at, value): (usize, &'a Value)| match value {
            Value::Object(map) => Ok(Object { map, path: format!("{}[{at}]", self.path_of(key)) }),
            _ => Err(self.error(&format!("{key}[{at}]"), "must be an object")),
        };
        self.list(key, most)?.iter().enumerate().map(each).collect()
    }

    /// A list of strings; a missing key is the empty list.
    pub(crate) fn texts(&self, key: &str, most: usize) -> Result<Vec<&'a str>, FieldError> {
        let each = |(at, value): (usize, &'a Value)| {
            value.as_str().ok_or_else(|| self.error(&format!("{key}[{at}]"), "must be a string"))
        };
        self.list(key, most)?.iter().enumerate().map(each).collect()
    }

    /// A list of strings that parse as `T`; a missing key is the empty list.
    pub(crate) fn all_parsed<T: FromStr<Err: fmt::Display>>(
        &self,
        key: &str,
        most: usize,
    ) -> Result<Vec<T>, FieldError> {
        let each = |(at, text): (usize, &str)| {
            text.parse().map_err(|error: T::Err| self.error(&format!("{key}[{at}]"), error.to_string()))
        };
        self.texts(key, most)?.into_iter().enumerate().map(each).collect()
    }
}

/// Writes one JSON object, its fields in the order of the calls, without spaces.
#[derive(Debug)]
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new() -> Writer {
        Writer(String::from("{"))
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, key: &str, json: &str) -> &mut Writer {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quoted(key));
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    pub(crate) fn text(&mut self, key: &str, text: impl fmt::Display) -> &mut Writer {
        self.raw(key, &quoted(&text.to_string()))
    }

    pub(crate) fn text_if(&mut self, key: &str, text: Option<impl fmt::Display>) -> &mut Writer {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    pub(crate) fn whole(&mut self, key: &str, number: u64) -> &mut Writer {
        self.raw(key, &number.to_string())
    }

    pub(crate) fn whole_if(&mut self, key: &str, number: Option<u64>) -> &mut Writer {
        match number {
            Some(number) => self.whole(key, number),
            None => self,
        }
    }

    /// A list of strings.
    pub(crate) fn texts(&mut self, key: &str, texts: impl IntoIterator<Item: fmt::Display>) -> &mut Writer {
        let items: Vec<String> = texts.into_iter().map(|text| quoted(&text.to_string())).collect();
        self.raw(key, &format!("[{}]", items.join(",")))
    }

    /// A list of values that are JSON already.
    pub(crate) fn raws(&mut self, key: &str, items: impl IntoIterator<Item = String>) -> &mut Writer {
        let items: Vec<String> = items.into_iter().collect();
        self.raw(key, &format!("[{}]", items.join(",")))
    }

    pub(crate) fn end(&mut self) -> String {
        let mut text = std::mem::take(&mut self.0);
        text.push('}');
        text
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A JSON value whose objects have no key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unique, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }
    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let Unique(value) = access.next_value()?;
            if map.insert(key.clone(), value).is_some() {
                return Err(de::Error::custom(format!("the key {key:?} appears twice")));
            }
        }
        Ok(Value::Object(map))
    }
}
