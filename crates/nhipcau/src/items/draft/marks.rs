//! Documents marked Mật, Tối mật or Tuyệt mật are refused at every door, and the refusal is logged without a word of them.

use serde_json::Value;
use uuid::Uuid;
use vietnam::secret::{self, Degree};

use super::Draft;
use crate::files::{Upload, named_kind, text_of};
use crate::problem::Fault;

fn of_line(text: &str) -> Option<Degree> {
    secret::in_line(text).map(|mark| mark.degree)
}

fn of_text(text: &str) -> Option<Degree> {
    secret::in_text(text).map(|mark| mark.degree)
}

/// A fault for each field of a draft of item `id` that bears a mark of secrecy.
pub(super) fn of_draft(id: Uuid, draft: &Draft) -> Vec<Fault> {
    let some = |text: &Option<String>| text.as_deref().and_then(of_line);
    let marked = [
        ("title", of_line(&draft.title)),
        ("title_en", some(&draft.title_en)),
        ("summary", of_text(&draft.summary)),
        ("number", some(&draft.number)),
        ("form", some(&draft.form)),
        ("agency", some(&draft.agency)),
        ("signer", some(&draft.signer)),
        ("text", of_text(&draft.text)),
        ("source.name", draft.source.as_ref().and_then(|source| of_line(&source.name))),
        ("change_note", draft.change_note.as_deref().and_then(of_text)),
    ];
    let marked = marked.into_iter().filter_map(|(field, degree)| Some((field.to_owned(), degree?)));
    let mut all: Vec<_> = marked.collect();
    for (name, value) in &draft.details {
        all.extend(of_value(value).map(|degree| (format!("details.{name}"), degree)));
    }
    for (at, said) in draft.translations.iter().flatten().enumerate() {
        let texts = [
            ("title", of_line(&said.title)),
            ("summary", of_text(&said.summary)),
            ("text", of_text(&said.text)),
        ];
        let marked = texts.into_iter().filter_map(|(part, degree)| Some((part, degree?)));
        all.extend(marked.map(|(part, degree)| (format!("translations[{at}].{part}"), degree)));
    }
    all.into_iter().map(|(field, degree)| refused(id, field, degree)).collect()
}

/// The first mark in any text of a detail.
fn of_value(value: &Value) -> Option<Degree> {
    match value {
        Value::String(text) => of_text(text),
        Value::Array(values) => values.iter().find_map(of_value),
        Value::Object(map) => map.values().find_map(of_value),
        _ => None,
    }
}

/// A fault if what somebody says bears one: of an item, where it is about one, or of anything else.
pub fn of_words(item: impl Into<Option<Uuid>>, field: &str, words: &str) -> Option<Fault> {
    of_text(words).map(|degree| refused(item, field.to_owned(), degree))
}

/// A fault for each part of a file of item `id` that bears one: its name, its words, its own text.
pub(super) fn of_file(id: Uuid, at: &str, file: &Upload) -> Vec<Fault> {
    let marked = [
        (".name", secret::in_name(&file.name).map(|mark| mark.degree)),
        (".alt", file.alt.as_deref().and_then(of_line)),
        (".text", file.text.as_deref().and_then(of_text)),
        ("", of_text(&text_of(named_kind(&file.name, &file.bytes), &file.bytes))),
    ];
    let marked = marked.into_iter().filter_map(|(part, degree)| Some((part, degree?)));
    marked.map(|(part, degree)| refused(id, format!("{at}{part}"), degree)).collect()
}

fn refused(item: impl Into<Option<Uuid>>, field: String, degree: Degree) -> Fault {
    let item = item.into().map(tracing::field::display);
    tracing::warn!(item, %field, %degree, "refused: it bears a mark of secrecy");
    Fault {
        field,
        vi: format!(
            "Có dấu độ mật “{degree}”. Văn bản, tài liệu bí mật nhà nước không được soạn, lưu hoặc đăng ở đây (Luật Bảo vệ bí mật nhà nước). \
             Nếu đúng là tài liệu mật: dừng lại, xóa tệp khỏi máy nối mạng và báo người phụ trách bảo vệ bí mật nhà nước của cơ quan. \
             Nếu đã được giải mật: bỏ dấu mật rồi gửi lại. Nếu chỉ nói về độ mật: viết trong câu, đừng để từ này thành một dòng riêng."
        ),
        en: format!(
            "It bears the mark of secrecy “{degree}”. State secrets may not be written, kept or published here. If it is one: stop, remove \
             the file from this networked machine and tell the person in charge of secrets. If it was declassified: remove the mark. If it \
             only speaks of secrecy: write the word within a sentence, not as a line of its own."
        ),
    }
}
