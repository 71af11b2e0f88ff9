//! What must hold for any bytes at the product's own doors: what visitors, editors and administrators write. One
//! function per fuzz target; `tests/it/doors.rs` of `nhipcau` runs them too.

use std::path::Path;

use axum::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use network::content::{Body, Item, Layer};
use nhipcau::calendar::Today;
use nhipcau::config::File;
use nhipcau::documents::seal;
use nhipcau::files::{self, Upload, kind_of, text_of};
use nhipcau::items::body;
use nhipcau::items::draft::from_markdown;
use nhipcau::items::paste;
use nhipcau::items::store::Reference;
use nhipcau::logs::serve::{Range, range_of};
use nhipcau::petitions::mail::read;
use nhipcau::problem::Problem;
use nhipcau::web::visitor::{host_of, takes_gzip};
use uuid::Uuid;

/// A Markdown file with front matter: a draft that can be checked, or faults that name their fields.
pub fn front_matter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let checked = from_markdown(text).and_then(|draft| {
        assert!(draft.text.len() <= text.len());
        draft.check(Uuid::from_u128(7), 1, [7; 16], Today::shipped("2026-11-26".parse().expect("a day")))
    });
    match checked {
        Ok(checked) => {
            let item = Item::parse(&checked.bytes).expect("what was checked can be issued");
            assert_eq!((item.id, item.edition), (Uuid::from_u128(7), 1));
            assert_eq!(item, checked.item);
        }
        Err(Problem::Invalid(faults)) => {
            assert!(!faults.is_empty() && faults.iter().all(|f| !f.vi.is_empty() && !f.en.is_empty()));
        }
        Err(other) => panic!("a draft is wrong or right: {other}"),
    }
}

/// A file that may be a PDF: signatures are found or not, few and with clean names, and all of it is read only once.
pub fn seals(bytes: &[u8]) {
    let found = seal::seals(bytes);
    assert!(found.len() <= 16);
    for seal in &found {
        for name in [&seal.signer, &seal.organisation, &seal.issuer].into_iter().flatten() {
            assert!(name.chars().count() <= 200 && !name.chars().any(char::is_control));
        }
    }
    assert_eq!(seal::seals(bytes), found);
}

/// An item's name in addresses: one spelling.
pub fn reference(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string(), text);
        assert!(text.len() == 41 && text.is_ascii());
    }
}

/// A `Range` header for a content of a size, which the first eight bytes give.
pub fn range(bytes: &[u8]) {
    let Some((size, text)) = bytes.split_first_chunk::<8>() else { return };
    let (size, Ok(text)) = (u64::from_be_bytes(*size), std::str::from_utf8(text)) else { return };
    match range_of(text, size) {
        Range::Part(from, to) => {
            assert!(from < to && to <= size, "{from}..{to} of {size}");
            assert!(text.starts_with("bytes="));
        }
        Range::Outside => assert!(text.starts_with("bytes=")),
        Range::Ignored => {}
    }
}

/// A host with or without port: part of what was written, and no more than the host of it.
pub fn host(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let host = host_of(text);
    assert!(text.contains(host) && host.len() <= text.len());
    assert!(text.starts_with('[') || !host.ends_with('.'));
    if !text.contains([':', '[']) {
        assert_eq!(host, text.trim_end_matches('.'));
    }
}

/// `Accept-Encoding`: gzip is sent only to those who name it or anything.
pub fn accept_encoding(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, value);
    if takes_gzip(&headers) {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        assert!(text.contains("gzip") || text.contains('*'));
    }
}

/// The configuration file: what is accepted keeps to what may be called, and is written and read as the same.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(file) = toml::from_str::<File>(text) else { return };
    let folder = Path::new("/srv/node");
    match file.clone().check(folder) {
        Ok(config) => {
            assert!(!config.listen.is_empty() && !config.url.ends_with('/'));
            assert!(config.private_addresses || config.url.starts_with("https://"));
            let written = toml::to_string(&file).expect("what was read can be written");
            let again: File = toml::from_str(&written).expect("and read");
            let again = again.check(folder).expect("and checked");
            assert_eq!(format!("{again:?}"), format!("{config:?}"));
        }
        Err(error) => assert!(!format!("{error:#}").is_empty()),
    }
}

/// A mail to the petitions' address: somebody wrote it who can be answered, within the bounds of a conversation; or it is dropped.
pub fn mail(bytes: &[u8]) {
    let Ok(came) = read::read(bytes) else { return };
    assert!(!came.id.is_empty() && came.id.len() <= 300 && came.from.to_string().contains('@'));
    assert!(came.answers.len() <= 50 && came.to.len() <= 50);
    assert!(came.files.iter().map(|(.., bytes)| bytes.len()).max().unwrap_or(0) <= bytes.len().max(4) * 4);
    assert!(read::without_quotations(&came.words).len() <= came.words.len() + 1);
}

/// A file that somebody hands in: files of an item, or reasons that name a part of it; and its text, whatever it is.
pub fn upload(bytes: &[u8]) {
    let name = ["a.jpg", "a.png", "a.pdf", "a.docx", "a.txt", "a"][bytes.len() % 6];
    let upload = Upload { name: name.into(), bytes: bytes.to_vec(), decorative: true, ..Upload::default() };
    match files::take(upload) {
        Ok(taken) => {
            let (first, others) = taken.split_first().expect("what is taken is a file");
            assert!(others.iter().all(|(file, _)| file.of == Some(first.0.sha256)));
            assert!(
                taken.iter().all(|(file, bytes)| file.size == bytes.len() as u64 && !file.name.contains('/'))
            );
        }
        Err(refusals) => assert!(refusals.iter().all(|r| !r.vi.is_empty() && !r.en.is_empty())),
    }
    let _ = text_of(kind_of(bytes), bytes);
}

/// Something pasted, as a page or as it is: a text that shows nothing that acts, or a fault that says what to do.
pub fn pasted(bytes: &[u8]) {
    for media in ["text/html", ""] {
        match paste::clean(bytes, media, "") {
            Ok(cleaned) => {
                assert!(!cleaned.text.trim().is_empty());
                let body = Body { format: cleaned.format, text: cleaned.text, layer: Layer::Official };
                let shown = body::render(&body).html.to_lowercase();
                assert!(
                    !shown.contains("<script")
                        && !shown.contains("<img")
                        && !shown.contains("href=\"javascript")
                );
            }
            Err(Problem::Invalid(faults)) => {
                assert!(faults.iter().all(|f| !f.vi.is_empty() && !f.en.is_empty()))
            }
            Err(other) => panic!("a text is taken or refused: {other}"),
        }
    }
}
