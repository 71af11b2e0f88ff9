//! Embargo: an item that lies sealed at every node before its hour, and is read everywhere at it.
//!
//! Approving what waits for its hour under embargo seals it at once: the ciphertexts go out like any content, and the opening
//! (the entry with the key) is kept here under `keys/people.key` until the hour. Then it is appended, and no clock but the
//! issuer's has a say. Calling it off is a withdrawal: the key is forgotten, and nobody ever reads it.
//!
//! What nodes do with the two entries is `items::fold::sealed`; what is too large to be read within a commit, `reader` reads
//! after it.

mod reader;
pub mod seal;
pub mod store;

pub use reader::run;
