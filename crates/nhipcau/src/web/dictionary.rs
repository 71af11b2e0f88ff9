//! Compression dictionaries (RFC 9842): what all public pages have in common is fetched once and never sent again.
//!
//! The dictionary is made of the frame of pages as it is drawn, of the templates' own markup and of words of the interface:
//! public, the same for everybody, and named by its hash. A browser that holds it says so (`Available-Dictionary`), and
//! gets a kept page as the difference (`dcz`: Zstandard with the dictionary; one encoding is enough, for whoever has dictionaries has
//! both). Browsers take part only over https or on the machine itself.
//!
//! Only pages that are kept are sent so, which are the same bytes for everybody. What is drawn for one visitor (the console, a
//! petition that is followed, a search with its words) never is: where a secret and something that an attacker chooses are
//! compressed together, the length of the answer tells of the secret (a compression oracle, as BREACH).

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderMap, HeaderName, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zstd::dict::EncoderDictionary;

use super::assets::Asset;
use super::error_view::{ErrorPage, Fault, bare_shell};
use super::shell::{Portal, Shell};
use super::visitor::takes;
use crate::words::Lang;

/// The header by which an answer says for which addresses it is the dictionary.
pub const USE_AS: HeaderName = HeaderName::from_static("use-as-dictionary");
/// Pages of this host that a person opens: by the browser itself, or through its service worker, whose own calls have no destination
/// (Fetch, 5.4: a request that is made of another one does not take over its destination).
pub const USED_FOR: &str = "match=\"/*\", match-dest=(\"document\" \"\")";
/// The header by which a browser names the dictionary that it holds.
pub const AVAILABLE: HeaderName = HeaderName::from_static("available-dictionary");
/// The encoding's name.
pub const ENCODING: &str = "dcz";
/// What a `dcz` stream begins with, before the hash of its dictionary (RFC 9842, 5): a skippable frame of Zstandard.
pub const MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0];
/// Each kept page is compressed once; on this level that takes about as long as gzip does.
const LEVEL: i32 = 12;

/// Words of the pages that are read most. All words of the interface would save a tenth more and weigh twice as much.
const WORDS: [&str; 2] =
    [include_str!("../../words/reading_vi.toml"), include_str!("../../words/procedures_vi.toml")];
/// What most pages are made of; what is most like the beginning of a page stands last, where it is nearest.
const TEMPLATES: [&str; 9] = [
    include_str!("../../templates/procedures/list.html"),
    include_str!("../../templates/procedures/lead.html"),
    include_str!("../../templates/items/history.html"),
    include_str!("../../templates/documents/standing.html"),
    include_str!("../../templates/documents/why.html"),
    include_str!("../../templates/items/list.html"),
    include_str!("../../templates/items/rows.html"),
    include_str!("../../templates/items/home.html"),
    include_str!("../../templates/items/item.html"),
];

struct Whole {
    asset: Asset,
    hash: [u8; 32],
    /// As a browser names it: a byte sequence of structured fields (RFC 9651).
    named: String,
    prepared: EncoderDictionary<'static>,
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let mut text = String::new();
    let words = WORDS.iter().flat_map(|words| words.lines());
    words
        .filter_map(|line| line.split_once(" = \"")?.1.strip_suffix('"'))
        .for_each(|word| plain(word, &mut text));
    TEMPLATES.iter().for_each(|template| plain(template, &mut text));
    [Lang::En, Lang::Vi].into_iter().for_each(|lang| text.push_str(&frame(lang)));
    let bytes = text.into_bytes();
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    Whole {
        named: format!(":{}:", STANDARD.encode(hash)),
        hash,
        prepared: EncoderDictionary::copy(&bytes, LEVEL),
        asset: Asset::new("tu-dien", "dat", "application/octet-stream", bytes),
    }
});

/// A page with nothing but its frame. In the light mode, because that frame does not name the dictionary itself.
fn frame(lang: Lang) -> String {
    let bare = bare_shell(lang, Timestamp::UNIX_EPOCH, "/", false, false);
    let portal = Portal { domain: ".gov.vn".to_owned(), ..bare.portal };
    let shell = Shell { portal, light: true, mails: true, ..bare };
    // Rendering into memory cannot fail; without the frame the dictionary would be poorer and nothing else.
    ErrorPage { shell, fault: Fault::NotFound }.render().unwrap_or_default()
}

/// A text without what stands in braces, which is another thing on each page.
fn plain(text: &str, out: &mut String) {
    let mut deep = 0_usize;
    for c in text.chars() {
        match c {
            '{' => deep += 1,
            '}' => deep = deep.saturating_sub(1),
            _ if deep == 0 => out.push(c),
            _ => {}
        }
    }
}

/// The dictionary as a file of every page.
pub fn asset() -> &'static Asset {
    &WHOLE.asset
}

/// True if a browser holds this dictionary and takes what is compressed with it.
pub fn asked(headers: &HeaderMap) -> bool {
    headers.get(&AVAILABLE).is_some_and(|named| named.as_bytes() == WHOLE.named.as_bytes())
        && headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| takes(v, ENCODING))
}

/// A page as the difference from the dictionary.
///
/// # Errors
/// When there is no memory for it.
pub fn packed(page: &[u8]) -> std::io::Result<Vec<u8>> {
    let frame = zstd::bulk::Compressor::with_prepared_dictionary(&WHOLE.prepared)?.compress(page)?;
    Ok([&MAGIC, &WHOLE.hash[..], &frame].concat())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn bytes() -> &'static [u8] {
        &asset().bytes
    }

    #[test]
    fn what_is_packed_is_read_with_the_dictionary_alone_and_is_smaller() {
        let page = format!("{}<p>Nội dung của trang.</p>", frame(Lang::Vi));
        let packed = packed(page.as_bytes()).unwrap();
        assert_eq!(packed[..8], MAGIC);
        assert_eq!(packed[8..40], Sha256::digest(bytes())[..]);
        let mut reader = zstd::bulk::Decompressor::with_dictionary(bytes()).unwrap();
        assert_eq!(reader.decompress(&packed[40..], 1 << 20).unwrap(), page.as_bytes());
        assert!(packed.len() * 5 < crate::web::gzip::gzip(page.as_bytes()).len(), "{}", packed.len());
        let mut without = zstd::bulk::Decompressor::new().unwrap();
        assert!(
            without.decompress(&packed[40..], 1 << 20).is_err(),
            "it does not refer to the dictionary at all"
        );
    }

    #[test]
    fn the_dictionary_holds_nothing_but_markup_and_words() {
        let text = std::str::from_utf8(bytes()).unwrap();
        assert!(!text.contains(['{', '}']) && !text.contains("http"), "a placeholder or an address is left");
        assert!(text.contains("govuk-skip-link") && (15_000..30_000).contains(&text.len()), "{}", text.len());
        // What begins so would be read as a dictionary with tables, not as plain bytes.
        assert_ne!(bytes()[..4], [0x37, 0xa4, 0x30, 0xec]);
    }

    #[test]
    fn only_who_holds_this_one_and_takes_it_is_given_it() {
        let says = |held: &str, takes: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AVAILABLE, held.parse().unwrap());
            headers.insert(header::ACCEPT_ENCODING, takes.parse().unwrap());
            asked(&headers)
        };
        let ours = &WHOLE.named;
        assert!(says(ours, "gzip, deflate, br, zstd, dcb, dcz") && says(ours, "DCZ;q=0.5"));
        assert!(!says(ours, "gzip, br") && !says(ours, "*") && !says(ours, "gzip, dcz;q=0"));
        assert!(!says(":AAAA:", "dcz") && !says("dcz", "dcz") && !asked(&HeaderMap::new()));
    }
}
