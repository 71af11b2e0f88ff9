//! HTML as a row of tags and texts. Tolerant as browsers are, and no more than is needed to see structure; whatever it takes
//! for text stays text, and is escaped when it is printed.

use super::entities::resolved;

/// A part of a page.
pub(super) enum Part<'a> {
    Open(Tag<'a>),
    Close(String),
    Text(String),
}

/// An opening tag.
pub(super) struct Tag<'a> {
    pub(super) name: String,
    inner: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute, entities resolved; empty if it has none.
    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inner;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
            // A sign that is no name would never end.
            let end = end.max(rest.chars().next().map_or(1, char::len_utf8));
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quote {
                    Some(quote) => {
                        let inner = &after[1..];
                        let end = inner.find(quote).unwrap_or(inner.len());
                        (&inner[..end], inner.get(end + 1..).unwrap_or_default())
                    }
                    None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
                };
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(resolved(value));
            }
        }
    }

    /// The style, small and without spaces: `mso-list:l0level1lfo1`.
    pub(super) fn style(&self) -> String {
        let style = self.attribute("style").unwrap_or_default();
        style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
    }
}

/// Elements whose content is no markup.
const RAW: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "noframes"];

/// The parts of a page, comments left out (also conditional ones, and what they hide).
pub(super) fn parts(html: &str) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    let mut raw: Option<String> = None;
    std::iter::from_fn(move || {
        loop {
            let rest = html.get(at..).filter(|rest| !rest.is_empty())?;
            if let Some(name) = raw.take() {
                // Everything up to its end is content that nobody reads.
                at += end_of_raw(rest, &name);
                return Some(Part::Close(name));
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                at += comment.find("-->").map_or(rest.len(), |end| end + 7);
                continue;
            }
            if rest.starts_with("<!") || rest.starts_with("<?") {
                at += rest.find('>').map_or(rest.len(), |end| end + 1);
                continue;
            }
            let begins = |rest: &str| {
                rest[1..].starts_with(|c: char| c.is_ascii_alphabetic())
                    || rest.starts_with("</") && rest[2..].starts_with(|c: char| c.is_ascii_alphabetic())
            };
            if rest.starts_with('<') && begins(rest) {
                let end = tag_end(rest);
                at += end;
                let inner = rest[1..end].trim_end_matches('>');
                if let Some(name) = inner.strip_prefix('/') {
                    return Some(Part::Close(name_of(name)));
                }
                let name = name_of(inner);
                if RAW.contains(&name.as_str()) {
                    raw = Some(name.clone());
                }
                let inner = inner.get(name.len()..).unwrap_or_default();
                return Some(Part::Open(Tag { name, inner }));
            }
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest[first..].find('<').map_or(rest.len(), |end| end + first);
            at += end;
            return Some(Part::Text(resolved(&rest[..end])));
        }
    })
}

fn name_of(inner: &str) -> String {
    let end = inner.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(inner.len());
    inner[..end].to_ascii_lowercase()
}

/// Where a tag ends: at a `>` outside quotes; at the end of the text if there is none.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    let mut value = false;
    for (at, byte) in tag.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at + 1,
            (b'"' | b'\'', None) if value => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        value = byte == b'=' || value && byte.is_ascii_whitespace();
    }
    tag.len()
}

/// Where the content of a raw element ends.
fn end_of_raw(rest: &str, name: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(open) = bytes[at..].windows(2).position(|pair| pair == b"</").map(|open| at + open) {
        let after = &bytes[open + 2..];
        if after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            let end = after.iter().position(|b| *b == b'>').map_or(after.len(), |end| end + 1);
            return open + 2 + end;
        }
        at = open + 2;
    }
    rest.len()
}
