//! A draft as people and programs hand it in: JSON, or Markdown with front matter. Checked here, once.

use jiff::civil::Date;
use network::content::{Body, Format, Item, ItemFile, ItemKind, Layer, Salt, Source};
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vietnam::text::nfc;

use crate::documents::draft::{self as documents, DraftRelation};
use crate::problem::{Fault, Problem};

/// The most bytes of one attachment of a draft.
pub const MOST_FILE: usize = 64 << 20;

/// An item as it is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// `document`, `directive`, `press`, `news`, `notice`, or another word.
    pub kind: String,
    /// Title, 1 to 500 characters.
    pub title: String,
    /// English title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Summary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// BCP 47; `vi` if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// Number and symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Form, for example `Nghị định`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The body that issued the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Day of issue, `2026-11-23`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// Day from which it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// Last day in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// `urgent`, `very-urgent`, `express`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// Fields of administration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// `markdown` (default), `html`, `text`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// `official` (default with text), `digitised`, `none` (default without).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// Where it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<DraftSource>,
    /// Attachments, their bytes in base64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<DraftFile>,
    /// What this edition changes, for readers; asked for from the second edition on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_note: Option<String>,
    /// True for a demonstration's sample.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sample: bool,
    /// True to have it fetched before everything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// What this document does to others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<DraftRelation>,
    /// True where the law lets it have effect from before its issue.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retroactive: bool,
}

/// Where a draft was taken from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftSource {
    /// Its name.
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An attachment as it is handed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftFile {
    /// File name as readers see it.
    pub name: String,
    /// Media type.
    #[serde(rename = "type")]
    pub media: String,
    /// Its bytes in standard base64.
    pub base64: String,
}

/// A checked draft: the item's document, and the attachments' bytes.
pub struct Checked {
    /// The document.
    pub item: Item,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The attachments, in order.
    pub files: Vec<(ItemFile, Vec<u8>)>,
    /// True for the urgent lane.
    pub urgent: bool,
    /// The number as it was written, if it became another text.
    pub written: Option<String>,
}

impl Draft {
    /// Checks the draft as edition `edition` of item `id`.
    ///
    /// # Errors
    /// Every fault at once, each with its field, in both languages.
    pub fn check(self, id: Uuid, edition: u32, salt: [u8; 16]) -> Result<Checked, Problem> {
        let mut faults = Vec::new();
        let files = self.files(&mut faults);
        let text = nfc(&self.text);
        let bare = text.trim().is_empty();
        let urgency = word(&self.urgency.clone().unwrap_or_default(), "urgency", &mut faults);
        let format = word(&self.format, "format", &mut faults).unwrap_or(Format::Markdown);
        let layer = word(&self.layer, "layer", &mut faults).unwrap_or(if bare {
            Layer::None
        } else {
            Layer::Official
        });
        if edition > 1 && self.change_note.as_deref().unwrap_or_default().trim().is_empty() {
            faults.push(Fault {
                field: "change_note".into(),
                vi: "Hãy ghi rõ nội dung đã sửa để người đọc biết.".into(),
                en: "Say what was changed; readers are told.".into(),
            });
        }
        let line = |text: String| nfc(text.trim());
        let some = |text: Option<String>| text.map(line).filter(|t| !t.is_empty());
        let (number, written) = documents::normal(&self.kind, some(self.number), &mut faults);
        let item = Item {
            salt: Salt(salt),
            id,
            edition,
            lang: if self.lang.is_empty() { "vi".into() } else { self.lang },
            kind: if self.kind.is_empty() {
                ItemKind::News
            } else {
                word(&self.kind, "kind", &mut faults).unwrap_or(ItemKind::News)
            },
            title: line(self.title),
            title_en: some(self.title_en),
            summary: line(self.summary),
            number,
            form: some(self.form),
            agency: some(self.agency),
            signer: some(self.signer),
            issued: self.issued,
            effective: self.effective,
            expires: self.expires,
            urgency,
            fields: self.fields,
            body: Body { format, text, layer },
            source: self.source.map(|s| Source { name: line(s.name), url: some(s.url) }),
            files: files.iter().map(|(file, _)| file.clone()).collect(),
            change_note: some(self.change_note),
            sample: self.sample,
            relations: documents::relations(self.relations, &mut faults),
        };
        documents::days(&item, self.retroactive, &mut faults);
        match item.encode() {
            Ok(bytes) if faults.is_empty() => {
                Ok(Checked { item, bytes, files, urgent: self.urgent, written })
            }
            Ok(_) => Err(Problem::Invalid(faults)),
            Err(more) => {
                faults.extend(more.into_iter().map(|f| Fault {
                    field: f.field,
                    vi: f.problem_vi,
                    en: f.problem_en,
                }));
                Err(Problem::Invalid(faults))
            }
        }
    }

    fn files(&self, faults: &mut Vec<Fault>) -> Vec<(ItemFile, Vec<u8>)> {
        use base64::Engine;
        let mut files = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            match base64::engine::general_purpose::STANDARD.decode(&file.base64) {
                Ok(bytes) if bytes.len() <= MOST_FILE => files.push((
                    ItemFile {
                        sha256: ContentHash::of(&bytes),
                        size: bytes.len() as u64,
                        media: file.media.clone(),
                        name: nfc(&file.name),
                    },
                    bytes,
                )),
                Ok(_) => faults.push(Fault {
                    field: format!("files[{index}].base64"),
                    vi: "Tệp lớn hơn 64 MB; hãy giảm dung lượng hoặc chia nhỏ.".into(),
                    en: "The file is larger than 64 MB; make it smaller or split it.".into(),
                }),
                Err(_) => faults.push(Fault {
                    field: format!("files[{index}].base64"),
                    vi: "Nội dung tệp không phải base64 chuẩn (RFC 4648, mục 4).".into(),
                    en: "The file's bytes are not standard base64 (RFC 4648, section 4).".into(),
                }),
            }
        }
        files
    }
}

/// Reads a closed word; an empty one is `None`, a wrong one a fault.
fn word<T: std::str::FromStr>(text: &str, field: &str, faults: &mut Vec<Fault>) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    if text.is_empty() {
        return None;
    }
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(Fault {
                field: field.into(),
                vi: format!("Giá trị “{text}” không dùng được ({error})."),
                en: format!("The value {text:?} cannot be used: {error}."),
            });
            None
        }
    }
}

/// Reads Markdown with front matter: `---` with one `key: value` a line, or `+++` with TOML.
///
/// # Errors
/// Names the line or the key that is wrong.
pub fn from_markdown(source: &str) -> Result<Draft, Problem> {
    let fields = serde_json::Value::Object(markdown_fields(source)?);
    serde_json::from_value(fields).map_err(|e| Problem::invalid("front matter", e.to_string()))
}

/// The fields of a draft as Markdown with front matter has them, `files` still by their names.
///
/// # Errors
/// As [`from_markdown`], but the fields are not looked at.
pub fn markdown_fields(source: &str) -> Result<serde_json::Map<String, serde_json::Value>, Problem> {
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
    let mut fields = serde_json::Map::new();
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
            fields.insert(key.trim().to_owned(), scalar(key.trim(), value.trim()));
        }
    }
    if fields.contains_key("text") {
        return Err(Problem::invalid("text", "stands below the front matter, not in it"));
    }
    fields.insert("text".into(), text.trim().into());
    Ok(fields)
}

/// TOML as JSON: a date is its text, as JSON writes it.
fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(all) => all.into_iter().map(plain).collect(),
        toml::Value::Table(table) => {
            serde_json::Value::Object(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

fn scalar(key: &str, value: &str) -> serde_json::Value {
    let bare = value.trim_matches('"');
    match key {
        "fields" | "files" => {
            bare.split(',').map(str::trim).filter(|f| !f.is_empty()).collect::<Vec<_>>().into()
        }
        "source" => serde_json::json!({ "name": bare }),
        "relations" => bare.split(';').map(str::trim).filter(|r| !r.is_empty()).map(relation).collect(),
        "sample" | "urgent" | "retroactive" => serde_json::Value::Bool(bare == "true"),
        _ => bare.into(),
    }
}

/// One relation in a line: `repeals 42/2022/NĐ-CP from 2026-07-01`.
fn relation(text: &str) -> serde_json::Value {
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
    fn every_fault_is_named_at_once() {
        let draft = Draft { urgency: Some("very".into()), kind: "NEWS!".into(), ..Draft::default() };
        let Err(Problem::Invalid(faults)) = draft.check(Uuid::from_u128(1), 2, [0; 16]) else {
            panic!("accepted")
        };
        let fields: Vec<_> = faults.iter().map(|f| f.field.as_str()).collect();
        for field in ["urgency", "kind", "change_note", "title"] {
            assert!(fields.contains(&field), "{field} missing in {fields:?}");
        }
    }

    #[test]
    fn text_is_stored_in_nfc() {
        let draft = Draft { title: "Ho\u{0300}a".into(), ..Draft::default() };
        assert_eq!(draft.check(Uuid::from_u128(1), 1, [0; 16]).unwrap().item.title, "Hòa");
    }
}
