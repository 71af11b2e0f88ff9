//! A text as the eye sees it: line by line, without markup, in one spelling.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::text::{is_hidden, latin_twin};

/// A line as it is seen, and where it stands in the text.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// Tags inside a line; any other ends it.
const INLINE: [&str; 18] = [
    "a", "b", "big", "code", "em", "font", "i", "ins", "mark", "o:p", "s", "small", "span", "strong", "sub",
    "sup", "u", "del",
];

/// The lines of a text. A tag that stands between blocks ends a line; one inside a line vanishes.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        let mut seen = String::new();
        loop {
            let rest = &text[at..];
            let stop = rest.find(['\n', '\r', '<', '\u{c}', '\u{b}', '\u{2028}', '\u{2029}']);
            seen.push_str(&rest[..stop.unwrap_or(rest.len())]);
            let Some(stop) = stop else {
                at = text.len();
                break;
            };
            at += stop;
            if !text[at..].starts_with('<') {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                break;
            }
            match tag(&text[at..]) {
                Some((name, length)) => {
                    at += length;
                    if !INLINE.contains(&name.as_str()) {
                        break;
                    }
                }
                None => {
                    seen.push('<');
                    at += 1;
                }
            }
        }
        Some(Line { text: plain(&seen), range: start..at })
    })
}

/// The name and the length of the tag that begins here; nothing if it is only a sign.
fn tag(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('<')?;
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        return None;
    }
    let end = inner.find(['<', '>']).filter(|end| inner[*end..].starts_with('>'))?;
    let name = inner[..end].trim_start_matches('/');
    let name = name.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    Some((name.to_ascii_lowercase(), end + 2))
}

/// The line in composed letters: entities resolved, signs without width gone, letters of other scripts that look like
/// Latin ones as those, odd spaces as spaces.
pub(super) fn plain(line: &str) -> String {
    let line = if line.contains('&') { resolved(line) } else { line.to_owned() };
    if line.is_ascii() {
        return line;
    }
    line.nfkc()
        .filter(|c| !is_hidden(*c))
        .map(|c| if c.is_whitespace() && c != '\t' { ' ' } else { latin_twin(c).unwrap_or(c) })
        .nfc()
        .collect()
}

/// Entities of HTML: by number, and the one that stands for a space.
fn resolved(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(10).position(|b| b == b';');
        let letter = end.and_then(|end| match &rest[1..end] {
            "nbsp" => Some(' '),
            entity => {
                let digits = entity.strip_prefix('#')?;
                match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => digits.parse().ok(),
                }
                .and_then(char::from_u32)
            }
        });
        match (letter, end) {
            (Some(letter), Some(end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
