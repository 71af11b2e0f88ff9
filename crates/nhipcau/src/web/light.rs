//! The light mode: pictures are links with their size. A reader chooses it, or the browser asks for it (`Save-Data`).
//!
//! The choice is a cookie that says 1 or 0 and nothing of its owner. Pages are kept once for each mode.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::visitor::Visitor;
use crate::app::App;
use crate::people::forms::Fields;
use crate::people::gate::{refused_form, same_site};
use crate::people::session::{cookie_of, set_cookie};

const COOKIE: &str = "nhe";
const SAVE_DATA: HeaderName = HeaderName::from_static("save-data");
/// How long a choice is remembered, in seconds.
const LASTS: i64 = 365 * 24 * 3_600;

/// True if pages are asked for in the light mode: by the reader's choice, else by the browser's wish.
pub fn asked(headers: &HeaderMap, secure: bool) -> bool {
    match cookie_of(headers, COOKIE, secure) {
        Some(choice) => choice == "1",
        None => headers.get(SAVE_DATA).is_some_and(|wish| wish.as_bytes().eq_ignore_ascii_case(b"on")),
    }
}

/// `POST /che-do-nhe`: remembers the choice and leads back to the page.
pub async fn choose(State(app): State<App>, visitor: Visitor, headers: HeaderMap, body: Bytes) -> Response {
    if !same_site(&headers, &visitor) {
        return refused_form(&app, &visitor);
    }
    let fields = Fields::read(&body);
    let choice = if fields.get("nhe") == "1" { "1" } else { "0" };
    let mut answer = (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, back(fields.get("ve"))), (header::CACHE_CONTROL, "no-store")],
    )
        .into_response();
    answer
        .headers_mut()
        .extend(set_cookie(COOKIE, choice, visitor.secure(), LASTS).map(|c| (header::SET_COOKIE, c)));
    answer
}

/// A path of this host, or its home page.
fn back(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if own && path.bytes().all(|b| b.is_ascii_graphic()) { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_more_than_the_browsers_wish() {
        let says = |pairs: &[(&'static str, &str)], secure| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().unwrap());
            }
            asked(&headers, secure)
        };
        assert!(!says(&[], false) && says(&[("save-data", "on")], false));
        assert!(
            says(&[("cookie", "a=b; nhe=1")], false)
                && !says(&[("cookie", "nhe=0"), ("save-data", "on")], false)
        );
        assert!(says(&[("cookie", "__Host-nhe=1")], true) && !says(&[("cookie", "nhe=1")], true));
    }

    #[test]
    fn the_way_back_stays_on_this_host() {
        for (path, leads) in [
            ("/muc/x?phan=2", "/muc/x?phan=2"),
            ("//evil", "/"),
            ("https://evil", "/"),
            ("/\\evil", "/"),
            ("", "/"),
            ("/a\r\nb", "/"),
        ] {
            assert_eq!(back(path), leads, "{path}");
        }
    }
}
