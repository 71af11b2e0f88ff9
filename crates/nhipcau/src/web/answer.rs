//! Answers: pages with their headers, JSON for programs, and what stands where something failed.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::dictionary;
use super::error_view::{ErrorPage, Fault, bare_shell};
use super::gzip::{Part, join, plain};
use super::pages::{Difference, HTML, Page};
use super::visitor::{Asked, Takes, Visitor, client};
use crate::app::App;
use crate::problem::Problem;
use crate::reach::{self, Reader};
use crate::words::Lang;

/// What every page forbids itself: anything from elsewhere, any script or style inside the page.
pub const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of a kept page in gzip, in which most visitors take it.
pub fn kept_headers(media: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(10);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    // The light mode is a cookie's choice or the browser's wish.
    let html = media == HTML;
    let vary = match html {
        true => "accept-encoding, available-dictionary, cookie, save-data",
        false => "accept-encoding",
    };
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    if !html {
        // What machines read, the scripts of any other site may read too: there is no cookie that could be misused.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    guard(&mut headers);
    headers
}

/// A kept page as a visitor takes it, or "not modified".
pub fn page(takes: &Takes<'_>, page: &Page) -> Response {
    let mut response = Response::new(Body::empty());
    *response.headers_mut() = page.headers.clone();
    if page.status == 200 && takes.holds(&page.etag) {
        response.headers_mut().remove(header::CONTENT_ENCODING);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    if let Some(difference) = takes.dictionary.then(|| page.difference()).flatten() {
        return differing(response, takes, difference);
    }
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
    come_again(&mut response);
    if takes.gzip {
        *response.body_mut() = Body::from(page.gzip.clone());
        return response;
    }
    response.headers_mut().remove(header::CONTENT_ENCODING);
    match plain(&page.gzip) {
        Ok(bytes) => *response.body_mut() = Body::from(bytes),
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}

/// A page as the difference from the dictionary, under a validator that whoever lacks the dictionary is never told of.
fn differing(mut response: Response, takes: &Takes<'_>, difference: &Difference) -> Response {
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&difference.etag) {
        headers.insert(header::ETAG, etag);
    }
    if takes.holds(&difference.etag) {
        headers.remove(header::CONTENT_ENCODING);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(dictionary::ENCODING));
    *response.body_mut() = Body::from(difference.bytes.clone());
    response
}

/// The answer to a request for a page that is kept and still stands; anything else is for the router.
pub fn at_hand<B>(app: &App, peer: SocketAddr, request: &Request<B>) -> Option<Response> {
    if request.method() != Method::GET {
        return None;
    }
    let asked = Asked::of(&app.config, Some(peer.ip()), request.uri(), request.headers());
    let now = app.clock.micros();
    let kept = app.pages.get(asked.address(), now)?;
    if let Some(read) = kept.read
        && let Some(agent) = reach::agent(request.method(), request.headers())
    {
        let client = client(&app.config, Some(peer.ip()), request.headers());
        app.reach.count(now, read, Reader { client, agent });
    }
    Some(page(&Takes::of(request.headers()), &kept))
}

/// Says when to come again, in seconds, for what is only a matter of moments.
fn come_again(response: &mut Response) {
    const SOON: HeaderValue = HeaderValue::from_static("3");
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, SOON);
    }
}

/// A page that is drawn for one visitor and never kept, in gzip for whoever takes it.
pub fn once(visitor: &Visitor, status: StatusCode, html: String) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, HTML)]).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    guard(headers);
    if visitor.gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        *response.body_mut() = Body::from(join(&[&Part::drawn(&html)]));
    } else {
        *response.body_mut() = Body::from(html);
    }
    response
}

/// The headers that every answer to a browser carries.
pub fn guard(headers: &mut HeaderMap) {
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
    let problem = noted(app, problem);
    let lang = visitor.lang;
    let in_words = |vi: String, en: String| if lang == Lang::Vi { vi } else { en };
    let fault = match problem {
        Problem::NotFound(_) | Problem::Gone => Fault::NotFound,
        Problem::Invalid(faults) => Fault::Bad {
            what: faults.into_iter().map(|f| in_words(f.vi, f.en)).collect::<Vec<_>>().join(" "),
        },
        Problem::Forbidden { vi, en } => Fault::Forbidden { what: in_words(vi, en) },
        Problem::Refused { vi, en } => Fault::Bad { what: in_words(vi, en) },
        Problem::NotNow { vi, en } => Fault::NotNow { what: in_words(vi, en) },
        Problem::TooOften { vi, en } => Fault::TooOften { what: in_words(vi, en), again: false },
        Problem::Ours(error) => Fault::Ours { code: ours(app, &error) },
    };
    fault_page(app, visitor, fault)
}

/// The page of a fault.
pub fn fault_page(app: &App, visitor: &Visitor, fault: Fault) -> Response {
    let (status, html) = fault_html(app, visitor, fault);
    let mut response = once(visitor, status, html);
    come_again(&mut response);
    response
}

/// The status of a fault, and its page.
pub fn fault_html(app: &App, visitor: &Visitor, fault: Fault) -> (StatusCode, String) {
    let mut shell = match &visitor.portal {
        Some(portal) if !matches!(fault, Fault::UnknownHost { .. }) => {
            portal.shell(app, visitor, super::shell::Section::Elsewhere)
        }
        _ => {
            let config = &app.config;
            bare_shell(visitor.lang, app.clock.now(), &visitor.path, config.demo, config.rehearsal)
        }
    };
    shell.title = Some(ErrorPage::title_of(&fault, visitor.lang).to_owned());
    let status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, ErrorPage { shell, fault }.render().unwrap_or_else(|_| status.to_string()))
}

/// What a program sees: what was asked for or done, or the problem in its place.
pub fn answered<T: IntoResponse>(app: &App, result: Result<T, Problem>) -> Response {
    match result {
        Ok(answer) => answer.into_response(),
        Err(problem) => problem_json(app, problem),
    }
}

/// What a program sees of a problem (RFC 9457), in both languages.
pub fn problem_json(app: &App, problem: Problem) -> Response {
    let problem = noted(app, problem);
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
        Problem::TooOften { vi, en } => (429, vi.clone(), en.clone()),
        Problem::Ours(error) => {
            let code = ours(app, error);
            (
                500,
                format!("Lỗi của máy chủ; khi báo, hãy nêu mã {code}."),
                format!("A fault of this server; quote the code {code} when you report it."),
            )
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let faults = if let Problem::Invalid(faults) = problem { faults } else { Vec::new() };
    problem_with(status, &vi, &en, &faults)
}

/// A problem that is none of the program's own: a method, a size or a type that does not fit (RFC 9457).
pub fn problem_of(status: StatusCode, vi: &str, en: &str) -> Response {
    problem_with(status, vi, en, &[])
}

/// What is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Large {
    /// A form with a file.
    File,
    /// A form of words.
    Form,
}

/// The page for a body beyond the `most` bytes that the route takes: the limit, and the way `back`.
pub fn too_large(
    app: &App,
    visitor: &Visitor,
    (most, large): (usize, Large),
    back: Option<String>,
) -> Response {
    let w = visitor.lang.kept();
    let what = match large {
        Large::File => w.large_file(most >> 20),
        Large::Form => w.large_form(measure(most)),
    };
    fault_page(app, visitor, Fault::TooLarge { what, back })
}

/// The path of this host from which a request was sent, if the browser says so.
pub fn came_from(headers: &HeaderMap, visitor: &Visitor) -> Option<String> {
    let from = headers.get(header::REFERER)?.to_str().ok()?.strip_prefix(&visitor.base)?;
    let plain =
        from.starts_with('/') && !from.starts_with("//") && from.bytes().all(|b| b.is_ascii_graphic());
    plain.then(|| from.to_owned())
}

/// A limit as pages say it: in units of 1024, as `64 MB` beside the field of a file.
fn measure(most: usize) -> String {
    if most < 1 << 20 { format!("{} KB", most >> 10) } else { format!("{} MB", most >> 20) }
}

/// The same for a program.
pub fn too_large_json(most: usize) -> Response {
    let most = measure(most);
    problem_of(
        StatusCode::PAYLOAD_TOO_LARGE,
        &format!(
            "Yêu cầu lớn hơn mức máy chủ nhận ở đây là {most}; hãy giảm dung lượng tệp đính kèm hoặc chia nhỏ."
        ),
        &format!(
            "The request is larger than the {most} that are taken here; make the attachments smaller or split them."
        ),
    )
}

fn problem_with(status: StatusCode, vi: &str, en: &str, faults: &[crate::problem::Fault]) -> Response {
    let mut body = serde_json::json!({ "status": status.as_u16(), "title": en, "title_vi": vi });
    if !faults.is_empty() {
        body["faults"] = serde_json::json!(faults);
    }
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    come_again(&mut response);
    response
}

/// A trouble of the database is noted, so that people are told, and becomes a sentence.
fn noted(app: &App, problem: Problem) -> Problem {
    let (problem, trouble) = problem.told();
    if let Some((trouble, error)) = trouble {
        app.db.troubles.note(trouble, format!("{error:#}"), app.clock.micros());
    }
    problem
}

/// Logs a fault of ours once and returns the code under which it was logged.
pub(crate) fn ours(app: &App, error: &anyhow::Error) -> String {
    let number = app.errors.fetch_add(1, Ordering::Relaxed);
    let code = format!("{:x}-{number}", app.clock.micros() / 1_000_000);
    tracing::error!(code, error = format!("{error:#}"), "a request failed by our own fault");
    code
}

/// Bytes that nobody but this reader gets, as a file of that name: always to be saved, never shown by the browser.
pub fn saved(name: &str, bytes: Vec<u8>) -> Response {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let named = format!("attachment; filename*=UTF-8''{}", name.replace('+', "%20"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(named) = HeaderValue::from_str(&named) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}
