//! Hours without a line: what a reader's browser keeps and purges by itself, and a portal on a stick.
//!
//! `worker` is the browser's service worker with its words; `changes` tells it what is new and what has ended, so that it
//! need not tell us what it holds; `copy` writes a portal as plain files.

pub mod api;
mod changes;
pub mod copy;
mod worker;

use axum::routing::get;

use crate::web::routes::{Route, open_page};

/// What machines read.
pub fn machines() -> Vec<Route> {
    vec![
        open_page("/sw.js", "the service worker: pages for hours without a line", get(worker::script)),
        open_page("/ban-luu.json", "what changed lately, for what browsers keep", get(changes::told)),
    ]
}
