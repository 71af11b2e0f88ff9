//! HTML as people paste it, read for its structure: pages, Word, LibreOffice, Google Docs.

use super::blocks::{As, Document, Left};
use super::tags::{Part, Tag, parts};

/// So many elements may be open at once; deeper ones are only text.
const DEEPEST: usize = 300;

/// Elements that are left out with everything in them.
const SKIPPED: [(&str, Option<Left>); 22] = [
    ("script", Some(Left::Active)),
    ("style", None),
    ("title", None),
    ("textarea", Some(Left::Active)),
    ("xmp", Some(Left::Active)),
    ("noframes", None),
    ("xml", None),
    ("svg", Some(Left::Active)),
    ("math", Some(Left::Active)),
    ("object", Some(Left::Active)),
    ("applet", Some(Left::Active)),
    ("iframe", Some(Left::Active)),
    ("frameset", Some(Left::Active)),
    ("select", Some(Left::Active)),
    ("button", Some(Left::Active)),
    ("audio", Some(Left::Active)),
    ("video", Some(Left::Active)),
    ("canvas", Some(Left::Active)),
    ("template", Some(Left::Active)),
    ("noscript", None),
    ("del", Some(Left::Deleted)),
    ("v:shapetype", None),
];

/// Elements that have no end.
const VOID: [&str; 12] =
    ["br", "hr", "img", "input", "meta", "link", "col", "base", "embed", "wbr", "area", "source"];

/// What an open element will undo when it closes.
struct Open {
    name: String,
    strong: usize,
    em: usize,
    link: Option<String>,
    /// The block that goes on behind it.
    was: As,
    list: bool,
}

/// A page being read.
struct Page {
    document: Document,
    open: Vec<Open>,
    /// For each open list whether it is numbered.
    lists: Vec<bool>,
    now: As,
    /// The element that is being left out, and how many of its name are open within it.
    skipping: Option<(String, usize)>,
    /// A list element of Word whose own number or bullet is being read.
    marker: Option<(usize, String)>,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Document {
    let mut page = Page {
        document: Document::new(),
        open: Vec::new(),
        lists: Vec::new(),
        now: As::Paragraph,
        skipping: None,
        marker: None,
    };
    for part in parts(html) {
        match part {
            Part::Text(text) => page.text(&text),
            Part::Open(tag) => page.opens(&tag),
            Part::Close(name) => page.closes(&name),
        }
    }
    page.document.ended()
}

impl Page {
    fn text(&mut self, text: &str) {
        match (&self.skipping, &mut self.marker) {
            (Some((name, _)), Some((_, marker))) if name == "span" => marker.push_str(text),
            (Some(_), _) => {}
            (None, _) => {
                self.settle_marker(text);
                self.document.text(text);
            }
        }
    }

    /// The first text of an element of Word's lists tells by the sign before it whether it is numbered.
    fn settle_marker(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if let Some((depth, marker)) = self.marker.take() {
            let sign = marker.trim();
            let numbered = sign.len() > 1
                && sign.ends_with(['.', ')'])
                && sign.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ')' | '('));
            self.now = As::Element(depth, numbered);
            self.document.begin(self.now);
        }
    }

    fn opens(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth += usize::from(skipped == name && *depth < DEEPEST);
            return;
        }
        if self.is_skipped(tag) {
            if !VOID.contains(&name) {
                self.skipping = Some((name.to_owned(), 1));
            }
            return;
        }
        match name {
            "br" => return self.document.line_break(),
            "hr" => return self.document.rule(),
            "img" | "embed" | "v:imagedata" => {
                self.document.pictures += 1;
                return;
            }
            "input" => return self.document.leave_out(Left::Active),
            _ if VOID.contains(&name) => return,
            _ => {}
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        // A paragraph or an element that was not closed ends where the next begins.
        if matches!(name, "p" | "li" | "tr" | "td" | "th") {
            self.close_unclosed(name);
        }
        let style = tag.style();
        let mut opened = Open {
            name: name.to_owned(),
            strong: self.document.strong,
            em: self.document.em,
            link: self.document.link.clone(),
            was: self.now,
            list: false,
        };
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes().get(1).map_or(1, |digit| digit - b'0');
                self.begins(As::Heading(level));
            }
            "p" | "div" | "section" | "article" | "header" | "footer" | "main" | "address" | "center"
            | "dd" | "dt" | "figcaption" | "caption" | "form" | "fieldset" | "body" => {
                self.paragraph(tag, &style)
            }
            "blockquote" => self.begins(As::Quote),
            "pre" => self.begins(As::Code),
            "ul" | "ol" | "dl" => {
                self.lists.push(name == "ol");
                opened.list = true;
            }
            "li" => {
                let numbered = self.lists.last().copied().unwrap_or(false);
                self.begins(As::Element(self.lists.len().max(1), numbered));
            }
            "table" => self.document.begin_table(),
            "tr" => self.document.row(),
            "td" | "th" => {
                let span = |name: &str| tag.attribute(name).and_then(|n| n.trim().parse().ok()).unwrap_or(1);
                self.document.cell(name == "th", span("colspan"), span("rowspan"));
            }
            "b" | "strong" if !style.contains("font-weight:normal") => self.document.strong += 1,
            "i" | "em" if !style.contains("font-style:normal") => self.document.em += 1,
            "a" => self.link(tag),
            "span" | "font" => {
                let bold = ["font-weight:bold", "font-weight:700", "font-weight:600"];
                self.document.strong += usize::from(bold.iter().any(|b| style.contains(b)));
                self.document.em += usize::from(style.contains("font-style:italic"));
            }
            _ => {}
        }
        self.open.push(opened);
    }

    /// True if an element is left out with everything in it.
    fn is_skipped(&mut self, tag: &Tag<'_>) -> bool {
        if let Some((_, left)) = SKIPPED.iter().find(|(name, _)| *name == tag.name) {
            left.iter().for_each(|left| self.document.leave_out(*left));
            return true;
        }
        let style = tag.style();
        if style.contains("mso-list:ignore") {
            return true;
        }
        if style.contains("mso-element:comment")
            || tag.attribute("class").is_some_and(|c| c.contains("MsoComment"))
        {
            self.document.leave_out(Left::Comments);
            return true;
        }
        if style.contains("display:none")
            || style.contains("mso-hide:all")
            || tag.attribute("hidden").is_some()
        {
            self.document.leave_out(Left::Hidden);
            return true;
        }
        if style.contains("mso-element:footnote") && tag.name == "div" {
            self.document.leave_out(Left::Notes);
        }
        false
    }

    fn begins(&mut self, next: As) {
        self.marker = None;
        self.now = next;
        self.document.begin(next);
    }

    /// A paragraph of HTML, which Word also writes for elements of lists and titles.
    fn paragraph(&mut self, tag: &Tag<'_>, style: &str) {
        let class = tag.attribute("class").unwrap_or_default();
        if let Some(list) = style.split("mso-list:").nth(1).filter(|list| !list.starts_with("none")) {
            let level = list.split("level").nth(1).and_then(|level| level.chars().next()?.to_digit(10));
            self.begins(As::Paragraph);
            self.marker = Some((level.map_or(1, |level| level as usize), String::new()));
        } else if class == "MsoTitle" {
            self.begins(As::Heading(1));
        } else if self.now == As::Paragraph || tag.name == "p" && !self.inside_block() {
            self.begins(As::Paragraph);
        } else if !matches!(self.now, As::Heading(_)) {
            // A paragraph in an element, a quotation: it goes on as what it is in.
            self.document.begin(self.now);
        }
    }

    fn inside_block(&self) -> bool {
        self.open.iter().any(|open| matches!(open.name.as_str(), "li" | "blockquote"))
    }

    fn link(&mut self, tag: &Tag<'_>) {
        let Some(href) = tag.attribute("href") else { return };
        let href: String = href.trim().chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
        let small = href.to_ascii_lowercase();
        if ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| small.starts_with(scheme)) {
            self.document.link = Some(href);
        } else if !small.starts_with('#') && !small.is_empty() {
            self.document.leave_out(Left::Links);
        }
    }

    /// Closes an element of the same name that stands open in the same list or table.
    fn close_unclosed(&mut self, name: &str) {
        let bound: &[&str] = match name {
            "li" => &["ul", "ol", "td", "th"],
            "p" => &["li", "td", "th", "div", "blockquote", "ul", "ol"],
            _ => &["table"],
        };
        let place =
            self.open.iter().rposition(|open| open.name == name || bound.contains(&open.name.as_str()));
        if place.is_some_and(|place| self.open[place].name == name) {
            self.closes(name);
        }
    }

    fn closes(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipping {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipping = None;
                }
            }
            return;
        }
        let Some(place) = self.open.iter().rposition(|open| open.name == name) else { return };
        while self.open.len() > place {
            let Some(closed) = self.open.pop() else { return };
            (self.document.strong, self.document.em) = (closed.strong, closed.em);
            self.document.link = closed.link;
            if closed.list {
                self.lists.pop();
            }
            match closed.name.as_str() {
                "table" => self.document.end_table(),
                "b" | "strong" | "i" | "em" | "a" | "span" | "font" | "u" | "s" | "sup" | "sub" | "small"
                | "o:p" | "td" | "th" | "tr" | "tbody" | "thead" | "code" | "ins" => {}
                _ => {
                    self.marker = None;
                    self.now = closed.was;
                    self.document.begin(self.now);
                }
            }
        }
    }
}
