//! The commands, one file for each family; `call` is how they speak to a running node.

pub mod call;
pub mod check;
pub mod enrol;
pub mod init;
pub mod issue;
pub mod item;
pub mod look;
pub mod publish;
pub mod rules;
pub mod simulate;
mod source;
pub mod verify;
