//! The keys of a portal's letters: one opens what is sealed to it, one signs what it writes. Files beside the log's
//! key, made when they are first needed.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use anyhow::Context;
use network::letter::{LetterKeys, Secret, key_name};
use network::names::Origin;
use tlog::{KeyKind, SignerKey};

use super::{Keyring, file_stem, make, secret};
use crate::clock::Dice;

/// What a portal writes and reads letters with.
pub struct LetterSecrets {
    /// Signs letters and what is said of them.
    pub signer: SignerKey,
    /// Opens letters.
    pub opens: Secret,
    /// What everybody may know of both.
    pub public: LetterKeys,
}

impl Keyring {
    /// The keys of the letters of `origin`; made if they are not there.
    ///
    /// # Errors
    /// When a file cannot be written or read, or holds another key.
    pub fn letters(&self, origin: &Origin, dice: &Dice) -> anyhow::Result<Arc<LetterSecrets>> {
        let held = self.letters.read().unwrap_or_else(PoisonError::into_inner).get(origin).cloned();
        if let Some(held) = held {
            return Ok(held);
        }
        let name: Origin = key_name(origin).parse()?;
        let signer = make(&self.folder, &file_stem(&name), &name, KeyKind::Ed25519, dice)?;
        let opens = opener(&self.folder.join(format!("{}_sealing.key", file_stem(origin))), dice)?;
        let public = LetterKeys::new(&opens, &signer.verifier()).map_err(anyhow::Error::msg)?;
        let made = Arc::new(LetterSecrets { signer, opens, public });
        let mut all = self.letters.write().unwrap_or_else(PoisonError::into_inner);
        Ok(all.entry(origin.clone()).or_insert(made).clone())
    }

    /// The keys of the letters of `origin`, if this node has them.
    ///
    /// # Errors
    /// As [`Keyring::letters`].
    pub fn letters_held(&self, origin: &Origin, dice: &Dice) -> anyhow::Result<Option<Arc<LetterSecrets>>> {
        let here = self.folder.join(format!("{}_sealing.key", file_stem(origin))).exists();
        here.then(|| self.letters(origin, dice)).transpose()
    }
}

fn opener(path: &Path, dice: &Dice) -> anyhow::Result<Secret> {
    if !path.exists() {
        let fresh = Secret::from_seed(&dice.bytes::<32>()?);
        let kept = secret(path, &fresh.text())?.persist_noclobber(path);
        kept.with_context(|| format!("keep the key {}", path.display()))?;
    }
    let text = fs::read_to_string(path).with_context(|| format!("read the key {}", path.display()))?;
    let read = text.trim().parse::<Secret>().map_err(anyhow::Error::msg);
    read.with_context(|| {
        format!("{}: restore it from where keys are kept, or move it away for a new one", path.display())
    })
}
