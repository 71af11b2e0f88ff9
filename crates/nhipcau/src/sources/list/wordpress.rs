//! WordPress by its REST API (developer.wordpress.org/rest-api/reference/posts): all public posts at first, then what was modified since,
//! and once an hour the ids of all that are there: a post in the trash is in no list.

use std::collections::HashSet;

use feeds::{Item, Kind, Text};
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::draft;
use super::super::fetch::{Answer, Refused, Validators};
use super::super::plan::Extent;
use super::{Ask, Got, Trouble, both, together};
use crate::clock::instant;

/// Posts of one call: their texts together must stay within the bounds of one answer.
const POSTS: usize = 20;
/// Ids of one call.
const IDS: usize = 100;
/// The most calls for posts of one reading.
const CALLS: usize = 250;
/// The most calls for ids of one reading.
const ID_CALLS: usize = 100;
/// So often all ids are asked for, in microseconds.
const HOURLY: i64 = 3_600_000_000;
/// What was modified is asked for from so long before the newest that was seen, in microseconds: the site's clock and zone are its own.
const OVERLAP: i64 = 24 * 3_600_000_000;
const FIELDS: &str = "id,link,date_gmt,modified_gmt,title,content,excerpt,_links,_embedded";

/// How far a site was read.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    /// The newest modification that was seen, in microseconds.
    newest: i64,
    /// When all ids were asked for last, in microseconds.
    ids: i64,
}

/// Where the API of a site is, whatever was typed: the site's address, or that of the API or of its posts.
fn base(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    match url.find("/wp-json") {
        Some(at) => format!("{}/wp-json/wp/v2/posts", &url[..at]),
        None => format!("{}/wp-json/wp/v2/posts", url.trim_end_matches('/')),
    }
}

/// Reads a site.
pub(super) async fn read(ask: &Ask<'_>) -> Result<Got, Trouble> {
    let posts = base(ask.url);
    let before: Place = ask.before();
    let whole = ask.place.is_empty();
    let since = match whole {
        true => String::new(),
        false => format!("&modified_after={:.0}", instant(before.newest - OVERLAP)),
    };
    let (mut items, mut newest, mut all, mut hashed) = (Vec::new(), before.newest, false, Vec::new());
    for page in 1..=CALLS {
        let url = format!(
            "{posts}?per_page={POSTS}&page={page}&orderby=modified&order=asc&_embed=wp:term&_fields={FIELDS}{since}"
        );
        let Some((got, hash)) = call(ask, &url, page).await? else {
            all = true;
            break;
        };
        hashed.extend(hash.0);
        for post in &got {
            let Some(item) = item(post) else { continue };
            newest = newest.max(item.updated.map_or(0, |at| at.as_microsecond()));
            items.push(item);
        }
        if got.len() < POSTS {
            all = true;
            break;
        }
    }
    let due = !whole && ask.now - before.ids >= HOURLY;
    let present = if due { ids(ask, &posts).await? } else { None };
    let (extent, ids) = match (&present, whole && all) {
        (Some(_), _) | (_, true) => (Extent::All, ask.now),
        _ => (Extent::Some, before.ids),
    };
    let (present, place) = (present.unwrap_or_default(), Place { newest, ids });
    together(move || (items, Vec::new()), &hashed, extent, present, &place).await
}

/// The names of all posts that are there; nothing if there are more than can be asked for.
async fn ids(ask: &Ask<'_>, posts: &str) -> Result<Option<HashSet<ContentHash>>, Trouble> {
    let mut present = HashSet::new();
    for page in 1..=ID_CALLS {
        let url = format!("{posts}?per_page={IDS}&page={page}&orderby=id&order=asc&_fields=id");
        let Some((got, _)) = call(ask, &url, page).await? else { return Ok(Some(present)) };
        present.extend(got.iter().filter_map(|post| Some(draft::id(&named(post)?))));
        if got.len() < IDS {
            return Ok(Some(present));
        }
    }
    Ok(None)
}

/// One page of a list; none behind its last one.
async fn call(ask: &Ask<'_>, url: &str, page: usize) -> Result<Option<(Vec<Value>, ContentHash)>, Trouble> {
    let fetched = match ask.fetcher.fetch(url, &Validators::default()).await {
        Ok(Answer::Fetched(fetched)) => fetched,
        Ok(Answer::Unchanged) => return Ok(None),
        // `rest_post_invalid_page_number`
        Err(Refused::Status(400, _)) if page > 1 => return Ok(None),
        Err(refused) => return Err(refused.into()),
    };
    match serde_json::from_slice::<Value>(&fetched.bytes) {
        Ok(Value::Array(posts)) => Ok(Some((posts, ContentHash::of(&fetched.bytes)))),
        _ => Err(both(
            "địa chỉ này không trả danh sách bài của WordPress REST (/wp-json/wp/v2/posts); hãy ghi địa chỉ trang chủ của cổng WordPress · \
             this does not answer with the posts of WordPress REST (/wp-json/wp/v2/posts); give the home address of the WordPress site",
        )
        .into()),
    }
}

fn named(post: &Value) -> Option<String> {
    Some(format!("wp:{}", post["id"].as_u64()?))
}

fn item(post: &Value) -> Option<Item> {
    let link = post["link"].as_str().map(str::to_owned);
    let base = link.as_deref().and_then(|link| link.parse().ok());
    let text = |field: &str| {
        let value = post[field]["rendered"].as_str()?.trim().to_owned();
        // What asks for a password is not public, whatever stands in its place.
        let open = post[field]["protected"].as_bool() != Some(true);
        (open && !value.is_empty()).then(|| Text { value, kind: Kind::Html, base: Option::clone(&base) })
    };
    // Times of the fields in GMT say no zone.
    let at = |field: &str| format!("{}Z", post[field].as_str()?.trim_end_matches('Z')).parse().ok();
    let groups = post["_embedded"]["wp:term"].as_array();
    let terms = groups.into_iter().flatten().filter_map(Value::as_array).flatten();
    let categories =
        terms.filter(|term| term["taxonomy"] == "category").filter_map(|term| term["name"].as_str());
    let categories =
        categories.map(|name| Text { value: name.to_owned(), kind: Kind::Html, base: None }.plain());
    Some(Item {
        id: Some(named(post)?),
        title: text("title"),
        published: at("date_gmt"),
        updated: at("modified_gmt"),
        summary: text("excerpt"),
        content: text("content"),
        categories: categories.collect(),
        link,
        ..Item::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_api_is_found_from_whatever_was_typed() {
        for typed in [
            "https://a.gov.vn/cong",
            "https://a.gov.vn/cong/",
            "https://a.gov.vn/cong/wp-json",
            "https://a.gov.vn/cong/wp-json/wp/v2/posts?per_page=5",
        ] {
            assert_eq!(base(typed), "https://a.gov.vn/cong/wp-json/wp/v2/posts");
        }
    }

    #[test]
    fn a_post_becomes_an_item_and_what_is_protected_keeps_its_text() {
        let post = json!({ "id": 7, "link": "https://a.gov.vn/?p=7", "date_gmt": "2026-11-23T01:15:00", "modified_gmt": "2026-11-23T02:00:00",
            "title": { "rendered": "H&#7885;p" }, "content": { "rendered": "<p>Mật khẩu</p>", "protected": true },
            "excerpt": { "rendered": "", "protected": true },
            "_embedded": { "wp:term": [[{ "taxonomy": "category", "name": "Tin &amp; bài" }], [{ "taxonomy": "post_tag", "name": "x" }]] } });
        let item = item(&post).unwrap();
        assert_eq!((item.id.as_deref(), item.content), (Some("wp:7"), None));
        assert_eq!(item.published.unwrap().to_string(), "2026-11-23T01:15:00Z");
        assert_eq!(item.categories, ["Tin & bài"]);
    }
}
