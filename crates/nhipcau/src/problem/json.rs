//! JSON from outside: what does not fit is named by its field, in both languages.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::Fault;

/// What bytes of JSON say.
///
/// # Errors
/// The first thing that is wrong: by its path (`item.files[0].name`), or under `whole` if the bytes are no JSON.
pub fn read<T: DeserializeOwned>(bytes: &[u8], whole: &str) -> Result<T, Fault> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let said = serde_path_to_error::deserialize(&mut source).map_err(|error| fault(&error, whole))?;
    source.end().map_err(|error| broken(whole, &error))?;
    Ok(said)
}

/// The same of JSON that was read already.
///
/// # Errors
/// As [`read`].
pub fn value<T: DeserializeOwned>(value: Value, whole: &str) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|error| fault(&error, whole))
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>, whole: &str) -> Fault {
    let (path, error) = (error.path().to_string(), error.inner());
    match error.classify() {
        Category::Data => misfit(&path, whole, &error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => broken(whole, error),
    }
}

/// What serde says of a parameter of a query: its path, a colon, and why. The name is told; what a parser says in English is not.
pub fn parameter(said: &str) -> Fault {
    let named = said.split_once(": ").filter(|(path, _)| {
        !path.is_empty() && path.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    });
    let (path, why) = named.unwrap_or((".", said));
    let structural = ["missing field ", "duplicate field ", "unknown field ", "unknown variant "]
        .iter()
        .any(|lead| why.starts_with(lead));
    if structural {
        return misfit(path, "query", why);
    }
    let field = if path == "." { "query" } else { path };
    let (vi, en) = match why {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            ("phải là số nguyên", "must be a whole number")
        }
        "number too large to fit in target type" => ("là số quá lớn", "is too large a number"),
        "number too small to fit in target type" => ("là số quá nhỏ", "is too small a number"),
        "provided string was not `true` or `false`" => ("phải là true hoặc false", "must be true or false"),
        _ => ("không đúng dạng", "is not of the right form"),
    };
    Fault {
        field: field.into(),
        vi: format!("Tham số {field} {vi}. Xem /api/v1/openapi.json."),
        en: format!("The parameter {field} {en}. See /api/v1/openapi.json."),
    }
}

fn broken(whole: &str, error: &serde_json::Error) -> Fault {
    Fault {
        field: whole.into(),
        vi: format!(
            "Không phải JSON: lỗi ở dòng {}, cột {} ({error}). Hãy xem dấu ngoặc, dấu phẩy và dấu nháy kép ở đó.",
            error.line(),
            error.column()
        ),
        en: format!("Not JSON: {error}. Look at the brackets, commas and double quotes there."),
    }
}

/// What serde says of a value that is JSON, but not what is due there. Its messages are part of serde's documented interface
/// (`serde::de::Error`); one that is not known is told as it is.
fn misfit(path: &str, whole: &str, error: &str) -> Fault {
    let why = error.rsplit_once(" at line ").map_or(error, |(why, _)| why);
    let within = match path {
        "." => String::new(),
        path => path.to_owned(),
    };
    let at = |name: &str| match within.as_str() {
        "" => name.to_owned(),
        within if within == name || within.ends_with(&format!(".{name}")) => within.to_owned(),
        within => format!("{within}.{name}"),
    };
    if let Some(name) = quoted(why, "missing field ") {
        return Fault {
            field: at(name),
            vi: "Thiếu trường này; hãy thêm vào.".into(),
            en: "This field is missing; add it.".into(),
        };
    }
    if let Some(name) = quoted(why, "duplicate field ") {
        return Fault {
            field: at(name),
            vi: "Trường này có hai lần; hãy bỏ bớt một.".into(),
            en: "This field is there twice; leave one out.".into(),
        };
    }
    if let Some(name) = quoted(why, "unknown field ") {
        let known = known(why);
        return Fault {
            field: at(name),
            vi: format!("Ở đây không có trường này. Các trường: {known}."),
            en: format!("There is no such field here. The fields are: {known}."),
        };
    }
    if let Some(word) = quoted(why, "unknown variant ") {
        let known = known(why);
        return Fault {
            field: if within.is_empty() { whole.into() } else { within },
            vi: format!("“{word}” không dùng được; phải là một trong: {known}."),
            en: format!("`{word}` cannot be used; it must be one of: {known}."),
        };
    }
    let field = if within.is_empty() { whole.to_owned() } else { within };
    let kinds = why.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "));
    match kinds {
        Some((given, due)) => Fault {
            field,
            vi: format!("Sai kiểu: ở đây phải là {}, đã nhận {}.", in_vietnamese(due), in_vietnamese(given)),
            en: format!("Of the wrong type: {due} is due here, {given} was given."),
        },
        None => Fault {
            field,
            vi: format!("Giá trị không dùng được: {why}."),
            en: format!("The value cannot be used: {why}."),
        },
    }
}

/// The name in backticks after some words.
fn quoted<'a>(why: &'a str, lead: &str) -> Option<&'a str> {
    why.strip_prefix(lead)?.strip_prefix('`')?.split_once('`').map(|(name, _)| name)
}

/// The names that would have done: of "…, expected one of `a`, `b`" `a, b`.
fn known(why: &str) -> String {
    let listed = why.split_once(", expected ").map_or("", |(_, listed)| listed);
    let names: Vec<_> = listed.split('`').skip(1).step_by(2).collect();
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

fn in_vietnamese(kind: &str) -> String {
    let named = [
        ("a string", "chuỗi chữ"),
        ("a borrowed string", "chuỗi chữ"),
        ("string", "chuỗi chữ"),
        ("a boolean", "true hoặc false"),
        ("boolean", "giá trị đúng/sai"),
        ("a sequence", "danh sách […]"),
        ("sequence", "danh sách […]"),
        ("a map", "đối tượng {…}"),
        ("map", "đối tượng {…}"),
        ("struct", "đối tượng {…}"),
        ("null", "null"),
        ("integer", "số nguyên"),
        ("floating point", "số"),
        ("u", "số nguyên không âm"),
        ("i", "số nguyên"),
        ("f", "số"),
    ];
    let fits = |name: &str| match name {
        "u" | "i" | "f" => kind.strip_prefix(name).is_some_and(|bits| bits.parse::<u8>().is_ok()),
        name => kind == name || kind.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')),
    };
    match named.iter().find(|(name, _)| fits(name)) {
        // What was given is told too: integer `5`.
        Some((name, vi)) => match kind[name.len()..].trim() {
            given if given.starts_with('`') || given.starts_with('"') => format!("{vi} {given}"),
            _ => (*vi).to_owned(),
        },
        None => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::draft::Draft;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sent {
        #[expect(dead_code, reason = "read only by its faults")]
        item: Draft,
    }

    #[test]
    fn a_parameter_is_named_and_told_in_both_languages() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Asked {
            #[expect(dead_code, reason = "read only by its faults")]
            limit: Option<i64>,
            #[expect(dead_code, reason = "read only by its faults")]
            day: Option<jiff::civil::Date>,
        }
        for (query, field, vi, en) in [
            (
                "limit=x",
                "limit",
                "Tham số limit phải là số nguyên.",
                "The parameter limit must be a whole number.",
            ),
            ("limit=99999999999999999999", "limit", "quá lớn", "too large"),
            ("day=mai", "day", "Tham số day không đúng dạng.", "The parameter day is not of the right form."),
            ("limt=5", "limt", "Các trường: limit, day.", "The fields are: limit, day."),
            ("limit=1&limit=2", "limit", "hai lần", "twice"),
        ] {
            let uri = format!("/x?{query}").parse().unwrap_or_default();
            let error = axum::extract::Query::<Asked>::try_from_uri(&uri).map(|_| ()).unwrap_err();
            let why =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let fault = parameter(&why);
            assert_eq!(fault.field, field, "{query}: {why}");
            assert!(fault.vi.contains(vi) && fault.en.contains(en), "{query}: {why}: {fault:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path_in_both_languages() {
        for (text, field, vi, en) in [
            ("{", "body", "Không phải JSON: lỗi ở dòng 1", "Not JSON"),
            ("{}", "item", "Thiếu trường này", "missing"),
            ("[]", "body", "không dùng được", "cannot be used"),
            ("5", "body", "phải là đối tượng {…}, đã nhận số nguyên `5`", "integer `5` was given"),
            (r#"{"item":{"title":5}}"#, "item.title", "chuỗi chữ, đã nhận số nguyên `5`", "a string is due"),
            (
                r#"{"item":{"titel":""}}"#,
                "item.titel",
                "Các trường: kind, title,",
                "The fields are: kind, title,",
            ),
            (r#"{"item":{},"x":1}"#, "x", "Các trường: item.", "The fields are: item."),
            (r#"{"item":{"title":"","title":""}}"#, "item.title", "hai lần", "twice"),
            (r#"{"item":{"files":[{"name":5}]}}"#, "item.files[0].name", "chuỗi chữ", "a string is due"),
            (r#"{"item":{"sample":"yes"}}"#, "item.sample", "true hoặc false", "a boolean is due"),
            (r#"{"item":{"issued":"23/11/2026"}}"#, "item.issued", "không dùng được", "cannot be used"),
            (r#"{"item":{}} {}"#, "body", "Không phải JSON", "trailing characters"),
        ] {
            let fault = read::<Sent>(text.as_bytes(), "body").unwrap_err();
            assert!(fault.field.starts_with(field), "{text}: {fault:?}");
            assert!(fault.vi.contains(vi) && fault.en.contains(en), "{text}: {fault:?}");
        }
    }
}
