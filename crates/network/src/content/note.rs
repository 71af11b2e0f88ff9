//! A note: why an item was withdrawn or erased, or what was done of a task, in words for people.

use super::check::{self, Check, Limit};
use super::file::{read_files, write_file};
use super::{Fault, ItemFile, Salt};
use crate::json::Writer;

const TEXT: Limit = Limit::text(20_000);
const BASIS: Limit = Limit::line(500);
const SALT_VI: &str = "Muối phải gồm 32 chữ số thập lục phân viết thường.";

/// A document of the type [`super::NOTE_TYPE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Random bits.
    pub salt: Salt,
    /// The reason as readers see it, at most 20,000 characters.
    pub text: String,
    /// The legal basis, for example "Điều 32 Luật Tiếp cận thông tin", at most 500 characters.
    pub basis: Option<String>,
    /// What the files of its entry are called, in their order; empty if the entry has none.
    pub files: Vec<ItemFile>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// Every fault found, never an empty list.
    pub fn parse(bytes: &[u8]) -> Result<Note, Vec<Fault>> {
        let map = check::object(bytes)?;
        let mut check = Check::default();
        check.version(&map);
        let note = Note {
            salt: check.parsed(&map, "salt", SALT_VI, Salt([0; 16])),
            text: check.text(&map, "text", TEXT),
            basis: check.text_if(&map, "basis", BASIS),
            files: read_files(&map, &mut check),
        };
        if check.faults.is_empty() { Ok(note) } else { Err(check.faults) }
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// Every fault that [`Note::parse`] would find.
    pub fn encode(&self) -> Result<Vec<u8>, Vec<Fault>> {
        let mut json = Writer::new();
        json.whole("v", 1).text("salt", self.salt).text("text", &self.text);
        json.text_if("basis", self.basis.as_ref());
        if !self.files.is_empty() {
            json.raws("files", self.files.iter().map(write_file));
        }
        let bytes = json.end().into_bytes();
        Note::parse(&bytes)?;
        Ok(bytes)
    }
}
