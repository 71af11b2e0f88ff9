//! Assignments: the tasks that directives give, and what becomes of each at every agency that was given it.
//!
//! The tasks stand in the directive, the answers in the logs of those who answer. `addressees` says, purely, whom a phrase
//! means; `state` what an agency's answers come to; `board` lays both side by side when somebody looks, so nothing depends on
//! the order in which logs arrive. `store` remembers the answers, `answering` what is about to be said, `acts` writes our own,
//! `pages` shows both sides.

pub mod acts;
pub mod addressees;
pub mod answering;
pub mod board;
pub mod directive;
pub mod findings;
mod opener;
pub mod pages;
pub mod restricted;
pub mod state;
pub mod store;

use axum::routing::{get, post};

use crate::people::Duty;
use crate::web::routes::{Route, desk_page, desk_upload};

/// Where the tasks of an agency stand in its console.
pub const HOME: &str = "/ban-lam-viec/nhiem-vu";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(
            "/ban-lam-viec/nhiem-vu",
            Duty::Work,
            "tasks given to the agency, and given by it",
            get(pages::list),
        ),
        desk_page("/ban-lam-viec/nhiem-vu/{reference}", Duty::Work, "a task", get(pages::task)),
        desk_upload(
            "/ban-lam-viec/nhiem-vu/{reference}",
            Duty::Write,
            "acknowledge a task, attach evidence, report on it",
            post(pages::answer),
        ),
        desk_upload(
            "/ban-lam-viec/nhiem-vu/{reference}/xong",
            Duty::Approve,
            "close a task as done, with evidence",
            post(pages::close),
        ),
        desk_page(
            "/ban-lam-viec/nhiem-vu/{reference}/tai-lieu",
            Duty::Work,
            "evidence of a restricted task",
            get(pages::evidence),
        ),
        desk_page(
            "/ban-lam-viec/nhiem-vu/theo-doi/{reference}",
            Duty::Work,
            "a directive's tasks at every addressee",
            get(pages::follow),
        ),
    ]
}
