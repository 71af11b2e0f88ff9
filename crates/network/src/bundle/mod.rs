//! Bundles: logs, checkpoints and content in one file, for a node without a line (protocol §4).
//!
//! A bundle is a sequence of records. Each is a line of ASCII, ended by LF, whose last word is the length of the
//! payload; the payload; and another LF. In this order:
//!
//! | line | payload |
//! |---|---|
//! | `nhipcau-bundle 1 <length>` | [`Header`] as JSON: who made it, when, of which root, which logs |
//! | `log <origin> <from> <size> <length>` | the hashes of the frontier at `from`, then the signed checkpoint of `size` |
//! | `part <from> <to> <length>` | the hashes of the spans from `to` to the log's size ([`crate::bridge`]), then the entries as c2sp.org/tlog-tiles writes an entry bundle |
//! | `content <sha256> <length>` | the content |
//! | `end <records> <sha256>` | none, and no length: the hash of every byte before this line |
//!
//! A log's parts follow its `log` record in order, each up to the next multiple of 256 or the log's size. The root's
//! log comes first, then heads, then parents before children: what proves a log stands before it. Contents come
//! last. The same logs, sizes and contents give the same bytes.
//!
//! Every part is proven by its log's checkpoint on its own ([`Intake`]), and every content by its hash, so nothing
//! depends on the whole file having come: what lies before a damage is as good as ever. The hash at the end only
//! tells a whole file from a cut one. Whoever carries the file need not be trusted, nor need whoever made it: the
//! header's words about maker and time are a courtesy and are believed by nobody.
//!
//! [`Writer`] and [`Reader`] hold one record at a time; [`Reader`] bounds each.

mod intake;
mod read;
mod write;

use serde::{Deserialize, Serialize};

use crate::names::Origin;

pub use intake::{Intake, Step, Unfit};
pub use read::{Damage, Reader, Record, Wrong};
pub use write::{Writer, rank};

/// The longest line of a record, in bytes.
pub const MAX_RECORD_LINE: usize = 600;
/// The longest header, in bytes.
pub const MAX_HEADER: usize = 8 << 20;
/// The most logs of one bundle.
pub const MAX_LOGS: usize = 50_000;
/// The longest payload of a `log` record: a frontier and a note.
pub const MAX_SECTION: usize = 1 << 20;
/// The longest payload of a `part`: a bridge and 256 entries.
pub const MAX_PART: usize = 126 * 32 + 256 * 65_537;
/// The longest content, in bytes.
pub const MAX_CONTENT: u64 = 256 << 20;

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The node that made it.
    pub node: String,
    /// When, by its clock; RFC 3339.
    pub made: String,
    /// The root's log: to which nation it belongs.
    #[serde(with = "as_text")]
    pub root: Origin,
    /// Its logs, in the order in which they come.
    pub logs: Vec<Listed>,
}

/// One log of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The log.
    #[serde(with = "as_text")]
    pub origin: Origin,
    /// The first entry that the bundle holds of it.
    pub from: u64,
    /// The size of its checkpoint.
    pub size: u64,
}

/// Origins as the text that they are.
mod as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::names::Origin;

    pub(super) fn serialize<S: Serializer>(origin: &Origin, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(origin.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Origin, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
