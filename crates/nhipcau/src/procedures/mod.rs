//! Administrative procedures: the catalogue that stands on every portal, and what a page says to somebody who has one to do.
//!
//! A procedure is an item of the kind `procedure`. `records` makes drafts of the national database's records, `fold` keeps a row
//! for each that stands, `store` finds them. `rules` are data: events of life, audiences, who handles what at a place. From an item and
//! a place `handler` and `brief` say, purely, where it is done, in what time, at what fee; `pages` shows it.

pub mod brief;
pub mod cpsv;
pub mod fold;
pub mod handler;
pub mod lead;
pub mod pages;
pub mod place;
pub mod records;
pub mod rules;
pub mod schema;
pub mod store;
pub mod told;

use axum::routing::get;

use crate::web::routes::{Route, door_page};

/// The kind of item that a procedure is.
pub const KIND: &str = "procedure";
/// Where the catalogue stands.
pub const HOME: &str = "/dich-vu";

/// The rows of the route table: pages for people.
pub fn routes() -> Vec<Route> {
    vec![
        door_page("/dich-vu", "the catalogue of procedures", get(pages::catalogue)),
        door_page("/dich-vu/noi-o", "choose where one lives", get(pages::place)),
        door_page("/dich-vu/thoi-han", "a deadline, counted day by day", get(pages::deadline)),
        door_page("/dich-vu/{code}", "a procedure by its code", get(pages::by_code)),
    ]
}
