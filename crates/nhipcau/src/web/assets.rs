//! Files that every page uses, built into the binary and named by what they hold.
//!
//! `/assets/<name>.<hash8>.<ext>`: the first eight hexadecimal digits of the SHA-256 of the bytes stand in the
//! address, so an address never changes its meaning and may be kept for ever (`immutable`). The verifier's sentences
//! come from the table of words: there is one script for each language.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::dictionary;
use crate::words::{Lang, browser};

/// A file as it is served.
pub struct Asset {
    /// Its address, `/assets/…`.
    pub href: String,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The exact bytes behind `href`.
    pub bytes: Cow<'static, [u8]>,
}

struct Table {
    css: Asset,
    verify_vi: Asset,
    verify_en: Asset,
    desk_css: Asset,
    desk_vi: Asset,
    desk_en: Asset,
    passkey: Asset,
    search: Asset,
    check: Asset,
    reading: Asset,
    push: Asset,
    ask: Asset,
    channels: Asset,
    media_vi: Asset,
    media_en: Asset,
    captions: Asset,
    favicon: Asset,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
    css: Asset::new("nhipcau", "css", "text/css; charset=utf-8", include_bytes!("../../assets/nhipcau.css")),
    verify_vi: verifier(Lang::Vi),
    verify_en: verifier(Lang::En),
    desk_css: Asset::new("desk", "css", "text/css; charset=utf-8", include_bytes!("../../assets/desk.css")),
    desk_vi: desk(Lang::Vi),
    desk_en: desk(Lang::En),
    passkey: Asset::new(
        "passkey",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/passkey.js"),
    ),
    search: Asset::new(
        "search",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/search.js"),
    ),
    check: Asset::new(
        "check",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/check.js"),
    ),
    reading: Asset::new(
        "reading",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/reading.js"),
    ),
    push: Asset::new("push", "js", "text/javascript; charset=utf-8", include_bytes!("../../assets/push.js")),
    ask: Asset::new("ask", "js", "text/javascript; charset=utf-8", include_bytes!("../../assets/ask.js")),
    channels: Asset::new(
        "channels",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/channels.js"),
    ),
    media_vi: media_script(Lang::Vi),
    media_en: media_script(Lang::En),
    captions: Asset::new(
        "captions",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/captions.js"),
    ),
    favicon: Asset::new("favicon", "svg", "image/svg+xml", include_bytes!("../../assets/favicon.svg")),
});

impl Asset {
    pub(super) fn new(
        name: &str,
        ext: &str,
        content_type: &'static str,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Asset {
        let bytes = bytes.into();
        let hash = hex::encode(&Sha256::digest(&bytes)[..4]);
        Asset { href: format!("/assets/{name}.{hash}.{ext}"), content_type, bytes }
    }
}

/// The verifier with the sentences of one language before it.
fn verifier(lang: Lang) -> Asset {
    let script = include_str!("../../assets/verify.js");
    let whole = format!("self.nhipcauWords={};\n{script}", browser::verifier_words(lang));
    let name = format!("verify.{}", lang.code());
    Asset::new(&name, "js", "text/javascript; charset=utf-8", whole.into_bytes())
}

/// What the console adds where there is a script, with the sentences of one language before it.
fn desk(lang: Lang) -> Asset {
    let script = include_str!("../../assets/desk.js");
    let whole = format!("self.nhipcauDesk={};\n{script}", browser::desk_words(lang));
    Asset::new(&format!("desk.{}", lang.code()), "js", "text/javascript; charset=utf-8", whole.into_bytes())
}

/// What sends files in parts, with the sentences of one language before it.
fn media_script(lang: Lang) -> Asset {
    let script = include_str!("../../assets/media.js");
    let whole = format!("self.nhipcauMedia={};\n{script}", browser::media_words(lang));
    Asset::new(&format!("media.{}", lang.code()), "js", "text/javascript; charset=utf-8", whole.into_bytes())
}

/// Every file, for the route table and for compressing at start.
pub fn all() -> [&'static Asset; 18] {
    let t = &*TABLE;
    [
        &t.css,
        &t.verify_vi,
        &t.verify_en,
        &t.desk_css,
        &t.desk_vi,
        &t.desk_en,
        &t.passkey,
        &t.search,
        &t.check,
        &t.reading,
        &t.push,
        &t.ask,
        &t.channels,
        &t.media_vi,
        &t.media_en,
        &t.captions,
        &t.favicon,
        dictionary::asset(),
    ]
}

/// The file behind an address such as `/assets/nhipcau.1a2b3c4d.css`; `None` for any other.
pub fn find(href: &str) -> Option<&'static Asset> {
    all().into_iter().find(|asset| asset.href == href)
}

/// The address of the style sheet.
pub fn css() -> &'static str {
    &TABLE.css.href
}

/// The address of the verifier in a language.
pub fn verify(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => &TABLE.verify_vi.href,
        Lang::En => &TABLE.verify_en.href,
    }
}

/// The address of the console's style sheet.
pub fn desk_css() -> &'static str {
    &TABLE.desk_css.href
}

/// The address of the console's script in a language.
pub fn desk_js(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => &TABLE.desk_vi.href,
        Lang::En => &TABLE.desk_en.href,
    }
}

/// The address of the script of the page on which somebody writes a petition.
pub fn ask() -> &'static str {
    &TABLE.ask.href
}

/// The address of the script that counts what is written for a channel.
pub fn channels() -> &'static str {
    &TABLE.channels.href
}

/// The address of the script that sends files in parts, in a language.
pub fn media(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => &TABLE.media_vi.href,
        Lang::En => &TABLE.media_en.href,
    }
}

/// The address of the script of the editor of captions.
pub fn captions() -> &'static str {
    &TABLE.captions.href
}

/// The address of the script of passkeys.
pub fn passkey() -> &'static str {
    &TABLE.passkey.href
}

/// The address of the script that suggests titles.
pub fn search() -> &'static str {
    &TABLE.search.href
}

/// The address of what the page of checks adds where there is a script.
pub fn check() -> &'static str {
    &TABLE.check.href
}

/// The address of what offers notices of the browser, where one can follow.
pub fn push() -> &'static str {
    &TABLE.push.href
}

/// The address of what reading gains by script.
pub fn reading() -> &'static str {
    &TABLE.reading.href
}

/// The name of the script that other sites show our items by. It bears no hash: what stands on their pages stays there.
pub const EMBED_NAME: &str = "nhung.js";

/// The script of other sites' pages, for any of them.
pub fn embed() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, include_str!("../../assets/nhung.js")).into_response()
}

/// The address of the icon that a browser shows in its tab.
pub fn favicon() -> &'static str {
    &TABLE.favicon.href
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_address_names_its_bytes_and_is_found() {
        for asset in all() {
            let hash = hex::encode(&Sha256::digest(&asset.bytes)[..4]);
            assert!(asset.href.contains(&hash), "{}", asset.href);
            assert_eq!(find(&asset.href).unwrap().bytes, asset.bytes);
        }
        assert!(find("/assets/nhipcau.00000000.css").is_none());
    }

    #[test]
    fn the_script_of_other_sites_is_small_and_writes_no_markup() {
        let script = include_str!("../../assets/nhung.js");
        assert!(script.len() < 10 << 10, "{} bytes", script.len());
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            ".style",
            "http:",
            "https:",
        ] {
            assert!(!script.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn no_asset_asks_a_third_party_for_anything() {
        for asset in all() {
            let text = String::from_utf8(asset.bytes.to_vec()).unwrap();
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://"), "{}", asset.href);
        }
    }
}
