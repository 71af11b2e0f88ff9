//! A feed, read and cleaned: what the command shows and what is taken over, by the same code.

use feeds::{Error, Feed, Hints, Kind, Text};
use serde_json::{Value, json};

use crate::items::body;

/// Reads a feed; its HTML keeps nothing that acts, and its links are absolute wherever their base is known.
///
/// # Errors
/// When the bytes are no feed, with what came instead.
pub fn read(bytes: &[u8], hints: &Hints<'_>) -> Result<Feed, Error> {
    let mut feed = feeds::read(bytes, hints)?;
    clean_all(&mut feed);
    Ok(feed)
}

/// Cleans every HTML of a feed.
pub fn clean_all(feed: &mut Feed) {
    clean(&mut feed.title);
    for item in &mut feed.items {
        clean(&mut item.title);
        clean(&mut item.summary);
        clean(&mut item.content);
    }
}

fn clean(text: &mut Option<Text>) {
    let Some(html) = text.as_mut().filter(|text| text.kind == Kind::Html) else { return };
    html.value = body::carried(&html.value, html.base.as_ref()).trim().to_owned();
    if html.value.is_empty() {
        *text = None;
    }
}

/// A feed as `nhipcau feed read --json` prints it.
#[must_use]
pub fn told(feed: &Feed) -> Value {
    let items: Vec<Value> = feed
        .items
        .iter()
        .map(|item| {
            let enclosures: Vec<Value> = item
                .enclosures
                .iter()
                .map(|one| json!({ "url": one.href, "type": one.media_type, "length": one.length }))
                .collect();
            json!({
                "id": item.id, "link": item.link,
                "title": value(&item.title), "title_type": kind(&item.title),
                "published": item.published.map(|at| at.to_string()),
                "updated": item.updated.map(|at| at.to_string()),
                "summary": value(&item.summary), "summary_type": kind(&item.summary),
                "content": value(&item.content), "content_type": kind(&item.content),
                "authors": item.authors, "categories": item.categories, "enclosures": enclosures,
            })
        })
        .collect();
    let deleted: Vec<Value> = feed
        .deleted
        .iter()
        .map(|one| json!({ "id": one.id, "at": one.at.map(|at| at.to_string()) }))
        .collect();
    let notes: Vec<Value> = feed
        .notes
        .iter()
        .map(|note| json!({ "note": note.as_str(), "vi": note.vi(), "en": note.en() }))
        .collect();
    json!({
        "format": feed.format.as_str(), "encoding": feed.encoding,
        "title": value(&feed.title), "title_type": kind(&feed.title),
        "link": feed.link, "language": feed.language,
        "updated": feed.updated.map(|at| at.to_string()), "complete": feed.complete,
        "items": items, "deleted": deleted, "notes": notes,
    })
}

fn value(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(|text| text.value.as_str())
}

fn kind(text: &Option<Text>) -> Option<&'static str> {
    text.as_ref().map(|text| match text.kind {
        Kind::Plain => "text",
        Kind::Html => "html",
    })
}
