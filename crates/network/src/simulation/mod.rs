//! The network as a deterministic simulation: the same state machines, a virtual clock, a printed seed.

mod ledger;

pub use ledger::Ledger;
