//! Reading ZIP archives (PKWARE APPNOTE 6.3), as far as documents use them: stored or deflated, not encrypted, not ZIP64.
//!
//! Sizes that an archive claims are never believed: a member is read up to the bytes that the caller allows, and that is
//! the end of every bomb. An archive is its central directory; what else lies between is not looked at.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::DeflateDecoder;

/// So many members an archive may have.
const MOST_MEMBERS: usize = 5_000;
/// Where the end of the central directory may begin: its own 22 bytes, and a comment.
const TAIL: usize = 22 + 0xffff;

/// Why an archive or a member cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// It is no ZIP archive, or damaged.
    #[error("it is no ZIP archive, or damaged")]
    Damaged,
    /// It has too many members, or is of a kind that documents do not use.
    #[error("it is encrypted or of a kind that documents do not use")]
    Foreign,
    /// There is no such member.
    #[error("it has no such member")]
    Missing,
    /// A member is larger than allowed.
    #[error("a member is larger than allowed")]
    TooLarge,
}

struct Member {
    method: u16,
    packed: usize,
    header: usize,
}

/// An archive in memory.
pub struct Archive<'a> {
    bytes: &'a [u8],
    members: HashMap<String, Member>,
    order: Vec<String>,
}

impl<'a> Archive<'a> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// Damaged, or of a kind that is not read.
    pub fn open(bytes: &'a [u8]) -> Result<Archive<'a>, ZipError> {
        let from = bytes.len().saturating_sub(TAIL);
        let tail = bytes.get(from..).unwrap_or_default();
        let end = tail.windows(4).rposition(|w| w == b"PK\x05\x06").ok_or(ZipError::Damaged)? + from;
        let count = usize::from(u16_at(bytes, end + 10)?);
        let mut at = u32_at(bytes, end + 16)?;
        if count > MOST_MEMBERS || at == u32::MAX as usize {
            return Err(ZipError::Foreign);
        }
        let mut archive = Archive { bytes, members: HashMap::new(), order: Vec::new() };
        for _ in 0..count {
            if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
                return Err(ZipError::Damaged);
            }
            let (flags, method) = (u16_at(bytes, at + 8)?, u16_at(bytes, at + 10)?);
            let packed = u32_at(bytes, at + 20)?;
            let [name, extra, comment] =
                [u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?].map(usize::from);
            let header = u32_at(bytes, at + 42)?;
            let written = bytes.get(at + 46..at + 46 + name).ok_or(ZipError::Damaged)?;
            if flags & 1 == 1 {
                return Err(ZipError::Foreign);
            }
            let written = String::from_utf8_lossy(written).into_owned();
            at += 46 + name + extra + comment;
            // Of two members with one name readers differ on which they show.
            if archive.members.insert(written.clone(), Member { method, packed, header }).is_some() {
                return Err(ZipError::Damaged);
            }
            archive.order.push(written);
        }
        Ok(archive)
    }

    /// The names of its members, in the order of the directory.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// The bytes of a member, at most `most`.
    ///
    /// # Errors
    /// Missing, damaged, packed in another way than deflate, or larger than `most`.
    pub fn read(&self, name: &str, most: usize) -> Result<Vec<u8>, ZipError> {
        let member = self.members.get(name).ok_or(ZipError::Missing)?;
        let at = member.header;
        if self.bytes.get(at..at + 4) != Some(b"PK\x03\x04") {
            return Err(ZipError::Damaged);
        }
        let skip = usize::from(u16_at(self.bytes, at + 26)?) + usize::from(u16_at(self.bytes, at + 28)?);
        let from = at + 30 + skip;
        let packed = from
            .checked_add(member.packed)
            .and_then(|to| self.bytes.get(from..to))
            .ok_or(ZipError::Damaged)?;
        match member.method {
            0 if packed.len() > most => Err(ZipError::TooLarge),
            0 => Ok(packed.to_vec()),
            8 => {
                let mut out = Vec::new();
                let mut inflated = DeflateDecoder::new(packed).take(most as u64 + 1);
                inflated.read_to_end(&mut out).map_err(|_| ZipError::Damaged)?;
                if out.len() > most { Err(ZipError::TooLarge) } else { Ok(out) }
            }
            _ => Err(ZipError::Foreign),
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ZipError> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u16::from_le_bytes(*b)).ok_or(ZipError::Damaged)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, ZipError> {
    let number = bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b));
    number.map(|number| number as usize).ok_or(ZipError::Damaged)
}
