//! What stands outside and travels: whose letter it is and for whom, and bytes that only the recipient reads.

use std::fmt;
use std::str::FromStr;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng,
};
use sha2::{Digest, Sha256};
use tlog::{Note, SignerKey, VerifierKey};
use uuid::Uuid;

use super::chance::Chance;
use super::inner::MAX_NOTE;
use super::keys::{LetterKeys, Secret};
use super::lines::{Lines, piece, put_piece};
use super::{Letter, LetterError, MAX_BODY};
use crate::names::{ContentHash, Origin};

const TITLE: &str = "nhipcau.sealed/v1";
/// What both sides tell HPKE that the key is used for.
const INFO: &[u8] = b"nhipcau.letter/v1";
/// So many bytes are enough to know whose letter it is.
pub const MAX_HEAD: usize = 4 + MAX_NOTE;
/// The most bytes of a sealed letter.
pub const MAX_SEALED: usize = MAX_BODY + MAX_BODY / 8 + 2 * MAX_HEAD;

/// Which sealing key a letter is sealed to: the first eight bytes of the key's SHA-256, in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealingId([u8; 8]);

/// What anybody who carries a letter may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The sender's log.
    pub from: Origin,
    /// The recipient's log.
    pub to: Origin,
    /// The letter's name.
    pub id: Uuid,
    /// The key that opens it.
    pub key: SealingId,
}

/// A sealed letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its address.
    pub address: Address,
    /// The hash of the sealed bytes.
    pub hash: ContentHash,
    enc: [u8; 32],
    note: Note,
    bytes: Vec<u8>,
}

impl SealingId {
    pub(super) fn of(key: &[u8; 32]) -> SealingId {
        let mut id = [0; 8];
        id.copy_from_slice(&Sha256::digest(key)[..8]);
        SealingId(id)
    }
}

impl fmt::Display for SealingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SealingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SealingId {
    type Err = ();
    fn from_str(text: &str) -> Result<SealingId, ()> {
        hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(SealingId).ok_or(())
    }
}

impl Address {
    /// The associated data of the encryption, and the beginning of the note outside.
    fn text(&self) -> String {
        let Address { from, to, id, key } = self;
        format!("{TITLE}\nfrom {from}\nto {to}\nid {}\nkey {key}\n", id.hyphenated())
    }
}

impl Letter {
    /// Signs and seals the letter. The same letter may be sealed any number of times, each with other random
    /// bytes: inside it stays the same letter.
    ///
    /// # Errors
    /// A body that is too long, a kind that is none, or a key that cannot be used.
    pub fn seal(&self, signer: &SignerKey, to: &LetterKeys, seed: [u8; 32]) -> Result<Sealed, LetterError> {
        let plain = self.plain(signer)?;
        let key = || LetterError::Key(self.to.clone());
        let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to.sealing()).map_err(|_| key())?;
        let (from, to, id, key_id) = (self.from.clone(), self.to.clone(), self.id, to.id());
        let address = Address { from, to, id, key: key_id };
        let (enc, bytes) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            INFO,
            &plain,
            address.text().as_bytes(),
            &mut Chance::of(seed),
        )
        .map_err(|_| key())?;
        let enc: [u8; 32] = enc.to_bytes().into();
        let hash = ContentHash::of(&bytes);
        let text = format!("{}enc {}\nsealed {} {hash}\n", address.text(), hex::encode(enc), bytes.len());
        Ok(Sealed { note: Note::sign(&text, signer)?, address, hash, enc, bytes })
    }
}

impl Sealed {
    /// The bytes that travel.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let note = self.note.to_string();
        let mut bytes = Vec::with_capacity(4 + note.len() + self.bytes.len());
        put_piece(&mut bytes, note.as_bytes());
        bytes.extend_from_slice(&self.bytes);
        bytes
    }

    /// Reads a sealed letter. Its signature is for [`Sealed::verify`].
    ///
    /// # Errors
    /// Names the line, or says that the bytes are not the ones that were signed.
    pub fn parse(bytes: &[u8]) -> Result<Sealed, LetterError> {
        let head = Sealed::head(bytes)?.ok_or(LetterError::Shape)?;
        let (_, rest) = piece(bytes, MAX_NOTE)?.ok_or(LetterError::Shape)?;
        if rest.len() != head.size {
            return Err(LetterError::Shape);
        }
        if ContentHash::of(rest) != head.hash {
            return Err(LetterError::OtherBytes);
        }
        let Head { address, hash, enc, note, .. } = head;
        Ok(Sealed { address, hash, enc, note, bytes: rest.to_vec() })
    }

    /// Reads who writes to whom from the beginning of a letter, so that nobody need read the rest of what a
    /// stranger sends. `Ok(None)`: more bytes are needed, at most [`MAX_HEAD`] in all.
    ///
    /// # Errors
    /// As [`Sealed::parse`]; the signature is for [`Announced::verify`].
    pub fn announced(bytes: &[u8]) -> Result<Option<Announced>, LetterError> {
        Ok(Sealed::head(bytes)?.map(|head| Announced {
            address: head.address,
            size: head.size as u64,
            note: head.note,
        }))
    }

    fn head(bytes: &[u8]) -> Result<Option<Head>, LetterError> {
        let Some((note, _)) = piece(bytes, MAX_NOTE)? else { return Ok(None) };
        let note = Note::parse_bytes(note)?;
        let mut lines = Lines::of(&note.text, TITLE)?;
        let from = lines.value("from", "must name the sender's log")?;
        let to = lines.value("to", "must name the recipient's log")?;
        let id = lines.value("id", "must be the letter's id")?;
        let key = lines.value("key", "must name the key that opens it")?;
        let enc: ContentHash = lines.value("enc", "must be 64 hexadecimal digits")?;
        let (size, hash) = lines.sized("sealed", "must be a size and a SHA-256")?;
        lines.end()?;
        if size > MAX_SEALED {
            return Err(LetterError::TooLong(size));
        }
        Ok(Some(Head { address: Address { from, to, id, key }, enc: enc.0, size, hash, note }))
    }

    /// Accepts the letter if `key` signed it outside.
    ///
    /// # Errors
    /// As [`Note::verified_by`].
    pub fn verify(&self, key: &VerifierKey) -> Result<(), LetterError> {
        Ok(self.note.verified_by(key)?)
    }

    /// Opens the letter: `sender` must have signed it inside and outside, and inside it must be addressed as
    /// outside.
    ///
    /// # Errors
    /// Every way in which it is not a whole letter of this sender to the holder of `secret`.
    pub fn open(&self, sender: &VerifierKey, secret: &Secret) -> Result<Letter, LetterError> {
        self.verify(sender)?;
        if self.address.key != secret.id() {
            return Err(LetterError::OtherKey(self.address.key));
        }
        let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&self.enc);
        let plain = single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            secret.private(),
            &enc.map_err(|_| LetterError::NotOpened)?,
            INFO,
            &self.bytes,
            self.address.text().as_bytes(),
        )
        .map_err(|_| LetterError::NotOpened)?;
        let (letter, note) = Letter::read(&plain)?;
        note.verified_by(sender)?;
        let Address { from, to, id, .. } = &self.address;
        if (&letter.from, &letter.to, &letter.id) != (from, to, id) {
            return Err(LetterError::OtherAddress);
        }
        Ok(letter)
    }
}

/// The beginning of a letter.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Its address.
    pub address: Address,
    /// How many sealed bytes follow.
    pub size: u64,
    note: Note,
}

impl Announced {
    /// Accepts the address if `key` signed it.
    ///
    /// # Errors
    /// As [`Note::verified_by`].
    pub fn verify(&self, key: &VerifierKey) -> Result<(), LetterError> {
        Ok(self.note.verified_by(key)?)
    }
}

struct Head {
    address: Address,
    enc: [u8; 32],
    size: usize,
    hash: ContentHash,
    note: Note,
}
