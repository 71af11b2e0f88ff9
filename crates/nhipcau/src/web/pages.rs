//! Rendered pages, kept compressed until what they show changes.
//!
//! A page names what it was drawn from ([`Tag`]). A commit raises the version of the tags that it
//! touched; a kept page whose versions are old is drawn again at the next visit. The bodies of items
//! are rendered and compressed once per node: a deflate stream may be put together from parts that
//! each end in a full flush (RFC 1951, 3.2.4; RFC 1952), so every portal wraps its own frame around
//! the same compressed body.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use network::names::ContentHash;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

/// What a page was drawn from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// One item: our number for its log, and its id.
    Item(i64, String),
    /// The list of items that stand on this node's portals.
    Lists,
    /// Who holds what of a log: receipts.
    Receipts(i64),
    /// Who is who, and this node's own state (stale, cut off).
    Directory,
}

/// A page as it is sent.
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Its media type.
    pub media: &'static str,
    /// Strong validator, in quotes, of the compressed form.
    pub etag: String,
    /// The page in gzip.
    pub gzip: Bytes,
    tags: Vec<(Tag, u64)>,
    /// When it must be drawn again in any case, in microseconds; for pages that show ages.
    until: i64,
}

/// A rendered body, compressed so that it can stand between other parts.
pub struct Body {
    /// The HTML, for those who cannot take gzip, and to be searched.
    pub html: String,
    deflate: Vec<u8>,
    crc: crc32fast::Hasher,
}

type Key = (Arc<str>, String);

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Page>> for Weight {
    fn weight(&self, key: &Key, page: &Arc<Page>) -> u64 {
        (key.1.len() + page.gzip.len() + 200) as u64
    }
}

impl Weighter<ContentHash, Arc<Body>> for Weight {
    fn weight(&self, _: &ContentHash, body: &Arc<Body>) -> u64 {
        (body.html.len() + body.deflate.len() + 200) as u64
    }
}

const PAGES_BYTES: u64 = 24 << 20;
const BODIES_BYTES: u64 = 12 << 20;

/// All pages and bodies that are kept.
pub struct Pages {
    pages: Cache<Key, Arc<Page>, Weight>,
    bodies: Cache<ContentHash, Arc<Body>, Weight>,
    versions: RwLock<HashMap<Tag, u64>>,
}

impl Default for Pages {
    fn default() -> Pages {
        Pages::new()
    }
}

impl Pages {
    /// Nothing kept yet.
    pub fn new() -> Pages {
        Pages {
            pages: Cache::with_weighter(1_000, PAGES_BYTES, Weight),
            bodies: Cache::with_weighter(200, BODIES_BYTES, Weight),
            versions: RwLock::default(),
        }
    }

    /// The kept page, if it is still what it would be if drawn now.
    pub fn get(&self, portal: &Arc<str>, path: &str, now: i64) -> Option<Arc<Page>> {
        let page = self.pages.get(&(portal.clone(), path.to_owned()))?;
        if page.until <= now {
            return None;
        }
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        let current = |(tag, seen): &(Tag, u64)| versions.get(tag).copied().unwrap_or(0) == *seen;
        page.tags.iter().all(current).then(|| page.clone())
    }

    /// The versions of `tags` before a page is drawn from what they name.
    pub fn versions(&self, tags: Vec<Tag>) -> Vec<(Tag, u64)> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        tags.into_iter().map(|tag| (tag.clone(), versions.get(&tag).copied().unwrap_or(0))).collect()
    }

    /// Keeps a page that was drawn from `tags` at the versions given.
    pub fn keep(
        &self,
        portal: &Arc<str>,
        path: &str,
        tags: Vec<(Tag, u64)>,
        until: i64,
        drawn: Drawn,
    ) -> Arc<Page> {
        let gzip: Bytes = drawn.gzip.into();
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&gzip)[..12]));
        let page = Arc::new(Page { status: drawn.status, media: drawn.media, etag, gzip, tags, until });
        if until > 0 {
            self.pages.insert((portal.clone(), path.to_owned()), page.clone());
        }
        page
    }

    /// What the tags name has changed.
    pub fn changed(&self, tags: impl IntoIterator<Item = Tag>) {
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        for tag in tags {
            *versions.entry(tag).or_default() += 1;
        }
    }

    /// A rendered body (or a part of one) by a name that says what it is of, made by `render` if it is not kept.
    ///
    /// # Errors
    /// Those of `render`.
    pub fn body<E>(
        &self,
        hash: ContentHash,
        render: impl FnOnce() -> Result<String, E>,
    ) -> Result<Arc<Body>, E> {
        if let Some(body) = self.bodies.get(&hash) {
            return Ok(body);
        }
        let body = Arc::new(Body::new(render()?));
        self.bodies.insert(hash, body.clone());
        Ok(body)
    }

    /// Drops everything that is kept.
    pub fn clear(&self) {
        self.pages.clear();
    }

    /// Forgets every page and body: content was erased, and no copy of it may stay anywhere.
    pub fn forget(&self) {
        self.bodies.clear();
        self.pages.clear();
    }
}

/// A page fresh from its template.
pub struct Drawn {
    status: u16,
    media: &'static str,
    gzip: Vec<u8>,
}

impl Drawn {
    /// A whole text.
    pub fn whole(status: u16, media: &'static str, text: &str) -> Drawn {
        Drawn { status, media, gzip: join(&[Part::of(text)]) }
    }

    /// An HTML page whose body was compressed before.
    pub fn around(status: u16, before: &str, body: &Body, after: &str) -> Drawn {
        let (before, after) = (Part::of(before), Part::of(after));
        let gzip = join(&[
            before,
            Part { deflate: body.deflate.clone(), crc: body.crc.clone(), length: body.html.len() },
            after,
        ]);
        Drawn { status, media: "text/html; charset=utf-8", gzip }
    }
}

impl Body {
    /// Compresses `html` once.
    pub fn new(html: String) -> Body {
        let part = Part::of(&html);
        Body { html, deflate: part.deflate, crc: part.crc }
    }
}

struct Part {
    deflate: Vec<u8>,
    crc: crc32fast::Hasher,
    length: usize,
}

impl Part {
    fn of(text: &str) -> Part {
        let mut crc = crc32fast::Hasher::new();
        crc.update(text.as_bytes());
        Part { deflate: deflated(text.as_bytes()), crc, length: text.len() }
    }
}

/// Raw deflate that ends at a byte boundary and refers to nothing outside itself, so that it can be joined.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(bytes.len() / 3 + 64);
    let mut taken = 0;
    loop {
        out.reserve(4096);
        let before = compress.total_in();
        // Compressing into a buffer that has room cannot fail; an error would only end the stream early.
        let done = compress.compress_vec(&bytes[taken..], &mut out, FlushCompress::Full);
        taken += (compress.total_in() - before) as usize;
        if done.is_err() || (taken == bytes.len() && out.len() < out.capacity()) {
            return out;
        }
    }
}

/// Joins parts into one gzip member.
fn join(parts: &[Part]) -> Vec<u8> {
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    let mut crc = crc32fast::Hasher::new();
    let mut length = 0_usize;
    for part in parts {
        gzip.extend_from_slice(&part.deflate);
        crc.combine(&part.crc);
        length += part.length;
    }
    gzip.extend_from_slice(&[3, 0]); // the last block, empty
    gzip.extend_from_slice(&crc.finalize().to_le_bytes());
    gzip.extend_from_slice(&(length as u32).to_le_bytes());
    gzip
}

/// Bytes as one gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(bytes);
    join(&[Part { deflate: deflated(bytes), crc, length: bytes.len() }])
}

/// The plain bytes of a kept page, for the few who cannot take gzip.
///
/// # Errors
/// When what was kept is damaged, which would be a fault of this program.
pub fn plain(gzip: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_join_into_one_gzip_that_any_reader_takes() {
        let long = "Điều 1. Phạm vi điều chỉnh. ".repeat(10_000);
        for body in ["", "x", &long] {
            let drawn = Drawn::around(200, "<html>", &Body::new(body.to_owned()), "</html>");
            assert_eq!(plain(&drawn.gzip).unwrap(), format!("<html>{body}</html>").into_bytes());
        }
        assert_eq!(plain(&Drawn::whole(200, "text/plain", "").gzip).unwrap(), b"");
    }

    #[test]
    fn a_page_is_drawn_again_when_its_item_changed() {
        let pages = Pages::new();
        let portal: Arc<str> = "a.vn".into();
        let tags = pages.versions(vec![Tag::Item(1, "x".into()), Tag::Directory]);
        pages.keep(&portal, "/muc/x", tags, i64::MAX, Drawn::whole(200, "text/html", "hello"));
        assert!(pages.get(&portal, "/muc/x", 0).is_some());
        pages.changed([Tag::Item(1, "y".into()), Tag::Lists]);
        assert!(pages.get(&portal, "/muc/x", 0).is_some());
        pages.changed([Tag::Item(1, "x".into())]);
        assert!(pages.get(&portal, "/muc/x", 0).is_none());
    }

    #[test]
    fn a_change_while_a_page_is_drawn_is_not_lost() {
        let pages = Pages::new();
        let portal: Arc<str> = "a.vn".into();
        let tags = pages.versions(vec![Tag::Lists]);
        pages.changed([Tag::Lists]);
        pages.keep(&portal, "/", tags, i64::MAX, Drawn::whole(200, "text/html", "old"));
        assert!(pages.get(&portal, "/", 0).is_none());
    }
}
