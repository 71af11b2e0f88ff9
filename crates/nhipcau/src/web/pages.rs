//! Rendered pages, kept compressed until what they show changes.
//!
//! A page names what it was drawn from ([`Tag`]). A commit notes the tags that it touched before anyone is
//! told of it; a kept page whose tags have changed since it was drawn is drawn again at the next visit, by
//! one of those who wait for it. The texts of items are rendered and compressed once per node (see `gzip`).

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use network::names::ContentHash;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, MutexGuard};

use super::gzip::{self, Part};
use super::{answer, dictionary};
use crate::documents::seal::Seal;
use crate::items::body::Text;
use crate::reach::Read;

/// The media type of pages for people.
pub const HTML: &str = "text/html; charset=utf-8";

/// What a page was drawn from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// One item: our number for its log, and its id.
    Item(i64, String),
    /// The list of items that stand on this node's portals.
    Lists,
    /// What is known of documents of one number, by its key.
    Document(String),
    /// Who holds and shows one entry of a log.
    Reach(i64, u64),
    /// Who holds and shows a log, as far as it concerns any entry.
    Receipts(i64),
    /// Who is who, and this node's own state (stale, cut off).
    Directory,
}

/// When what tags name has last changed, on a clock that counts changes.
///
/// All tags share a fixed number of places, each the one that its hash says. Two that meet in one cost a page
/// drawn again for nothing now and then; memory does not grow with the items of a nation, and asking takes
/// no lock.
struct Changes {
    clock: AtomicU64,
    last: Box<[AtomicU64]>,
    hasher: BuildHasherDefault<DefaultHasher>,
}

const PLACES: usize = 1 << 16;

impl Changes {
    fn new() -> Changes {
        Changes {
            clock: AtomicU64::new(0),
            last: std::iter::repeat_with(AtomicU64::default).take(PLACES).collect(),
            hasher: BuildHasherDefault::default(),
        }
    }

    fn place(&self, tag: &Tag) -> usize {
        self.hasher.hash_one(tag) as usize % PLACES
    }
}

/// What a page depends on: it was drawn from what stood at `since`, and shows what these places stand for.
struct Source {
    since: Moment,
    places: Vec<usize>,
}

/// A moment of the clock that counts changes.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

/// The address under which a page is kept: as the visitor wrote it, because absolute addresses in the page
/// begin so.
#[derive(Clone, Copy, Hash)]
pub struct Address<'a> {
    /// True for https.
    pub secure: bool,
    /// True for the light mode.
    pub light: bool,
    /// Host and port, in lower case.
    pub authority: &'a str,
    /// Path and query.
    pub whole: &'a str,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    secure: bool,
    light: bool,
    authority: Box<str>,
    whole: Box<str>,
}

impl From<Address<'_>> for Key {
    fn from(address: Address<'_>) -> Key {
        Key {
            secure: address.secure,
            light: address.light,
            authority: address.authority.into(),
            whole: address.whole.into(),
        }
    }
}

impl Equivalent<Key> for Address<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.whole == &*key.whole
            && self.authority == &*key.authority
            && (self.secure, self.light) == (key.secure, key.light)
    }
}

/// A page as it is sent.
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// The headers of an answer in gzip.
    pub headers: HeaderMap,
    /// Strong validator, in quotes, of the compressed form.
    pub etag: String,
    /// The page in gzip.
    pub gzip: Bytes,
    /// What is read by opening it, if that is counted.
    pub read: Option<Read>,
    /// The page as the difference from the dictionary, made when it is first asked for; none for what is drawn for one visitor.
    difference: Option<OnceLock<Difference>>,
    source: Source,
    /// When it must be drawn again in any case, in microseconds; for pages that show ages.
    until: i64,
}

/// A page as the difference from the dictionary.
pub struct Difference {
    /// Its own strong validator, in quotes.
    pub etag: String,
    /// Its bytes (`dcz`).
    pub bytes: Bytes,
}

impl Page {
    /// The page as the difference from the dictionary; nothing if it must not or cannot be sent so.
    pub fn difference(&self) -> Option<&Difference> {
        let kept = self.difference.as_ref().filter(|_| self.status == 200)?;
        if kept.get().is_none() {
            let bytes = dictionary::packed(&gzip::plain(&self.gzip).ok()?).ok()?.into();
            let made = Difference { etag: format!("{}-d\"", self.etag.trim_end_matches('"')), bytes };
            // Whoever came second has made the same.
            kept.get_or_init(|| made);
        }
        kept.get()
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Page>> for Weight {
    fn weight(&self, key: &Key, page: &Arc<Page>) -> u64 {
        // The difference, once it is asked for, is at most as large as the page in gzip.
        (key.whole.len() + key.authority.len() + page.gzip.len() * 2 + 1_500) as u64
    }
}

impl Weighter<ContentHash, Arc<Text>> for Weight {
    fn weight(&self, _: &ContentHash, text: &Arc<Text>) -> u64 {
        text.weight() as u64
    }
}

const PAGES_BYTES: u64 = 24 << 20;
const TEXTS_BYTES: u64 = 12 << 20;
/// Of how many files the signatures are kept.
const SEALED: usize = 4_096;
/// How many pages may be drawn at once.
const DRAWING: usize = 64;

/// All pages and texts that are kept.
pub struct Pages {
    pages: Cache<Key, Arc<Page>, Weight>,
    texts: Cache<ContentHash, Arc<Text>, Weight>,
    seals: Cache<ContentHash, Arc<Vec<Seal>>>,
    changes: Changes,
    drawing: [Mutex<()>; DRAWING],
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
            texts: Cache::with_weighter(200, TEXTS_BYTES, Weight),
            seals: Cache::new(SEALED),
            changes: Changes::new(),
            drawing: std::array::from_fn(|_| Mutex::new(())),
        }
    }

    /// The kept page, if it is still what it would be if drawn now.
    pub fn get(&self, address: Address<'_>, now: i64) -> Option<Arc<Page>> {
        self.pages.get(&address).filter(|page| page.until > now && self.stands(&page.source))
    }

    fn stands(&self, source: &Source) -> bool {
        let last =
            |place: &usize| self.changes.last.get(*place).map_or(0, |last| last.load(Ordering::SeqCst));
        source.places.iter().all(|place| last(place) <= source.since.0)
    }

    /// Waits until nobody else draws the page at this address: whoever comes second finds it kept.
    pub async fn draw(&self, address: Address<'_>) -> MutexGuard<'_, ()> {
        let at = self.changes.hasher.hash_one(address) as usize % DRAWING;
        self.drawing[at].lock().await
    }

    /// The moment before something is read from which a page will be drawn.
    pub fn moment(&self) -> Moment {
        Moment(self.changes.clock.load(Ordering::SeqCst))
    }

    /// Keeps a page that was drawn from what stood at `since`.
    pub fn keep(&self, address: Address<'_>, since: Moment, until: i64, drawn: Drawn) -> Arc<Page> {
        let difference = (drawn.media == HTML).then(OnceLock::new);
        let page = Arc::new(Page { difference, ..self.page(since, until, drawn) });
        self.pages.insert(address.into(), page.clone());
        // What changed meanwhile may be an erasure: then no copy stays behind.
        if !self.stands(&page.source) {
            self.pages.remove(&address);
        }
        page
    }

    /// A page that is not kept, with its validator: what is asked for has too many forms to keep them all.
    pub fn once(&self, drawn: Drawn) -> Page {
        self.page(self.moment(), 0, drawn)
    }

    fn page(&self, since: Moment, until: i64, drawn: Drawn) -> Page {
        let gzip: Bytes = drawn.gzip.into();
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&gzip)[..12]));
        let mut headers = answer::kept_headers(drawn.media);
        headers.extend(HeaderValue::from_str(&etag).ok().map(|etag| (header::ETAG, etag)));
        headers.extend(drawn.link.map(|link| (header::LINK, link)));
        let places = drawn.tags.iter().map(|tag| self.changes.place(tag)).collect();
        let source = Source { since, places };
        Page { status: drawn.status, headers, etag, gzip, read: drawn.read, difference: None, source, until }
    }

    /// What the tags name has changed.
    pub fn changed(&self, tags: impl IntoIterator<Item = Tag>) {
        for tag in tags {
            let now = self.changes.clock.fetch_add(1, Ordering::SeqCst) + 1;
            if let Some(last) = self.changes.last.get(self.changes.place(&tag)) {
                last.fetch_max(now, Ordering::SeqCst);
            }
        }
    }

    /// The text of an item by its content's hash, made by `render` if it is not kept.
    ///
    /// # Errors
    /// Those of `render`.
    pub async fn text<E>(
        &self,
        hash: ContentHash,
        render: impl AsyncFnOnce() -> Result<Text, E>,
    ) -> Result<Arc<Text>, E> {
        if let Some(text) = self.texts.get(&hash) {
            return Ok(text);
        }
        let text = Arc::new(render().await?);
        self.texts.insert(hash, text.clone());
        Ok(text)
    }

    /// The signatures in a file by its hash, found by `look` if they are not kept. A file that is not here has none yet.
    ///
    /// # Errors
    /// Those of `look`.
    pub async fn seals<E>(
        &self,
        hash: ContentHash,
        look: impl AsyncFnOnce() -> Result<Option<Vec<Seal>>, E>,
    ) -> Result<Arc<Vec<Seal>>, E> {
        if let Some(seals) = self.seals.get(&hash) {
            return Ok(seals);
        }
        let Some(seals) = look().await?.map(Arc::new) else { return Ok(Arc::default()) };
        self.seals.insert(hash, seals.clone());
        Ok(seals)
    }

    /// Forgets every page and text: content was erased, and no copy of it may stay anywhere.
    pub fn forget(&self) {
        self.texts.clear();
        self.seals.clear();
        self.pages.clear();
    }
}

/// The body of an HTML page.
pub enum Body<'a> {
    /// As HTML, compressed with its frame: that is smaller, and takes no longer than to join what was compressed apart.
    Short(&'a str),
    /// Compressed once, for all frames.
    Long(&'a Part),
}

/// A page fresh from its template.
pub struct Drawn {
    status: u16,
    media: &'static str,
    gzip: Vec<u8>,
    tags: Vec<Tag>,
    read: Option<Read>,
    /// The header `Link`.
    link: Option<HeaderValue>,
}

impl Drawn {
    /// A whole text.
    pub fn whole(status: u16, media: &'static str, text: &str) -> Drawn {
        Drawn {
            status,
            media,
            gzip: gzip::join(&[&Part::drawn(text)]),
            tags: Vec::new(),
            read: None,
            link: None,
        }
    }

    /// An HTML page around a body that every portal shows, in a frame of its own.
    pub fn around(status: u16, before: &str, body: Body<'_>, after: &str) -> Drawn {
        let gzip = match body {
            Body::Short(html) => gzip::join(&[&Part::drawn(&[before, html, after].concat())]),
            Body::Long(body) => gzip::join(&[&Part::drawn(before), body, &Part::drawn(after)]),
        };
        Drawn { status, media: HTML, gzip, tags: Vec::new(), read: None, link: None }
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The same page, which is counted as a reading when it is opened.
    pub fn read(mut self, read: Read) -> Drawn {
        self.read = Some(read);
        self
    }

    /// The same page, drawn from what these tags name too.
    pub fn of(mut self, tags: impl IntoIterator<Item = Tag>) -> Drawn {
        self.tags.extend(tags);
        self
    }

    /// The same page with a header `Link`; one that no header can hold is left out.
    pub fn leading(mut self, link: &str) -> Drawn {
        self.link = HeaderValue::from_str(link).ok();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: Address<'_> = Address { secure: true, light: false, authority: "a.vn", whole: "/muc/x" };

    fn drawn(tags: impl IntoIterator<Item = Tag>) -> Drawn {
        Drawn::whole(200, HTML, "hello").of(tags)
    }

    #[test]
    fn a_page_is_drawn_again_when_its_item_changed() {
        let pages = Pages::new();
        let tags = [Tag::Item(1, "x".into()), Tag::Reach(1, 7), Tag::Directory];
        pages.keep(ITEM, pages.moment(), i64::MAX, drawn(tags));
        assert!(pages.get(ITEM, 0).is_some());
        assert!(pages.get(Address { secure: false, ..ITEM }, 0).is_none());
        assert!(pages.get(Address { light: true, ..ITEM }, 0).is_none());
        pages.changed([Tag::Item(1, "y".into()), Tag::Lists, Tag::Reach(1, 8), Tag::Receipts(1)]);
        assert!(pages.get(ITEM, 0).is_some());
        pages.changed([Tag::Reach(1, 7)]);
        assert!(pages.get(ITEM, 0).is_none());
    }

    #[test]
    fn a_change_while_a_page_is_drawn_is_not_lost() {
        let pages = Pages::new();
        let since = pages.moment();
        pages.changed([Tag::Lists]);
        pages.keep(ITEM, since, i64::MAX, drawn([Tag::Lists]));
        assert!(pages.get(ITEM, 0).is_none());
        pages.keep(ITEM, pages.moment(), i64::MAX, drawn([Tag::Lists]));
        assert!(pages.get(ITEM, 0).is_some());
    }

    #[test]
    fn a_page_is_kept_no_longer_than_it_lasts() {
        let pages = Pages::new();
        pages.keep(ITEM, pages.moment(), 20, drawn([]));
        assert!(pages.get(ITEM, 19).is_some() && pages.get(ITEM, 20).is_none());
    }
}
