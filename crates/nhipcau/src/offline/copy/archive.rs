//! Writing a ZIP archive piece by piece (PKWARE APPNOTE 6.3), and laying one of these out as a folder. Deflated where that is
//! smaller, without ZIP64: a copy is bounded far below 4 GB.

use std::io::{Read, Write};
use std::path::{Component, Path};

use anyhow::{Context, bail, ensure};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The first day that an archive can name: what is in it says itself when it was made, so that the same copy is the same bytes.
const DATE: u16 = 0x21;
/// UTF-8 names.
const FLAGS: u16 = 1 << 11;
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
/// The most bytes of an archive without ZIP64.
const MOST: u64 = u32::MAX as u64;

/// An archive being written.
pub struct Archive<W: Write> {
    out: W,
    at: u64,
    members: u16,
    directory: Vec<u8>,
}

impl<W: Write> Archive<W> {
    /// Begins one.
    pub fn new(out: W) -> Archive<W> {
        Archive { out, at: 0, members: 0, directory: Vec::new() }
    }

    /// Adds a member; its name is a path with `/`.
    ///
    /// # Errors
    /// The disk's; or it grows beyond what an archive can hold.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(bytes)?;
        let deflated = deflated.finish()?;
        let (method, packed) =
            if deflated.len() < bytes.len() { (8_u16, deflated.as_slice()) } else { (0, bytes) };
        let mut head = Vec::with_capacity(64);
        for number in [20, FLAGS, method, 0, DATE] {
            head.extend(number.to_le_bytes());
        }
        for number in [crc32fast::hash(bytes), u32::try_from(packed.len())?, u32::try_from(bytes.len())?] {
            head.extend(number.to_le_bytes());
        }
        head.extend(u16::try_from(name.len())?.to_le_bytes());
        head.extend([0, 0]);
        self.directory.extend(CENTRAL);
        self.directory.extend(20_u16.to_le_bytes());
        self.directory.extend(&head);
        // No comment, no disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(u32::try_from(self.at)?.to_le_bytes());
        self.directory.extend(name.as_bytes());
        for piece in [LOCAL, head.as_slice(), name.as_bytes(), packed] {
            self.out.write_all(piece)?;
            self.at += piece.len() as u64;
        }
        self.members = self.members.checked_add(1).context("too many files for one archive")?;
        ensure!(self.at + (self.directory.len() as u64) < MOST, "the copy grows beyond 4 GB");
        Ok(())
    }

    /// Ends it; what was written to, and how many bytes.
    ///
    /// # Errors
    /// The disk's.
    pub fn end(mut self) -> anyhow::Result<(W, u64)> {
        let mut tail = b"PK\x05\x06\0\0\0\0".to_vec();
        tail.extend(self.members.to_le_bytes());
        tail.extend(self.members.to_le_bytes());
        tail.extend(u32::try_from(self.directory.len())?.to_le_bytes());
        tail.extend(u32::try_from(self.at)?.to_le_bytes());
        tail.extend([0, 0]);
        self.out.write_all(&self.directory)?;
        self.out.write_all(&tail)?;
        self.out.flush()?;
        Ok((self.out, self.at + (self.directory.len() + tail.len()) as u64))
    }
}

/// Lays an archive of [`Archive`] out in a folder; how many files, and their bytes.
///
/// # Errors
/// It is damaged or not one of ours, a name leads out of the folder, or the disk's.
pub fn lay_out(mut from: impl Read, folder: &Path) -> anyhow::Result<(usize, u64)> {
    let (mut files, mut total) = (0, 0);
    loop {
        let mut mark = [0; 4];
        from.read_exact(&mut mark).context("the copy is cut off")?;
        if &mark != LOCAL {
            ensure!(&mark == CENTRAL || &mark == b"PK\x05\x06", "this is no copy of a portal");
            return Ok((files, total));
        }
        let mut head = [0; 26];
        from.read_exact(&mut head).context("the copy is cut off")?;
        let two = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let four = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (method, crc, packed, whole) = (two(4), four(10), four(14), four(18));
        let mut name = vec![0; usize::from(two(22))];
        from.read_exact(&mut name).context("the copy is cut off")?;
        let name = String::from_utf8(name)?;
        let mut bytes = Vec::new();
        from.by_ref().take(packed.into()).read_to_end(&mut bytes)?;
        if method == 8 {
            let mut plain = Vec::new();
            DeflateDecoder::new(bytes.as_slice()).take(u64::from(whole) + 1).read_to_end(&mut plain)?;
            bytes = plain;
        }
        ensure!(bytes.len() == whole as usize && crc32fast::hash(&bytes) == crc, "{name} is damaged");
        if !Path::new(&name).components().all(|part| matches!(part, Component::Normal(_))) {
            bail!("{name} leads out of the folder");
        }
        let path = folder.join(&name);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).with_context(|| format!("make {}", above.display()))?;
        }
        std::fs::write(&path, &bytes).with_context(|| format!("write {}", path.display()))?;
        files += 1;
        total += u64::from(whole);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = Archive::new(Vec::new());
        members.iter().for_each(|(name, bytes)| archive.add(name, bytes).unwrap());
        let (bytes, length) = archive.end().unwrap();
        assert_eq!(bytes.len() as u64, length);
        bytes
    }

    #[test]
    fn what_is_packed_is_laid_out_and_read_by_others() {
        let long = "Điều 1. Phạm vi. ".repeat(500);
        let bytes = packed(&[("index.html", b"x"), ("muc/a.html", long.as_bytes()), ("trong", b"")]);
        assert!(bytes.len() < 1_000, "nothing was compressed");
        let archive = crate::files::Archive::open(&bytes).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["index.html", "muc/a.html", "trong"]);
        assert_eq!(archive.read("muc/a.html", 1 << 20).unwrap(), long.as_bytes());
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(lay_out(bytes.as_slice(), folder.path()).unwrap(), (3, 1 + long.len() as u64));
        assert_eq!(std::fs::read_to_string(folder.path().join("muc/a.html")).unwrap(), long);
    }

    #[test]
    fn a_damaged_copy_and_a_name_that_leads_out_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let lays = |bytes: &[u8]| lay_out(bytes, folder.path()).map_err(|e| e.to_string());
        assert!(lays(&packed(&[("../a", b"x")])).unwrap_err().contains("leads out"));
        assert!(lays(&packed(&[("/etc/a", b"x")])).unwrap_err().contains("leads out"));
        let whole = packed(&[("a", b"xyz")]);
        assert!(lays(&whole[..20]).unwrap_err().contains("cut off"));
        let mut wrong = whole.clone();
        wrong[31] ^= 1;
        assert!(lays(&wrong).unwrap_err().contains("damaged"));
        assert!(lays(b"hello world").unwrap_err().contains("no copy"));
    }
}
