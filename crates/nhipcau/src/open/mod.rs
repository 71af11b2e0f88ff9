//! Open data: everything that a portal shows, for whoever wants to work with it. No key, no account, no limit but size.
//!
//! `records` is the API for researchers, `described` what programs may ask here, for people to read, `oai` the protocol of libraries (OAI-PMH 2.0), `dumps` everything at once, `dcat`
//! the catalogue that says what there is, `oembed` what other sites show of an item. All of them walk the same way
//! through the items (`store`): by the time at which each came to look as it does here, so that whoever comes again asks
//! only for what is new, and what was withdrawn or erased is told for ever.

pub(crate) mod cursor;
mod dcat;
mod described;
pub mod dumps;
mod oai;
mod oembed;
mod pages;
pub mod records;
pub(crate) mod store;

use axum::routing::get;

use crate::app::App;
use crate::web::routes::{Route, open_page, reader_form};

pub use oembed::discovery;
pub use store::{Told, next_of};

/// Pages for people.
pub fn pages() -> Vec<Route> {
    vec![
        open_page("/du-lieu", "open data", get(pages::page)),
        open_page("/du-lieu/api", "the API for people who write programs", get(described::list)),
        open_page("/du-lieu/api/{name}", "an operation of the API", get(described::one)),
    ]
}

/// What machines read.
pub fn machines() -> Vec<Route> {
    let page = |path, what, handler: axum::routing::MethodRouter<App>| {
        open_page(path, what, handler.layer(axum::middleware::from_fn(crate::api::front::open_to_all)))
    };
    vec![
        page("/oai", "OAI-PMH 2.0", get(oai::asked)),
        reader_form("/oai", "OAI-PMH 2.0", axum::routing::post(oai::sent)),
        page("/du-lieu/dcat.jsonld", "the catalogue (DCAT-AP 3) as JSON-LD", get(dcat::json_ld)),
        page("/du-lieu/dcat.ttl", "the catalogue (DCAT-AP 3) as Turtle", get(dcat::turtle)),
        page("/du-lieu/{name}", "a table of everything, streamed", get(dumps::dump)),
        page("/oembed", "an item for other sites (oEmbed 1.0)", get(oembed::asked)),
    ]
}
