//! RSS of every version, RDF and CDF: the same elements, more or less.

use crate::names::Ns;
use crate::xml::{Element, Tree};
use crate::{Enclosure, Feed, Format, Item, atom, date, limits, links, text};

const PLAIN: &[Ns] = &[Ns::Plain];
const PLAIN_OR_ATOM: &[Ns] = &[Ns::Plain, Ns::Atom, Ns::Atom03];
const ATOM: &[Ns] = &[Ns::Atom, Ns::Atom03];

/// The feed of a document.
pub(crate) fn feed(tree: &Tree) -> Feed {
    let root = &tree.root;
    let channel = match root.name.as_str() {
        "channel" => root,
        _ => root.first(PLAIN, "channel").unwrap_or(root),
    };
    let format = if root.name == "rdf" { Format::Rdf } else { Format::Rss };
    let mut items: Vec<Item> =
        tree.items.iter().filter(|one| one.name != "deleted-entry").map(item).collect();
    if root.name == "item" {
        items.push(item(root));
    }
    Feed {
        format,
        title: texts(channel, "title"),
        link: link(channel),
        language: value(channel, PLAIN, "language").or_else(|| value(channel, &[Ns::Dc], "language")),
        updated: time(
            channel,
            &[
                (PLAIN, "lastbuilddate"),
                (&[Ns::DcTerms], "modified"),
                (ATOM, "updated"),
                (PLAIN, "pubdate"),
                (&[Ns::Dc], "date"),
            ],
        )
        .or_else(|| channel.attribute("lastmod").and_then(date)),
        complete: channel.first(&[Ns::History], "complete").is_some(),
        previous: atom::linked(channel, "prev-archive"),
        hub: atom::linked(channel, "hub"),
        own: atom::linked(channel, "self"),
        items,
        deleted: tree.items.iter().filter_map(atom::deleted).collect(),
        encoding: String::new(),
        notes: Vec::new(),
    }
}

fn item(item: &Element) -> Item {
    if item.ns == Ns::Atom || item.ns == Ns::Atom03 {
        return atom::entry(item);
    }
    let description =
        texts(item, "description").or_else(|| item.first(PLAIN, "abstract").and_then(text::rss));
    let short = item.first(PLAIN, "summary").or_else(|| item.first(ATOM, "summary")).and_then(text::rss);
    let long = long(item);
    // Of two texts without a word on which is the longer, the first introduces the second.
    let described = item.elements().find(|one| matches!(one.name.as_str(), "summary" | "description"));
    let description_first = described.is_some_and(|one| one.name == "description");
    let (summary, content) = match (description, short, long) {
        (Some(description), Some(short), None) if description_first => (Some(description), Some(short)),
        (Some(description), Some(short), None) => (Some(short), Some(description)),
        (description, short, long) => (
            description
                .or(short)
                .or_else(|| item.first(&[Ns::Itunes], "summary").and_then(text::rss))
                .or_else(|| media(item, "description").and_then(text::rss)),
            long,
        ),
    };
    let guid = item.first(PLAIN, "guid");
    Item {
        id: guid
            .map(Element::text)
            .filter(|id| !id.is_empty())
            .or_else(|| item.of(Ns::Rdf, "about").map(str::to_owned))
            .or_else(|| value(item, ATOM, "id"))
            .or_else(|| value(item, &[Ns::Dc], "identifier")),
        link: link(item).or_else(|| guid.and_then(permanent)),
        title: texts(item, "title").or_else(|| media(item, "title").and_then(text::rss)),
        published: time(
            item,
            &[
                (PLAIN, "pubdate"),
                (&[Ns::DcTerms], "issued"),
                (ATOM, "published"),
                (ATOM, "issued"),
                (PLAIN, "published"),
                (&[Ns::Dc], "date"),
                (&[Ns::DcTerms], "created"),
                (ATOM, "created"),
                (PLAIN, "date"),
            ],
        ),
        updated: time(
            item,
            &[
                (&[Ns::DcTerms], "modified"),
                (ATOM, "updated"),
                (ATOM, "modified"),
                (PLAIN, "updated"),
                (&[Ns::Dc], "date"),
            ],
        )
        .or_else(|| item.attribute("lastmod").and_then(date)),
        summary,
        content,
        authors: authors(item),
        categories: categories(item),
        enclosures: enclosures(item),
    }
}

/// The text of an element of RSS, else of Dublin Core.
fn texts(of: &Element, name: &str) -> Option<crate::Text> {
    let plain = of.all(PLAIN, name).find_map(text::rss);
    plain
        .or_else(|| of.all(ATOM, name).find_map(text::atom))
        .or_else(|| of.all(&[Ns::Dc], name).find_map(text::rss))
}

/// What an item says at length.
fn long(item: &Element) -> Option<crate::Text> {
    item.all(&[Ns::Content, Ns::Plain], "encoded")
        .find_map(text::rss)
        .or_else(|| item.all(PLAIN, "fullitem").find_map(text::rss))
        .or_else(|| item.all(ATOM, "content").find_map(text::atom))
        .or_else(|| item.all(&[Ns::Xhtml], "body").find_map(text::rss))
        .or_else(|| item.all(&[Ns::Xhtml], "div").find_map(text::rss))
        .or_else(|| item.all(PLAIN, "body").find_map(text::rss))
        .or_else(|| item.all(PLAIN, "content").find_map(text::rss))
}

/// The first element of Media RSS with a name, also in a group.
fn media<'a>(item: &'a Element, name: &str) -> Option<&'a Element> {
    let media = &[Ns::Media];
    item.first(media, name).or_else(|| item.first(media, "group").and_then(|group| group.first(media, name)))
}

/// The page of an item or a channel.
fn link(of: &Element) -> Option<String> {
    let written =
        of.all(PLAIN_OR_ATOM, "link").filter(|link| link.ns == Ns::Plain || link.elements().next().is_none());
    let text = written
        .filter(|link| is_page(link))
        .filter_map(|link| {
            let text = Some(link.text()).filter(|text| !text.is_empty());
            text.or_else(|| link.attribute("href").map(str::to_owned))
                .and_then(|address| links::resolved(&address, link.base.as_deref()))
        })
        .last();
    text.or_else(|| of.attribute("href").and_then(|address| links::resolved(address, of.base.as_deref())))
}

fn is_page(link: &Element) -> bool {
    link.attribute("rel").is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"))
}

/// The address that a `guid` is, unless it says that it is none.
fn permanent(guid: &Element) -> Option<String> {
    let said = guid.attribute("ispermalink").is_none_or(|said| !said.eq_ignore_ascii_case("false"));
    let address = guid.text();
    (said && matches!(links::scheme(&address), Some("http" | "https"))).then_some(address)
}

fn value(of: &Element, ns: &[Ns], name: &str) -> Option<String> {
    of.all(ns, name).map(Element::text).find(|value| !value.is_empty() && value.len() <= limits::ADDRESS)
}

/// The time by the first name that can be read; what is said twice is what is said last.
fn time(of: &Element, names: &[(&[Ns], &str)]) -> Option<jiff::Timestamp> {
    names.iter().find_map(|(ns, name)| of.all(ns, name).filter_map(|element| date(&element.text())).last())
}

fn authors(item: &Element) -> Vec<String> {
    let plain = item
        .all(PLAIN_OR_ATOM, "author")
        .map(|author| author.first(PLAIN_OR_ATOM, "name").map_or_else(|| author.text(), Element::text));
    let all = plain
        .chain(item.all(&[Ns::Dc], "creator").map(Element::text))
        .chain(item.all(&[Ns::Itunes], "author").map(Element::text));
    several(all)
}

fn categories(item: &Element) -> Vec<String> {
    let said = item
        .all(PLAIN_OR_ATOM, "category")
        .map(|category| category.attribute("term").map_or_else(|| category.text(), str::to_owned));
    several(said.chain(item.all(&[Ns::Dc], "subject").map(Element::text)))
}

/// Each value once, in order, as many as are taken.
pub(crate) fn several(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in values.take(limits::MANY) {
        if !value.is_empty() && value.len() <= limits::ADDRESS && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

fn enclosures(item: &Element) -> Vec<Enclosure> {
    let enclosures = item.all(PLAIN, "enclosure");
    let group = item.first(&[Ns::Media], "group");
    let media = item
        .all(&[Ns::Media], "content")
        .chain(group.into_iter().flat_map(|group| group.all(&[Ns::Media], "content")));
    let mut kept: Vec<Enclosure> = Vec::new();
    for one in enclosures.chain(media).take(limits::MANY) {
        let Some(href) = one.attribute("url").or_else(|| one.attribute("href")) else { continue };
        let href = links::absolute(href, one.base.as_deref()).unwrap_or_else(|| href.to_owned());
        if kept.iter().any(|before| before.href == href) {
            continue;
        }
        let size = one.attribute("length").or_else(|| one.attribute("filesize"));
        kept.push(Enclosure {
            href,
            media_type: one.attribute("type").map(str::to_owned),
            length: size.and_then(|size| size.parse().ok()),
        });
    }
    kept
}
