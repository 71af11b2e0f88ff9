//! Why something is done, as readers see it: checked, and kept as content beside the entry that names it.

use network::content::{NOTE_TYPE, Note, Salt};
use network::entry::ContentRef;
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use vietnam::text::nfc;

use crate::app::App;
use crate::items::draft::of_words;
use crate::problem::{Fault, Problem};

/// Why something is withdrawn or erased.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reason {
    /// The reason as readers see it.
    pub reason: String,
    /// The legal basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// True to let nobody read it any more.
    pub gone: bool,
    /// True to have it carried out before everything else.
    pub urgent: bool,
}

/// A reason as content: where it is, and its bytes.
///
/// # Errors
/// Refused when it is empty or too long.
pub fn reason_note(app: &App, reason: &str) -> Result<(ContentRef, Vec<u8>), Problem> {
    explanation(app, &Reason { reason: reason.to_owned(), ..Reason::default() }, false)
}

/// The same with the legal basis, if one is due (`basis_needed`) or named.
pub(super) fn explanation(
    app: &App,
    reason: &Reason,
    basis_needed: bool,
) -> Result<(ContentRef, Vec<u8>), Problem> {
    let mut faults = Vec::new();
    if reason.reason.trim().is_empty() {
        faults.push(Fault {
            field: "reason".into(),
            vi: "Hãy ghi lý do; người đọc sẽ thấy.".into(),
            en: "Give the reason; readers will see it.".into(),
        });
    }
    let basis = reason.basis.as_deref().map(str::trim).filter(|b| !b.is_empty()).map(nfc);
    if basis_needed && basis.is_none() {
        faults.push(Fault {
            field: "basis".into(),
            vi: "Hãy ghi căn cứ pháp lý (điều, khoản, tên văn bản).".into(),
            en: "Name the legal basis (article, clause, document).".into(),
        });
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let salt = Salt(app.dice.bytes()?);
    noted(&Note { salt, text: nfc(reason.reason.trim()), basis, files: Vec::new() })
}

/// A note as content: where it is, and its bytes.
///
/// # Errors
/// What is wrong with it; its text is the request's `reason`.
pub fn noted(note: &Note) -> Result<(ContentRef, Vec<u8>), Problem> {
    let said = [("reason", Some(&note.text)), ("basis", note.basis.as_ref())];
    let marked = said.into_iter().filter_map(|(field, words)| of_words(None, field, words?));
    let marked: Vec<Fault> = marked.collect();
    if !marked.is_empty() {
        return Err(Problem::Invalid(marked));
    }
    let bytes = note.encode().map_err(|faults| {
        Problem::Invalid(
            faults
                .into_iter()
                .map(|f| Fault {
                    // The note's text is the request's reason.
                    field: if f.field == "text" { "reason".into() } else { f.field },
                    vi: f.problem_vi,
                    en: f.problem_en,
                })
                .collect(),
        )
    })?;
    let reference =
        ContentRef { sha256: ContentHash::of(&bytes), size: bytes.len() as u64, media: NOTE_TYPE.into() };
    Ok((reference, bytes))
}
