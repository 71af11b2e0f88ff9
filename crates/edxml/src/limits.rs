//! How much of a packet is read. What has more is refused: half a document is none.

/// The most bytes of a packet, with its files in base64.
pub const BYTES: usize = 32 << 20;
/// The most bytes of one text that is no file.
pub const TEXT: usize = 64 << 10;
/// The most elements.
pub const ELEMENTS: usize = 20_000;
/// The most of whatever may stand several times: receivers, files, traces.
pub const MANY: usize = 2_000;
/// How deep elements may lie within each other.
pub const DEPTH: usize = 24;
