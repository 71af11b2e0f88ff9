//! Verifier keys: who may sign, and how (c2sp.org/signed-note, "Verifier keys").
//!
//! A key that parses can be used at once: its name, its id and its point were checked, and the point is
//! kept decompressed, because every follower verifies with few keys many times. Refused are kinds that
//! this software does not use, ids that do not belong to the key, and points with which anybody could sign.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// The length of an ML-DSA-44 public key (FIPS 204).
const ML_DSA_44_PUBLIC_BYTES: usize = 1312;

/// What a signature of a key means: the signature type identifier byte of c2sp.org/signed-note.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum KeyKind {
    /// Ed25519 over the note text (c2sp.org/signed-note).
    Ed25519 = 0x01,
    /// A timestamped Ed25519 cosignature of a checkpoint (c2sp.org/tlog-cosignature).
    CosignatureEd25519 = 0x04,
    /// A timestamped ML-DSA-44 cosignature (c2sp.org/tlog-cosignature): read and printed, not yet verified.
    CosignatureMlDsa44 = 0x06,
}

impl KeyKind {
    /// The kind that `byte` identifies, if this crate knows it.
    pub fn from_byte(byte: u8) -> Option<KeyKind> {
        match byte {
            0x01 => Some(KeyKind::Ed25519),
            0x04 => Some(KeyKind::CosignatureEd25519),
            0x06 => Some(KeyKind::CosignatureMlDsa44),
            _ => None,
        }
    }

    /// The signature type identifier byte.
    pub fn byte(self) -> u8 {
        self as u8
    }
}

/// Why a key was refused. Secrets are never part of the message.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// Not `name+id+base64`.
    #[error("not a key: <name>+<id>+<base64> is expected")]
    Malformed,
    /// An empty name, or one with a space, a plus or a control character.
    #[error("key name {0:?} is empty or holds a space, a plus or a control character")]
    Name(String),
    /// An id that is not eight lower-case hex digits.
    #[error("key id {0:?} is not eight lower-case hex digits")]
    Id(String),
    /// The id in the text is not the one that the name, kind and public key give.
    #[error("key id {written:08x} does not belong to this key, whose id is {computed:08x}")]
    WrongId {
        /// The id in the text.
        written: u32,
        /// The id that belongs to the key.
        computed: u32,
    },
    /// Bad base64, or none.
    #[error("key material is not standard base64")]
    Base64,
    /// A signature type that is not known here.
    #[error("key kind {0:#04x} is not supported")]
    Kind(u8),
    /// The public key or seed has the wrong length for its kind.
    #[error("key material of {0} bytes has the wrong length for its kind")]
    Length(usize),
    /// Not a canonical Ed25519 point, or one of small order, with which signatures prove nothing.
    #[error("key material is not a usable Ed25519 public key")]
    Point,
}

#[derive(Clone, PartialEq, Eq)]
enum Material {
    Ed25519(VerifyingKey),
    MlDsa44(Vec<u8>),
}

/// A key that verifies signatures; its text is the vkey of c2sp.org/signed-note.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    kind: KeyKind,
    material: Material,
}

impl VerifierKey {
    /// The key of `kind` with these public bytes (32 for Ed25519, 1312 for ML-DSA-44).
    ///
    /// # Errors
    /// A name, length or point that [`KeyError`] describes.
    pub fn new(name: &str, kind: KeyKind, public: &[u8]) -> Result<VerifierKey, KeyError> {
        check_name(name)?;
        let material = match kind {
            KeyKind::Ed25519 | KeyKind::CosignatureEd25519 => Material::Ed25519(point(public)?),
            KeyKind::CosignatureMlDsa44 if public.len() == ML_DSA_44_PUBLIC_BYTES => {
                Material::MlDsa44(public.to_vec())
            }
            KeyKind::CosignatureMlDsa44 => return Err(KeyError::Length(public.len())),
        };
        Ok(VerifierKey { name: name.to_owned(), id: key_id(name, kind, public), kind, material })
    }

    /// The key name, as on signature lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id, as in the first four bytes of signatures.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What this key's signatures mean.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key, as encoded in the vkey after the kind.
    pub fn public_bytes(&self) -> &[u8] {
        match &self.material {
            Material::Ed25519(key) => key.as_bytes(),
            Material::MlDsa44(bytes) => bytes,
        }
    }

    /// Whether `signature` (64 bytes) is this key's Ed25519 signature of `message`; `None` if the key is of
    /// another algorithm.
    ///
    /// `verify_strict` is RFC 8032 without cofactor, as Go, BoringSSL and Web Crypto have it, and it also
    /// refuses points of small order. No honest signer makes such, and what passes here passes in every
    /// other verifier: a signed checkpoint shown as evidence must be evidence everywhere.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let Material::Ed25519(key) = &self.material else { return None };
        Some(
            Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        )
    }
}

fn point(public: &[u8]) -> Result<VerifyingKey, KeyError> {
    let bytes = <&[u8; 32]>::try_from(public).map_err(|_| KeyError::Length(public.len()))?;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
    // Decompression forgives a coordinate above the field's prime; one key shall have one encoding.
    let canonical = key.to_edwards().compress().as_bytes() == bytes;
    if canonical && !key.is_weak() { Ok(key) } else { Err(KeyError::Point) }
}

/// SHA-256(name || 0x0A || kind || public key), first four bytes (c2sp.org/signed-note, "Signatures").
fn key_id(name: &str, kind: KeyKind, public: &[u8]) -> u32 {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update(b"\n")
        .chain_update([kind.byte()])
        .chain_update(public)
        .finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// Key names are non-empty, without Unicode spaces and plus; control characters cannot stand in a note.
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    if name.is_empty() || name.contains(bad) { Err(KeyError::Name(name.to_owned())) } else { Ok(()) }
}

/// The three parts of a key text after an optional prefix: name, id, and kind with key material.
pub(crate) fn split_key(text: &str) -> Result<(&str, u32, Vec<u8>), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
    let (id, material) = rest.split_once('+').ok_or(KeyError::Malformed)?;
    check_name(name)?;
    Ok((name, parse_id(id)?, STANDARD.decode(material).map_err(|_| KeyError::Base64)?))
}

fn parse_id(text: &str) -> Result<u32, KeyError> {
    let bad = || KeyError::Id(text.to_owned());
    if text.len() != 8 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(bad());
    }
    u32::from_str_radix(text, 16).map_err(|_| bad())
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<VerifierKey, KeyError> {
        let (name, written, material) = split_key(text)?;
        let (kind, public) = material.split_first().ok_or(KeyError::Length(0))?;
        let kind = KeyKind::from_byte(*kind).ok_or(KeyError::Kind(*kind))?;
        let key = VerifierKey::new(name, kind, public)?;
        if key.id == written { Ok(key) } else { Err(KeyError::WrongId { written, computed: key.id }) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[self.kind.byte()], self.public_bytes()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(material))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl std::hash::Hash for VerifierKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.name, self.id, self.kind, self.public_bytes()).hash(state);
    }
}

impl serde::Serialize for VerifierKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for VerifierKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<VerifierKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
