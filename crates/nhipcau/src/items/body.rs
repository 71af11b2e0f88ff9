//! The text of an item as HTML that is safe to show: rendered, cleaned, with anchors on its headings, compressed.
//!
//! Cleaning happens here, on every node, whatever the issuer's node did: nobody is trusted to have done it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use comrak::{Options, markdown_to_html};
use network::content::{Body, Format, Item};

use super::view::TocLine;
use crate::web::gzip::Part;

/// An item's content as every portal of the node shows it: read and rendered once, each part compressed when
/// it is first asked for.
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
        let rendered = render(&document.body);
        let parts = rendered.parts();
        let packed = std::iter::repeat_with(OnceLock::new).take(parts.len() + 1).collect();
        Text { document, rendered, parts, packed }
    }

    /// Part `n` compressed, from 0; the whole if there is no such part.
    pub fn packed(&self, n: usize) -> &Part {
        let n = if self.parts.len() == 1 { 0 } else { n.min(self.parts.len()) };
        let html = self.parts.get(n).and_then(|range| self.rendered.html.get(range.clone()));
        self.packed[n].get_or_init(|| Part::kept(html.unwrap_or(&self.rendered.html)))
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
    /// Where the HTML may be divided: offsets of headings that stand inside nothing else.
    cuts: Vec<usize>,
}

/// A text longer than this, in bytes of HTML, is read by parts: the first answer stays small.
const A_PART: usize = 12_000;

impl Rendered {
    /// The parts of a long text as ranges of its HTML, divided at headings; one part for a short one.
    fn parts(&self) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        let mut last = 0;
        for cut in self.cuts.iter().copied().chain([self.html.len()]) {
            if cut - start > A_PART && last > start {
                parts.push(start..last);
                start = last;
            }
            last = cut;
        }
        parts.push(start..self.html.len());
        parts
    }
}

impl Rendered {
    /// The chapter that goes on at `start`, where no chapter begins: readers of a part are told in which they are.
    pub fn within(&self, start: usize) -> Option<&str> {
        let here = self.html.get(start..)?;
        if here.starts_with("<h2 ") {
            return None;
        }
        let placed = |line: &&TocLine| {
            let anchor = format!("<h2 id=\"{}\"", line.href.trim_start_matches('#'));
            self.html.find(&anchor).is_some_and(|at| at < start)
        };
        self.toc.iter().rev().find(placed).map(|line| line.text.as_str())
    }
}

/// Headings above this many make a table of contents.
const LONG: usize = 3;

/// Renders and cleans a body.
pub fn render(body: &Body) -> Rendered {
    anchor(&clean(&raw(body)), 2, "")
}

/// Clean HTML of a text that stands on the page of another: its headings stand below the third level, and their anchors begin
/// with `prefix`, so that none is that of the other text.
pub fn beside(body: &Body, prefix: &str) -> String {
    anchor(&clean(&raw(body)), 4, prefix).html
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
        Format::Text => body
            .text
            .split("\n\n")
            .map(|paragraph| format!("<p>{}</p>\n", ammonia::clean_text(paragraph)))
            .collect(),
    }
}

/// Keeps what a text needs and nothing that acts: no script, style, form, frame, or picture from elsewhere.
fn clean(html: &str) -> String {
    let tags = HashSet::from([
        "p",
        "br",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "del",
        "sub",
        "sup",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "a",
        "code",
        "pre",
        "hr",
        "dl",
        "dt",
        "dd",
    ]);
    let attributes = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("ol", HashSet::from(["start", "type"])),
        ("td", HashSet::from(["colspan", "rowspan", "align"])),
        ("th", HashSet::from(["colspan", "rowspan", "align", "scope"])),
    ]);
    ammonia::Builder::new()
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string()
}

/// The level of a heading that begins a piece of clean HTML.
fn level_of(heading: &str) -> Option<u8> {
    let digit = heading.as_bytes().get(2).filter(|b| (b'2'..=b'6').contains(b))?;
    (heading.as_bytes().get(3) == Some(&b'>')).then_some(digit - b'0')
}

/// Gives headings an id and collects them. The input is our own clean HTML: headings carry no attributes. The highest
/// becomes the level `top`, under the title of the page or of the text, and none skips a level: readers who do not see find
/// their way.
fn anchor(html: &str, top: u8, prefix: &str) -> Rendered {
    let highest = html.match_indices("<h").filter_map(|(at, _)| level_of(&html[at..])).min().unwrap_or(2);
    let mut above = top - 1;
    let mut out = String::with_capacity(html.len() + 512);
    let mut toc = Vec::new();
    let mut used: HashMap<String, u32> = HashMap::new();
    let mut cuts = Vec::new();
    let mut depth = 0_i64;
    let mut rest = html;
    while let Some(at) = rest.find("<h") {
        let (before, heading) = rest.split_at(at);
        out.push_str(before);
        depth += nesting(before);
        let (Some(level), Some(end)) = (level_of(heading), heading.find("</h")) else {
            out.push_str(&heading[..2]);
            rest = &heading[2..];
            continue;
        };
        let inner = heading.get(4..end).unwrap_or_default();
        let text = plain(inner);
        let slug = vietnam::text::slug(&text);
        let mut id: String = slug.chars().take(48).collect();
        if id.is_empty() {
            id = "muc".to_owned();
        }
        id.insert_str(0, prefix);
        let seen = used.entry(id.clone()).or_default();
        *seen += 1;
        if *seen > 1 {
            id = format!("{id}-{seen}");
        }
        let level = (level - highest + top).min(above + 1).min(6);
        above = level;
        if depth == 0 {
            cuts.push(out.len());
        }
        out.push_str(&format!("<h{level} id=\"{id}\">{inner}</h{level}>"));
        if level < 4 && !text.is_empty() {
            toc.push(TocLine { level: level - 1, href: format!("#{id}"), text });
        }
        rest = heading.get(end + 5..).unwrap_or_default();
    }
    out.push_str(rest);
    if toc.len() <= LONG {
        toc.clear();
    }
    Rendered { html: out, toc, cuts }
}

/// How many more blocks a piece of clean HTML opens than it closes.
fn nesting(html: &str) -> i64 {
    const BLOCKS: [&str; 7] = ["ul", "ol", "li", "table", "blockquote", "dl", "p"];
    BLOCKS
        .iter()
        .map(|name| {
            let opened =
                html.matches(&format!("<{name}>")).count() + html.matches(&format!("<{name} ")).count();
            opened as i64 - html.matches(&format!("</{name}>")).count() as i64
        })
        .sum()
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
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
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
        assert_eq!(ids, ["#chuong-i", "#dieu-1-pham-vi", "#dieu-2-doi-tuong", "#dieu-2-doi-tuong-2"]);
        assert!(
            rendered.html.contains("<h3 id=\"dieu-1-pham-vi\">Điều 1. Phạm vi</h3>"),
            "{}",
            rendered.html
        );
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
