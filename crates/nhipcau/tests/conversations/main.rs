//! One binary of conversations: several real nodes in one process, speaking HTTP over loopback.
//!
//! With `NHIPCAU_TEST_POSTGRES=postgres://…` every node keeps its data on PostgreSQL, each in a
//! database of its own; without it, on SQLite.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod database;
mod life;
mod world;
