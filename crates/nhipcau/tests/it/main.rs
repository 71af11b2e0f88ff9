//! One binary of conversations with a small nation of real nodes: real databases, real HTTP on loopback,
//! cables that can be pulled.
//!
//! `cargo test` runs them on SQLite and needs nothing installed. With `NHIPCAU_TEST_POSTGRES` set to the
//! address of a PostgreSQL server (`postgres://user@host:port/postgres`, a user who may create databases)
//! every node gets a database of its own there instead, and what is tested of the database is tested on both.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod access;
mod accounts;
mod administrator;
mod annexes;
mod api;
mod archive;
mod assignments;
mod bad_input;
mod bench;
mod breaches;
mod bulletins;
mod bundles;
mod calendar;
mod catch_up;
mod channels;
mod checks;
mod cli;
mod copy;
mod crash;
mod crash_newsroom;
mod database;
mod demo;
mod dictionary;
mod directory;
mod docs;
mod documents;
mod doors;
mod edxml;
mod embargo;
mod embargo_void;
mod erasure;
mod evidence;
mod factors;
mod faults;
mod feed_read;
mod feed_suites;
mod feeds;
mod front;
mod handed_in;
mod history;
mod hostile;
mod issued;
mod jumps;
mod keeping;
mod kinds;
mod letters;
mod lies;
mod log_keys;
mod machine;
mod merger;
mod nation;
mod newsroom;
mod newsroom_erased;
mod newsroom_files;
mod open;
mod opinions;
mod orders;
mod outlets;
mod pages;
mod paper_nation;
mod people;
mod petitions;
mod previews;
mod procedure_records;
mod procedures;
mod provider;
mod publishing;
mod reading;
mod receipts;
mod rehearsal;
mod restricted;
mod rules;
mod schema;
mod search;
mod sightings;
mod sources;
mod subscriptions;
mod suggestions;
mod tls;
#[cfg(feature = "pkcs11")]
mod tokens;
mod translations;
mod two_people;
mod typed;
mod verify;
mod websub;
mod word_files;
mod works;
mod world;
