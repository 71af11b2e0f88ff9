//! The API's description (OpenAPI 3.1): written by hand beside the code, held against it by a test.

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::asked::{Asked, Nothing};
use crate::app::App;

const HEAD: &str = include_str!("openapi/head.json");
const PATHS: &[&str] = &[
    include_str!("openapi/agencies.json"),
    include_str!("openapi/calendar.json"),
    include_str!("openapi/keep.json"),
    include_str!("openapi/items.json"),
    include_str!("openapi/ends.json"),
    include_str!("openapi/kinds.json"),
    include_str!("openapi/node.json"),
    include_str!("openapi/machines.json"),
    include_str!("openapi/people.json"),
    include_str!("openapi/search.json"),
    include_str!("openapi/procedures.json"),
    include_str!("openapi/open.json"),
    include_str!("openapi/open311.json"),
    include_str!("openapi/open311_keys.json"),
    include_str!("openapi/petitions.json"),
    include_str!("openapi/exchange.json"),
    include_str!("openapi/cases.json"),
];
const SCHEMAS: &[&str] = &[
    include_str!("openapi/kept.json"),
    include_str!("openapi/sent.json"),
    include_str!("openapi/told.json"),
    include_str!("openapi/waits.json"),
    include_str!("openapi/kind.json"),
    include_str!("openapi/persons.json"),
    include_str!("openapi/found.json"),
    include_str!("openapi/procedure.json"),
    include_str!("openapi/opened.json"),
    include_str!("openapi/day.json"),
    include_str!("openapi/report.json"),
    include_str!("openapi/petition.json"),
];

/// The whole description, as it is served. Empty only if its parts were no JSON, which a test forbids.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut whole: Value = serde_json::from_str(HEAD).unwrap_or_default();
        whole["info"]["version"] = env!("CARGO_PKG_VERSION").into();
        let together = |parts: &[&str]| -> Value {
            let read = |part: &&str| serde_json::from_str::<Map<String, Value>>(part).unwrap_or_default();
            Value::Object(parts.iter().flat_map(read).collect())
        };
        whole["paths"] = together(PATHS);
        whole["components"]["schemas"] = together(SCHEMAS);
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    })
}

/// `GET /api/v1/openapi.json`
pub async fn serve(State(_): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text()).into_response()
}
