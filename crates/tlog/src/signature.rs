//! One signature line of a note: `— <key name> base64(key id || signature)`.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::check_name;
use crate::note::NoteError;

/// Em dash and space: how a signature line begins.
const START: &str = "— ";

/// A signature of a note, from a key that may or may not be known to the reader.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NoteSignature {
    /// The key name.
    pub name: String,
    /// The key id.
    pub key_id: u32,
    /// The signature bytes after the four of the id; their meaning depends on the key's kind.
    pub signature: Vec<u8>,
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    /// Reads one signature line, without its newline, as a witness answers with.
    fn from_str(line: &str) -> Result<NoteSignature, NoteError> {
        let malformed = || NoteError::SignatureLine(line.chars().take(200).collect());
        let (name, encoded) =
            line.strip_prefix(START).and_then(|rest| rest.split_once(' ')).ok_or_else(malformed)?;
        check_name(name).map_err(|_| malformed())?;
        let bytes = STANDARD.decode(encoded).map_err(|_| malformed())?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => Ok(NoteSignature {
                name: name.to_owned(),
                key_id: u32::from_be_bytes(*id),
                signature: signature.to_vec(),
            }),
            _ => Err(malformed()),
        }
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes()[..], &self.signature].concat();
        write!(f, "{START}{} {}", self.name, STANDARD.encode(bytes))
    }
}
