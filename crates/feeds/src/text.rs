//! Texts: plain, or HTML that was escaped, encoded or written out as elements.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use url::Url;
use vietnam::text::nfc;

use crate::names::Ns;
use crate::xml::{Attribute, Element, Node};
use crate::{entities, limits, links};

/// How a [`Text`] is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Its letters mean themselves.
    Plain,
    /// Its letters are HTML, not cleaned.
    Html,
}

/// A text of a feed, in NFC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its letters. HTML is **not safe to show** before it is cleaned.
    pub value: String,
    /// How they are written.
    pub kind: Kind,
    /// The address against which links in it stand.
    pub base: Option<Url>,
}

impl Text {
    /// A text of at most [`limits::TEXT`] bytes; nothing if it is empty. HTML with more than [`limits::TAGS`] tags loses them.
    pub(crate) fn new(value: &str, kind: Kind, base: Option<Url>) -> Option<Text> {
        let value = cut(value.trim(), limits::TEXT);
        if value.is_empty() {
            return None;
        }
        let text = Text { value: nfc(value), kind, base };
        Some(if text.tags() > limits::TAGS { text.without_tags() } else { text })
    }

    /// How many tags it has at most.
    pub(crate) fn tags(&self) -> usize {
        match self.kind {
            Kind::Plain => 0,
            Kind::Html => self.value.bytes().filter(|byte| *byte == b'<').count(),
        }
    }

    /// Its letters alone.
    pub(crate) fn without_tags(self) -> Text {
        let value = entities::resolve(&bare(&self.value), &mut entities::Declared::none());
        Text { value, kind: Kind::Plain, base: None }
    }

    /// A text of which nobody says how it is written: HTML if it looks so.
    pub(crate) fn guessed(value: &str, base: Option<Url>) -> Option<Text> {
        let kind = if looks_like_html(value) { Kind::Html } else { Kind::Plain };
        Text::new(value, kind, base)
    }

    /// The letters without markup, on one line: a title as people read it.
    #[must_use]
    pub fn plain(&self) -> String {
        let text = match self.kind {
            Kind::Plain => self.value.clone(),
            Kind::Html => entities::resolve(&bare(&self.value), &mut entities::Declared::none()),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The first bytes of a text, whole letters.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// A text without what stands between angle brackets.
fn bare(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if !is_tag(rest) {
            text.push('<');
            rest = &rest[1..];
            continue;
        }
        match rest.find('>') {
            Some(end) => rest = &rest[end + 1..],
            // No tag ends any more: what is left is text, and is looked through once.
            None => break,
        }
    }
    text.push_str(rest);
    text
}

/// True if a tag, a comment or a declaration may begin here.
fn is_tag(rest: &str) -> bool {
    rest.as_bytes().get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!'))
}

fn looks_like_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| is_tag(&text[at..])) || entities::any(text)
}

fn base(element: &Element) -> Option<Url> {
    element.base.as_deref().cloned()
}

/// A text of RSS: nobody says how it is written.
pub(crate) fn rss(element: &Element) -> Option<Text> {
    if element.elements().next().is_some() {
        return Text::new(&inner(element), Kind::Html, base(element));
    }
    Text::guessed(&element.text(), base(element))
}

/// A text of Atom, by its type.
pub(crate) fn atom(element: &Element) -> Option<Text> {
    let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let mode = element.attribute("mode").unwrap_or_default().to_ascii_lowercase();
    let written_out = element.elements().next().is_some();
    if mode == "base64" {
        return decoded(element);
    }
    match kind {
        // Escaped HTML within a `div` that was written out around it.
        "html" | "text/html" if written_out && is_only_text(unwrapped(element)) => {
            Text::new(&unwrapped(element).text(), Kind::Html, base(element))
        }
        _ if written_out => Text::new(&inner(unwrapped(element)), Kind::Html, base(unwrapped(element))),
        "" | "text" | "text/plain" if element.ns == Ns::Atom03 && mode == "escaped" => {
            Text::guessed(&element.text(), base(element))
        }
        "" | "text" => Text::new(&element.text(), Kind::Plain, None),
        "html" | "text/html" | "xhtml" => Text::new(&element.text(), Kind::Html, base(element)),
        kind if kind.ends_with("/xml") || kind.ends_with("+xml") => {
            Text::guessed(&element.text(), base(element))
        }
        kind if kind.starts_with("text/") => Text::new(&element.text(), Kind::Plain, None),
        kind if kind.contains('/') => decoded(element),
        _ => Text::guessed(&element.text(), base(element)),
    }
}

/// What lies in the only `div` of an Atom text: RFC 4287 says that the `div` is none of it.
fn unwrapped(element: &Element) -> &Element {
    let mut nodes =
        element.children.iter().filter(|node| !matches!(node, Node::Text(text) if text.trim().is_empty()));
    match (nodes.next(), nodes.next()) {
        (Some(Node::Element(only)), None) if only.name == "div" && element.ns == Ns::Atom => only,
        _ => element,
    }
}

fn is_only_text(element: &Element) -> bool {
    element.elements().next().is_none()
}

/// A text in base64, or what stands there if it is none.
fn decoded(element: &Element) -> Option<Text> {
    let written: String = element.text().split_whitespace().collect();
    let padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, padding).decode(&written).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => Text::guessed(&text, base(element)),
        None => Text::guessed(&element.text(), base(element)),
    }
}

/// Elements that have no end tag in HTML.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Attributes that hold an address.
const ADDRESSES: [&str; 7] = ["href", "src", "cite", "action", "longdesc", "poster", "background"];

/// What lies in an element, as HTML, with absolute links.
fn inner(element: &Element) -> String {
    let mut html = String::new();
    write(element, &mut html);
    html
}

fn write(element: &Element, html: &mut String) {
    for node in &element.children {
        match node {
            Node::Text(text) => escape(text, false, html),
            Node::Element(child) => {
                html.push('<');
                html.push_str(&child.name);
                for attribute in child.attributes.iter().filter(|one| one.ns == Ns::Plain) {
                    write_attribute(attribute, child, html);
                }
                if VOID.contains(&child.name.as_str()) {
                    html.push_str(" />");
                } else {
                    html.push('>');
                    write(child, html);
                    html.push_str("</");
                    html.push_str(&child.name);
                    html.push('>');
                }
            }
        }
    }
}

fn write_attribute(attribute: &Attribute, of: &Element, html: &mut String) {
    html.push(' ');
    html.push_str(&attribute.name);
    html.push_str("=\"");
    let joined = of.base.as_deref().filter(|_| ADDRESSES.contains(&attribute.name.as_str()));
    match joined.and_then(|base| links::absolute(&attribute.value, Some(base))) {
        Some(url) => escape(&url, true, html),
        None => escape(&attribute.value, true, html),
    }
    html.push('"');
}

fn escape(text: &str, quotes: bool, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' if quotes => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_read_as_people_read_it() {
        let html = Text::guessed("Kết luận  &ldquo;A&rdquo;<br/>\n <b>B</b>", None).unwrap();
        assert_eq!(html.kind, Kind::Html);
        assert_eq!(html.plain(), "Kết luận “A” B");
        let plain = Text::guessed("3 < 4 & 5", None).unwrap();
        assert_eq!((plain.kind, plain.plain()), (Kind::Plain, "3 < 4 & 5".to_owned()));
    }

    #[test]
    fn a_text_of_nothing_but_tags_loses_them() {
        let text = Text::new(&"<b>x".repeat(limits::TAGS + 1), Kind::Html, None).unwrap();
        assert_eq!((text.kind, text.value.len()), (Kind::Plain, limits::TAGS + 1));
    }
}
