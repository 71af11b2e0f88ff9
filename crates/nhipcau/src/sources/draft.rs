//! Items of a feed as drafts: each once, with where it was taken from; what cannot be taken over is put aside with the reason.

use std::collections::HashSet;

use feeds::{Feed, Item, Kind, Text};
use network::names::ContentHash;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vietnam::text::fold;

use crate::calendar::Today;
use crate::items::draft::{Draft, DraftSource};
use crate::items::kinds::Both;
use crate::items::store::Reference;
use crate::problem::Problem;
use crate::words::date;

/// The most letters of a summary that are taken over.
const SUMMARY: usize = 1_000;
/// Parameters of an address that say who counts its readers, and nothing of the page.
const COUNTING: [&str; 4] = ["fbclid", "gclid", "zarsrc", "mc_cid"];

/// Which kind an item becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// That of items of no category that is named here.
    pub usual: String,
    /// Categories of the feed with the kind of their items; the first that fits decides.
    pub kinds: Vec<(String, String)>,
}

/// An item that is not taken over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Its title, or its address, or its place in the feed.
    pub item: String,
    /// The reason, in both languages.
    pub why: String,
}

/// What becomes of an item that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It can be taken over.
    Good,
    /// The list has it already, under another name or address.
    Twin,
    /// It cannot, and why.
    Wrong(Both),
}

/// An item of a list as it would be taken over, with the hashes by which it is known again.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of what it is called there: its id, or its page.
    pub name: ContentHash,
    /// Of its page, however its address is written.
    pub page: Option<ContentHash>,
    /// Of its title and text; none without a text, for a title alone makes no two items one.
    pub words: Option<ContentHash>,
    /// Of all that is taken over of it.
    pub digest: ContentHash,
    /// When it was published, in microseconds, if that is said.
    pub published: Option<i64>,
    /// Its title, or its address, or its place in the list.
    pub called: String,
    /// The draft.
    pub draft: Draft,
    /// What becomes of it.
    pub fate: Fate,
}

/// The drafts of a feed's items, oldest first so that the newest stands on top, and what was put aside.
pub fn drafts(feed: &Feed, name: Option<&str>, mapping: &Mapping, today: &Today) -> (Vec<Draft>, Vec<Aside>) {
    let (mut drafts, mut aside) = (Vec::new(), Vec::new());
    for one in found(feed, name, mapping, today) {
        let why = match one.fate {
            Fate::Good => {
                drafts.push(one.draft);
                continue;
            }
            Fate::Twin => {
                "trùng với một tin khác trong nguồn (cùng địa chỉ, hoặc cùng tiêu đề và nội dung) · the feed has it already (same address, or same title and text)".to_owned()
            }
            Fate::Wrong(Both { vi, en }) => format!("{vi} · {en}"),
        };
        aside.push(Aside { item: one.called, why });
    }
    (drafts, aside)
}

/// Every item of a list, oldest first.
pub fn found(feed: &Feed, name: Option<&str>, mapping: &Mapping, today: &Today) -> Vec<Found> {
    let own = feed.title.as_ref().map(Text::plain).filter(|title| !title.is_empty());
    let name = name.map(str::to_owned).or(own).unwrap_or_default();
    let (mut pages, mut texts, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut items: Vec<(usize, &Item)> = feed.items.iter().enumerate().collect();
    items.sort_by_key(|(at, item)| (item.published.or(item.updated), std::cmp::Reverse(*at)));
    let mut all = Vec::new();
    for (at, item) in items {
        let draft = draft(item, &name, mapping);
        let called = [draft.title.as_str(), item.link.as_deref().unwrap_or_default()];
        let called = called.into_iter().find(|text| !text.is_empty()).map(str::to_owned);
        let page = item.link.as_deref().and_then(page).map(|page| hash("page", &[&page]));
        let words = words(&draft);
        let named = item.id.as_deref().map(|id| hash("id", &[id])).or(page);
        let mut one = Found {
            name: named.unwrap_or_else(|| hash("title", &[&draft.title])),
            page,
            words,
            digest: digest(&draft),
            published: item.published.map(|at| at.as_microsecond()),
            called: called.unwrap_or_else(|| format!("#{}", at + 1)),
            draft,
            fate: Fate::Good,
        };
        one.fate = fate(&one, item, today);
        let met = page.is_some_and(|page| pages.contains(&page)) || words.is_some_and(|w| texts.contains(&w));
        if one.fate == Fate::Good && (met || names.contains(&one.name)) {
            one.fate = Fate::Twin;
        }
        if one.fate == Fate::Good {
            pages.extend(page);
            texts.extend(words);
            names.insert(one.name);
        }
        all.push(one);
    }
    all
}

fn fate(one: &Found, item: &Item, today: &Today) -> Fate {
    let wrong = |vi: &str, en: &str| Fate::Wrong(Both { vi: vi.into(), en: en.into() });
    if one.draft.title.is_empty() {
        return wrong("không có tiêu đề", "it has no title");
    }
    if one.draft.text.is_empty() && item.link.is_none() {
        return wrong("không có nội dung và không có địa chỉ", "it has neither text nor address");
    }
    match one.draft.clone().check(Uuid::nil(), 1, [0; 16], today.clone()) {
        Ok(_) => Fate::Good,
        Err(problem) => Fate::Wrong(reasons(problem)),
    }
}

/// Why something cannot be taken over, in both languages.
pub fn reasons(problem: Problem) -> Both {
    match problem {
        Problem::Invalid(faults) => {
            let all = |said: fn(&crate::problem::Fault) -> &str| {
                faults.iter().map(said).collect::<Vec<_>>().join(" ")
            };
            Both { vi: all(|fault| &fault.vi), en: all(|fault| &fault.en) }
        }
        Problem::Refused { vi, en } | Problem::NotNow { vi, en } | Problem::Forbidden { vi, en } => {
            Both { vi, en }
        }
        other => Both { vi: other.to_string(), en: other.to_string() },
    }
}

/// Of a draft's title and text; none without a text.
pub(super) fn words(draft: &Draft) -> Option<ContentHash> {
    (!draft.text.is_empty()).then(|| hash("words", &[&draft.title, &draft.text]))
}

/// Of all that is taken over of an item.
fn digest(draft: &Draft) -> ContentHash {
    let issued = draft.issued.map(|day| day.to_string()).unwrap_or_default();
    let url = draft.source.as_ref().and_then(|source| source.url.as_deref()).unwrap_or_default();
    hash("all", &[&draft.kind, &draft.title, &draft.summary, &issued, &draft.format, url, &draft.text])
}

/// By which a name there is known again: nothing of a person's text stays here but its hash.
pub fn id(id: &str) -> ContentHash {
    hash("id", &[id])
}

fn hash(what: &str, parts: &[&str]) -> ContentHash {
    let mut text = format!("nhipcau source\n{what}\n");
    for part in parts {
        text.push_str(&format!("{}\n{part}\n", part.len()));
    }
    ContentHash::of(text.as_bytes())
}

fn draft(item: &Item, name: &str, mapping: &Mapping) -> Draft {
    let category = |text: &str| fold(text.trim());
    let mapped = mapping
        .kinds
        .iter()
        .find(|(from, _)| item.categories.iter().any(|one| category(one) == category(from)));
    let (text, summary) = match (&item.content, &item.summary) {
        (Some(content), summary) => (Some(content), summary.as_ref().map(Text::plain)),
        (None, Some(summary)) => (Some(summary), None),
        (None, None) => (None, None),
    };
    Draft {
        kind: mapped.map_or(&mapping.usual, |(_, kind)| kind).clone(),
        title: item.title.as_ref().map(Text::plain).unwrap_or_default(),
        summary: summary.unwrap_or_default().chars().take(SUMMARY).collect(),
        issued: item.published.map(date::day),
        text: text.map(|text| text.value.clone()).unwrap_or_default(),
        format: match text.map(|text| text.kind) {
            Some(Kind::Html) => "html".into(),
            Some(Kind::Plain) => "text".into(),
            None => String::new(),
        },
        source: Some(DraftSource { name: name.to_owned(), url: item.link.clone(), taken: None }),
        ..Draft::default()
    }
}

/// The page behind an address, however it is written: without the fragment, without what only counts readers, http as https.
fn page(link: &str) -> Option<String> {
    let mut url: Url = link.parse().ok()?;
    url.set_fragment(None);
    let counts = |name: &str| name.starts_with("utm_") || COUNTING.contains(&name);
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !counts(name)).map(|(a, b)| (a.into(), b.into())).collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    let text = url.as_str().trim_end_matches('/');
    Some(text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).unwrap_or(text).to_owned())
}

/// The item of the network that an address names, if it names one: `…/muc/1a2b3c4d-019ab…`.
pub fn named(url: &str) -> Option<Reference> {
    const LONG: usize = 8 + 1 + 32;
    let starts = url.char_indices().map(|(at, _)| at);
    starts.filter_map(|at| url.get(at..at + LONG)?.parse().ok()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_an_item_of_the_network() {
        let name = "1a2b3c4d-019ab3c4d5e67f8081234567_".replace('_', "89abcdef");
        for url in [
            format!("https://a.gov.vn/muc/{name}?x=1"),
            format!("https://a.vn/oai?identifier=oai%3Aa.vn%3A{name}"),
        ] {
            assert_eq!(named(&url).map(|one| one.to_string()).as_deref(), Some(name.as_str()));
        }
        assert!(named("https://a.gov.vn/tin/đường-7").is_none() && named("").is_none());
    }

    #[test]
    fn one_page_has_many_addresses() {
        let one = page("http://a.gov.vn/tin?id=7&utm_source=zalo#top");
        assert_eq!(one, page("https://a.gov.vn/tin/?id=7"));
        assert_eq!(one.as_deref(), Some("a.gov.vn/tin?id=7"));
        assert_ne!(one, page("https://a.gov.vn/tin?id=8"));
        assert_eq!(page("https://a.gov.vn/tin/"), page("http://a.gov.vn/tin?fbclid=x"));
    }
}
