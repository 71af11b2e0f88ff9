//! The HTTP API: the same verbs as the command line. Reading is open to all; writing asks for the node's token.
//!
//! `Authorization: Bearer <token>`; a write may carry `Idempotency-Key`, and a repeat gets the same answer.

mod read;
mod write;

pub use read::{health, proof, receipts};

use axum::routing::{get, post};

use crate::web::routes::{Role, Route, api_route};

/// The API's rows of the route table.
pub fn routes() -> Vec<Route> {
    let admin = Role::Administrator;
    vec![
        api_route("GET", "/api/v1/items", Role::Reader, "items of the portal", get(read::items)),
        api_route("POST", "/api/v1/items", admin, "issue an item", post(write::issue)),
        api_route(
            "GET",
            "/api/v1/items/{reference}",
            Role::Reader,
            "an item with its content",
            get(read::item),
        ),
        api_route(
            "GET",
            "/api/v1/items/{reference}/coverage",
            Role::Reader,
            "where it stands",
            get(read::coverage),
        ),
        api_route(
            "POST",
            "/api/v1/items/{reference}/editions",
            admin,
            "correct, update, replace",
            post(write::edition),
        ),
        api_route("POST", "/api/v1/items/{reference}/withdrawal", admin, "withdraw", post(write::withdraw)),
        api_route("POST", "/api/v1/items/{reference}/erasure", admin, "erase", post(write::erase)),
        api_route(
            "POST",
            "/api/v1/items/{reference}/order",
            admin,
            "order a withdrawal or erasure below",
            post(write::order),
        ),
        api_route("GET", "/api/v1/agencies", Role::Reader, "the directory", get(read::agencies)),
        api_route("POST", "/api/v1/agencies", admin, "enrol an agency", post(write::enrol)),
        api_route("POST", "/api/v1/agencies/close", admin, "close an agency", post(write::close)),
        api_route(
            "GET",
            "/api/v1/status",
            Role::Reader,
            "the network as this node sees it",
            get(read::status),
        ),
    ]
}
