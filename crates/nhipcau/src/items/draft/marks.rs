//! Documents marked Mật, Tối mật or Tuyệt mật are refused at every door, and the refusal is logged without a word of them.

use network::content::Item;
use uuid::Uuid;
use vietnam::secret::{self, Degree};

use super::DraftFile;
use crate::files::{kind_of, text_of};
use crate::problem::Fault;

fn of_line(text: &str) -> Option<Degree> {
    secret::in_line(text).map(|mark| mark.degree)
}

fn of_text(text: &str) -> Option<Degree> {
    secret::in_text(text).map(|mark| mark.degree)
}

/// A fault for each field of an item that bears a mark of secrecy.
pub(super) fn of_item(item: &Item) -> Vec<Fault> {
    let some = |text: &Option<String>| text.as_deref().and_then(of_line);
    let marked = [
        ("title", of_line(&item.title)),
        ("title_en", some(&item.title_en)),
        ("summary", of_text(&item.summary)),
        ("number", some(&item.number)),
        ("form", some(&item.form)),
        ("agency", some(&item.agency)),
        ("signer", some(&item.signer)),
        ("text", of_text(&item.body.text)),
        ("source.name", item.source.as_ref().and_then(|source| of_line(&source.name))),
        ("change_note", item.change_note.as_deref().and_then(of_text)),
    ];
    let marked = marked.into_iter().filter_map(|(field, degree)| Some((field, degree?)));
    marked.map(|(field, degree)| refused(item.id, field.to_owned(), degree)).collect()
}

/// A fault for each part of a file of item `id` that bears one: its name, its words, its own text.
pub(super) fn of_file(id: Uuid, index: usize, file: &DraftFile, bytes: &[u8]) -> Vec<Fault> {
    let marked = [
        (".name", secret::in_name(&file.name).map(|mark| mark.degree)),
        (".alt", file.alt.as_deref().and_then(of_line)),
        ("", of_text(&text_of(kind_of(bytes), bytes))),
    ];
    let marked = marked.into_iter().filter_map(|(part, degree)| Some((part, degree?)));
    marked.map(|(part, degree)| refused(id, format!("files[{index}]{part}"), degree)).collect()
}

fn refused(item: Uuid, field: String, degree: Degree) -> Fault {
    tracing::warn!(%item, %field, %degree, "refused: it bears a mark of secrecy");
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
