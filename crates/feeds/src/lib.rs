//! Reads feeds as they are on the web: RSS 0.9 to 2.0, RSS 1.0 (RDF), CDF, Atom 0.3 and 1.0 with tombstones (RFC 6721), JSON Feed.
//!
//! Pure: bytes in, a [`Feed`] out; no socket, no clock. What a portal serves is often broken, so [`read`] mends what has one
//! sensible meaning and says so in [`Feed::notes`]: a wrong charset, text before the document, an end that is missing, TCVN3 or
//! VNI instead of Unicode. What is no feed is refused by an [`Error`] that names what came instead.
//!
//! Work is bounded whatever comes ([`limits`]). Texts are as the feed says them, with absolute links where XML was written out;
//! **HTML in a [`Text`] is not safe to show**: whoever shows it cleans it, and resolves the links of escaped HTML against
//! [`Text::base`] at the same time.
//!
//! ```
//! let feed = feeds::read(
//!     "<rss version='2.0'><channel><item><title>Công điện số 46</title><link>/tin/46</link>\
//!      <pubDate>Thứ Hai, 23/11/2026 08:15</pubDate></item></channel></rss>".as_bytes(),
//!     &feeds::Hints { url: Some("https://tinh-a.gov.vn/rss"), ..feeds::Hints::default() },
//! )
//! .unwrap();
//! let item = &feed.items[0];
//! assert_eq!(item.title.as_ref().unwrap().value, "Công điện số 46");
//! assert_eq!(item.link.as_deref(), Some("https://tinh-a.gov.vn/tin/46"));
//! assert_eq!(item.published.unwrap().to_string(), "2026-11-23T01:15:00Z");
//! ```

mod atom;
mod date;
mod encoding;
mod entities;
mod error;
mod json;
pub mod limits;
mod links;
mod names;
mod note;
mod rss;
mod text;
mod xml;

pub use date::date;
pub use error::Error;
pub use note::Note;
pub use text::{Kind, Text};

use jiff::Timestamp;
use url::Url;

/// What is known of the bytes beside themselves: from the HTTP answer that brought them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// The address from which they came; relative links are resolved against it.
    pub url: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The header `Content-Location`.
    pub content_location: Option<&'a str>,
}

impl Hints<'_> {
    /// The address against which links stand that say no other.
    fn base(&self) -> Option<Url> {
        let url = self.url.and_then(|url| Url::parse(url.trim()).ok());
        match self.content_location {
            None => url,
            Some(location) => links::join(url.as_ref(), location.trim()).filter(links::is_web).or(url),
        }
    }
}

/// The family of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 0.9x and 2.0, and CDF.
    Rss,
    /// RSS 0.9 and 1.0 as RDF.
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed 1.0 and 1.1.
    Json,
}

impl Format {
    /// Its word in output: `rss`, `rdf`, `atom`, `json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Rss => "rss",
            Format::Rdf => "rdf",
            Format::Atom => "atom",
            Format::Json => "json",
        }
    }
}

/// What a feed says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its family.
    pub format: Format,
    /// Its title.
    pub title: Option<Text>,
    /// The page to which it belongs.
    pub link: Option<String>,
    /// Its language as it is written there: `vi`, `vi-VN`.
    pub language: Option<String>,
    /// When it says that it was changed.
    pub updated: Option<Timestamp>,
    /// True if it says that it lists all there is (RFC 5005 `fh:complete`): only then does absence say anything at once.
    pub complete: bool,
    /// Where it goes on into the past: the archive before it (RFC 5005, `prev-archive`), the `next_url` of a JSON Feed. Absolute wherever a
    /// base is known.
    pub previous: Option<String>,
    /// Who tells of its changes (WebSub): the first `hub` that it names. Absolute wherever a base is known.
    pub hub: Option<String>,
    /// What it calls its own address (`self`, the `feed_url` of a JSON Feed): under this name a hub knows it.
    pub own: Option<String>,
    /// Its items in the order in which they stand.
    pub items: Vec<Item>,
    /// What it says to be deleted (RFC 6721).
    pub deleted: Vec<Deleted>,
    /// The encoding by which it was read: `UTF-8`, `windows-1258`, `tcvn3`.
    pub encoding: String,
    /// What was mended or left out, in the order in which it was met; empty for a feed in good order.
    pub notes: Vec<Note>,
}

/// One item of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// By what its publisher names it: `guid`, `atom:id`, `rdf:about`, JSON `id`; else its link.
    pub id: Option<String>,
    /// Its page, absolute wherever a base is known.
    pub link: Option<String>,
    /// Its title.
    pub title: Option<Text>,
    /// When it was published, or made if only that is said.
    pub published: Option<Timestamp>,
    /// When it was changed last, if that is said.
    pub updated: Option<Timestamp>,
    /// What it says in short.
    pub summary: Option<Text>,
    /// What it says at length.
    pub content: Option<Text>,
    /// Who wrote it, as it is written there.
    pub authors: Vec<String>,
    /// Its categories, as they are written there.
    pub categories: Vec<String>,
    /// Files that belong to it.
    pub enclosures: Vec<Enclosure>,
}

/// A file that belongs to an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// Where it is.
    pub href: String,
    /// Its media type, as it is written there.
    pub media_type: Option<String>,
    /// Its size in bytes, if that is a number.
    pub length: Option<u64>,
}

/// An item that its publisher has deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The [`Item::id`] that it had.
    pub id: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// Reads a feed.
///
/// # Errors
/// When the bytes are no feed: nothing, an HTML page, another XML or JSON document, more than [`limits::BYTES`].
pub fn read(bytes: &[u8], hints: &Hints<'_>) -> Result<Feed, Error> {
    if bytes.len() > limits::BYTES {
        return Err(Error::TooLarge);
    }
    let mut notes = Vec::new();
    let (text, encoding) = encoding::decode(bytes, hints.content_type, &mut notes);
    let document = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c.is_control());
    let mut feed = match document.chars().next() {
        None => return Err(Error::Empty),
        Some('{' | '[') => json::read(document)?,
        Some(_) => xml_feed(document, hints, &mut notes)?,
    };
    feed.encoding = encoding;
    notes.append(&mut feed.notes);
    feed.notes = notes;
    links::finish(&mut feed, hints.base().as_ref());
    Ok(feed)
}

/// The text of a web page, whatever its encoding: by its mark, the header `Content-Type`, the `charset` that its first 2,048 bytes name, or what
/// its bytes say. What cannot be read is replaced (U+FFFD).
#[must_use]
pub fn page(bytes: &[u8], content_type: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2_048)]).to_ascii_lowercase();
    let said = head.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c)).unwrap_or(rest.len());
        format!("text/html; charset={}", &rest[..end])
    });
    let by_header = content_type.filter(|media| media.to_ascii_lowercase().contains("charset="));
    encoding::decode(bytes, by_header.or(said.as_deref()), &mut Vec::new()).0
}

fn xml_feed(document: &str, hints: &Hints<'_>, notes: &mut Vec<Note>) -> Result<Feed, Error> {
    let start = xml::start(document).ok_or(Error::NoMarkup)?;
    if start > 0 {
        notes.push(Note::TextBefore);
    }
    let document = &document[start..];
    let tree = xml::read(document, hints.base().map(std::sync::Arc::new), notes)?;
    match tree.root.name.as_str() {
        "feed" | "entry" => Ok(atom::feed(&tree)),
        _ => Ok(rss::feed(&tree)),
    }
}
