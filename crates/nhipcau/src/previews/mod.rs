//! Preview links: a draft shown to a named person outside the agency, before it is issued.
//!
//! A link is a token that nobody can guess, kept by its hash; it shows one draft of one agency as readers would see it, either as
//! it stood when the link was made or as it stands, and nothing else. It ends by itself after at most [`MOST_DAYS`] days, when the
//! draft is issued or discarded, when whoever made it may no longer write here, and when somebody takes it back. Every look is
//! counted and stands in the audit trail. What it shows is never cached, nor indexed.

pub mod pages;
pub mod store;

use axum::routing::{get, post};

use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, door_page};

/// The most days that a link lasts.
pub const MOST_DAYS: i64 = 14;
/// A link that was opened so often was passed on, or is asked for by a program: it ends.
pub const MOST_LOOKS: i64 = 500;
/// The most links of one draft that have not ended.
pub const MOST_LINKS: i64 = 20;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(
            "/ban-lam-viec/tin/{id}/duong-dan",
            Duty::Work,
            "who may look at a draft from outside",
            get(pages::list),
        ),
        desk_form(
            "/ban-lam-viec/tin/{id}/duong-dan",
            Duty::Write,
            "make a preview link, or take one back",
            post(pages::change),
        ),
        door_page("/xem-truoc/{link}", "a draft, by a preview link", get(pages::look)),
    ]
}
