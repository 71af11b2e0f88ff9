//! The two keys of a portal's letters: one to which they are sealed, one that signs them.
//!
//! In an enrolment they stand as one text, `letter1:<X25519 key>:<Ed25519 key>`, both in lower-case
//! hexadecimal. A text that begins otherwise is of a later version of this program: it is kept and handed
//! on, and nothing can be sealed to it here.

use std::fmt;
use std::str::FromStr;

use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};
use tlog::{KeyKind, VerifierKey};

use super::LetterError;
use super::sealed::SealingId;
use crate::names::Origin;

const VERSION: &str = "letter1:";
const SECRET: &str = "nhipcau.sealing1:";
/// The longest text of keys that is kept for a later version.
const MAX_LATER: usize = 4_000;

/// What an enrolment says of a portal's letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sealing {
    /// Keys that this program can use.
    Known(LetterKeys),
    /// The text of a later version.
    Later(Box<str>),
}

/// The public keys of a portal's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LetterKeys {
    sealing: [u8; 32],
    letter: [u8; 32],
}

/// The key that opens letters. It is never printed except by [`Secret::text`], for its file.
#[derive(Clone)]
pub struct Secret {
    private: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: [u8; 32],
}

/// The name of the key that signs the letters of `origin`.
#[must_use]
pub fn key_name(origin: &Origin) -> String {
    format!("{origin}/letters")
}

impl LetterKeys {
    /// The keys of who opens with `secret` and signs with the key whose public half is `letter`.
    ///
    /// # Errors
    /// If `letter` is no Ed25519 key.
    pub fn new(secret: &Secret, letter: &VerifierKey) -> Result<LetterKeys, String> {
        let letter = letter.public_bytes().try_into().map_err(|_| "must be an Ed25519 key".to_owned())?;
        LetterKeys::checked(secret.public, letter)
    }

    fn checked(sealing: [u8; 32], letter: [u8; 32]) -> Result<LetterKeys, String> {
        let signs = VerifierKey::new("letters", KeyKind::Ed25519, &letter);
        signs.map_err(|error| format!("has a letter key that is none: {error}"))?;
        <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&sealing)
            .map_err(|_| "has a sealing key that is none".to_owned())?;
        Ok(LetterKeys { sealing, letter })
    }

    /// The sealing key, as HPKE takes it.
    #[must_use]
    pub fn sealing(&self) -> &[u8; 32] {
        &self.sealing
    }

    /// Which sealing key it is, in few letters.
    #[must_use]
    pub fn id(&self) -> SealingId {
        SealingId::of(&self.sealing)
    }

    /// The key that verifies the letters of `origin`.
    ///
    /// # Errors
    /// None for keys that were read; the point was checked.
    pub fn verifier(&self, origin: &Origin) -> Result<VerifierKey, LetterError> {
        VerifierKey::new(&key_name(origin), KeyKind::Ed25519, &self.letter)
            .map_err(|_| LetterError::Key(origin.clone()))
    }
}

impl Sealing {
    /// The keys, if this program can use them.
    #[must_use]
    pub fn known(&self) -> Option<&LetterKeys> {
        match self {
            Sealing::Known(keys) => Some(keys),
            Sealing::Later(_) => None,
        }
    }
}

impl fmt::Display for LetterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}{}:{}", hex::encode(self.sealing), hex::encode(self.letter))
    }
}

impl fmt::Display for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sealing::Known(keys) => keys.fmt(f),
            Sealing::Later(text) => f.write_str(text),
        }
    }
}

impl FromStr for Sealing {
    type Err = String;
    fn from_str(text: &str) -> Result<Sealing, String> {
        if text.is_empty() || text.len() > MAX_LATER || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(format!("must be 1 to {MAX_LATER} visible ASCII characters"));
        }
        let Some(keys) = text.strip_prefix(VERSION) else { return Ok(Sealing::Later(text.into())) };
        let both = keys.split_once(':').and_then(|(a, b)| Some((key(a)?, key(b)?)));
        let (sealing, letter) =
            both.ok_or("must be letter1: and two keys of 64 lower-case hexadecimal digits, a colon between")?;
        LetterKeys::checked(sealing, letter).map(Sealing::Known)
    }
}

fn key(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    hex::decode(text).ok()?.try_into().ok()
}

impl Secret {
    /// The key that these random bytes give (RFC 9180, DeriveKeyPair).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Secret {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed);
        Secret { private, public: public.to_bytes().into() }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{SECRET}{}", hex::encode(self.private.to_bytes()))
    }

    /// Its public half, in few letters.
    #[must_use]
    pub fn id(&self) -> SealingId {
        SealingId::of(&self.public)
    }

    pub(crate) fn private(&self) -> &<X25519HkdfSha256 as Kem>::PrivateKey {
        &self.private
    }
}

impl FromStr for Secret {
    type Err = &'static str;
    /// Says only that it is none: an error must not repeat a secret.
    fn from_str(text: &str) -> Result<Secret, &'static str> {
        let none = "is no key that opens letters";
        let bytes = text.strip_prefix(SECRET).and_then(key).ok_or(none)?;
        let private = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&bytes).map_err(|_| none)?;
        let public = X25519HkdfSha256::sk_to_pk(&private).to_bytes().into();
        Ok(Secret { private, public })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.id())
    }
}
