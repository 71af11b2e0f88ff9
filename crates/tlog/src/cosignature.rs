//! Cosignatures: a witness or mirror says that it saw a checkpoint, and when (c2sp.org/tlog-cosignature, type 0x04).
//!
//! The clock is the caller's: a timestamp is given and given back, never judged here.

use crate::checkpoint::Checkpoint;
use crate::key::{KeyKind, VerifierKey};
use crate::note::{Note, NoteError, check};
use crate::signature::NoteSignature;
use crate::signer::SignerKey;

/// The bytes of an Ed25519 cosignature after the key id: timestamp and signature.
pub const COSIGNATURE_BYTES: usize = 8 + 64;

/// The largest timestamp that a cosignature may carry.
pub const MAX_TIMESTAMP: u64 = i64::MAX as u64;

/// The cosignature of the checkpoint `note_text` at `timestamp`, in seconds since the Epoch.
///
/// # Errors
/// Text that is not a checkpoint, a key of another kind, or a timestamp above 2^63 - 1.
pub fn cosign(note_text: &str, signer: &SignerKey, timestamp: u64) -> Result<NoteSignature, NoteError> {
    if signer.kind() != KeyKind::CosignatureEd25519 {
        return Err(NoteError::WrongKind(signer.name().to_owned()));
    }
    let signed = signer.sign(message(note_text, timestamp)?.as_bytes());
    let signature = [&timestamp.to_be_bytes()[..], &signed].concat();
    Ok(NoteSignature { name: signer.name().to_owned(), key_id: signer.id(), signature })
}

/// When `key` cosigned the checkpoint in `note`, in seconds since the Epoch.
///
/// # Errors
/// [`NoteError::Missing`] if it did not, [`NoteError::Bad`] if its cosignature is wrong,
/// [`NoteError::Unsupported`] for ML-DSA-44, [`NoteError::WrongKind`] for a key that does not cosign.
pub fn verify_cosignature(note: &Note, key: &VerifierKey) -> Result<u64, NoteError> {
    match key.kind() {
        KeyKind::Ed25519 => return Err(NoteError::WrongKind(key.name().to_owned())),
        KeyKind::CosignatureMlDsa44 => return Err(NoteError::Unsupported(key.name().to_owned())),
        KeyKind::CosignatureEd25519 => {}
    }
    let mut latest = 0;
    for signed in note.signatures_of(key)? {
        let Some((timestamp, signature)) = signed.signature.split_first_chunk() else {
            return Err(NoteError::Bad(key.name().to_owned()));
        };
        let timestamp = u64::from_be_bytes(*timestamp);
        check(key, message(&note.text, timestamp)?.as_bytes(), signature)?;
        latest = latest.max(timestamp);
    }
    Ok(latest)
}

/// What an Ed25519 cosignature signs: a header that keeps it apart from notes, the time, the whole text.
fn message(note_text: &str, timestamp: u64) -> Result<String, NoteError> {
    if timestamp > MAX_TIMESTAMP {
        return Err(NoteError::Timestamp(timestamp));
    }
    Checkpoint::parse_text(note_text).map_err(|error| NoteError::NotACheckpoint(Box::new(error)))?;
    Ok(format!("cosignature/v1\ntime {timestamp}\n{note_text}"))
}
