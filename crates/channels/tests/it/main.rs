//! What must hold of forms, deliveries, keys and reports, with services that answer by their published contracts.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod delivery;
mod forms;
mod insights;
mod keys;
mod simulation;
mod webhooks;
mod world;
