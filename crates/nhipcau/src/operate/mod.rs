//! Running a node: what happens after commits, alarms, health, backup, doctor, the demonstration.

pub mod aftermath;
pub mod alarms;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod init;
pub mod nation;
pub mod serve;
