//! The HTTP API: the same verbs as the command line. Reading is open to all; writing asks for the node's token.
//!
//! `Authorization: Bearer <token>`; a write may carry `Idempotency-Key`, and a repeat gets the same answer.
//! `/api/v1/openapi.json` describes it; a test holds that description against this table and real answers.

mod agencies;
mod asked;
mod calendar;
mod directory;
mod ends;
pub mod front;
mod georeport;
mod keep;
mod kinds;
mod letters;
mod logs;
mod mergers;
pub mod openapi;
mod people;
mod procedures;
mod read;
mod write;

pub(crate) use asked::portal_of;
pub use asked::{Asked, Named, Nothing, Sent};
pub use keep::LINES;
pub(crate) use keep::busy;
pub use procedures::Portalled;
pub use read::{health, proof, proof_of, receipts};
pub(crate) use write::{Administrator, created, portal};

use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::app::App;
use crate::web::routes::{Role, Route, api_route};
use crate::{bulletins, checks, offline, open};

/// The most bytes that a request may have: an attachment of 64 MB in base64, and its item.
pub const MOST_BODY: usize = 128 << 20;

/// A row that anybody may read.
fn reads<H: Handler<T, App>, T: 'static>(path: &'static str, what: &'static str, handler: H) -> Route {
    api_route("GET", path, Role::Reader, what, get(handler).layer(from_fn(front::reading)))
}

/// A row that asks for the token.
fn writes<H: Handler<T, App>, T: 'static>(path: &'static str, what: &'static str, handler: H) -> Route {
    api_route("POST", path, Role::Administrator, what, post(handler))
}

/// The API's rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        reads("/api/v1/openapi.json", "the API's description", openapi::serve),
        reads("/api/v1/items", "items of the portal", read::items),
        writes("/api/v1/items", "issue an item", write::issue),
        reads("/api/v1/items/{reference}", "an item with its content", read::item),
        reads("/api/v1/items/{reference}/coverage", "where it stands", read::coverage),
        writes("/api/v1/items/{reference}/editions", "correct, update, replace", write::edition),
        writes("/api/v1/items/{reference}/withdrawal", "withdraw", write::withdraw),
        writes("/api/v1/items/{reference}/erasure", "propose an erasure", ends::erase),
        api_route(
            "GET",
            "/api/v1/items/{reference}/proposal",
            Role::Administrator,
            "what is proposed about an item",
            get(ends::proposal),
        ),
        writes("/api/v1/items/{reference}/confirmation", "a person confirms it, or drops it", ends::confirm),
        writes(
            "/api/v1/items/{reference}/order",
            "order a withdrawal, or propose an erasure, below",
            ends::order,
        ),
        reads("/api/v1/calendar", "the calendar of working days", calendar::read),
        writes("/api/v1/calendar", "what a table would change in it, or load it", calendar::write),
        reads("/api/v1/procedures", "procedures of the portal, filtered", procedures::list),
        api_route(
            "GET",
            "/api/v1/procedures/cpsv",
            Role::Reader,
            "the catalogue of procedures as CPSV-AP",
            get(crate::procedures::cpsv::all).layer(from_fn(front::open_to_all)),
        ),
        reads("/api/v1/kinds", "kinds of items and their fields", kinds::all),
        reads("/api/v1/kinds/{kind}", "the JSON Schema of a kind", kinds::schema),
        reads("/api/v1/digest", "a day's digest, as a draft", kinds::digest),
        reads("/api/v1/bulletin", "a day's bulletin, as an announcer reads it", bulletins::api),
        reads("/api/v1/agencies", "the directory", directory::agencies),
        reads("/api/v1/agencies/findings", "what portals lack", directory::findings),
        reads("/api/v1/agencies/{domain}", "an agency with all that is known of it", directory::agency),
        writes("/api/v1/agencies", "enrol an agency", agencies::enrol),
        writes("/api/v1/agencies/change", "state what is different of an agency", agencies::change),
        writes("/api/v1/agencies/close", "close an agency", agencies::close),
        api_route("GET", "/api/v1/mergers", Role::Administrator, "mergers and divisions", get(mergers::list)),
        writes("/api/v1/mergers", "plan or propose a merger or division", mergers::propose),
        writes("/api/v1/mergers/{id}", "confirm or drop a merger", mergers::decide),
        writes("/api/v1/portals/{domain}/look", "a portal's colour and mark", agencies::look),
        writes("/api/v1/letters", "try whether letters arrive", letters::write),
        api_route("GET", "/api/v1/letters/{id}", Role::Administrator, "has it arrived", get(letters::read)),
        api_route("GET", "/api/v1/people", Role::Administrator, "who works at a portal", get(people::list)),
        writes("/api/v1/people", "invite somebody to work at a portal", people::invite),
        writes("/api/v1/people/{login}", "a new link, roles, closing", people::change),
        api_route("GET", "/api/v1/audit", Role::Administrator, "the audit trail", get(people::trail)),
        api_route(
            "GET",
            "/api/v1/open311/keys",
            Role::Administrator,
            "keys of programs that send petitions",
            get(georeport::list),
        ),
        writes("/api/v1/open311/keys", "give a program a key", georeport::give),
        writes("/api/v1/open311/keys/{id}", "end a key", georeport::change),
        reads("/api/v1/records", "items in every state, for copies of them", open::records::api),
        reads("/api/v1/check", "is this paper or address real", checks::pages::api),
        reads("/api/v1/hosts", "official portals", checks::hosts::api),
        reads("/api/v1/entries", "a log's entries", logs::entries),
        reads("/api/v1/heads", "what a check begins with", logs::heads),
        reads("/api/v1/status", "the network as this node sees it", read::status),
        api_route("GET", "/api/v1/doctor", Role::Administrator, "is the node well", get(keep::doctor)),
        api_route("POST", "/api/v1/bundle", Role::Reader, "export a bundle", post(keep::export)),
        writes("/api/v1/import", "import a bundle", keep::import),
        writes("/api/v1/offline", "a portal as plain files, in one ZIP archive", offline::api::copy),
        writes("/api/v1/reindex", "build the search index anew", keep::reindex),
    ]
}
