//! Logs: our own and those that we mirror. Append and sign, apply what was verified, serve, prove.

pub mod carriers;
pub mod coverage;
pub mod effects;
pub mod heads;
pub mod keys;
pub mod ledger;
pub mod pages;
pub mod proof;
pub mod renew;
pub mod serve;
pub mod startup;
pub mod store;
pub mod view;
