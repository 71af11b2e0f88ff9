//! A public page of somebody else's site as the lines that a reader sees, and where on it our item is marked. One pass over whatever comes.

use std::ops::Range;

use feeds::{Kind, Text};
use uuid::Uuid;
use vietnam::text::{is_hidden, nfc};

/// The attribute, and the name of a `meta` element, by which a page says which item of ours stands there: `id edition`.
pub const MARK: &str = "data-nhipcau";
/// The name of the `meta` element that says the same of a whole page.
const META: &str = "nhipcau";
/// Elements whose content is no text of the page.
const UNSEEN: [&str; 6] = ["script", "style", "template", "svg", "iframe", "textarea"];
/// Elements that begin or end a line.
const BLOCKS: [&str; 43] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "title",
    "tr",
    "ul",
    "head",
];
/// Lines beyond these are left out.
const MOST: usize = 100_000;

/// A page as it is read.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What a reader sees, line by line.
    pub lines: Vec<String>,
    /// The lines of the item that is marked.
    marked: Option<Range<usize>>,
    /// The lines of the first `article`, or of `main`.
    article: Option<Range<usize>>,
    main: Option<Range<usize>>,
    /// The edition that the mark names; 0 if it names none.
    pub edition: Option<i64>,
}

impl Page {
    /// Reads a page for the mark of an item.
    pub fn read(html: &str, item: Uuid) -> Page {
        let mut reader = Reader::default();
        reader.read(html, &item.to_string());
        reader.page
    }

    /// The lines in which the item's text should stand alone, if the page marks it.
    pub fn marked(&self) -> Option<&[String]> {
        self.lines.get(self.marked.clone()?)
    }

    /// The lines that are most likely the item's: those that are marked, else the article, else all.
    pub fn likely(&self) -> &[String] {
        let range = self.marked.clone().or(self.article.clone()).or(self.main.clone());
        range.and_then(|range| self.lines.get(range)).unwrap_or(&self.lines)
    }
}

/// The lines that a reader sees of HTML.
pub fn lines(html: &str) -> Vec<String> {
    Page::read(html, Uuid::nil()).lines
}

/// A text in the form in which texts are compared: NFC, one space for any, and one sign for those that editors put in each other's place
/// (quotation marks, dashes, the ellipsis).
pub fn plainly(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in nfc(text).chars().filter(|c| !is_hidden(*c)) {
        match c {
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => out.push('"'),
            '‘' | '’' | '‚' | '‛' | '′' => out.push('\''),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '-' => {
                if !out.ends_with('-') {
                    out.push('-');
                }
            }
            '…' => out.push_str("..."),
            '×' => out.push('x'),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// An element whose lines are counted until it ends.
struct Open {
    what: What,
    name: String,
    depth: usize,
    begins: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Mark,
    Article,
    Main,
}

#[derive(Default)]
struct Reader {
    page: Page,
    line: String,
    open: Vec<Open>,
    /// True once a quotation mark in a tag had no end: none is believed from there on, or each would be looked for to the end.
    crooked: bool,
}

impl Reader {
    fn read(&mut self, html: &str, item: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            self.line.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let begins = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
            if !begins.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
                self.line.push('<');
                rest = &rest[1..];
                continue;
            }
            let end = self.end(rest);
            let tag = &rest[1..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            rest = self.tag(tag, rest, item);
            if self.page.lines.len() >= MOST {
                break;
            }
        }
        if self.page.lines.len() < MOST {
            self.line.push_str(rest);
        }
        self.ends();
        for open in std::mem::take(&mut self.open) {
            self.closes(&open);
        }
    }

    /// Where a tag ends: at the first `>` outside quotation marks.
    fn end(&mut self, rest: &str) -> usize {
        let mut quote = None;
        if !self.crooked {
            for (at, byte) in rest.bytes().enumerate() {
                match (quote, byte) {
                    (None, b'>') => return at,
                    (None, b'"' | b'\'') => quote = Some(byte),
                    (Some(open), byte) if open == byte => quote = None,
                    _ => {}
                }
            }
            self.crooked = true;
        }
        rest.find('>').unwrap_or(rest.len())
    }

    /// Takes a tag; comes back with what is to be read behind it.
    fn tag<'a>(&mut self, tag: &str, rest: &'a str, item: &str) -> &'a str {
        let (closes, inner) = tag.strip_prefix('/').map_or((false, tag), |inner| (true, inner));
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
        let (name, attributes) = (inner[..end].to_ascii_lowercase(), &inner[end..]);
        if BLOCKS.contains(&name.as_str()) {
            self.ends();
        }
        if closes {
            self.leaves(&name);
            return rest;
        }
        if UNSEEN.contains(&name.as_str()) && !attributes.ends_with('/') {
            return behind(rest, &name);
        }
        if name == "meta" && attribute(attributes, "name") == Some(META) {
            self.marks(attribute(attributes, "content"), item);
        }
        for open in self.open.iter_mut().filter(|open| open.name == name) {
            open.depth += 1;
        }
        let what = match name.as_str() {
            _ if self.marks(attribute(attributes, MARK), item) && self.page.marked.is_none() => What::Mark,
            "article" if self.page.article.is_none() => What::Article,
            "main" if self.page.main.is_none() => What::Main,
            _ => return rest,
        };
        if !self.open.iter().any(|open| open.what == what) {
            self.ends();
            self.open.push(Open { what, name, depth: 1, begins: self.page.lines.len() });
        }
        rest
    }

    /// True if a mark is that of the item.
    fn marks(&mut self, mark: Option<&str>, item: &str) -> bool {
        let Some(mark) = mark else { return false };
        let mut words = mark.split_ascii_whitespace();
        let is_its =
            words.next().is_some_and(|id| id.trim_start_matches("urn:uuid:").eq_ignore_ascii_case(item));
        if is_its && self.page.edition.is_none() {
            self.page.edition = Some(words.next().and_then(|edition| edition.parse().ok()).unwrap_or(0));
        }
        is_its
    }

    /// An element of a name ends.
    fn leaves(&mut self, name: &str) {
        for open in self.open.iter_mut().filter(|open| open.name == name) {
            open.depth -= 1;
        }
        if let Some(at) = self.open.iter().position(|open| open.depth == 0) {
            self.ends();
            let open = self.open.swap_remove(at);
            self.closes(&open);
            self.leaves("");
        }
    }

    fn closes(&mut self, open: &Open) {
        let range = Some(open.begins..self.page.lines.len());
        match open.what {
            What::Mark => self.page.marked = range,
            What::Article => self.page.article = range,
            What::Main => self.page.main = range,
        }
    }

    /// A line ends.
    fn ends(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if line.contains('&') {
            line = Text { value: line.replace('<', "&lt;"), kind: Kind::Html, base: None }.plain();
        }
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            self.page.lines.push(line);
        }
    }
}

/// What stands behind the end of an element whose content is no text.
fn behind<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found + 2;
        if rest
            .as_bytes()
            .get(at..at + name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
        {
            return rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]);
        }
    }
    ""
}

/// An attribute of a tag, in quotation marks.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = tag[from..].find(name).map(|at| from + at) {
        from = at + name.len();
        let whole = tag[..at].ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'');
        let Some(value) = tag[from..].trim_start().strip_prefix('=').filter(|_| whole) else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        return value[1..].split(quote).next();
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_page_is_read_as_it_is_seen() {
        let page = Page::read(
            "<html><head><title>Họp – Sở</title><script>if (a<b) x('<p>không')</script></head><body><nav>Trang chủ</nav>\
             <ARTICLE><h1>Họp &amp; bàn</h1><p>Một <b>hai</b>.<br>Ba 1 < 2</p><article>trong</article><p>Bốn</p></ARTICLE><footer>Cuối",
            ID,
        );
        assert_eq!(
            page.lines,
            ["Họp – Sở", "Trang chủ", "Họp & bàn", "Một hai.", "Ba 1 < 2", "trong", "Bốn", "Cuối"]
        );
        assert_eq!(page.likely(), &page.lines[2..7]);
        assert!(page.marked().is_none() && page.edition.is_none());
    }

    #[test]
    fn the_mark_of_the_item_says_where_it_stands_and_in_which_edition() {
        let html =
            format!("<p>Đầu</p><div class='x' {MARK}=\"{ID} 3\"><div>Một</div><p>Hai</p></div><p>Sau</p>");
        let page = Page::read(&html, ID);
        assert_eq!(
            (page.marked().unwrap(), page.edition),
            (["Một".to_owned(), "Hai".to_owned()].as_slice(), Some(3))
        );
        assert!(Page::read(&html, Uuid::from_u128(8)).edition.is_none());
        let head = format!("<meta name=\"nhipcau\" content=\"urn:uuid:{ID}\"><p>Một");
        assert_eq!(Page::read(&head, ID).edition, Some(0));
    }

    #[test]
    fn whatever_is_crooked_is_read_to_its_end_and_in_one_pass() {
        for html in [
            "",
            "<",
            "<p",
            "a<b>c",
            "<!-- x",
            "<script>x",
            "</p></p>x",
            "<a title=\"x><p>y",
            "<div",
            "&#x;&",
            "<\u{1f600}>",
        ] {
            Page::read(html, ID);
        }
        assert_eq!(lines("<a title=\"x><p>y"), ["y"]);
        let many = "<a \"".repeat(200_000) + &"<div>".repeat(200_000) + &"</script".repeat(100_000);
        Page::read(&many, ID);
    }

    #[test]
    fn what_editors_put_in_each_others_place_is_one() {
        assert_eq!(plainly(" “Một”\u{a0} – hai…\u{200b} "), plainly("\"Một\" -- hai..."));
        assert_eq!(plainly("e\u{301}"), "é");
        assert_ne!(plainly("5 đồng"), plainly("7 đồng"));
    }
}
