//! Signer keys: the secret half of an Ed25519 key, with its name and kind.
//!
//! The secret is wiped from memory on drop and never printed by `Debug` or by an error; only
//! [`SignerKey::secret_text`] gives it out. There is no `Display`, so it cannot reach a log by accident.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::{Zeroize, Zeroizing};

use crate::key::{KeyError, KeyKind, VerifierKey, split_key};

/// How the text of a secret key begins (the form of Go's `sumdb/note` package).
const PREFIX: &str = "PRIVATE+KEY+";

/// An Ed25519 secret key with its name and kind.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl SignerKey {
    /// The key whose secret is `seed` (RFC 8032, section 5.1.5), which the caller drew at random.
    ///
    /// # Errors
    /// [`KeyError::Name`], or [`KeyError::Kind`] for a kind that is not of Ed25519.
    pub fn from_seed(name: &str, kind: KeyKind, seed: [u8; 32]) -> Result<SignerKey, KeyError> {
        let seed = Zeroizing::new(seed);
        if kind == KeyKind::CosignatureMlDsa44 {
            return Err(KeyError::Kind(kind.byte()));
        }
        let secret = SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().as_bytes())?;
        Ok(SignerKey { verifier, secret })
    }

    /// The public half, to give to those who verify.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// The key name, as on signature lines.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The key id, as in the first four bytes of signatures.
    pub fn id(&self) -> u32 {
        self.verifier.id()
    }

    /// What this key's signatures mean.
    pub fn kind(&self) -> KeyKind {
        self.verifier.kind()
    }

    /// The secret as text, to keep in a file: `PRIVATE+KEY+<name>+<id>+<base64(kind || seed)>`.
    pub fn secret_text(&self) -> Zeroizing<String> {
        let mut material = [0; 33];
        material[0] = self.kind().byte();
        material[1..].copy_from_slice(self.secret.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(material));
        material.zeroize();
        Zeroizing::new(format!("{PREFIX}{}+{:08x}+{}", self.name(), self.id(), *encoded))
    }

    /// The Ed25519 signature of `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl FromStr for SignerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<SignerKey, KeyError> {
        let (name, written, material) = split_key(text.strip_prefix(PREFIX).ok_or(KeyError::Malformed)?)?;
        let material = Zeroizing::new(material);
        let (kind, seed) = material.split_first().ok_or(KeyError::Length(0))?;
        let kind = KeyKind::from_byte(*kind).ok_or(KeyError::Kind(*kind))?;
        let seed = <[u8; 32]>::try_from(seed).map_err(|_| KeyError::Length(seed.len()))?;
        let key = SignerKey::from_seed(name, kind, seed)?;
        if key.id() == written { Ok(key) } else { Err(KeyError::WrongId { written, computed: key.id() }) }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey(secret of {})", self.verifier)
    }
}
