//! The text of an item as HTML that is safe to show: rendered, cleaned, with anchors on its headings, compressed.
//!
//! Cleaning happens here, on every node, whatever the issuer's node did: nobody is trusted to have done it.

mod anchor;
pub mod blocks;
mod clean;
mod links;
mod promote;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use comrak::{Options, markdown_to_html};
use network::content::{Body, Format, Item};
use vietnam::documents::{Level, Places};

use super::view::TocLine;
use crate::web::gzip::{Part, WINDOW};
use crate::web::pages as web;

pub use clean::carried;
pub use links::Links;

/// An item's content as every portal of the node shows it: read and rendered once, what is long compressed when it is first
/// asked for.
pub struct Text {
    /// The content.
    pub document: Item,
    /// Its body.
    pub rendered: Rendered,
    /// The parts of a long text as ranges of the HTML; one for a short one.
    pub parts: Vec<Range<usize>>,
    /// The parts compressed, and at the end the whole.
    packed: Vec<OnceLock<Part>>,
}

impl Text {
    /// Renders the body of `document`.
    pub fn of(document: Item) -> Text {
        Text::linked(document, &Links::default())
    }

    /// Renders the body of `document`, with the documents that it mentions as links where they are known.
    pub fn linked(document: Item, links: &Links) -> Text {
        let rendered = render_linked(&document.body, links);
        let parts = rendered.parts();
        let packed = std::iter::repeat_with(OnceLock::new).take(parts.len() + 1).collect();
        Text { document, rendered, parts, packed }
    }

    /// Part `n` as a page takes it, from 0; the whole if there is no such part.
    pub fn part(&self, n: usize) -> web::Body<'_> {
        let (_, html) = self.nth(n);
        if html.len() < WINDOW { web::Body::Short(html) } else { web::Body::Long(self.packed(n)) }
    }

    /// Part `n` compressed, from 0; the whole if there is no such part.
    pub fn packed(&self, n: usize) -> &Part {
        let (at, html) = self.nth(n);
        self.packed[at].get_or_init(|| Part::kept(html))
    }

    /// Where part `n` is kept, and its HTML.
    fn nth(&self, n: usize) -> (usize, &str) {
        let at = if self.parts.len() == 1 { 0 } else { n.min(self.parts.len()) };
        let html = self.parts.get(at).and_then(|range| self.rendered.html.get(range.clone()));
        (at, html.unwrap_or(&self.rendered.html))
    }

    /// Bytes that it takes in memory, about.
    pub fn weight(&self) -> usize {
        self.document.body.text.len() + self.rendered.html.len() * 2 + 2_000
    }
}

/// The HTML of a body, and its contents if it is long.
pub struct Rendered {
    /// Clean HTML.
    pub html: String,
    /// Its headings in order.
    pub toc: Vec<TocLine>,
    /// The documents that it mentions, each once: by key.
    pub mentions: Vec<String>,
    /// Where the HTML may be divided, in order.
    cuts: Vec<Cut>,
    /// Its headings: where each begins, its level, its text.
    heads: Vec<(usize, u8, String)>,
}

/// A place at which a text may be divided: nothing is open there.
#[derive(Clone, Copy)]
struct Cut {
    at: usize,
    /// True where a heading begins, the better place.
    heading: bool,
}

/// A text longer than this, in bytes of HTML, is read by parts: the first answer stays small.
const A_PART: usize = 9_200;

impl Rendered {
    /// The parts of a long text as ranges of its HTML, divided at headings; one part for a short one. What is twice as long
    /// as a part and has no heading is divided between paragraphs.
    fn parts(&self) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        let (mut heading, mut any) = (0, 0);
        let end = Cut { at: self.html.len(), heading: true };
        for cut in self.cuts.iter().copied().chain([end]) {
            if cut.at - start > A_PART && cut.heading && heading > start {
                parts.push(start..heading);
                start = heading;
            }
            // Also what remains behind a heading may be long.
            if cut.at - start > 2 * A_PART && any > start {
                let at = if heading > start { heading } else { any };
                parts.push(start..at);
                start = at;
            }
            any = cut.at;
            if cut.heading {
                heading = cut.at;
            }
        }
        parts.push(start..self.html.len());
        parts
    }

    /// What goes on at `start`: the chapter, where no chapter begins, or the article, where no heading does. Readers of a part
    /// are told in which they are.
    pub fn within(&self, start: usize) -> Option<&str> {
        let begins = self.heads.iter().find(|(at, ..)| *at == start).map(|(_, level, _)| *level);
        let mut before = self.heads.iter().rev().filter(|(at, ..)| *at < start);
        let found = match begins {
            Some(2) => None,
            Some(_) => before.find(|(_, level, _)| *level == 2),
            None => before.next(),
        };
        found.map(|(.., text)| text.as_str())
    }
}

/// Renders and cleans a body.
pub fn render(body: &Body) -> Rendered {
    render_linked(body, &Links::default())
}

fn render_linked(body: &Body, links: &Links) -> Rendered {
    let html = promote::headings(clean::clean(&raw(body)));
    let (html, mentions) = links::link(&html, links);
    Rendered { mentions, ..anchor::anchor(&html, 2, "") }
}

/// Clean HTML of a text that stands on the page of another: its headings stand below the third level, and their anchors begin
/// with `prefix`, so that none is that of the other text.
pub fn beside(body: &Body, prefix: &str) -> String {
    anchor::anchor(&clean::clean(&raw(body)), 4, prefix).html
}

fn raw(body: &Body) -> String {
    match body.format {
        Format::Html => body.text.clone(),
        Format::Markdown => {
            let mut options = Options::default();
            options.extension.table = true;
            options.extension.strikethrough = true;
            options.extension.autolink = true;
            markdown_to_html(&body.text, &options)
        }
        Format::Text => {
            paragraphs(&body.text).map(|text| format!("<p>{}</p>\n", ammonia::clean_text(&text))).collect()
        }
    }
}

/// The paragraphs of a plain text: what stands between empty lines, and each part of a legal text for itself, for such texts
/// are often written without an empty line.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let mut places = Places::default();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let part = places.begins(line);
        match paragraphs.last_mut().filter(|_| goes_on && part.is_none()) {
            Some(last) => {
                last.push('\n');
                last.push_str(line);
            }
            None => paragraphs.push(line.to_owned()),
        }
        let heading = part.is_some_and(|part| part.level <= Level::Article);
        goes_on = !heading && !line.trim().is_empty();
    }
    paragraphs.into_iter().filter(|text| !text.trim().is_empty())
}

/// Text without tags, entities resolved as far as they occur in clean HTML.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    resolved(&text).trim().to_owned()
}

/// Text with its entities resolved, as far as they occur in clean HTML; most has none.
fn resolved(text: &str) -> Cow<'_, str> {
    const ENTITIES: [(&str, &str); 6] =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let Some(first) = text.find('&') else { return text.into() };
    let (before, mut rest) = text.split_at(first);
    let mut whole = String::with_capacity(text.len());
    whole.push_str(before);
    while !rest.is_empty() {
        let (written, meant) =
            ENTITIES.into_iter().find(|(written, _)| rest.starts_with(written)).unwrap_or(("&", "&"));
        whole.push_str(meant);
        rest = &rest[written.len()..];
        let next = rest.find('&').unwrap_or(rest.len());
        whole.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    whole.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use network::content::Layer;
    use proptest::prelude::*;

    fn html(format: Format, text: &str) -> String {
        render(&Body { format, text: text.into(), layer: Layer::Official }).html
    }

    #[test]
    fn nothing_that_acts_survives() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<p style=\"position:fixed\" onclick=\"x()\">x</p>",
            "<iframe src=//evil></iframe>",
            "<form action=/x><input name=q></form>",
            "<svg onload=alert(1)>",
            "<h2 id=x onmouseover=alert(1)>x</h2>",
            "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        ] {
            for format in [Format::Html, Format::Markdown] {
                let out = html(format, bad).to_lowercase();
                for word in [
                    "<script",
                    "onerror",
                    "javascript:",
                    "style=",
                    "<iframe",
                    "<form",
                    "<svg",
                    "onmouse",
                    "onclick",
                ] {
                    assert!(!out.contains(word), "{word} in {out}");
                }
            }
        }
        assert_eq!(html(Format::Text, "a < b & <b>"), "<p>a &lt; b &amp; &lt;b&gt;</p>\n");
    }

    #[test]
    fn a_long_text_gets_contents_with_anchors() {
        let text =
            "## Chương I\n### Điều 1. Phạm vi\nx\n### Điều 2. Đối tượng\nx\n### Điều 2. Đối tượng\nx\n";
        let rendered = render(&Body { format: Format::Markdown, text: text.into(), layer: Layer::Official });
        let ids: Vec<_> = rendered.toc.iter().map(|line| line.href.as_str()).collect();
        assert_eq!(ids, ["#chuong-i", "#dieu-1", "#dieu-2", "#dieu-2-2"]);
        assert!(rendered.html.contains("<h3 id=\"dieu-1\">Điều 1. Phạm vi</h3>"), "{}", rendered.html);
    }

    #[test]
    fn headings_stand_in_order_whatever_the_issuer_wrote() {
        let out = html(Format::Html, "<h4>A</h4><h6>B</h6><h4>C</h4><h5>D</h5>");
        let opened: Vec<_> =
            out.split('<').filter_map(|tag| tag.strip_prefix('h')?.split(' ').next()).collect();
        assert_eq!(opened, ["2", "3", "2", "3"], "{out}");
    }

    #[test]
    fn what_stands_beside_another_text_has_headings_and_anchors_of_its_own() {
        let text = "## Chương I\n### Điều 1\nx\n#### Khoản 1\nx\n##### Điểm a\n<script>alert(1)</script>";
        let body = Body { format: Format::Markdown, text: text.into(), layer: Layer::Official };
        let html = beside(&body, "viet-them-1-");
        for due in [
            "<h4 id=\"viet-them-1-chuong-i\">",
            "<h5 id=\"viet-them-1-dieu-1\">",
            "<h6 id=\"viet-them-1-khoan-1\">",
            "<h6 id=\"viet-them-1-diem-a\">",
        ] {
            assert!(html.contains(due), "{due} in {html}");
        }
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn a_part_says_in_which_chapter_it_goes_on() {
        let text = "## Chương I\n### Điều 1\nx\n### Điều 2\nx\n## Chương II\n### Điều 3\nx\n";
        let rendered = render(&Body { format: Format::Markdown, text: text.into(), layer: Layer::Official });
        let at = |id: &str| rendered.html.find(&format!(" id=\"{id}\"")).unwrap() - "<h3".len();
        assert_eq!(rendered.within(at("dieu-2")), Some("Chương I"));
        assert_eq!(rendered.within(at("dieu-3")), Some("Chương II"));
        assert_eq!(rendered.within(at("chuong-ii")), None);
        assert_eq!(rendered.within(0), None);
    }

    #[test]
    fn a_long_text_is_divided_at_headings_and_nothing_is_lost() {
        let chapter =
            |n: usize| format!("### Điều {n}. Tên điều\n\n{}\n\n", "Nội dung của điều. ".repeat(300));
        let text: String = (1..20).map(chapter).collect();
        let rendered = render(&Body { format: Format::Markdown, text, layer: Layer::Official });
        let parts = rendered.parts();
        assert!(parts.len() > 3);
        assert_eq!(parts.iter().map(|r| &rendered.html[r.clone()]).collect::<String>(), rendered.html);
        assert!(parts.iter().skip(1).all(|r| rendered.html[r.clone()].starts_with("<h2 ")));
        let listed = format!("<ul><li><h2>x</h2>{}</li></ul>", "<p>x</p>".repeat(9_000));
        assert_eq!(
            render(&Body { format: Format::Html, text: listed, layer: Layer::Official }).parts().len(),
            1
        );
    }

    proptest! {
        #[test]
        fn any_text_renders_without_scripts(text in ".{0,400}") {
            let out = html(Format::Html, &text);
            prop_assert!(!out.to_lowercase().contains("<script"));
        }
    }
}
