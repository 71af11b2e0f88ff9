//! What nodes say to each other: messages and pure state machines, without sockets.
//!
//! Messages ([`entry`], [`content`], [`root`], [`door`], [`receipt`], [`flow`], [`letter`]) are parsed at the edge
//! with errors that name the field; what they mean is a fold ([`directory`]) or a state machine
//! ([`follower`], [`contents`], [`help`], [`split`]) of the form `on(event, now) -> Vec<Action>`. Nothing here opens a
//! socket, reads a clock, or rolls dice that were not handed in with a seed.

pub mod bridge;
pub mod bundle;
pub mod content;
pub mod contents;
pub mod directory;
pub mod door;
pub mod entry;
pub mod flow;
pub mod follower;
pub mod handover;
pub mod help;
pub mod json;
pub mod keys;
pub mod letter;
pub mod memo;
pub mod moment;
pub mod names;
pub mod petition;
pub mod receipt;
pub mod restricted;
pub mod root;
pub mod scope;
pub mod sealing;
pub mod simulation;
pub mod split;
pub mod startup;
mod words;
