//! Signed notes: text with signature lines (c2sp.org/signed-note).
//!
//! A note that parses prints back to the same bytes. Its text means nothing until
//! [`Note::verified_by`] has accepted it for a key that the reader trusts.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use crate::checkpoint::CheckpointError;
use crate::cosignature::verify_cosignature;
use crate::key::{KeyKind, VerifierKey};
use crate::signature::NoteSignature;
use crate::signer::SignerKey;

/// The most bytes a note may have.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// The most signatures a note may have; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// Text with signatures.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Note {
    /// What is signed; it ends in a newline.
    pub text: String,
    /// Who signed, known to the reader or not, in the order of the lines.
    pub signatures: Vec<NoteSignature>,
}

/// Why a note was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteError {
    /// More than [`MAX_NOTE_BYTES`].
    #[error("note of {0} bytes is larger than 1 MiB")]
    TooLarge(usize),
    /// The bytes are not UTF-8.
    #[error("note is not UTF-8 text")]
    NotUtf8,
    /// An ASCII control character other than newline.
    #[error("note holds the control character U+{0:04X}")]
    ControlCharacter(u32),
    /// Text without a newline at its end, or nothing.
    #[error("note text does not end in a newline")]
    TextEnd,
    /// No empty line between text and signatures.
    #[error("note has no empty line before its signatures")]
    NoSeparator,
    /// The last line does not end in a newline.
    #[error("note's last signature line does not end in a newline")]
    Unterminated,
    /// Nothing after the empty line.
    #[error("note has no signature")]
    NoSignature,
    /// More than [`MAX_SIGNATURES`].
    #[error("note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A line that is not `— <name> <base64>`.
    #[error("not a signature line: {0:?}")]
    SignatureLine(String),
    /// Two signature lines of the same key name and id.
    #[error("note has two signatures of {name} (key {key_id:08x})")]
    Duplicate {
        /// The key name of both.
        name: String,
        /// The key id of both.
        key_id: u32,
    },
    /// No signature of that key: nobody claims that it signed.
    #[error("note is not signed by {0}")]
    Missing(String),
    /// A signature of that key that does not verify: the note is forged or damaged.
    #[error("note's signature by {0} is wrong")]
    Bad(String),
    /// The key is of an algorithm that is not verified here.
    #[error("signatures of {0} cannot be verified by this version")]
    Unsupported(String),
    /// The key's kind is not the one that makes this signature.
    #[error("key {0} is of the wrong kind for this signature")]
    WrongKind(String),
    /// Only checkpoints are cosigned.
    #[error("only a checkpoint can be cosigned: {0}")]
    NotACheckpoint(Box<CheckpointError>),
    /// A timestamp above 2^63 - 1.
    #[error("cosignature timestamp {0} is above 2^63 - 1")]
    Timestamp(u64),
}

impl Note {
    /// The note in `text`.
    ///
    /// # Errors
    /// Whatever departs from c2sp.org/signed-note, a second signature of one key, or a size above
    /// [`MAX_NOTE_BYTES`] or [`MAX_SIGNATURES`].
    pub fn parse(text: &str) -> Result<Note, NoteError> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge(text.len()));
        }
        check_characters(text)?;
        // The text may hold empty lines; the last one is the separator.
        let end = text.rfind("\n\n").ok_or(NoteError::NoSeparator)? + 1;
        let (body, lines) = (&text[..end], &text[end + 1..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignature);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unterminated)?;
        let mut signatures = Vec::new();
        let mut signers = HashSet::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature: NoteSignature = line.parse()?;
            if !signers.insert((signature.name.clone(), signature.key_id)) {
                return Err(NoteError::Duplicate { name: signature.name, key_id: signature.key_id });
            }
            signatures.push(signature);
        }
        Ok(Note { text: body.to_owned(), signatures })
    }

    /// The note in `bytes`, which must be UTF-8.
    ///
    /// # Errors
    /// [`NoteError::NotUtf8`], and those of [`Note::parse`].
    pub fn parse_bytes(bytes: &[u8]) -> Result<Note, NoteError> {
        Note::parse(std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?)
    }

    /// Signs `text` with an Ed25519 key.
    ///
    /// # Errors
    /// Text that cannot stand in a note, or [`NoteError::WrongKind`] for a cosigner's key.
    pub fn sign(text: &str, signer: &SignerKey) -> Result<Note, NoteError> {
        check_text(text)?;
        if signer.kind() != KeyKind::Ed25519 {
            return Err(NoteError::WrongKind(signer.name().to_owned()));
        }
        let signature = NoteSignature {
            name: signer.name().to_owned(),
            key_id: signer.id(),
            signature: signer.sign(text.as_bytes()).to_vec(),
        };
        Ok(Note { text: text.to_owned(), signatures: vec![signature] })
    }

    /// The note of `text` with a signature that was made elsewhere, for example in a token that gives no secret out.
    ///
    /// # Errors
    /// Text that cannot stand in a note, [`NoteError::WrongKind`] for a cosigner's key, [`NoteError::Bad`] if `key` did
    /// not make the signature.
    pub fn signed(text: &str, key: &VerifierKey, signature: &[u8; 64]) -> Result<Note, NoteError> {
        check_text(text)?;
        if key.kind() != KeyKind::Ed25519 {
            return Err(NoteError::WrongKind(key.name().to_owned()));
        }
        check(key, text.as_bytes(), signature)?;
        let signature =
            NoteSignature { name: key.name().to_owned(), key_id: key.id(), signature: signature.to_vec() };
        Ok(Note { text: text.to_owned(), signatures: vec![signature] })
    }

    /// Puts `signature` on the note, in the place of an earlier one of the same key name and id.
    pub fn add(&mut self, signature: NoteSignature) {
        let same = |old: &&mut NoteSignature| old.name == signature.name && old.key_id == signature.key_id;
        match self.signatures.iter_mut().find(same) {
            Some(old) => *old = signature,
            None => self.signatures.push(signature),
        }
    }

    /// Accepts the note if `key` signed it; for a cosigner's key see also [`verify_cosignature`].
    ///
    /// # Errors
    /// [`NoteError::Missing`] if the key did not sign, [`NoteError::Bad`] if its signature is wrong,
    /// [`NoteError::Unsupported`] for ML-DSA-44.
    pub fn verified_by(&self, key: &VerifierKey) -> Result<(), NoteError> {
        match key.kind() {
            KeyKind::Ed25519 => self
                .signatures_of(key)?
                .into_iter()
                .try_for_each(|signed| check(key, self.text.as_bytes(), &signed.signature)),
            KeyKind::CosignatureEd25519 | KeyKind::CosignatureMlDsa44 => {
                verify_cosignature(self, key).map(|_| ())
            }
        }
    }

    /// The signatures that name `key`: at least one.
    pub(crate) fn signatures_of(&self, key: &VerifierKey) -> Result<Vec<&NoteSignature>, NoteError> {
        let of_key = |signed: &&NoteSignature| signed.key_id == key.id() && signed.name == key.name();
        let found: Vec<_> = self.signatures.iter().filter(of_key).collect();
        if found.is_empty() { Err(NoteError::Missing(key.name().to_owned())) } else { Ok(found) }
    }
}

/// Accepts `signature` (64 bytes) of `message` by the Ed25519 key `key`.
pub(crate) fn check(key: &VerifierKey, message: &[u8], signature: &[u8]) -> Result<(), NoteError> {
    match key.verifies(message, signature) {
        Some(true) => Ok(()),
        Some(false) => Err(NoteError::Bad(key.name().to_owned())),
        None => Err(NoteError::Unsupported(key.name().to_owned())),
    }
}

/// Accepts text that can stand in a note before the empty line.
pub(crate) fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_NOTE_BYTES {
        return Err(NoteError::TooLarge(text.len()));
    }
    check_characters(text)?;
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::TextEnd) }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    match text.bytes().find(|b| *b < b' ' && *b != b'\n') {
        Some(byte) => Err(NoteError::ControlCharacter(byte.into())),
        None => Ok(()),
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Note, NoteError> {
        Note::parse(text)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}
