//! Petitions for programs: asked, followed and answered back by JSON, with the same functions as the pages; and what is published.
//!
//! A secret comes in a body and stands in no address. Nobody needs a key: what anybody may send by a page, anybody may send here, as
//! often and no more.

mod ask;
mod case;
mod public;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use crate::api::{MOST_BODY, front};
use crate::app::App;
use crate::petitions::{exchange, similar};
use crate::problem::{Fault, Problem};
use crate::web::answer::problem_of;
use crate::web::routes::{Role, Route, api_route, program};

/// The most bytes of a body without files.
const MOST_WORDS: usize = 256 << 10;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let reads = |path, what, handler: MethodRouter<App>| {
        api_route("GET", path, Role::Reader, what, handler.layer(from_fn(front::reading)))
    };
    let sends = |path, what, handler: MethodRouter<App>, most| {
        program(path, what, handler.layer(from_fn(as_json)), most)
    };
    vec![
        reads("/api/v1/petitions", "petitions that were answered", get(public::list)),
        sends("/api/v1/petitions", "send a petition", post(ask::ask), MOST_BODY),
        sends("/api/v1/petitions/similar", "cases like what somebody writes", post(similar::api), MOST_WORDS),
        reads("/api/v1/petitions/figures", "how petitions are answered, by agency", get(public::figures)),
        reads("/api/v1/petitions/{code}", "a petition that was answered", get(public::one)),
        sends(
            "/api/v1/petitions/{code}/case",
            "a petition, to whoever holds its secret",
            post(case::show),
            MOST_WORDS,
        ),
        sends("/api/v1/petitions/{code}/reply", "write to whoever has it", post(case::reply), MOST_BODY),
        sends("/api/v1/petitions/{code}/rating", "rate the answer", post(case::rate), MOST_WORDS),
        sends(
            "/api/v1/petitions/{code}/reopening",
            "say why the answer is none",
            post(case::reopen),
            MOST_WORDS,
        ),
        sends(
            "/api/v1/petitions/{code}/verification",
            "prove an address by the digits of a mail",
            post(case::verify),
            MOST_WORDS,
        ),
        sends("/api/v1/petitions/{code}/withdrawal", "take it back", post(case::withdraw), MOST_WORDS),
        sends(
            "/api/v1/petitions/{code}/contact-erasure",
            "have the contact erased",
            post(case::forget),
            MOST_WORDS,
        ),
    ]
    .into_iter()
    .chain(exchange::routes())
    .collect()
}

/// A page of another site can have its visitors send a body, but not one that says it is JSON unless we let it.
async fn as_json(request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::CONTENT_TYPE) {
        return problem_of(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Nội dung gửi lên phải là JSON: “Content-Type: application/json”.",
            "The body must be JSON: `Content-Type: application/json`.",
        );
    }
    next.run(request).await
}

/// The fields of the pages' forms, and what they are called here.
const NAMES: [(&str, &str); 16] = [
    ("loai", "kind"),
    ("chuyen-gi", "words"),
    ("cho", "place"),
    ("noi", "commune"),
    ("dinh-danh", "identity"),
    ("ho-ten", "name"),
    ("dien-thoai", "phone"),
    ("email", "mail"),
    ("dia-chi", "address"),
    ("tep", "files"),
    ("ma", "code"),
    ("loi-nhan", "words"),
    ("ly-do", "reason"),
    ("muc", "rating"),
    ("chac-chan", "sure"),
    ("so", "digits"),
];

/// A problem of a form, with the names of fields that a program knows.
pub(super) fn renamed(problem: Problem) -> Problem {
    let Problem::Invalid(faults) = problem else { return problem };
    let named =
        |field: &str| NAMES.iter().find(|(own, _)| *own == field).map_or(field, |(_, name)| name).to_owned();
    Problem::Invalid(faults.into_iter().map(|fault| Fault { field: named(&fault.field), ..fault }).collect())
}
