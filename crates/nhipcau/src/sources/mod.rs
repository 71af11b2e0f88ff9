//! Existing portals, joined as they are: their feeds are read here.

pub mod read;
