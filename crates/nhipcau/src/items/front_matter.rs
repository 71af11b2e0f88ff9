//! Drafts as files that people write: Markdown, and before it the fields.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::kinds::posted::put;
use crate::problem::{Fault, Problem};

/// Reads Markdown with front matter: `---` with one `key: value` a line, or `+++` with TOML.
///
/// # Errors
/// Names the line or the key that is wrong.
pub fn from_markdown(source: &str) -> Result<Draft, Problem> {
    let fields = Value::Object(markdown_fields(source)?);
    serde_json::from_value(fields).map_err(|e| Problem::invalid("front matter", e.to_string()))
}

/// The fields of a draft as Markdown with front matter has them, `files` still by their names.
///
/// # Errors
/// As [`from_markdown`], but the fields are not looked at.
pub fn markdown_fields(source: &str) -> Result<Map<String, Value>, Problem> {
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (fence, rest) = if let Some(rest) = source.strip_prefix("---\n") {
        ("---", rest)
    } else if let Some(rest) = source.strip_prefix("+++\n") {
        ("+++", rest)
    } else {
        return Err(Problem::Invalid(vec![Fault {
            field: "front matter".into(),
            vi: "Tệp phải bắt đầu bằng dòng --- (mỗi dòng một cặp “khóa: giá trị”) hoặc +++ (TOML).".into(),
            en: "The file must begin with a line --- (one `key: value` a line) or +++ (TOML).".into(),
        }]));
    };
    let end = format!("\n{fence}\n");
    let (head, text) = match rest.split_once(&end) {
        Some(parts) => parts,
        None => match rest.strip_suffix(&format!("\n{fence}")) {
            Some(head) => (head, ""),
            None => {
                return Err(Problem::Invalid(vec![Fault {
                    field: "front matter".into(),
                    vi: format!("Thiếu dòng {fence} kết thúc phần đầu."),
                    en: format!("The closing line {fence} is missing."),
                }]));
            }
        },
    };
    let (mut fields, mut details) = (Map::new(), Map::new());
    if fence == "+++" {
        let table: toml::Table =
            toml::from_str(head).map_err(|e| Problem::invalid("front matter", e.to_string()))?;
        for (key, value) in table {
            fields.insert(key, plain(value));
        }
    } else {
        for (number, line) in
            head.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'))
        {
            let Some((key, value)) = line.split_once(':') else {
                return Err(Problem::invalid(
                    &format!("front matter, line {}", number + 2),
                    "must be `key: value`",
                ));
            };
            let (key, value) = (key.trim(), scalar(key.trim(), value.trim()));
            match key.strip_prefix("details.") {
                None => _ = fields.insert(key.to_owned(), value),
                Some(path) => {
                    put(&mut details, path, value).map_err(|why| Problem::invalid(key, why))?;
                }
            }
        }
    }
    if !details.is_empty() {
        fields.insert("details".into(), details.into());
    }
    if fields.contains_key("text") {
        return Err(Problem::invalid("text", "stands below the front matter, not in it"));
    }
    fields.insert("text".into(), text.trim().into());
    Ok(fields)
}

/// TOML as JSON: a date is its text, as JSON writes it.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(all) => all.into_iter().map(plain).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

fn scalar(key: &str, value: &str) -> Value {
    let bare = value.trim_matches('"');
    match key {
        "fields" | "files" => {
            bare.split(',').map(str::trim).filter(|f| !f.is_empty()).collect::<Vec<_>>().into()
        }
        "source" => serde_json::json!({ "name": bare }),
        "relations" => bare.split(';').map(str::trim).filter(|r| !r.is_empty()).map(relation).collect(),
        "sample" | "urgent" | "retroactive" => Value::Bool(bare == "true"),
        _ => bare.into(),
    }
}

/// One relation in a line: `repeals 42/2022/NĐ-CP from 2026-07-01`.
fn relation(text: &str) -> Value {
    let (kind, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match rest.rsplit_once(" from ") {
        Some((number, from)) => {
            serde_json::json!({ "kind": kind, "number": number.trim(), "from": from.trim() })
        }
        None => serde_json::json!({ "kind": kind, "number": rest.trim() }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn markdown_with_front_matter_becomes_a_draft() {
        let draft = from_markdown("---\ntitle: Lịch trực\nkind: notice\nissued: 2026-11-23\nurgent: true\n---\n\nXã trực **24 giờ**.\n").unwrap();
        assert_eq!((draft.title.as_str(), draft.kind.as_str(), draft.urgent), ("Lịch trực", "notice", true));
        assert_eq!(draft.text, "Xã trực **24 giờ**.");
        let toml =
            from_markdown("+++\ntitle = \"Lịch trực\"\n[source]\nname = \"Công báo\"\n+++\nXã").unwrap();
        assert_eq!(toml.source.unwrap().name, "Công báo");
    }

    #[test]
    fn details_stand_in_front_matter_of_either_sort() {
        let plain = "---\ntitle: Tạm ngừng\nkind: notice\ndetails.downtime.from: 2026-12-14T22:00\n---\n";
        let draft = from_markdown(plain).unwrap();
        assert_eq!(draft.details["downtime"]["from"], "2026-12-14T22:00");
        let rows = "---\ntitle: Lịch\ndetails.events[1].at: 2026-12-14T08:00\n---\n";
        assert_eq!(from_markdown(rows).unwrap().details["events"][1]["at"], "2026-12-14T08:00");
        let toml = "+++\ntitle = \"Lịch\"\n[[details.events]]\nat = 2026-12-14T08:00:00\n+++\n";
        assert_eq!(from_markdown(toml).unwrap().details["events"][0]["at"], "2026-12-14T08:00:00");
    }
}
