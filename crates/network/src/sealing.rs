//! Embargo: content that lies sealed at every node before its hour and is read everywhere at it (protocol §2).
//!
//! `item.sealed` names ciphertexts, which travel as any content does; `item.opened` gives the key. No clock decides: the
//! entry does. One random key for each sealing, AES-256-GCM (NIST SP 800-38D), a nonce for each object derived from its
//! place in the entry, never used twice under the key. Origin, item, edition and place are associated data, so nobody
//! passes a ciphertext off as their own.
//!
//! AES-GCM does not commit to a key: whoever makes a ciphertext could make one that two keys open to two texts. So the
//! sealing carries a [commitment](SealKey::commitment), a hash over the key and the pointers of what will be opened. What
//! is opened is what was sealed, byte by byte, or [`Sealing::is_opened_by`] says no; and as the key is random, nothing can
//! be guessed from it.
//!
//! Leaked before the hour: who sealed, when, the item's id (a UUIDv7 tells when the draft was begun), whether it is urgent,
//! the number of files, and of each object its size in steps: at least 4 KiB, then within an eighth (Padmé, Nikitin et al.
//! 2019). Not leaked: text, title, kind, number, names and types of files, exact sizes. After the opening the key stands in
//! the log for ever, so a ciphertext must vanish with its content.

use std::fmt;
use std::str::FromStr;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use uuid::Uuid;

use crate::entry::ContentRef;
use crate::names::{ContentHash, Origin};

/// Media type of a ciphertext.
pub const SEALED_TYPE: &str = "application/vnd.nhipcau.sealed";
/// The least bytes that are encrypted.
const LEAST: u64 = 4_096;
/// Before the text stands its length.
const LENGTH: usize = 8;
/// Of AES-GCM.
const TAG: u64 = 16;

/// The key of one sealing; 64 lower-case hexadecimal digits in JSON. Secret until its opening, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey([u8; 32]);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl FromStr for SealKey {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<SealKey, &'static str> {
        let mut bytes = [0; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err("must be 64 lower-case hexadecimal digits");
        }
        Ok(SealKey(bytes))
    }
}

/// Which edition of which item is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The log.
    pub origin: Origin,
    /// The item.
    pub item: Uuid,
    /// The edition.
    pub edition: u32,
}

/// Why a ciphertext does not give what its opening names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// Another key, another place, or other bytes.
    #[error("the key does not open this ciphertext at this place")]
    Key,
    /// It opens to other bytes than the opening names.
    #[error("the ciphertext holds other bytes than its opening names")]
    Other,
}

impl SealKey {
    /// A key of random bytes, which are the caller's to draw.
    #[must_use]
    pub fn new(random: [u8; 32]) -> SealKey {
        SealKey(random)
    }

    /// The digits, for the opening and for whoever keeps the key until then.
    #[must_use]
    pub fn digits(&self) -> String {
        hex::encode(self.0)
    }

    /// What a sealing carries of the key and of what will be opened: the document first, then the files.
    #[must_use]
    pub fn commitment(&self, of: &Sealed, content: &ContentRef, files: &[ContentRef]) -> ContentHash {
        let mut text = b"nhipcau sealing v1\n".to_vec();
        text.extend_from_slice(&self.0);
        text.extend_from_slice(format!("\n{}\n{}\n{}\n", of.origin, of.item, of.edition).as_bytes());
        for piece in std::iter::once(content).chain(files) {
            text.extend_from_slice(format!("{} {} {}\n", piece.sha256, piece.size, piece.media).as_bytes());
        }
        ContentHash::of(&text)
    }

    /// Seals the object at a place of the entry: 0 for the document, then the files. `None` if there is no room in memory
    /// for so many bytes.
    #[must_use]
    pub fn close(&self, of: &Sealed, place: u32, plain: &[u8]) -> Option<Vec<u8>> {
        let whole = usize::try_from(padded(plain.len() as u64 + LENGTH as u64, LEAST)).ok()?;
        let mut text = Vec::with_capacity(whole + TAG as usize);
        text.extend_from_slice(&(plain.len() as u64).to_be_bytes());
        text.extend_from_slice(plain);
        text.resize(whole, 0);
        let payload = Payload { msg: &text, aad: &place_of(of, place) };
        self.cipher().encrypt(&nonce(place).into(), payload).ok()
    }

    /// What was sealed at a place, if it is what `named` points to.
    ///
    /// # Errors
    /// Why it is not.
    pub fn open(
        &self,
        of: &Sealed,
        place: u32,
        sealed: &[u8],
        named: &ContentRef,
    ) -> Result<Vec<u8>, Unopened> {
        let payload = Payload { msg: sealed, aad: &place_of(of, place) };
        let mut text = self.cipher().decrypt(&nonce(place).into(), payload).map_err(|_| Unopened::Key)?;
        let length = text.first_chunk::<LENGTH>().map(|bytes| u64::from_be_bytes(*bytes));
        let length = length.filter(|length| *length == named.size && *length <= (text.len() - LENGTH) as u64);
        let length = length.ok_or(Unopened::Other)? as usize;
        text.truncate(LENGTH + length);
        text.drain(..LENGTH);
        if ContentHash::of(&text) == named.sha256 { Ok(text) } else { Err(Unopened::Other) }
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.0))
    }
}

/// What a sealing binds its opening to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// Which edition of which item.
    pub of: Sealed,
    /// How many files.
    pub files: usize,
    /// [`SealKey::commitment`] of what will be opened.
    pub commitment: ContentHash,
}

impl Sealing {
    /// True if a key and pointers are those that were sealed.
    #[must_use]
    pub fn is_opened_by(&self, key: &SealKey, content: &ContentRef, files: &[ContentRef]) -> bool {
        files.len() == self.files && key.commitment(&self.of, content, files) == self.commitment
    }
}

/// The size of a ciphertext of so many bytes.
#[must_use]
pub fn sealed_size(plain: u64) -> u64 {
    padded(plain.saturating_add(LENGTH as u64), LEAST).saturating_add(TAG)
}

/// Padmé: of a size's bits only the first few may be other than zero, fewer the smaller it is; `least` is at least 2.
pub(crate) fn padded(size: u64, least: u64) -> u64 {
    let size = size.max(least);
    let exponent = u64::from(size.ilog2());
    let free = exponent - u64::from(exponent.ilog2() + 1);
    let mask = (1_u64 << free) - 1;
    size.saturating_add(mask) & !mask
}

/// Unique under a key: a sealing has one key, and each of its objects one place.
fn nonce(place: u32) -> [u8; 12] {
    let mut nonce = *b"nc-seal1\0\0\0\0";
    nonce[8..].copy_from_slice(&place.to_be_bytes());
    nonce
}

fn place_of(of: &Sealed, place: u32) -> Vec<u8> {
    format!("nhipcau sealed v1\n{}\n{}\n{}\n{place}\n", of.origin, of.item, of.edition).into_bytes()
}
