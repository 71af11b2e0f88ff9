//! Open311 GeoReport v2 (<http://wiki.open311.org/GeoReport_v2>): programs of others list what may be reported, send petitions, and read
//! those that were answered.
//!
//! The crate `open311` reads what is asked and writes what is answered; here it is joined to petitions. `services` are the topics of the
//! authority table, `intake` hands a report to the same function as the page (`petitions::asking::intake`), `store` reads what is
//! published, `keys` are the operator's to give. Nothing leaves but what readers may see anyway: a report that is not published is
//! followed by code and secret, which whoever sent it is told once.

mod intake;
pub mod keys;
mod serve;
pub mod services;
mod store;

use axum::routing::{get, post};
use open311::MAX_BODY;

use crate::web::routes::{Route, open_page, program};
use crate::words::{GeoreportWords, Lang};

pub use serve::nothing;

/// Where the interface is.
pub const BASE: &str = "/open311/v2";

/// The rows of the route table; machines read them.
pub fn machines() -> Vec<Route> {
    let reads = |path, what| open_page(path, what, get(serve::read));
    // What is beyond the form's own limit is told as an error of the interface, as far as it is read.
    let sends = |path, what| program(path, what, post(serve::send), 2 * MAX_BODY);
    vec![
        open_page("/open311/discovery.json", "where the Open311 interface is", get(serve::discovery)),
        open_page("/open311/discovery.xml", "the same as XML", get(serve::discovery)),
        reads("/open311/v2/services.json", "what may be reported (Open311 GeoReport v2)"),
        reads("/open311/v2/services.xml", "the same as XML"),
        reads("/open311/v2/services/{name}", "what a service asks for"),
        reads("/open311/v2/requests.json", "reports that were answered"),
        reads("/open311/v2/requests.xml", "the same as XML"),
        sends("/open311/v2/requests.json", "report something, by a key of the operator's"),
        sends("/open311/v2/requests.xml", "the same, answered as XML"),
        reads("/open311/v2/requests/{name}", "a report that was answered"),
        reads(
            "/open311/v2/tokens/{name}",
            "the number for a token; none is given, for each report gets its number at once",
        ),
    ]
}

/// A sentence in both languages, in one line.
fn both(says: impl Fn(&'static GeoreportWords) -> String) -> String {
    format!("{} · {}", says(Lang::Vi.georeport()), says(Lang::En.georeport()))
}
