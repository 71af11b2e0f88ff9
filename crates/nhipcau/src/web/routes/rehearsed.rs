//! The rows as a rehearsal serves them: for people, and for who holds its token.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::{Role, Route};
use crate::web::answer;

/// What its own pages need of what machines read.
const NEEDED: [&str; 6] =
    ["/assets/{name}", "/theme/{name}", "/mark/{name}", "/content/{sha256}", "/robots.txt", "/healthz"];

/// The table in which no other node and no program of a reader's gets anything that could be taken for real; `pages` are for people.
pub(super) fn only(mut table: Vec<Route>, pages: &[Route]) -> Vec<Route> {
    let people: BTreeSet<&str> = pages.iter().map(|route| route.path).collect();
    for route in &mut table {
        let outside = matches!(route.role, Role::Reader | Role::Node | Role::Program);
        if outside && !people.contains(route.path) && !NEEDED.contains(&route.path) {
            route.handler = if route.method == "POST" { post(refused) } else { get(refused) };
        }
    }
    table
}

async fn refused() -> Response {
    answer::problem_of(
        StatusCode::FORBIDDEN,
        "Đây là bản tập dượt: không cấp nguồn tin, sổ, bằng chứng hay dữ liệu cho bên ngoài.",
        "This is a rehearsal: it gives no feed, log, proof or data to anybody.",
    )
}
