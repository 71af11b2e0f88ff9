//! Existing portals, joined as they are: their feeds are fetched and read here.

pub mod fetch;
pub mod read;
