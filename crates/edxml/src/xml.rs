//! The XML of a packet as a tree, by local names: systems differ in prefixes and namespaces, and agree on names.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::Error;
use crate::limits;

/// An element.
#[derive(Default)]
pub(crate) struct Element {
    /// Its local name.
    pub(crate) name: String,
    /// Its attribute `href`, with or without a prefix.
    pub(crate) href: String,
    /// The text directly in it.
    pub(crate) text: String,
    /// The elements directly in it.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first element of a name directly in it, however its capitals are written.
    pub(crate) fn first(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// All of them.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    /// The trimmed text of the first element of a name directly in it; empty if there is none.
    pub(crate) fn said(&self, name: &str) -> String {
        self.first(name).map(|child| child.text.trim().to_owned()).unwrap_or_default()
    }

    /// The first element of a name anywhere in it, itself too, those that are less deep first among equals.
    pub(crate) fn find(&self, name: &str) -> Option<&Element> {
        if self.name.eq_ignore_ascii_case(name) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Reads a document.
pub(crate) fn read(document: &str) -> Result<Element, Error> {
    let mut reader = Reader::from_str(document);
    let mut open: Vec<Element> = Vec::new();
    let (mut root, mut count) = (None, 0);
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|_| Error::Xml(at))?;
        match event {
            Event::Start(start) => {
                count += 1;
                if open.len() >= limits::DEPTH || count > limits::ELEMENTS {
                    return Err(Error::TooMuch);
                }
                if root.is_some() {
                    return Err(Error::Xml(at));
                }
                open.push(element(&start, at)?);
            }
            Event::Empty(start) => {
                count += 1;
                if count > limits::ELEMENTS {
                    return Err(Error::TooMuch);
                }
                if root.is_some() {
                    return Err(Error::Xml(at));
                }
                close(element(&start, at)?, &mut open, &mut root);
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Error::Xml(at))?;
                close(element, &mut open, &mut root);
            }
            Event::Text(text) => push(&mut open, &text.into_inner(), at)?,
            Event::CData(text) => push(&mut open, &text.into_inner(), at)?,
            Event::GeneralRef(reference) => {
                let name = reference.into_inner();
                let meant = meant(&name).ok_or(Error::Xml(at))?;
                push(&mut open, meant.encode_utf8(&mut [0; 4]), at)?;
            }
            // What it declares could multiply, or lie elsewhere; no packet needs it.
            Event::DocType(_) => return Err(Error::Xml(at)),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(Error::Xml(document.len() as u64)),
    }
}

fn element(start: &BytesStart<'_>, at: u64) -> Result<Element, Error> {
    let name = start.name();
    let mut element = Element { name: local(name.as_ref()).to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Error::Xml(at))?;
        if local(attribute.key.as_ref()) == "href" && attribute.value.len() <= limits::TEXT {
            element.href = attribute.value.trim().to_owned();
        }
    }
    Ok(element)
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(above) => above.children.push(element),
        None => *root = Some(element),
    }
}

/// Adds text to the innermost element; around the root there is only white space.
fn push(open: &mut [Element], text: &str, at: u64) -> Result<(), Error> {
    let Some(element) = open.last_mut() else {
        return if text.trim().is_empty() { Ok(()) } else { Err(Error::Xml(at)) };
    };
    let file = element.name.eq_ignore_ascii_case("ContentTransferEncoded");
    if !file && element.text.len() + text.len() > limits::TEXT {
        return Err(Error::TooMuch);
    }
    element.text.extend(text.chars().filter(|letter| is_allowed(*letter)));
    Ok(())
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// What a reference stands for: one of the five that XML declares, or a character by its number.
fn meant(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number).filter(|meant| is_allowed(*meant))
        }
    }
}

/// True for what XML 1.0 lets stand in a document.
pub(crate) fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}
