//! An answer: one tree, written as XML or as JSON. The mapping is the Spark convention: a list of elements is an array without
//! their names, an element without text is `null`.

use std::fmt::Write;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `text/xml`
    Xml,
    /// `application/json`
    Json,
}

impl Format {
    /// The format with this ending.
    #[must_use]
    pub fn of(ending: &str) -> Option<Format> {
        match ending {
            "xml" => Some(Format::Xml),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    /// The header `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Xml => "text/xml; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
        }
    }
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Text; `null` if there is none.
    Text(Option<String>),
    /// A number or a truth: the same letters in both formats, without quotes.
    Word(String),
    /// Named parts.
    Object(Vec<(&'static str, Node)>),
    /// Parts of one name.
    List(&'static str, Vec<Node>),
}

/// An answer, ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    root: &'static str,
    node: Node,
}

impl Document {
    pub(crate) fn new(root: &'static str, node: Node) -> Document {
        Document { root, node }
    }

    /// The bytes of the answer.
    #[must_use]
    pub fn write(&self, format: Format) -> String {
        let mut out = String::new();
        match format {
            Format::Xml => {
                out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
                xml(self.root, &self.node, &mut out);
                out.push('\n');
            }
            Format::Json => json(&self.node, &mut out),
        }
        out
    }
}

/// Text, with nothing left out.
pub(crate) fn text(text: impl Into<String>) -> Node {
    Node::Text(Some(text.into()).filter(|text: &String| !text.is_empty()))
}

pub(crate) fn truth(truth: bool) -> Node {
    Node::Word(truth.to_string())
}

pub(crate) fn whole(number: impl Into<u64>) -> Node {
    Node::Word(number.into().to_string())
}

/// A number with a fraction; `null` if it is none that can be written.
pub(crate) fn fraction(number: f64) -> Node {
    if number.is_finite() { Node::Word(format!("{number}")) } else { Node::Text(None) }
}

fn xml(name: &str, node: &Node, out: &mut String) {
    match node {
        Node::Text(None) => {
            let _ = write!(out, "<{name}/>");
            return;
        }
        Node::Object(parts) if parts.is_empty() => {
            let _ = write!(out, "<{name}/>");
            return;
        }
        _ => {}
    }
    let _ = write!(out, "<{name}>");
    match node {
        Node::Text(text) => escaped(text.as_deref().unwrap_or_default(), out),
        Node::Word(word) => out.push_str(word),
        Node::Object(parts) => parts.iter().for_each(|(name, part)| xml(name, part, out)),
        Node::List(one, parts) => parts.iter().for_each(|part| xml(one, part, out)),
    }
    let _ = write!(out, "</{name}>");
}

/// Text as XML 1.0 may hold it: characters that it may not hold become U+FFFD.
fn escaped(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A reader would make a line feed of it.
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(letter),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
}

fn json(node: &Node, out: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match node {
        Node::Text(None) => out.push_str("null"),
        Node::Text(Some(text)) => out.push_str(&quoted(text)),
        Node::Word(word) => out.push_str(word),
        Node::Object(parts) => {
            out.push('{');
            for (at, (name, part)) in parts.iter().enumerate() {
                let _ = write!(out, "{}\"{name}\":", if at > 0 { "," } else { "" });
                json(part, out);
            }
            out.push('}');
        }
        Node::List(_, parts) => {
            out.push('[');
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                json(part, out);
            }
            out.push(']');
        }
    }
}
