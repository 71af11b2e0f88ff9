//! What is wrong with what was asked: every fault at once, each with its code.

use crate::document::{Document, Node, whole};

/// One fault, in words for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 400, 403 or 404, as the specification gives them; 429, 500 or 503 where that is what HTTP has for it.
    pub code: u16,
    /// The argument, or empty.
    pub field: String,
    /// A sentence in Vietnamese.
    pub vi: String,
    /// The same sentence in English.
    pub en: String,
}

impl Fault {
    /// An argument is wrong, or lacks.
    #[must_use]
    pub fn bad(field: &str, vi: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { code: 400, field: field.to_owned(), vi: vi.into(), en: en.into() }
    }

    /// An argument that must be given is not.
    #[must_use]
    pub fn missing(field: &str) -> Fault {
        Fault::bad(field, "chưa có, cần điền.", "is missing and must be given.")
    }

    /// What an argument or a path names does not exist.
    #[must_use]
    pub fn not_found(field: &str) -> Fault {
        Fault { code: 404, ..Fault::bad(field, "không có ở đây.", "is not known here.") }
    }

    /// The key that is needed for this lacks, or is none.
    #[must_use]
    pub fn no_key() -> Fault {
        let fault = Fault::bad(
            "api_key",
            "không có hoặc không đúng; việc gửi cần một khóa.",
            "is missing or not valid; a key is needed to send a request.",
        );
        Fault { code: 403, ..fault }
    }

    /// What stands in the answer: the argument first, then both sentences.
    #[must_use]
    pub fn description(&self) -> String {
        let Fault { field, vi, en, .. } = self;
        if field.is_empty() { format!("{vi} · {en}") } else { format!("{field}: {vi} · {field} {en}") }
    }
}

/// The answer, and its status: what is the server's own before 403 before 404 before 400; 400 for no fault at all.
#[must_use]
pub fn faults(all: &[Fault]) -> (u16, Document) {
    let has = |code: u16| all.iter().any(|fault| fault.code == code);
    let status = [500, 503, 429, 403, 404].into_iter().find(|code| has(*code)).unwrap_or(400);
    let one = |fault: &Fault| {
        let description = Node::Text(Some(fault.description()));
        Node::Object(vec![("code", whole(fault.code)), ("description", description)])
    };
    (status, Document::new("errors", Node::List("error", all.iter().map(one).collect())))
}
