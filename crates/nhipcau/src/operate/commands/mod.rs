//! The commands, one file for each family; `call` is how they speak to a running node.

pub mod audit;
pub mod backup;
pub mod bundle;
pub mod call;
pub mod check_text;
pub mod clean;
pub mod digest;
pub mod doctor;
pub mod enrol;
pub mod erase;
pub mod gazette;
pub mod init;
pub mod issue;
pub mod item;
pub mod kinds;
pub mod look;
pub mod merge;
pub mod people;
mod prompt;
pub mod publish;
pub mod rules;
pub mod simulate;
mod source;
pub mod upgrade;
pub mod verify;
