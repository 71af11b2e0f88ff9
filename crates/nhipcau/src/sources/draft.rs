//! Items of a feed as drafts: each once, with where it was taken from; what cannot be taken over is put aside with the reason.

use std::collections::HashSet;

use feeds::{Feed, Item, Kind, Text};
use reqwest::Url;
use uuid::Uuid;
use vietnam::text::fold;

use crate::calendar::Today;
use crate::items::draft::{Draft, DraftSource};
use crate::words::date;

/// The most letters of a summary that are taken over.
const SUMMARY: usize = 1_000;
/// Parameters of an address that say who counts its readers, and nothing of the page.
const COUNTING: [&str; 4] = ["fbclid", "gclid", "zarsrc", "mc_cid"];

/// Which kind an item becomes.
#[derive(Clone, Debug, Default)]
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

/// The drafts of a feed's items, oldest first so that the newest stands on top, and what was put aside.
pub fn drafts(feed: &Feed, name: Option<&str>, mapping: &Mapping, today: &Today) -> (Vec<Draft>, Vec<Aside>) {
    let own = feed.title.as_ref().map(Text::plain).filter(|title| !title.is_empty());
    let name = name.map(str::to_owned).or(own).unwrap_or_default();
    let (mut drafts, mut aside) = (Vec::new(), Vec::new());
    let (mut pages, mut texts) = (HashSet::new(), HashSet::new());
    let mut items: Vec<(usize, &Item)> = feed.items.iter().enumerate().collect();
    items.sort_by_key(|(at, item)| (item.published.or(item.updated), std::cmp::Reverse(*at)));
    for (at, item) in items {
        let draft = draft(item, &name, mapping);
        let called = [&draft.title, item.link.as_deref().unwrap_or_default()];
        let called = called.into_iter().find(|text| !text.is_empty()).map(str::to_owned);
        let mut put_aside = |why: &str| {
            let item = called.clone().unwrap_or_else(|| format!("#{}", at + 1));
            aside.push(Aside { item, why: why.to_owned() });
        };
        if draft.title.is_empty() {
            put_aside("không có tiêu đề · it has no title");
            continue;
        }
        if draft.text.is_empty() && item.link.is_none() {
            put_aside("không có nội dung và không có địa chỉ · it has neither text nor address");
            continue;
        }
        let page = item.link.as_deref().and_then(page);
        let text = (draft.title.clone(), draft.text.clone());
        // A title alone makes no two items one: "Lịch tiếp công dân" comes every month.
        let known = page.as_ref().is_some_and(|page| pages.contains(page));
        if known || !draft.text.is_empty() && texts.contains(&text) {
            put_aside(
                "trùng với một tin khác trong nguồn (cùng địa chỉ, hoặc cùng tiêu đề và nội dung) · the feed has it already (same address, or same title and text)",
            );
            continue;
        }
        match draft.clone().check(Uuid::nil(), 1, [0; 16], today.clone()) {
            Ok(_) => {
                pages.extend(page);
                texts.insert(text);
                drafts.push(draft);
            }
            Err(problem) => put_aside(&problem.to_string()),
        }
    }
    (drafts, aside)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_many_addresses() {
        let one = page("http://a.gov.vn/tin?id=7&utm_source=zalo#top");
        assert_eq!(one, page("https://a.gov.vn/tin/?id=7"));
        assert_eq!(one.as_deref(), Some("a.gov.vn/tin?id=7"));
        assert_ne!(one, page("https://a.gov.vn/tin?id=8"));
        assert_eq!(page("https://a.gov.vn/tin/"), page("http://a.gov.vn/tin?fbclid=x"));
    }
}
