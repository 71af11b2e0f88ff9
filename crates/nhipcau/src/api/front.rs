//! Before and behind every reading route: open to other sites' scripts, a validator, compression.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::web::gzip::gzip;
use crate::web::visitor::takes_gzip;

/// Answers above this are compressed for those who take it, in bytes.
const WORTH_IT: usize = 1024;
/// The largest answer that is made here, in bytes.
const MOST: usize = 256 << 20;

/// What anybody may read, any site's script may read too: there is no cookie that could be misused.
pub async fn open_to_all(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A reading route of the API: as [`open_to_all`], and whoever holds the same answer is told so.
pub async fn reading(request: Request, next: Next) -> Response {
    let held = request.headers().get(header::IF_NONE_MATCH).cloned();
    let packs = takes_gzip(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Weak: the same facts, compressed or not.
    let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12]));
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in
        [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache"), (header::VARY, "accept-encoding")]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            parts.headers.insert(name, value);
        }
    }
    if held.as_ref().and_then(|h| h.to_str().ok()).is_some_and(|held| names(held, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    if packs && bytes.len() > WORTH_IT {
        parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return Response::from_parts(parts, Body::from(gzip(&bytes)));
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Weak comparison (RFC 9110, 13.1.2).
fn names(held: &str, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    held.split(',').any(|one| one.trim() == "*" || bare(one) == bare(tag))
}
