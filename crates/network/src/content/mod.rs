//! The JSON documents that entries point to: items and notes (protocol §2).
//!
//! All human text lives here and not in the log, behind a random salt, so that it can vanish when the law
//! orders it. Reading collects every fault, each with its field and a sentence in both languages, because
//! an editor mends a form once and not field by field. Encoding is canonical: one order of fields, no
//! spaces; it is the issuer who encodes, everybody else keeps the bytes. NFC is the duty of the issuer.

mod check;
mod details;
mod file;
mod item;
mod note;
mod relation;
mod source;
mod translation;

use std::fmt;
use std::str::FromStr;

pub use details::Details;
pub use file::ItemFile;
pub use item::{Body, Format, Item, ItemKind, Layer, Urgency};
pub use note::Note;
pub use relation::ItemRelation;
pub use source::{Source, Taken};
pub use translation::Translation;

/// Media type of an [`Item`].
pub const ITEM_TYPE: &str = "application/vnd.nhipcau.item+json";
/// Media type of an annex: an [`Item`] of the kind `annex`, which stands beside another and never by itself.
pub const ANNEX_TYPE: &str = "application/vnd.nhipcau.annex+json";
/// Media type of a [`Note`].
pub const NOTE_TYPE: &str = "application/vnd.nhipcau.note+json";
/// The most bytes that a document of either type may have.
pub const MAX_DOCUMENT: usize = 16 << 20;
/// The most bytes of text in an item's body.
pub const MAX_BODY: usize = 8 << 20;

/// What is wrong with which field, for the person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the field, for example `files[1].name`; empty for the document as a whole.
    pub field: String,
    /// A sentence in Vietnamese.
    pub problem_vi: String,
    /// The same sentence in English.
    pub problem_en: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.problem_en)
        } else {
            write!(f, "{}: {}", self.field, self.problem_en)
        }
    }
}

/// 128 random bits that keep the hash of a document from being guessed after its erasure; 32 lower-case
/// hexadecimal digits in JSON. Randomness is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Salt(pub [u8; 16]);

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Salt {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Salt, &'static str> {
        let mut bytes = [0; 16];
        if text.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err("must be 32 lower-case hexadecimal digits");
        }
        Ok(Salt(bytes))
    }
}
