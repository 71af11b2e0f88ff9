//! What is asked: paths, queries and bodies, read at the edge; what is wrong with them is said as a problem.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::MOST_BODY;
use crate::agencies::Portal;
use crate::app::App;
use crate::problem::{Problem, json};
use crate::web::answer::{problem_json, problem_of, too_large_json};
use crate::web::visitor::Visitor;

/// A query whose every parameter is known and has the right form.
pub struct Asked<T>(pub T);

/// A query that must be empty.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The one name in a path, for example a reference.
pub struct Named(pub String);

/// A body of JSON, and its exact bytes.
pub struct Sent<T> {
    /// What it says.
    pub said: T,
    /// How it was sent: a repeat must be the same.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asked<T>, Response> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(error) => {
                let why =
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                Err(problem_json(app, Problem::Invalid(vec![json::parameter(&why)])))
            }
        }
    }
}

impl FromRequestParts<App> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Named, Response> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(name)) => Ok(Named(name)),
            Err(_) => Err(problem_json(app, Problem::invalid("path", "is not UTF-8"))),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Sent<T>, Response> {
        let media = request.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap_or_default());
        if media.is_some_and(|media| !is_json(media)) {
            return Err(problem_of(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Nội dung gửi lên phải là JSON: “Content-Type: application/json”.",
                "The body must be JSON: `Content-Type: application/json`.",
            ));
        }
        // What is announced need not be sent first. Asked of the header: a body behind a time limit hides its size.
        let announced =
            request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|bytes| bytes > MOST_BODY as u64) {
            return Err(too_large_json(super::MOST_BODY));
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large_json(super::MOST_BODY),
            _ => problem_of(
                StatusCode::BAD_REQUEST,
                "Yêu cầu bị ngắt giữa chừng; hãy gửi lại.",
                "The request broke off; send it again.",
            ),
        })?;
        match json::read(&bytes, "body") {
            Ok(said) => Ok(Sent { said, bytes }),
            Err(fault) => Err(problem_json(app, Problem::Invalid(vec![fault]))),
        }
    }
}

/// `application/json`, with or without parameters, or another `+json`.
fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The portal that a question is about: named by its domain, else the host's own.
///
/// # Errors
/// There is none of that name, or none at that host.
pub(crate) fn portal_of(app: &App, visitor: &Visitor, named: Option<&str>) -> Result<Arc<Portal>, Problem> {
    let found = match named {
        Some(domain) => app.portals.load().by_host(domain),
        None => visitor.portal.clone(),
    };
    found.ok_or(Problem::NotFound("portal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_other_types() {
        assert!(
            is_json("application/json")
                && is_json("Application/JSON; charset=utf-8")
                && is_json("application/ld+json")
        );
        assert!(!is_json("text/plain") && !is_json("application/x-www-form-urlencoded") && !is_json(""));
    }
}
