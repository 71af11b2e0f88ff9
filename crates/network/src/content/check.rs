//! Reading a document field by field and collecting every fault instead of stopping at the first.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Fault, MAX_DOCUMENT};
use crate::json;

/// Collects faults; each reading method answers with a stand-in where it found one, which is never seen
/// because a document with faults is refused.
#[derive(Debug, Default)]
pub(super) struct Check {
    pub(super) faults: Vec<Fault>,
    path: String,
}

/// How long a text may be, and whether it may have line breaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    least: usize,
    most: usize,
    lines: bool,
}

impl Limit {
    /// One line of 1 to `most` characters.
    pub(super) const fn line(most: usize) -> Limit {
        Limit { least: 1, most, lines: false }
    }
    /// One line of 0 to `most` characters.
    pub(super) const fn line_or_nothing(most: usize) -> Limit {
        Limit { least: 0, most, lines: false }
    }
    /// 0 to `most` characters, with line breaks.
    pub(super) const fn text(most: usize) -> Limit {
        Limit { least: 0, most, lines: true }
    }
}

/// Parses bytes as a JSON object within the size that a document may have.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Vec<Fault>> {
    let whole = |vi: String, en: String| vec![Fault { field: String::new(), problem_vi: vi, problem_en: en }];
    if bytes.len() > MAX_DOCUMENT {
        return Err(whole(
            format!("Tài liệu có {} byte, vượt giới hạn {MAX_DOCUMENT} byte.", bytes.len()),
            format!("The document has {} bytes; at most {MAX_DOCUMENT} are allowed.", bytes.len()),
        ));
    }
    json::parse(bytes).map_err(|error| {
        whole(format!("Không đọc được dữ liệu JSON: {error}."), format!("The document is not JSON: {error}."))
    })
}

impl Check {
    pub(super) fn fault(&mut self, key: &str, vi: impl Into<String>, en: impl Into<String>) {
        let field = match (self.path.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{key}", self.path),
        };
        self.faults.push(Fault { field, problem_vi: vi.into(), problem_en: en.into() });
    }

    /// Runs `read` with the path extended by `step`.
    pub(super) fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Check) -> T) -> T {
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        let read = read(self);
        self.path.truncate(before);
        read
    }

    fn missing(&mut self, key: &str) {
        self.fault(key, "Trường này là bắt buộc.", "This field is required.");
    }

    pub(super) fn version(&mut self, map: &Map<String, Value>) {
        if map.get("v").and_then(Value::as_u64) != Some(1) {
            self.fault("v", "Phiên bản phải là 1.", "The version must be 1.");
        }
    }

    pub(super) fn text_if(&mut self, map: &Map<String, Value>, key: &str, limit: Limit) -> Option<String> {
        match map.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                self.text_fits(key, text, limit);
                Some(text.clone())
            }
            Some(_) => {
                self.fault(key, "Phải là một chuỗi ký tự.", "Must be a string.");
                None
            }
        }
    }

    pub(super) fn text(&mut self, map: &Map<String, Value>, key: &str, limit: Limit) -> String {
        if map.get(key).is_none_or(Value::is_null) {
            self.missing(key);
        }
        self.text_if(map, key, limit).unwrap_or_default()
    }

    pub(super) fn text_fits(&mut self, key: &str, text: &str, limit: Limit) {
        let count = text.chars().count();
        if count < limit.least || (limit.least > 0 && text.trim().is_empty()) {
            self.fault(key, "Không được để trống.", "Must not be empty.");
        } else if count > limit.most {
            self.fault(
                key,
                format!("Dài {count} ký tự, vượt giới hạn {} ký tự.", limit.most),
                format!("Has {count} characters; at most {} are allowed.", limit.most),
            );
        }
        let bad = |c: char| c.is_control() && !(limit.lines && matches!(c, '\n' | '\r' | '\t'));
        if text.chars().any(bad) {
            self.fault(
                key,
                "Có ký tự điều khiển không được phép.",
                "Has a control character that is not allowed.",
            );
        }
    }

    pub(super) fn parsed_if<T: FromStr<Err: fmt::Display>>(
        &mut self,
        map: &Map<String, Value>,
        key: &str,
        vi: &str,
    ) -> Option<T> {
        match map.get(key) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let parsed = value.as_str().map(str::parse::<T>);
                match parsed {
                    Some(Ok(parsed)) => return Some(parsed),
                    Some(Err(error)) => self.fault(key, vi, format!("It {error}.")),
                    None => self.fault(key, "Phải là một chuỗi ký tự.", "Must be a string."),
                }
                None
            }
        }
    }

    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(
        &mut self,
        map: &Map<String, Value>,
        key: &str,
        vi: &str,
        stand_in: T,
    ) -> T {
        if map.get(key).is_none_or(Value::is_null) {
            self.missing(key);
        }
        self.parsed_if(map, key, vi).unwrap_or(stand_in)
    }

    /// A whole number from `least` to 2^53-1.
    pub(super) fn whole(&mut self, map: &Map<String, Value>, key: &str, least: u64) -> u64 {
        let number = map.get(key).and_then(Value::as_u64).filter(|number| (least..1 << 53).contains(number));
        if number.is_none() {
            self.fault(
                key,
                format!("Phải là số nguyên từ {least} trở lên."),
                format!("Must be a whole number of {least} or more."),
            );
        }
        number.unwrap_or(least)
    }

    pub(super) fn flag(&mut self, map: &Map<String, Value>, key: &str) -> bool {
        match map.get(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.fault(key, "Phải là true hoặc false.", "Must be true or false.");
                false
            }
        }
    }

    /// A day as `YYYY-MM-DD`.
    pub(super) fn day_if(&mut self, map: &Map<String, Value>, key: &str) -> Option<Date> {
        let shape = |text: &&str| {
            text.len() == 10
                && text.bytes().enumerate().all(|(at, b)| match at {
                    4 | 7 => b == b'-',
                    _ => b.is_ascii_digit(),
                })
        };
        match map.get(key) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let day = value.as_str().filter(shape).and_then(|text| text.parse().ok());
                if day.is_none() {
                    self.fault(
                        key,
                        "Phải là một ngày có thật, viết theo dạng 2026-11-23.",
                        "Must be a real day, written like 2026-11-23.",
                    );
                }
                day
            }
        }
    }

    pub(super) fn object_if<'a>(
        &mut self,
        map: &'a Map<String, Value>,
        key: &str,
    ) -> Option<&'a Map<String, Value>> {
        match map.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => Some(object),
            Some(_) => {
                self.fault(key, "Phải là một đối tượng JSON.", "Must be a JSON object.");
                None
            }
        }
    }

    pub(super) fn list<'a>(&mut self, map: &'a Map<String, Value>, key: &str, most: usize) -> &'a [Value] {
        match map.get(key) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(list)) if list.len() <= most => list,
            Some(Value::Array(list)) => {
                self.fault(
                    key,
                    format!("Có {} phần tử, vượt giới hạn {most}.", list.len()),
                    format!("Has {} elements; at most {most} are allowed.", list.len()),
                );
                &[]
            }
            Some(_) => {
                self.fault(key, "Phải là một danh sách.", "Must be a list.");
                &[]
            }
        }
    }

    /// A web address.
    pub(super) fn address_fits(&mut self, key: &str, text: &str) {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let fine = rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>".contains(c))
        });
        if !fine || text.len() > 2_000 {
            self.fault(
                key,
                "Phải là địa chỉ web bắt đầu bằng https:// hoặc http://, không quá 2.000 byte.",
                "Must be a web address that begins with https:// or http://, of at most 2,000 bytes.",
            );
        }
    }
}
