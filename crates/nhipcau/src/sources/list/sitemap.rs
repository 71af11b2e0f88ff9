//! A sitemap (sitemaps.org) and what its pages say: the addresses are the whole list, and of the pages only those are called that are new,
//! or modified by their own word since. What is text on a page is found by its marks: `article`, `main`, Open Graph.

use std::collections::HashSet;

use feeds::{Item, Kind, Text};
use network::names::ContentHash;
use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::super::draft;
use super::super::fetch::{Answer, Fetcher, Refused};
use super::super::plan::Extent;
use super::{Ask, Got, Trouble, apart, both, meant, together};
use crate::items::kinds::Both;

/// The most sitemaps of one index.
const MAPS: usize = 50;
/// The most addresses of a site.
const ADDRESSES: usize = 50_000;
/// The most pages that one reading calls; the others come with the next ones.
const PAGES: usize = 30;

/// How far a site was read.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    /// The entry up to which what was met before was called again, by the time of its modification.
    newest: Entry,
}

/// An address of a sitemap. In order they stand by when they were modified, and of one time by their addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    modified: String,
    url: String,
}

/// What the sitemap of a site lists, or those of its index.
pub(super) struct Map {
    entries: Vec<Entry>,
    /// True if these are all of its addresses.
    whole: bool,
    /// The hashes of what was read.
    hashed: Vec<u8>,
}

impl Map {
    /// Reads it.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(super) async fn read(fetcher: &Fetcher, home: &str) -> Result<Map, Trouble> {
        let (mut entries, mut maps, mut hashed) = (Vec::new(), vec![home.to_owned()], Vec::new());
        let (mut called, mut whole) = (0, true);
        while let Some(map) = maps.pop() {
            called += 1;
            let Answer::Fetched(fetched) = fetcher.fetch_of(home, &map).await? else {
                continue;
            };
            hashed.extend(ContentHash::of(&fetched.bytes).0);
            let (pages, more) = apart(move || addresses(&fetched.bytes)).await?;
            entries.extend(pages);
            // An index of indexes is none (sitemaps.org).
            if called == 1 {
                whole = more.len() <= MAPS;
                maps = more.into_iter().take(MAPS).map(|entry| entry.url).collect();
            }
        }
        let host = |url: &str| {
            let url = url.parse::<Url>().ok()?;
            Some((url.host_str()?.to_owned(), url.port()))
        };
        let own = host(home);
        entries.retain(|entry| host(&entry.url) == own);
        whole &= entries.len() <= ADDRESSES;
        entries.truncate(ADDRESSES);
        Ok(Map { entries, whole, hashed })
    }

    /// Its addresses, and whether these are all.
    pub(super) fn addresses(self) -> (Vec<String>, bool) {
        (self.entries.into_iter().map(|entry| entry.url).collect(), self.whole)
    }
}

/// Reads a site.
pub(super) async fn read(ask: &Ask<'_>) -> Result<Got, Trouble> {
    let before: Place = ask.before();
    let Map { entries, whole, mut hashed } = Map::read(ask.fetcher, ask.url).await?;
    let (due, newest) = due(&entries, ask.known, &before.newest);
    let place = Place { newest };
    let mut items = Vec::new();
    let mut away = HashSet::new();
    for entry in due {
        match ask.fetcher.fetch_of(ask.url, &entry.url).await {
            Ok(Answer::Fetched(fetched)) => {
                hashed.extend(ContentHash::of(&fetched.bytes).0);
                let url = entry.url.clone();
                items.extend(apart(move || Ok(item(&url, &String::from_utf8_lossy(&fetched.bytes)))).await?);
            }
            Err(Refused::Status(404 | 410, _)) => drop(away.insert(draft::id(&entry.url))),
            // One page that cannot be called keeps none of the others.
            Ok(Answer::Unchanged) | Err(_) => {}
        }
    }
    let present =
        entries.iter().map(|entry| draft::id(&entry.url)).filter(|name| !away.contains(name)).collect();
    let extent = if whole { Extent::All } else { Extent::Some };
    together(move || (items, Vec::new()), &hashed, extent, present, &place).await
}

/// The entries whose pages one reading calls, and the one up to which those that were met before are called again.
fn due<'a>(entries: &'a [Entry], known: &HashSet<ContentHash>, before: &Entry) -> (Vec<&'a Entry>, Entry) {
    let (mut due, met): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| !known.contains(&draft::id(&entry.url)));
    // What is new comes first, the newest of it, and is due until it was met; what was met and modified comes in its own order, so that
    // the next reading goes on behind the last of them.
    due.sort_by(|a, b| b.modified.cmp(&a.modified));
    let mut modified: Vec<&Entry> =
        met.into_iter().filter(|entry| !entry.modified.is_empty() && *entry > before).collect();
    modified.sort();
    let called = PAGES.saturating_sub(due.len()).min(modified.len());
    let newest = match called < modified.len() {
        true => modified[..called].last().copied(),
        false => entries.iter().max(),
    };
    due.extend(modified);
    due.truncate(PAGES);
    (due, newest.map_or(before, |newest| newest.max(before)).clone())
}

/// The pages of a sitemap, and the sitemaps of an index.
fn addresses(bytes: &[u8]) -> Result<(Vec<Entry>, Vec<Entry>), Both> {
    let wrong = |why: String| {
        both(&format!("không đọc được sơ đồ trang ({why}) · the sitemap cannot be read ({why})"))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut pages, mut maps, mut entry, mut said) =
        (Vec::new(), Vec::new(), Entry::default(), String::new());
    let mut root = false;
    loop {
        match reader.read_event().map_err(|error| wrong(error.to_string()))? {
            Event::Start(tag) => {
                root |= matches!(tag.local_name().as_ref(), "urlset" | "sitemapindex");
                said.clear();
            }
            Event::Text(part) => said.push_str(&part),
            Event::CData(part) => said.push_str(&part),
            Event::GeneralRef(name) => said.push_str(&meant(&name)),
            Event::End(tag) => match tag.local_name().as_ref() {
                "loc" if entry.url.is_empty() => entry.url = said.trim().to_owned(),
                "lastmod" => entry.modified = said.trim().to_owned(),
                "url" if !entry.url.is_empty() => pages.push(std::mem::take(&mut entry)),
                "sitemap" if !entry.url.is_empty() => maps.push(std::mem::take(&mut entry)),
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        if pages.len() > ADDRESSES {
            break;
        }
    }
    match root {
        true => Ok((pages, maps)),
        false => Err(both("địa chỉ này không phải sơ đồ trang (sitemap.xml) · this is no sitemap")),
    }
}

/// What a page says, if it has a title.
fn item(url: &str, html: &str) -> Option<Item> {
    let base = url.parse().ok();
    let html_text =
        |value: &str| Text { value: value.trim().to_owned(), kind: Kind::Html, base: Option::clone(&base) };
    let title = meta(html, "og:title").or_else(|| within(html, "h1")).or_else(|| within(html, "title"))?;
    let title = Some(html_text(&title)).filter(|title| !title.plain().is_empty())?;
    let text = within(html, "article").or_else(|| within(html, "main")).map(|text| html_text(&text));
    let at = meta(html, "article:published_time").and_then(|at| feeds::date(&at));
    Some(Item {
        id: Some(url.to_owned()),
        link: Some(url.to_owned()),
        title: Some(title),
        published: at,
        summary: meta(html, "og:description").map(|text| html_text(&text)),
        content: text.filter(|text| !text.plain().is_empty()),
        categories: meta(html, "article:section").into_iter().collect(),
        ..Item::default()
    })
}

/// What stands in the first element of a name; of one within itself up to the end of the outermost.
fn within(html: &str, name: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let (begin, end) = (format!("<{name}"), format!("</{name}"));
    let opens = |from: usize| {
        let mut from = from;
        loop {
            let at = from + lower.get(from..)?.find(&begin)?;
            let after = lower.as_bytes().get(at + begin.len())?;
            if after.is_ascii_whitespace() || *after == b'>' {
                return Some(at);
            }
            from = at + begin.len();
        }
    };
    let first = opens(0)?;
    let start = first + lower[first..].find('>')? + 1;
    let (mut at, mut depth) = (start, 1);
    loop {
        let close = at + lower.get(at..)?.find(&end)?;
        match opens(at).filter(|open| *open < close) {
            Some(open) => (at, depth) = (open + begin.len(), depth + 1),
            None if depth == 1 => return Some(html[start..close].to_owned()),
            None => (at, depth) = (close + end.len(), depth - 1),
        }
    }
}

/// The content of the first `meta` element of a property or name.
fn meta(html: &str, property: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find("<meta") {
        rest = &rest[at + 5..];
        let tag = &rest[..rest.find('>')?];
        if attribute(tag, "property").or_else(|| attribute(tag, "name")).is_some_and(|name| name == property)
        {
            return attribute(tag, "content").map(str::to_owned).filter(|text| !text.trim().is_empty());
        }
    }
    None
}

/// An attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    for (quote, begin) in [('"', format!("{name}=\"")), ('\'', format!("{name}='"))] {
        if let Some(at) = tag.find(&begin) {
            let value = &tag[at + begin.len()..];
            return value.find(quote).map(|end| &value[..end]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_a_sitemap_and_from_an_index() {
        let map = b"<urlset xmlns='s'><url><loc>https://a.vn/1?x=1&amp;y=2</loc><lastmod>2026-11-23</lastmod></url><url><loc> https://a.vn/2 </loc></url></urlset>";
        let (pages, maps) = addresses(map).unwrap();
        assert_eq!(pages[0], Entry { url: "https://a.vn/1?x=1&y=2".into(), modified: "2026-11-23".into() });
        assert!(pages[1].url == "https://a.vn/2" && maps.is_empty());
        let referred = addresses(b"<urlset><url><loc>https://a.vn/&#63;x</loc></url></urlset>").unwrap();
        assert_eq!(referred.0[0].url, "https://a.vn/?x");
        let index = b"<sitemapindex><sitemap><loc>https://a.vn/s.xml</loc></sitemap></sitemapindex>";
        assert_eq!(addresses(index).unwrap().1[0].url, "https://a.vn/s.xml");
        assert!(addresses(b"<html/>").is_err() && addresses(b"<urlset><url></urlset>").is_err());
    }

    #[test]
    fn every_page_is_called_once_however_many_are_new_or_modified() {
        let (mut known, mut newest) = (HashSet::new(), Entry::default());
        for day in ["2026-11-20", "2026-11-21"] {
            let entry = |n: usize| Entry { modified: day.into(), url: format!("https://a.vn/{n}") };
            let entries: Vec<Entry> = (0..70).map(entry).collect();
            let mut called = HashSet::new();
            for times in [30, 30, 10, 0] {
                let (due, upto) = due(&entries, &known, &newest);
                assert_eq!(due.len(), times);
                called.extend(due.iter().map(|entry| entry.url.clone()));
                known.extend(due.iter().map(|entry| draft::id(&entry.url)));
                newest = upto;
            }
            assert_eq!(called.len(), 70);
        }
    }

    #[test]
    fn a_pages_text_is_found_by_its_marks() {
        let page = "<html><head><title>Cổng | Họp</title><meta property=\"og:title\" content=\"Họp &amp; bàn\">\
            <meta content='2026-11-23T08:15:00+07:00' property='article:published_time'></head><body><nav>Trang</nav>\
            <ARTICLE class=x><h1>Họp</h1><article>trong</article><p>Bài.</p></ARTICLE><footer>Cuối</footer></body></html>";
        let item = item("https://a.vn/1", page).unwrap();
        assert_eq!(item.title.unwrap().plain(), "Họp & bàn");
        assert_eq!(item.content.unwrap().value, "<h1>Họp</h1><article>trong</article><p>Bài.</p>");
        assert_eq!(item.published.unwrap().to_string(), "2026-11-23T01:15:00Z");
        assert!(super::item("https://a.vn/2", "<p>không tên").is_none());
        assert_eq!(within("<mainly>x</mainly><main>y", "main"), None, "what has no end is no text");
    }
}
