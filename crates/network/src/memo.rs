//! Which notes were found to be signed by which keys, so that the same checkpoint is verified once however
//! many neighbours, logs' followers or simulated nodes it reaches. A memory of proofs, never a way around
//! them: the name of a memory is the SHA-256 of the whole note and the key itself.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tlog::{Note, NoteError, VerifierKey, verify_cosignature};

/// After so many proofs the older half is forgotten.
const GENERATION: usize = 16_384;

/// A bounded memory of successful verifications; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Memo(Arc<Mutex<Generations>>);

#[derive(Debug, Default)]
struct Generations {
    young: HashSet<[u8; 32]>,
    old: HashSet<[u8; 32]>,
    verified: u64,
    remembered: u64,
}

impl Memo {
    /// An empty memory.
    #[must_use]
    pub fn new() -> Memo {
        Memo::default()
    }

    /// Accepts the note if `key` signed it, by [`Note::verified_by`] or because that was found before.
    ///
    /// # Errors
    /// As [`Note::verified_by`]; failures are not remembered.
    pub fn signed(&self, note: &Note, key: &VerifierKey) -> Result<(), NoteError> {
        self.remember(note, key, || note.verified_by(key))
    }

    /// Accepts the note if `key` cosigned it.
    ///
    /// # Errors
    /// As [`verify_cosignature`].
    pub fn cosigned(&self, note: &Note, key: &VerifierKey) -> Result<(), NoteError> {
        self.remember(note, key, || verify_cosignature(note, key).map(|_| ()))
    }

    /// How many verifications were carried out, and how many were remembered.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (memory.verified, memory.remembered)
    }

    fn remember(
        &self,
        note: &Note,
        key: &VerifierKey,
        verify: impl FnOnce() -> Result<(), NoteError>,
    ) -> Result<(), NoteError> {
        let name = name(note, key);
        {
            let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if memory.young.contains(&name) || memory.old.contains(&name) {
                memory.remembered += 1;
                return Ok(());
            }
        }
        verify()?;
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.verified += 1;
        if memory.young.len() >= GENERATION {
            memory.old = std::mem::take(&mut memory.young);
        }
        memory.young.insert(name);
        Ok(())
    }
}

/// Text, key, and the signatures that name the key: all that the answer depends on, each with its length.
fn name(note: &Note, key: &VerifierKey) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(note.text.as_bytes());
    field(&[key.kind().byte()]);
    field(key.name().as_bytes());
    field(key.public_bytes());
    for signature in &note.signatures {
        if signature.key_id == key.id() && signature.name == key.name() {
            field(&signature.signature);
        }
    }
    hash.finalize().into()
}
