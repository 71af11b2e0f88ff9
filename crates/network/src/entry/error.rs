//! What is wrong with an entry.

use crate::json::FieldError;

/// Why bytes are not an entry, or an entry has no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Longer than [`super::MAX_ENTRY`].
    #[error("the entry has {0} bytes; at most 65,535 are allowed")]
    TooLong(usize),
    /// A byte below 0x20 (an entry is one line).
    #[error("the entry has the control byte {byte:#04x} at offset {at}")]
    ControlByte {
        /// Offset of the byte.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// Not a JSON object in UTF-8, or one with a repeated key.
    #[error("the entry is not JSON: {0}")]
    NotJson(String),
    /// A field is missing or wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Asked to encode a kind whose fields are unknown.
    #[error("an entry of the unknown kind {0:?} cannot be written anew; keep its bytes")]
    UnknownKind(String),
    /// The fields of an entry to be encoded contradict each other, for example a head and its checkpoint.
    #[error("the fields of this {0} entry contradict each other; it would not be read back as it is")]
    NotItself(String),
}
