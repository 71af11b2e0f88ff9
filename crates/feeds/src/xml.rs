//! The XML of a feed as a tree whose items are taken out as soon as each is complete, so that a long feed needs little memory.

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::entities::{Declared, by_number, resolve};
use crate::error::Error;
use crate::limits;
use crate::links;
use crate::names::Ns;
use crate::note::Note;

/// An element with all that lies in it.
pub(crate) struct Element {
    pub ns: Ns,
    /// Its local name in small letters.
    pub name: String,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Node>,
    /// The address against which links in it stand, if one is known.
    pub base: Option<Arc<Url>>,
    /// True if an `xml:base` says so, and not only the address of the document.
    pub based: bool,
}

pub(crate) struct Attribute {
    pub ns: Ns,
    pub name: String,
    pub value: String,
}

pub(crate) enum Node {
    Text(String),
    Element(Element),
}

/// A document: its root without the items, and these in their order.
pub(crate) struct Tree {
    pub root: Element,
    pub items: Vec<Element>,
}

impl Element {
    /// The elements directly in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of one name directly in it.
    pub(crate) fn all<'a>(&'a self, ns: &'a [Ns], name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name && ns.contains(&element.ns))
    }

    /// The first of them.
    pub(crate) fn first(&self, ns: &[Ns], name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name && ns.contains(&element.ns))
    }

    /// An attribute without a namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|one| one.ns == Ns::Plain && one.name == name);
        found.map(|one| one.value.trim())
    }

    /// An attribute of a namespace.
    pub(crate) fn of(&self, ns: Ns, name: &str) -> Option<&str> {
        self.attributes.iter().find(|one| one.ns == ns && one.name == name).map(|one| one.value.trim())
    }

    /// All text in it, trimmed.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.gather(&mut text);
        text.trim().to_owned()
    }

    fn gather(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(one) => text.push_str(one),
                Node::Element(element) => element.gather(text),
            }
        }
    }

    fn push(&mut self, text: &str) {
        match self.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }

    /// The elements and attributes in it, itself among them.
    fn weight(&self) -> usize {
        1 + self.attributes.len() + self.elements().map(Element::weight).sum::<usize>()
    }
}

/// Where markup begins: an element, a declaration or a document type.
pub(crate) fn start(document: &str) -> Option<usize> {
    document.match_indices('<').map(|(at, _)| at).find(|at| begins(document.as_bytes().get(at + 1).copied()))
}

/// True for what may stand behind an opening bracket.
fn begins(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'_' | b'?' | b'!' | b'/')
    })
}

/// Reads a document. What is not well-formed is read as far as it goes.
pub(crate) fn read(document: &str, base: Option<Arc<Url>>, notes: &mut Vec<Note>) -> Result<Tree, Error> {
    let mended = mend(document);
    if let Cow::Owned(_) = mended {
        notes.push(Note::IllFormed);
    }
    let mut reading = Reading::new(base);
    let result = reading.run(&mended);
    if result.is_err() || !reading.open.is_empty() {
        notes.push(Note::CutOff);
    } else if reading.ill_formed && !notes.contains(&Note::IllFormed) {
        notes.push(Note::IllFormed);
    }
    reading.close_all();
    if reading.too_much {
        notes.push(Note::TooMuch);
    }
    let Some(root) = reading.root else { return Err(Error::NoMarkup) };
    match root.name.as_str() {
        "rss" | "rdf" | "feed" | "entry" | "channel" | "item" => Ok(Tree { root, items: reading.items }),
        "html" | "head" | "body" | "script" | "div" | "p" => Err(Error::Html(title(&root))),
        _ if document.get(..14).is_some_and(|begin| begin.eq_ignore_ascii_case("<!doctype html")) => {
            Err(Error::Html(title(&root)))
        }
        _ => Err(Error::OtherXml(root.name.chars().take(60).collect())),
    }
}

/// The title of an HTML page.
fn title(root: &Element) -> String {
    fn find(element: &Element) -> Option<String> {
        if element.name == "title" { Some(element.text()) } else { element.elements().find_map(find) }
    }
    let title = find(root).unwrap_or_default();
    title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect()
}

/// A document whose brackets that begin nothing (`a < b`) are written as references; what is quoted whole stays.
fn mend(document: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let (mut done, mut at) = (0, 0);
    while let Some(found) = document[at..].find('<') {
        let bracket = at + found;
        let rest = &document[bracket..];
        let quoted =
            [("<![CDATA[", "]]>"), ("<!--", "-->")].iter().find(|(begin, _)| rest.starts_with(begin));
        if let Some((begin, end)) = quoted {
            let Some(length) = rest[begin.len()..].find(end) else { break };
            at = bracket + begin.len() + length;
            continue;
        }
        at = bracket + 1;
        if !begins(document.as_bytes().get(at).copied()) {
            mended.push_str(&document[done..bracket]);
            mended.push_str("&lt;");
            done = at;
        }
    }
    if done == 0 {
        return Cow::Borrowed(document);
    }
    mended.push_str(&document[done..]);
    Cow::Owned(mended)
}

struct Reading {
    /// The elements that are not closed yet, the root first.
    open: Vec<Element>,
    root: Option<Element>,
    items: Vec<Element>,
    /// Prefixes with the depth at which each was declared.
    prefixes: Vec<(usize, String, Ns)>,
    declared: Declared,
    base: Option<Arc<Url>>,
    nodes: usize,
    /// Elements below the deepest that is held, which are not.
    skipped: usize,
    ill_formed: bool,
    too_much: bool,
}

impl Reading {
    fn new(base: Option<Arc<Url>>) -> Reading {
        Reading {
            open: Vec::new(),
            root: None,
            items: Vec::new(),
            prefixes: Vec::new(),
            declared: Declared::none(),
            base,
            nodes: 0,
            skipped: 0,
            ill_formed: false,
            too_much: false,
        }
    }

    fn run(&mut self, document: &str) -> Result<(), quick_xml::Error> {
        let mut reader = Reader::from_str(document);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            match reader.read_event()? {
                Event::Start(start) => self.start(&start),
                Event::Empty(start) => {
                    self.start(&start);
                    self.end(start.name().as_ref());
                }
                Event::End(end) => self.end(end.name().as_ref()),
                Event::Text(text) => self.text(&text.into_inner()),
                Event::CData(text) => self.text(&text.into_inner()),
                Event::GeneralRef(reference) => {
                    let name = reference.into_inner();
                    match self.declared.reference(&name) {
                        Some(value) => self.text(&value),
                        None => {
                            self.ill_formed = true;
                            self.text(&format!("&{name};"));
                        }
                    }
                }
                Event::DocType(doctype) => self.declared.take(&doctype.into_inner()),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return Ok(()),
            }
            if self.root.is_some() && self.open.is_empty() {
                // What stands behind the root is none of the feed.
                return Ok(());
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        if self.skipped > 0 || self.open.len() >= limits::DEPTH || self.nodes >= limits::NODES {
            self.skipped += 1;
            self.too_much = true;
            return;
        }
        let depth = self.open.len();
        let mut raw: Vec<(String, String)> = Vec::new();
        for attribute in start.html_attributes().with_checks(false).take(limits::ATTRIBUTES).flatten() {
            raw.push((attribute.key.as_ref().to_owned(), resolve(&attribute.value, &mut self.declared)));
        }
        for (key, value) in &raw {
            let prefix = match key.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.strip_prefix(':').unwrap_or("xmlns"),
                None => continue,
            };
            if self.prefixes.len() >= limits::PREFIXES {
                break;
            }
            // A default namespace that nobody knows is that of the document itself.
            let unknown = if prefix.is_empty() { Ns::Plain } else { Ns::Other };
            self.prefixes.push((depth, prefix.to_owned(), Ns::of(value).unwrap_or(unknown)));
        }
        let attributes = raw.into_iter().filter(|(key, _)| !key.starts_with("xmlns")).map(|(key, value)| {
            let (ns, name) = match key.split_once(':') {
                Some((prefix, name)) => (self.ns(prefix), name),
                None => (Ns::Plain, key.as_str()),
            };
            Attribute { ns, name: name.to_ascii_lowercase(), value }
        });
        let attributes: Vec<Attribute> = attributes.collect();
        let name = start.name();
        let (ns, name) = match name.as_ref().split_once(':') {
            Some((prefix, name)) => (self.ns(prefix), name),
            None => (self.ns(""), name.as_ref()),
        };
        let above = self.open.last();
        let mut base = above.map_or_else(|| self.base.clone(), |above| above.base.clone());
        let mut based = above.is_some_and(|above| above.based);
        if let Some(said) = attributes.iter().find(|one| one.ns == Ns::Xml && one.name == "base")
            && let Some(url) = links::join(base.as_deref(), said.value.trim()).filter(links::is_web)
        {
            base = Some(Arc::new(url));
            based = true;
        }
        let name = name.to_ascii_lowercase();
        self.nodes += 1 + attributes.len();
        self.open.push(Element { ns, name, attributes, children: Vec::new(), base, based });
    }

    fn ns(&self, prefix: &str) -> Ns {
        let bound = self.prefixes.iter().rev().find(|(_, one, _)| one == prefix);
        bound.map_or_else(|| Ns::usual(&prefix.to_ascii_lowercase()), |(.., ns)| *ns)
    }

    fn end(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let local = name.rsplit(':').next().unwrap_or(name).trim().to_ascii_lowercase();
        match self.open.iter().rposition(|element| element.name == local) {
            Some(at) => {
                self.ill_formed |= at + 1 < self.open.len();
                while self.open.len() > at {
                    self.close();
                }
            }
            None => self.ill_formed = true,
        }
    }

    fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut().filter(|_| self.skipped == 0) else { return };
        if text.contains(|c: char| c.is_control()) {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            let kept = text.chars().filter_map(|c| match c {
                '\n' | '\t' => Some(c),
                '\u{80}'..='\u{9f}' => by_number(u32::from(c)),
                c => Some(c).filter(|c| !c.is_control()),
            });
            element.push(&kept.collect::<String>());
        } else {
            element.push(text);
        }
    }

    /// Closes the innermost element.
    fn close(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let depth = self.open.len();
        while self.prefixes.last().is_some_and(|(at, ..)| *at >= depth) {
            self.prefixes.pop();
        }
        let Some(above) = self.open.last_mut() else {
            self.root.get_or_insert(element);
            return;
        };
        if !is_item(&element, above) {
            above.children.push(Node::Element(element));
            return;
        }
        self.nodes = self.nodes.saturating_sub(element.weight());
        if self.items.len() < limits::ITEMS {
            self.items.push(element);
        } else {
            self.too_much = true;
        }
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
    }
}

/// An item stands directly in a feed; one within another, or in what an item quotes, is none.
fn is_item(element: &Element, above: &Element) -> bool {
    match element.name.as_str() {
        "item" => {
            element.ns == Ns::Plain && matches!(above.name.as_str(), "channel" | "rdf" | "rss" | "items")
        }
        "entry" | "deleted-entry" => matches!(above.name.as_str(), "feed" | "channel" | "rdf"),
        _ => false,
    }
}
