//! Answers: pages with their headers, JSON for programs, and what stands where something failed.

use std::sync::atomic::Ordering;

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error_view::{ErrorPage, Fault, bare_shell};
use super::pages::{Page, plain};
use super::visitor::Visitor;
use crate::app::App;
use crate::problem::Problem;
use crate::words::Lang;

/// What every page forbids itself: anything from elsewhere, any script or style inside the page.
pub const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A kept page, or "not modified".
pub fn page(visitor: &Visitor, page: &Page) -> Response {
    let fresh = page.status == 200
        && visitor.if_none_match.as_deref().is_some_and(|held| {
            held.split(',').any(|one| one.trim().trim_start_matches("W/") == page.etag || one.trim() == "*")
        });
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else if visitor.gzip {
        let mut response = Response::new(Body::from(page.gzip.clone()));
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        match plain(&page.gzip) {
            Ok(bytes) => Response::new(Body::from(bytes)),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    if !fresh {
        *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.media));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&page.etag) {
        headers.insert(header::ETAG, etag);
    }
    if page.status == 503 {
        headers.insert(header::RETRY_AFTER, SOON);
    }
    guard(headers);
    response
}

/// When to come again, in seconds, for what is only a matter of moments.
const SOON: HeaderValue = HeaderValue::from_static("3");

/// The headers that every answer to a browser carries.
pub fn guard(headers: &mut header::HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

/// What a visitor sees of a problem, as a page.
pub fn failure(app: &App, visitor: &Visitor, problem: Problem) -> Response {
    if visitor.portal.is_none() {
        // Whatever else is wrong: under this name there is no portal that could say so.
        return fault_page(app, visitor, Fault::UnknownHost { host: visitor.host.clone() });
    }
    let lang = visitor.lang;
    let in_words = |vi: String, en: String| if lang == Lang::Vi { vi } else { en };
    let fault = match problem {
        Problem::NotFound(_) | Problem::Gone => Fault::NotFound,
        Problem::Invalid(faults) => Fault::Bad {
            what: faults.into_iter().map(|f| in_words(f.vi, f.en)).collect::<Vec<_>>().join(" "),
        },
        Problem::Forbidden { vi, en } | Problem::Refused { vi, en } => Fault::Bad { what: in_words(vi, en) },
        Problem::NotNow { .. } => Fault::Starting,
        Problem::Ours(error) => Fault::Ours { code: ours(app, &error) },
    };
    fault_page(app, visitor, fault)
}

/// The page of a fault.
pub fn fault_page(app: &App, visitor: &Visitor, fault: Fault) -> Response {
    let mut shell = match &visitor.portal {
        Some(portal) if !matches!(fault, Fault::UnknownHost { .. }) => {
            portal.shell(app, visitor, super::shell::Section::Elsewhere)
        }
        _ => bare_shell(visitor.lang, app.clock.now(), &visitor.path, app.config.demo),
    };
    shell.title = Some(ErrorPage::title_of(&fault, visitor.lang).to_owned());
    let status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let html = ErrorPage { shell, fault }.render().unwrap_or_else(|_| status.to_string());
    let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, SOON);
    }
    guard(response.headers_mut());
    response
}

/// What a program sees of a problem (RFC 9457), in both languages.
pub fn problem_json(app: &App, problem: Problem) -> Response {
    let (status, vi, en) = match &problem {
        Problem::NotFound(what) => {
            (404, "Không có ở đây.".to_owned(), format!("There is no such {what} here."))
        }
        Problem::Gone => (410, "Không còn hiển thị.".to_owned(), "It is no longer shown.".to_owned()),
        Problem::Forbidden { vi, en } => (403, vi.clone(), en.clone()),
        Problem::Refused { vi, en } => (409, vi.clone(), en.clone()),
        Problem::Invalid(_) => (
            422,
            "Có trường chưa đúng; xem faults.".to_owned(),
            "Some fields are wrong; see faults.".to_owned(),
        ),
        Problem::NotNow { vi, en } => (503, vi.clone(), en.clone()),
        Problem::Ours(error) => {
            let code = ours(app, error);
            (
                500,
                format!("Lỗi của máy chủ; khi báo, hãy nêu mã {code}."),
                format!("A fault of this server; quote the code {code} when you report it."),
            )
        }
    };
    let mut body = serde_json::json!({ "status": status, "title": en, "title_vi": vi });
    if let Problem::Invalid(faults) = problem {
        body["faults"] = serde_json::json!(faults);
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, SOON);
    }
    response
}

/// Logs a fault of ours once and returns the code under which it was logged.
fn ours(app: &App, error: &anyhow::Error) -> String {
    let number = app.errors.fetch_add(1, Ordering::Relaxed);
    let code = format!("{:x}-{number}", app.clock.micros() / 1_000_000);
    tracing::error!(code, error = format!("{error:#}"), "a request failed by our own fault");
    code
}
