//! Existing portals, joined as they are: their feeds are fetched, read and turned into drafts here.

pub mod draft;
pub mod fetch;
pub mod read;
