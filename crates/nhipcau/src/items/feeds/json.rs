//! A feed in JSON Feed 1.1 (jsonfeed.org), for scripts: `_nhipcau.stands` is false for what was withdrawn;
//! `_nhipcau.ended` of the feed names what else has ended.

use serde_json::{Value, json};

use super::{Feed, Told};
use crate::clock::instant;

/// The feed as a document.
pub(super) fn text(feed: &Feed) -> String {
    let base = &feed.base;
    let mut said = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "language": "vi",
        "home_page_url": format!("{base}{}", feed.page), "feed_url": feed.address("json", feed.archives.at),
        "items": feed.items.iter().map(|item| told(base, item)).collect::<Vec<_>>(),
    });
    // What JSON Feed has instead of an archive before.
    if let Some((_, href)) =
        feed.history("json").into_iter().find(|(relation, _)| *relation == "prev-archive")
    {
        said["next_url"] = json!(href);
    }
    if let Some(hub) = feed.hub() {
        said["hubs"] = json!([{ "type": "WebSub", "url": hub }]);
    }
    if !feed.ended.is_empty() {
        said["_nhipcau"] = json!({ "ended": feed.ended.iter().map(|(id, _)| id).collect::<Vec<_>>() });
    }
    if feed.demo {
        said["description"] = json!("Bản trình diễn – không phải trang chính thức");
    }
    said.to_string()
}

fn told(base: &str, item: &Told) -> Value {
    json!({
        "id": item.id, "url": format!("{base}{}", item.path), "title": item.title, "content_text": item.summary,
        "date_published": instant(item.issued).to_string(), "date_modified": instant(item.changed).to_string(),
        "authors": [{ "name": item.author }],
        "tags": item.kind.map(|kind| kind.slug()).into_iter().collect::<Vec<_>>(),
        "_nhipcau": { "stands": item.stands },
    })
}
