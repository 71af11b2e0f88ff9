//! How much of a feed is read. What lies beyond is left out and told in the notes, so no feed costs more than about a second and
//! 64 MB, whatever it holds.

/// The most bytes of a feed. The largest that is known to be real has less than two million.
pub const BYTES: usize = 4 << 20;
/// The most items that are taken from one feed.
pub const ITEMS: usize = 5_000;
/// The most bytes of one text.
pub const TEXT: usize = 512 << 10;
/// The most tags in one text of HTML; a text with more is no text that somebody wrote.
pub const TAGS: usize = 10_000;
/// The most tags in all texts of a feed; texts beyond lose theirs.
pub const TAGS_IN_ALL: usize = 200_000;
/// How deep elements may lie within each other; what lies deeper is left out.
pub(crate) const DEPTH: usize = 100;
/// The most elements and attributes that are held at one time.
pub(crate) const NODES: usize = 100_000;
/// The most prefixes that are declared at one place: each name is looked up among them.
pub(crate) const PREFIXES: usize = 100;
/// The most attributes of one element.
pub(crate) const ATTRIBUTES: usize = 60;
/// The most entities that a document may declare, and the most bytes of one.
pub(crate) const ENTITIES: usize = 100;
/// The most bytes of one declared entity: it may stand in the document often.
pub(crate) const ENTITY: usize = 256;
/// The most bytes that declared entities may add to a document.
pub(crate) const EXPANDED: usize = 1 << 20;
/// The most categories, authors or enclosures of one item.
pub(crate) const MANY: usize = 100;
/// The most bytes of an address or of an id.
pub const ADDRESS: usize = 4_096;
