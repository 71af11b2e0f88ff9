//! Entry bundles: up to 256 entries with their lengths, beside the tiles of level 0 (c2sp.org/tlog-tiles).

use std::fmt;

use crate::tile::{Place, TILE_WIDTH, TileError, path_error};

/// The most bytes that an entry may have: its length is written as two bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// One bundle of a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BundleId {
    /// The place of the bundle: its first entry is `index` × 256.
    pub index: u64,
    /// How many entries it holds: 1 to 256, less than 256 only at the right edge.
    pub width: u16,
}

/// Why entries or bytes are not a bundle.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BundleError {
    /// No entry: empty bundles are not served.
    #[error("bundle has no entry")]
    Empty,
    /// More than 256.
    #[error("bundle has more than {TILE_WIDTH} entries")]
    TooMany,
    /// An entry above [`MAX_ENTRY_BYTES`].
    #[error("entry of {0} bytes is longer than {MAX_ENTRY_BYTES}")]
    EntryTooLong(usize),
    /// The bytes end within an entry.
    #[error("bundle ends within entry {0}")]
    Truncated(usize),
}

impl BundleId {
    /// The bundle `index` as wide as a log of `size` entries makes it; `None` if it has no such bundle.
    pub fn in_log(index: u64, size: u64) -> Option<BundleId> {
        let width = size.checked_sub(index.checked_mul(TILE_WIDTH)?)?.min(TILE_WIDTH) as u16;
        (width > 0).then_some(BundleId { index, width })
    }

    /// The path below the log's prefix: `tile/entries/<N>`, and `.p/<W>` for a partial bundle.
    pub fn path(&self) -> String {
        format!("tile/entries/{}", Place { index: self.index, width: self.width })
    }

    /// The bundle that `path` names.
    ///
    /// # Errors
    /// [`TileError::Path`] for anything but the one spelling of c2sp.org/tlog-tiles.
    pub fn parse_path(path: &str) -> Result<BundleId, TileError> {
        let place = path.strip_prefix("tile/entries/").and_then(|place| place.parse().ok());
        let Place { index, width } = place.ok_or_else(|| path_error(path))?;
        Ok(BundleId { index, width })
    }

    /// Whether the bundle holds all of its 256 entries, and so never changes.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// All bundles of a log of `size` entries, in order.
pub fn bundles_for(size: u64) -> impl Iterator<Item = BundleId> {
    (0..size.div_ceil(TILE_WIDTH)).filter_map(move |index| BundleId::in_log(index, size))
}

/// The bytes of a bundle: each entry after its length as two bytes, big-endian.
///
/// # Errors
/// No entry, more than 256, or one above [`MAX_ENTRY_BYTES`].
pub fn encode_bundle<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let (mut bytes, mut count) = (Vec::new(), 0);
    for entry in entries {
        if count == TILE_WIDTH {
            return Err(BundleError::TooMany);
        }
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
        count += 1;
    }
    if count == 0 { Err(BundleError::Empty) } else { Ok(bytes) }
}

/// The entries of a bundle, within its bytes.
///
/// # Errors
/// No entry, more than 256, or bytes that end within one.
pub fn bundle_slices(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        if entries.len() as u64 == TILE_WIDTH {
            return Err(BundleError::TooMany);
        }
        let cut = bytes
            .split_first_chunk()
            .and_then(|(length, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let (entry, rest) = cut.ok_or(BundleError::Truncated(entries.len()))?;
        entries.push(entry);
        bytes = rest;
    }
    if entries.is_empty() { Err(BundleError::Empty) } else { Ok(entries) }
}

/// The entries of a bundle, as copies.
///
/// # Errors
/// Those of [`bundle_slices`].
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<Vec<u8>>, BundleError> {
    Ok(bundle_slices(bytes)?.into_iter().map(<[u8]>::to_vec).collect())
}
