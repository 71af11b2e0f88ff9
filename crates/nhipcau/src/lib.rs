//! Nhịp Cầu: one server that joins government portals. What is published once stands everywhere, proven.
//!
//! One folder per noun; `app::App` is all that a request or a job may use. See ARCHITECTURE.md.

pub mod agencies;
pub mod annexes;
pub mod api;
pub mod app;
pub mod assignments;
pub mod breaches;
pub mod bulletins;
pub mod calendar;
pub mod channels;
pub mod checks;
pub mod clock;
pub mod config;
pub mod db;
pub mod documents;
pub mod drafts;
pub mod embargo;
pub mod files;
pub mod georeport;
pub mod items;
pub mod logs;
pub mod media;
pub mod offline;
pub mod open;
pub mod operate;
pub mod opinions;
pub mod outlets;
pub mod peers;
pub mod people;
pub mod petitions;
pub mod previews;
pub mod problem;
pub mod procedures;
pub mod reach;
pub mod search;
pub mod sightings;
pub mod sources;
pub mod subscriptions;
pub mod tasks;
pub mod verify;
pub mod web;
pub mod websub;
pub mod words;
