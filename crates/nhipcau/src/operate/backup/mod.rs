//! Backups: a node's data in one folder, with a manifest that is checked before anything is put back.
//!
//! `make` copies a running or a stopped node's data; `restore` puts a checked copy into an empty place. The keys
//! stay out unless they are asked for: who has the copy must not be able to sign.

mod engine;
mod make;
mod manifest;
mod restore;

pub use engine::{ready, space_needed};
pub use make::{Wants, make};
pub use manifest::{FILE, Manifest, check};
pub use restore::{Restored, restore};

use crate::db::Place;

/// The name of the database in a backup.
fn database_file(place: &Place) -> &'static str {
    match place {
        Place::Sqlite(_) => "nhipcau.db",
        Place::Postgres(_) => "nhipcau.pgdump",
    }
}

/// Tells how far a long work has come: what, how much is done, of how much.
pub trait Teller: FnMut(&str, u64, u64) {}
impl<F: FnMut(&str, u64, u64)> Teller for F {}
