//! Tiles: rows of up to 256 hashes, the static form of a tree (c2sp.org/tlog-tiles).
//!
//! A tile of level 0 holds leaf hashes; a hash of level *l* + 1 is the root of a full tile of level *l*.

use std::fmt;
use std::str::FromStr;

use crate::decimal;
use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// How many hashes a full tile holds, and how many entries a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// The highest level that a path may name.
const MAX_LEVEL: u64 = 63;

/// One tile of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TileId {
    /// 0 to 63; in a tree of 64-bit size at most 7.
    pub level: u8,
    /// The place of the tile among those of its level.
    pub index: u64,
    /// How many hashes it holds: 1 to 256, less than 256 only at the right edge.
    pub width: u16,
}

/// Why a path or the bytes of a tile were refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TileError {
    /// Not `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, in its one spelling.
    #[error("not the path of a tile or bundle: {0:?}")]
    Path(String),
    /// The bytes are not `width` hashes.
    #[error("tile of {got} bytes has the wrong length: {expected} are expected")]
    Length {
        /// 32 bytes per hash.
        expected: usize,
        /// The length found.
        got: usize,
    },
}

impl TileId {
    /// The tile `index` of `level`, as wide as a tree of `size` leaves makes it; `None` if that tree has no
    /// such tile.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<TileId> {
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let width = hashes.checked_sub(index.checked_mul(TILE_WIDTH)?)?.min(TILE_WIDTH) as u16;
        (width > 0).then_some(TileId { level, index, width })
    }

    /// The path below the log's prefix: `tile/<L>/<N>`, and `.p/<W>` for a partial tile.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, Place { index: self.index, width: self.width })
    }

    /// The tile that `path` names.
    ///
    /// # Errors
    /// [`TileError::Path`] for anything but the one spelling of c2sp.org/tlog-tiles.
    pub fn parse_path(path: &str) -> Result<TileId, TileError> {
        let parse = || {
            let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
            let level = decimal::parse(level).filter(|level| *level <= MAX_LEVEL)? as u8;
            let Place { index, width } = place.parse().ok()?;
            Some(TileId { level, index, width })
        };
        parse().ok_or_else(|| path_error(path))
    }

    /// Whether the tile holds all of its 256 hashes, and so never changes.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// The end of a path, the same for tiles and bundles: `x001/x234/067` and perhaps `.p/<W>`.
pub(crate) struct Place {
    pub(crate) index: u64,
    pub(crate) width: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut groups, mut rest) = (vec![self.index % 1000], self.index / 1000);
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if u64::from(self.width) < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Place, ()> {
        let (number, width) = match text.split_once(".p/") {
            None => (text, TILE_WIDTH as u16),
            Some((number, width)) => {
                let width = decimal::parse(width).filter(|width| (1..TILE_WIDTH).contains(width)).ok_or(())?;
                (number, width as u16)
            }
        };
        let (first, last) = match number.rsplit_once('/') {
            None => ("", number),
            Some((first, last)) => (first, last),
        };
        let mut index = 0;
        if !first.is_empty() {
            for (place, group) in first.split('/').enumerate() {
                let group = three_digits(group.strip_prefix('x').ok_or(())?)?;
                // A leading group of zeroes would give one tile two paths.
                if place == 0 && group == 0 {
                    return Err(());
                }
                index = extend(index, group)?;
            }
        } else if number.starts_with('/') {
            return Err(());
        }
        Ok(Place { index: extend(index, three_digits(last)?)?, width })
    }
}

fn three_digits(text: &str) -> Result<u64, ()> {
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| ())
    } else {
        Err(())
    }
}

fn extend(index: u64, group: u64) -> Result<u64, ()> {
    index.checked_mul(1000).and_then(|index| index.checked_add(group)).ok_or(())
}

pub(crate) fn path_error(path: &str) -> TileError {
    TileError::Path(path.chars().take(200).collect())
}

/// The hashes of a tile as bytes, one after the other.
pub fn encode_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The `width` hashes in the bytes of a tile.
///
/// # Errors
/// [`TileError::Length`] for another length than 32 × `width`.
pub fn decode_tile(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let expected = 32 * usize::from(width);
    if bytes.len() != expected {
        return Err(TileError::Length { expected, got: bytes.len() });
    }
    Ok(bytes.as_chunks().0.iter().copied().map(Hash).collect())
}

/// All tiles of a tree of `size` leaves, full and partial, level by level from the leaves.
pub fn tiles_for(size: u64) -> impl Iterator<Item = TileId> {
    let levels = (0..8).take_while(move |level| size >> (8 * level) > 0);
    levels.flat_map(move |level| {
        let tiles = (size >> (8 * level)).div_ceil(TILE_WIDTH);
        (0..tiles).filter_map(move |index| TileId::in_tree(level, index, size))
    })
}

/// The root of the tree whose leaves are these hashes: what a full tile becomes in the level above.
pub fn root_of_tile(hashes: &[Hash]) -> Hash {
    if hashes.is_empty() {
        return EMPTY_ROOT;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        // An odd one at the end goes up as it is: RFC 6962 splits at powers of two, so this is its tree.
        row = row.chunks(2).map(|pair| if let [l, r] = pair { node_hash(l, r) } else { pair[0] }).collect();
    }
    row[0]
}
