//! Bundles: the nation's news for a node without a line, and from it. The format is `network::bundle`'s.
//!
//! `give` writes one from what is here; `take` proves and applies one, by the rules of the follower, and `fate` says
//! what became of it.

pub mod fate;
pub mod give;
pub mod take;
