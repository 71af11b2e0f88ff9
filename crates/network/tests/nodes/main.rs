//! Conversations with the crate as its users have them, and the byte fixtures of every message.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod any_order;
mod bundle;
mod content;
mod contents;
mod directory;
mod door;
mod entry;
mod fixtures;
mod flow;
mod follower;
mod handover;
mod help;
mod letter;
mod outbox;
mod petition;
mod receipt;
mod restricted;
mod root;
mod sealing;
mod simulation;
mod split;
mod startup;
