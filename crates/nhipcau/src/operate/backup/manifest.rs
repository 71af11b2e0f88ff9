//! What a backup holds: every file with its size and SHA-256, and where its logs stood.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Teller;

/// The name of the manifest.
pub const FILE: &str = "manifest.json";
/// The version of its form.
const VERSION: u32 = 1;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path below the backup, with `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Where a log stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The log.
    pub origin: String,
    /// Its size.
    pub size: u64,
}

/// A backup, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this form.
    pub v: u32,
    /// The node.
    pub node: String,
    /// The program that made it.
    pub software: String,
    /// When, RFC 3339.
    pub made: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// True if the keys and the token are in it.
    pub with_keys: bool,
    /// Where our own logs stood.
    pub logs: Vec<Stood>,
    /// Contents that were lost or damaged in the node itself, and so are not here.
    pub lacking: Vec<String>,
    /// Every file but this one.
    pub parts: Vec<Part>,
}

impl Manifest {
    /// A manifest without parts yet.
    pub fn new(node: String, made: String, engine: &str, with_keys: bool) -> Manifest {
        Manifest {
            v: VERSION,
            node,
            software: concat!("nhipcau ", env!("CARGO_PKG_VERSION")).into(),
            made,
            engine: engine.into(),
            with_keys,
            logs: Vec::new(),
            lacking: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Writes it, last of all: a folder without it is no backup.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(folder.join(FILE)).with_context(|| format!("write {}", folder.join(FILE).display()))?;
        Ok(())
    }

    /// All bytes of its parts.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.size).sum()
    }
}

/// The size and SHA-256 of a file.
///
/// # Errors
/// When it cannot be read.
pub fn measure(path: &Path) -> anyhow::Result<(u64, String)> {
    let mut file = File::open(path).with_context(|| format!("read {}", path.display()))?;
    let (mut digest, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("read {}", path.display()))?;
        if read == 0 {
            return Ok((size, hex::encode(digest.finalize())));
        }
        digest.update(&buffer[..read]);
        size += read as u64;
    }
}

/// Reads a backup's manifest and checks every file against it. Changes nothing.
///
/// # Errors
/// Names the first file that is missing, has another size or hash, does not belong there, or lies outside.
pub fn check(folder: &Path, mut tell: impl Teller) -> anyhow::Result<Manifest> {
    let path = folder.join(FILE);
    let text = std::fs::read(&path).with_context(|| {
        format!(
            "{} holds no whole backup: {FILE} is missing (thiếu {FILE}, bản sao lưu chưa trọn vẹn)",
            folder.display()
        )
    })?;
    let manifest: Manifest =
        serde_json::from_slice(&text).with_context(|| format!("{} cannot be read", path.display()))?;
    if manifest.v != VERSION {
        bail!("{} was made by another version of this program (form {})", folder.display(), manifest.v);
    }
    let (of, mut done) = (manifest.bytes(), 0);
    let mut named = BTreeSet::new();
    for part in &manifest.parts {
        let plain = Path::new(&part.path).components().all(|piece| matches!(piece, Component::Normal(_)));
        ensure!(
            plain && !part.path.is_empty() && named.insert(&part.path),
            "{}: {:?} is no path of a backup",
            path.display(),
            part.path
        );
        let (size, sha256) = measure(&folder.join(&part.path))?;
        ensure!(
            size == part.size && sha256 == part.sha256,
            "{} is not what was backed up: {} bytes instead of {}, or other ones; take another copy (tệp trong bản sao lưu đã bị đổi hoặc hỏng)",
            folder.join(&part.path).display(),
            size,
            part.size
        );
        done += size;
        tell("check", done, of);
    }
    Ok(manifest)
}
