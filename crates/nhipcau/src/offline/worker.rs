//! `/sw.js`: the service worker, with the words that it says in both languages and the files that its pages need.
//!
//! It stands at the root because it may keep pages of the whole portal; which ones it does keep stands in the script, and
//! the console is never among them. Its version is the hash of all that it says: a browser that holds another begins anew.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::web::answer::guard;
use crate::web::assets;
use crate::words::Lang;

const SCRIPT: &str = include_str!("../../assets/sw.js");

static WHOLE: LazyLock<String> = LazyLock::new(|| {
    let words = |lang: Lang| -> Value {
        let r = lang.reading();
        json!({ "kept": r.kept_at("\u{1}"), "none": r.kept_none, "list": r.kept_list, "empty": r.kept_empty, "again": r.kept_again })
    };
    let files = [assets::css(), assets::search(), assets::reading(), assets::favicon()];
    let mut given = json!({ "files": files, "vi": words(Lang::Vi), "en": words(Lang::En) });
    let version = hex::encode(&Sha256::digest(format!("{given}{SCRIPT}"))[..6]);
    given["version"] = version.into();
    // JSON in a script of its own: no markup can end it.
    format!("self.nhipcau={given};\n{SCRIPT}")
});

/// `/sw.js`
pub async fn script() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    let mut answer = (headers, WHOLE.as_str()).into_response();
    guard(answer.headers_mut());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_is_small_keeps_public_pages_alone_and_asks_nobody_else() {
        assert!(WHOLE.len() < 10 << 10, "{} bytes", WHOLE.len());
        assert!(
            WHOLE.contains("Bản lưu lúc \\u0001") || WHOLE.contains("Bản lưu lúc \u{1}"),
            "{}",
            &WHOLE[..600]
        );
        assert!(!WHOLE.contains("http:") && !WHOLE.contains("https:") && !WHOLE.contains("ban-lam-viec"));
    }
}
