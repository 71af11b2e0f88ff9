//! A row of the route table, and who may use it.

use axum::routing::MethodRouter;

use crate::app::App;
use crate::drafts;
use crate::people::{Duty, forms};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Anybody, reading.
    Reader,
    /// Another node; what it sends is verified, whoever it is.
    Node,
    /// Whoever holds the node's token.
    Administrator,
    /// Anybody who signs in or chooses a password: a form of this host's own page.
    Newcomer,
    /// A program that sends something for people: by a key of the operator's, or what anybody may send.
    Program,
    /// Whoever is signed in at the portal with a role that covers the duty; the gate asks (`people::gate`).
    Staff(Duty),
}

/// One row of the table.
pub struct Route {
    /// GET or POST; of what comes in parts PATCH and DELETE, too.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Who may.
    pub role: Role,
    /// What it is.
    pub what: &'static str,
    pub(super) handler: MethodRouter<App>,
    /// The most bytes of the body.
    pub(super) most: usize,
}

pub(super) fn page(path: &'static str, what: &'static str, handler: MethodRouter<App>) -> Route {
    Route { method: "GET", path, role: Role::Reader, what, handler, most: forms::MOST }
}

/// A page for anybody, of a noun that keeps its own rows.
pub fn open_page(path: &'static str, what: &'static str, handler: MethodRouter<App>) -> Route {
    page(path, what, handler)
}

/// A question of anybody's that is sent as a form and changes nothing.
pub fn reader_form(path: &'static str, what: &'static str, handler: MethodRouter<App>) -> Route {
    upload(path, what, handler, 64 << 10)
}

/// The same with a file, of so many bytes at most.
pub fn upload(path: &'static str, what: &'static str, handler: MethodRouter<App>, most: usize) -> Route {
    Route { method: "POST", path, role: Role::Reader, what, handler, most }
}

/// A row of the console: a page.
pub fn desk_page(path: &'static str, duty: Duty, what: &'static str, handler: MethodRouter<App>) -> Route {
    Route { method: "GET", path, role: Role::Staff(duty), what, handler, most: forms::MOST }
}

/// A row of the console: a form.
pub fn desk_form(path: &'static str, duty: Duty, what: &'static str, handler: MethodRouter<App>) -> Route {
    Route { method: "POST", path, role: Role::Staff(duty), what, handler, most: forms::MOST }
}

/// A row of the console: a form with a file.
pub fn desk_upload(path: &'static str, duty: Duty, what: &'static str, handler: MethodRouter<App>) -> Route {
    Route { most: drafts::MOST_UPLOAD, ..desk_form(path, duty, what, handler) }
}

/// A row of the console that a script asks, with a body that its handler reads as it comes.
pub fn desk_part(
    method: &'static str,
    path: &'static str,
    duty: Duty,
    what: &'static str,
    handler: MethodRouter<App>,
) -> Route {
    Route { method, most: drafts::MOST_UPLOAD, ..desk_form(path, duty, what, handler) }
}

/// A form of somebody who is not signed in yet.
pub fn door_form(path: &'static str, what: &'static str, handler: MethodRouter<App>) -> Route {
    Route { method: "POST", path, role: Role::Newcomer, what, handler, most: forms::MOST }
}

/// The same with files, of so many bytes at most; the handler looks where it comes from.
pub fn page_upload(path: &'static str, what: &'static str, handler: MethodRouter<App>, most: usize) -> Route {
    Route { most, ..door_form(path, what, handler) }
}

/// A page at the door, for anybody.
pub fn door_page(path: &'static str, what: &'static str, handler: MethodRouter<App>) -> Route {
    page(path, what, handler)
}

/// What a program sends for people, of so many bytes at most.
pub fn program(path: &'static str, what: &'static str, handler: MethodRouter<App>, most: usize) -> Route {
    Route { method: "POST", path, role: Role::Program, what, handler, most }
}

/// A row for the API.
pub fn api_route(
    method: &'static str,
    path: &'static str,
    role: Role,
    what: &'static str,
    handler: MethodRouter<App>,
) -> Route {
    Route { method, path, role, what, handler, most: forms::MOST }
}
