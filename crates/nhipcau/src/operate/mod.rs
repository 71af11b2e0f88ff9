//! Running a node: what happens after commits, alarms, health, backup, doctor, the demonstration.

pub mod aftermath;
pub mod alarms;
pub mod backup;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod doctor;
pub mod init;
pub mod lock;
pub mod nation;
pub mod rehearsal;
pub mod serve;
pub mod watch;
