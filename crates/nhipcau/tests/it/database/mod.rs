//! Both engines: every statement is valid on each, the two schemas agree, and migrations keep what is there.

mod migrations;
mod sources;
mod statements;
mod tokens;
