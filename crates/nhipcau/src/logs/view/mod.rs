//! What the public pages about the network say: where an item is shown, how the network is.
//!
//! The structures hold plain facts; the templates and the sentences beside them put them into words.
//! Paths (`href`) come without the language's prefix; the page adds it.

mod coverage;
mod fingerprint;
mod network;
mod trouble;

pub use coverage::{
    Account, AccountOf, Cell, CoveragePage, Exception, HolderRow, ProvinceRow, Shows, SiteRow, Summary,
};
pub use fingerprint::fingerprint;
pub use network::{
    Alarm, Heads, LogRow, LogState, Neighbour, NeighbourRole, NeighbourState, NetworkPage, NodeFacts, Split,
};

#[cfg(test)]
mod tests;
