//! JSON Feed 1.0 and 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::Error;
use crate::note::Note;
use crate::text::{Kind, Text};
use crate::{Enclosure, Feed, Format, Item, date, limits, rss};

#[derive(Deserialize)]
struct Document {
    version: Option<Loose>,
    #[serde(default)]
    title: Loose,
    #[serde(default)]
    home_page_url: Loose,
    #[serde(default)]
    next_url: Loose,
    #[serde(default)]
    feed_url: Loose,
    /// Of any shape: a feed is not refused for what it says of hubs.
    #[serde(default)]
    hubs: serde_json::Value,
    #[serde(default)]
    language: Loose,
    items: Option<Few<One, { limits::ITEMS }>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct One {
    id: Loose,
    url: Loose,
    external_url: Loose,
    title: Loose,
    content_html: Loose,
    content_text: Loose,
    summary: Loose,
    date_published: Loose,
    date_modified: Loose,
    author: Option<Person>,
    authors: Few<Person, { limits::MANY }>,
    tags: Few<Loose, { limits::MANY }>,
    attachments: Few<Attachment, { limits::MANY }>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Person {
    name: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attachment {
    url: Loose,
    mime_type: Loose,
    size_in_bytes: Loose,
}

/// A text, or a number where a text should stand; whatever else stands there is none.
#[derive(Default)]
struct Loose(Option<String>);

impl Loose {
    fn text(self) -> Option<String> {
        self.0.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Loose, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose(Some(text.to_owned())))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
                Ok(Loose(Some(number.to_string())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
                Ok(Loose(Some(number.to_string())))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
                Ok(Loose(Some(number.to_string())))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose(None))
            }

            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A list of which no more than `MOST` are held; `null` is an empty one.
struct Few<T, const MOST: usize> {
    held: Vec<T>,
    more: bool,
}

impl<T, const MOST: usize> Default for Few<T, MOST> {
    fn default() -> Few<T, MOST> {
        Few { held: Vec::new(), more: false }
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Few<T, MOST>, D::Error> {
        struct List<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
            type Value = Few<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_unit<E>(self) -> Result<Few<T, MOST>, E> {
                Ok(Few::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Few<T, MOST>, A::Error> {
                let mut few = Few::default();
                while few.held.len() < MOST {
                    match list.next_element()? {
                        Some(one) => few.held.push(one),
                        None => return Ok(few),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    few.more = true;
                }
                Ok(few)
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// Reads a JSON Feed.
pub(crate) fn read(document: &str) -> Result<Feed, Error> {
    let read: Document = serde_json::from_str(document).map_err(|error| Error::Json(error.to_string()))?;
    let items = match (read.items, read.version.and_then(Loose::text)) {
        (None, None) => return Err(Error::Json("no `version`, no `items`".into())),
        (None, Some(version)) if !version.contains("jsonfeed") => {
            return Err(Error::Json("no `items`".into()));
        }
        (items, _) => items.unwrap_or_default(),
    };
    let notes = if items.more { vec![Note::TooMuch] } else { Vec::new() };
    Ok(Feed {
        format: Format::Json,
        title: plain(read.title),
        link: read.home_page_url.text(),
        language: read.language.text(),
        updated: None,
        complete: false,
        previous: read.next_url.text(),
        hub: read
            .hubs
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|hub| hub["url"].as_str().map(str::to_owned)),
        own: read.feed_url.text(),
        items: items.held.into_iter().map(item).collect(),
        deleted: Vec::new(),
        encoding: String::new(),
        notes,
    })
}

fn item(one: One) -> Item {
    let html = one.content_html.text().and_then(|html| Text::new(&html, Kind::Html, None));
    let link = one.url.text().or_else(|| one.external_url.text());
    let author = one.author.and_then(|author| author.name.text());
    let authors =
        author.into_iter().chain(one.authors.held.into_iter().filter_map(|author| author.name.text()));
    Item {
        id: one.id.text().or_else(|| link.clone()),
        title: plain(one.title),
        published: one.date_published.text().as_deref().and_then(date),
        updated: one.date_modified.text().as_deref().and_then(date),
        summary: plain(one.summary),
        content: html.or_else(|| plain(one.content_text)),
        authors: rss::several(authors),
        categories: rss::several(one.tags.held.into_iter().filter_map(Loose::text)),
        enclosures: one.attachments.held.into_iter().filter_map(enclosure).collect(),
        link,
    }
}

fn plain(text: Loose) -> Option<Text> {
    text.text().and_then(|text| Text::new(&text, Kind::Plain, None))
}

fn enclosure(attachment: Attachment) -> Option<Enclosure> {
    Some(Enclosure {
        href: attachment.url.text()?,
        media_type: attachment.mime_type.text(),
        length: attachment.size_in_bytes.text().and_then(|size| size.parse().ok()),
    })
}
