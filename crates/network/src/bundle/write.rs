//! Records to bytes. The caller writes them out as they come, in the order of the module's table.

use sha2::{Digest, Sha256};
use tlog::{BundleError, Frontier, Hash, encode_bundle};

use super::Header;
use crate::names::{ContentHash, Origin};

/// Writes one bundle.
#[derive(Debug, Default)]
pub struct Writer {
    digest: Sha256,
    records: u64,
}

impl Writer {
    /// The beginning of a bundle.
    #[must_use]
    pub fn open(header: &Header) -> (Writer, Vec<u8>) {
        let mut writer = Writer::default();
        // A struct of text and numbers always has a JSON form.
        let payload = serde_json::to_vec(header).unwrap_or_default();
        let bytes = writer.record("nhipcau-bundle 1", &payload);
        (writer, bytes)
    }

    /// A log: where the bundle takes it up, and the checkpoint up to which it goes.
    #[must_use]
    pub fn log(&mut self, origin: &Origin, frontier: &Frontier, size: u64, note: &str) -> Vec<u8> {
        let mut payload = raw(frontier.hashes());
        payload.extend_from_slice(note.as_bytes());
        self.record(&format!("log {origin} {} {size}", frontier.size()), &payload)
    }

    /// Entries from `from`, and the bridge from their end to the log's size.
    ///
    /// # Errors
    /// No entry, more than 256, or one that is too long.
    pub fn part(&mut self, from: u64, entries: &[Vec<u8>], bridge: &[Hash]) -> Result<Vec<u8>, BundleError> {
        let mut payload = raw(bridge);
        payload.extend(encode_bundle(entries.iter().map(Vec::as_slice))?);
        Ok(self.record(&format!("part {from} {}", from + entries.len() as u64), &payload))
    }

    /// A content.
    #[must_use]
    pub fn content(&mut self, sha256: &ContentHash, bytes: &[u8]) -> Vec<u8> {
        self.record(&format!("content {sha256}"), bytes)
    }

    /// The end.
    #[must_use]
    pub fn close(self) -> Vec<u8> {
        format!("end {} {}\n", self.records, hex::encode(self.digest.finalize())).into_bytes()
    }

    fn record(&mut self, line: &str, payload: &[u8]) -> Vec<u8> {
        let mut bytes = format!("{line} {}\n", payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        bytes.push(b'\n');
        self.digest.update(&bytes);
        self.records += 1;
        bytes
    }
}

fn raw(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The place of a log in a bundle: the root's first, then heads, then parents before their children.
#[must_use]
pub fn rank(origin: &Origin, root: &Origin, heads: &Origin, ancestors: usize) -> (usize, String) {
    let depth = if origin == root {
        0
    } else if origin == heads {
        1
    } else {
        2 + ancestors
    };
    (depth, origin.to_string())
}
