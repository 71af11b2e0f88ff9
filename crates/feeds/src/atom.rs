//! Atom 0.3, 1.0 (RFC 4287) and tombstones (RFC 6721).

use jiff::Timestamp;

use crate::names::Ns;
use crate::xml::{Element, Tree};
use crate::{Deleted, Enclosure, Feed, Format, Item, date, limits, links, rss, text};

const ATOM: &[Ns] = &[Ns::Atom, Ns::Atom03, Ns::Plain];
/// Elements of Dublin Core and of RSS that stand in Atom feeds, too.
const DUBLIN: &[Ns] = &[Ns::Dc, Ns::DcTerms];

/// The feed of a document, which may be a single entry.
pub(crate) fn feed(tree: &Tree) -> Feed {
    let root = &tree.root;
    let mut items: Vec<Item> =
        tree.items.iter().filter(|one| one.name != "deleted-entry").map(entry).collect();
    let single = root.name == "entry";
    if single {
        items.push(entry(root));
    }
    let whole = (!single).then_some(root);
    Feed {
        format: Format::Atom,
        title: whole.and_then(|root| own(root, "title")),
        link: whole.and_then(page),
        language: root.of(Ns::Xml, "lang").filter(|lang| !lang.is_empty()).map(str::to_owned),
        updated: whole.and_then(|root| time(root, &["updated", "modified"])),
        complete: root.first(&[Ns::History], "complete").is_some(),
        previous: linked(root, "prev-archive"),
        hub: linked(root, "hub"),
        own: linked(root, "self"),
        items,
        deleted: tree.items.iter().filter_map(deleted).collect(),
        encoding: String::new(),
        notes: Vec::new(),
    }
}

/// Where a document leads by a relation: the archive before it (RFC 5005, section 4), its hub and itself (WebSub, section 4).
pub(crate) fn linked(of: &Element, relation: &str) -> Option<String> {
    let is_it = |link: &&Element| link.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case(relation));
    of.all(ATOM, "link").find(is_it).and_then(resolved)
}

/// What a tombstone says.
pub(crate) fn deleted(element: &Element) -> Option<Deleted> {
    if element.name != "deleted-entry" || !matches!(element.ns, Ns::Tombstone | Ns::Other) {
        return None;
    }
    let id = element.attribute("ref").filter(|id| !id.is_empty() && id.len() <= limits::ADDRESS)?;
    Some(Deleted { id: id.to_owned(), at: element.attribute("when").and_then(date) })
}

/// One entry.
pub(crate) fn entry(entry: &Element) -> Item {
    let content = own(entry, "content");
    let elsewhere = entry.first(ATOM, "content").and_then(|content| {
        content.attribute("src").and_then(|src| links::absolute(src, content.base.as_deref()))
    });
    Item {
        id: entry.all(ATOM, "id").find_map(id),
        link: page(entry).or(elsewhere),
        title: own(entry, "title"),
        published: time(entry, &["published", "issued", "created"]),
        updated: time(entry, &["updated", "modified"]),
        summary: own(entry, "summary")
            .or_else(|| entry.all(&[Ns::Dc], "description").find_map(text::rss))
            .or_else(|| described(entry)),
        content: content.or_else(|| entry.all(&[Ns::Content], "encoded").find_map(text::rss)),
        authors: rss::several(
            entry
                .all(ATOM, "author")
                .map(|author| author.first(ATOM, "name").map_or_else(|| author.text(), Element::text))
                .chain(entry.all(&[Ns::Dc], "creator").map(Element::text)),
        ),
        categories: rss::several(
            entry
                .all(ATOM, "category")
                .map(|category| {
                    let term = category.attribute("term").or_else(|| category.attribute("label"));
                    term.map_or_else(|| category.text(), str::to_owned)
                })
                .chain(entry.all(&[Ns::Dc], "subject").map(Element::text)),
        ),
        enclosures: enclosures(entry),
    }
}

fn described(entry: &Element) -> Option<crate::Text> {
    let group = entry.first(&[Ns::Media], "group").unwrap_or(entry);
    group.first(&[Ns::Media], "description").and_then(text::rss)
}

/// A text of the entry itself; Atom's own element outweighs those of others that have the same name.
fn own(of: &Element, name: &str) -> Option<crate::Text> {
    of.all(ATOM, name).find_map(text::atom).or_else(|| of.all(DUBLIN, name).find_map(text::rss))
}

/// An identifier is a name and is compared letter by letter; only one that is relative to an `xml:base` is resolved.
fn id(element: &Element) -> Option<String> {
    let id = element.text();
    if id.is_empty() {
        return None;
    }
    match element.base.as_deref().filter(|_| element.based && links::scheme(&id).is_none()) {
        Some(base) => links::absolute(&id, Some(base)),
        None => Some(id),
    }
}

/// The page of an entry or a feed: the first alternate, HTML before anything else.
fn page(of: &Element) -> Option<String> {
    let alternates = of.all(ATOM, "link").filter(|link| {
        link.attribute("rel").is_none_or(|rel| rel.is_empty() || rel.eq_ignore_ascii_case("alternate"))
    });
    let alternates: Vec<&Element> = alternates.filter(|link| address(link).is_some()).collect();
    let html = |link: &&&Element| link.attribute("type").is_none_or(|kind| kind.contains("html"));
    alternates.iter().find(html).or(alternates.first()).and_then(|link| resolved(link))
}

fn address(link: &Element) -> Option<String> {
    let said = link.attribute("href").map(str::to_owned).unwrap_or_else(|| link.text());
    Some(said).filter(|said| !said.is_empty())
}

fn resolved(link: &Element) -> Option<String> {
    links::resolved(&address(link)?, link.base.as_deref())
}

fn time(of: &Element, names: &[&str]) -> Option<Timestamp> {
    let atom =
        names.iter().find_map(|name| of.all(ATOM, name).filter_map(|element| date(&element.text())).last());
    let dublin = |name: &str| of.all(DUBLIN, name).find_map(|element| date(&element.text()));
    atom.or_else(|| match names[0] {
        "published" => dublin("issued").or_else(|| dublin("date")).or_else(|| dublin("created")),
        _ => dublin("modified"),
    })
}

fn enclosures(entry: &Element) -> Vec<Enclosure> {
    let links = entry
        .all(ATOM, "link")
        .filter(|link| link.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("enclosure")));
    links
        .take(limits::MANY)
        .filter_map(|link| {
            Some(Enclosure {
                href: resolved(link)?,
                media_type: link.attribute("type").map(str::to_owned),
                length: link.attribute("length").and_then(|length| length.parse().ok()),
            })
        })
        .collect()
}
