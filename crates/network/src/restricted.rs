//! Words for a few agencies among what everybody holds: a restricted task of a directive, and what is answered to it.
//!
//! They lie sealed in contents that every node carries. Each has a key of its own, encrypted once for each reader by HPKE (RFC
//! 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM) to the sealing key of its letters ([`crate::letter`]); the words are
//! encrypted by AES-256-GCM. Whose words they are, of which directive, edition and part, is associated data, so nobody passes
//! them off at another place.
//!
//! AES-GCM does not commit to a key: so a commitment over key, place and text stands before both, and every reader asks it.
//! All of them read one text, or none. As the key is random, nothing can be guessed from it.
//!
//! Leaked to everybody: that there are such words, who sealed them, of which directive, and two sizes in steps. The text is
//! padded (Padmé, at least 1 KiB); the keys for readers are filled up with random bytes to a power of two, and sorted, so
//! neither who nor exactly how many may read is told. A reader finds its own by trying.
//!
//! Who has no key when they are sealed cannot read them, and a key that comes later opens nothing: a directive's next edition
//! seals anew, to the keys of that day.

use std::collections::BTreeSet;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::letter::{Chance, LetterKeys, Secret};
use crate::names::{ContentHash, Origin};
use crate::sealing::padded;

/// Media type of sealed words that are content of their own.
pub const RESTRICTED_TYPE: &str = "application/vnd.nhipcau.restricted";
/// The most readers of one text.
pub const MAX_READERS: usize = 1_024;

const MAGIC: &[u8] = b"nhipcau.restricted1\n";
const INFO: &[u8] = b"nhipcau.restricted/v1";
/// Under a key that seals once.
const NONCE: &[u8; 12] = b"nc-restrict1";
/// The least bytes that are encrypted.
const LEAST: u64 = 1_024;
/// Before the text stands its length.
const LENGTH: usize = 8;
const ENC: usize = 32;
/// A key for one reader: the encapsulated key, the encrypted key and its tag.
const WRAP: usize = ENC + 32 + 16;
const HEAD: usize = MAGIC.len() + 32 + 2;

/// Where sealed words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The log of who says them.
    pub by: Origin,
    /// The log that holds the directive.
    pub origin: Origin,
    /// The directive.
    pub item: Uuid,
    /// The edition that they belong to, or speak of.
    pub edition: u32,
    /// Which part: `task 2.a`, `answer`, `file` and a hash.
    pub part: String,
}

/// Why words cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// Too many readers, or none.
    #[error("there must be 1 to {MAX_READERS} readers")]
    Readers,
    /// A key that cannot be used, or no room in memory.
    #[error("a reader's key cannot be used")]
    Key,
}

/// Why sealed words give nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// They are for others.
    #[error("no key in it is for this reader")]
    NotForUs,
    /// They are no sealed words, or damaged, or of another place.
    #[error("these are no whole sealed words of this place")]
    Broken,
}

impl Place {
    fn text(&self) -> Vec<u8> {
        let Place { by, origin, item, edition, part } = self;
        format!("{by}\n{origin}\n{item}\n{edition}\n{part}\n").into_bytes()
    }

    /// Seals words for readers; `seed` is 32 random bytes, for this once.
    ///
    /// # Errors
    /// Too many readers, or a key that is none.
    pub fn seal(&self, plain: &[u8], readers: &[LetterKeys], seed: [u8; 32]) -> Result<Vec<u8>, Unsealed> {
        let readers: BTreeSet<[u8; 32]> = readers.iter().map(|keys| *keys.sealing()).collect();
        if readers.is_empty() || readers.len() > MAX_READERS {
            return Err(Unsealed::Readers);
        }
        let key = drawn(&seed, 0);
        let place = self.text();
        let commitment = commitment(&key, &place, plain);
        let bound = [&place[..], &commitment].concat();
        let mut wraps = Vec::with_capacity(readers.len().next_power_of_two());
        for (number, reader) in (1..).zip(&readers) {
            wraps.push(wrap(&key, reader, &bound, drawn(&seed, number))?);
        }
        // What is filled in looks like the others: the last bit of an X25519 key is never set.
        for number in readers.len()..readers.len().next_power_of_two() {
            let mut filled = [0; WRAP];
            Chance::of(drawn(&seed, 1 + number as u64)).fill(&mut filled);
            filled[ENC - 1] &= 0x7f;
            wraps.push(filled);
        }
        wraps.sort_unstable();
        let whole = usize::try_from(padded(plain.len() as u64 + LENGTH as u64, LEAST));
        let mut text = Vec::new();
        text.extend_from_slice(&(plain.len() as u64).to_be_bytes());
        text.extend_from_slice(plain);
        text.resize(whole.map_err(|_| Unsealed::Key)?, 0);
        let payload = Payload { msg: &text, aad: &bound };
        let sealed = cipher(&key).encrypt(NONCE.into(), payload).map_err(|_| Unsealed::Key)?;
        let count = u16::try_from(wraps.len()).map_err(|_| Unsealed::Readers)?;
        let head = [MAGIC, &commitment, &count.to_be_bytes()].concat();
        Ok([head, wraps.concat(), sealed].concat())
    }

    /// Reads words that were sealed at this place for the holder of `secret`.
    ///
    /// # Errors
    /// They are for others; they are not whole, or of another place.
    pub fn open(&self, sealed: &[u8], secret: &Secret) -> Result<Vec<u8>, Unread> {
        let rest = sealed.strip_prefix(MAGIC).ok_or(Unread::Broken)?;
        let (commitment, rest) = rest.split_first_chunk::<32>().ok_or(Unread::Broken)?;
        let (count, rest) = rest.split_first_chunk::<2>().ok_or(Unread::Broken)?;
        let count = usize::from(u16::from_be_bytes(*count));
        if count > MAX_READERS {
            return Err(Unread::Broken);
        }
        let (wraps, text) = rest.split_at_checked(count * WRAP).ok_or(Unread::Broken)?;
        let place = self.text();
        let bound = [&place[..], commitment].concat();
        let mut keys = wraps.chunks_exact(WRAP).filter_map(|wrap| unwrap(wrap, secret, &bound));
        let key = keys.next().ok_or(Unread::NotForUs)?;
        let payload = Payload { msg: text, aad: &bound };
        let mut plain = cipher(&key).decrypt(NONCE.into(), payload).map_err(|_| Unread::Broken)?;
        let length = plain.first_chunk::<LENGTH>().map(|bytes| u64::from_be_bytes(*bytes));
        let length = length.and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= plain.len() - LENGTH).ok_or(Unread::Broken)?;
        plain.truncate(LENGTH + length);
        plain.drain(..LENGTH);
        if self::commitment(&key, &place, &plain) != *commitment {
            return Err(Unread::Broken);
        }
        Ok(plain)
    }
}

/// How many bytes sealed words have, for so many bytes and readers.
#[must_use]
pub fn sealed_size(plain: u64, readers: usize) -> u64 {
    let wraps = readers.next_power_of_two() * WRAP;
    (HEAD + wraps) as u64 + padded(plain.saturating_add(LENGTH as u64), LEAST) + 16
}

fn commitment(key: &[u8; 32], place: &[u8], plain: &[u8]) -> [u8; 32] {
    let mut text = b"nhipcau restricted v1\n".to_vec();
    text.extend_from_slice(key);
    text.extend_from_slice(place);
    text.extend_from_slice(&ContentHash::of(plain).0);
    ContentHash::of(&text).0
}

fn wrap(key: &[u8; 32], reader: &[u8; 32], bound: &[u8], seed: [u8; 32]) -> Result<[u8; WRAP], Unsealed> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(reader).map_err(|_| Unsealed::Key)?;
    let (enc, sealed) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        INFO,
        key,
        bound,
        &mut Chance::of(seed),
    )
    .map_err(|_| Unsealed::Key)?;
    let both = [&enc.to_bytes()[..], &sealed].concat();
    both.try_into().map_err(|_| Unsealed::Key)
}

fn unwrap(wrap: &[u8], secret: &Secret, bound: &[u8]) -> Option<[u8; 32]> {
    let (enc, sealed) = wrap.split_at_checked(ENC)?;
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(enc).ok()?;
    let key = single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        secret.private(),
        &enc,
        INFO,
        sealed,
        bound,
    );
    key.ok()?.try_into().ok()
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

fn drawn(seed: &[u8; 32], number: u64) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(number.to_be_bytes()).finalize().into()
}
