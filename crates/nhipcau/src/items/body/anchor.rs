//! Names by which the places of a text are found: each heading, and in a legal text each clause and point.

use std::collections::HashMap;

use vietnam::documents::{Level, Places, anchor_of};

use super::{Cut, Rendered, blocks, plain};
use crate::items::view::TocLine;

/// Headings above this many make a table of contents.
const LONG: usize = 3;

/// Gives headings, clauses and points an id and collects the headings. The input is our own clean HTML: they carry no
/// attributes. The highest heading becomes the level `top`, under the title of the page or of the text, and none skips a
/// level: readers who do not see find their way. Ids begin with `prefix`.
pub(super) fn anchor(html: &str, top: u8, prefix: &str) -> Rendered {
    let lines = blocks::lines(html);
    let highest = lines.iter().filter_map(blocks::Line::heading).min().unwrap_or(2);
    let mut above = top - 1;
    let mut names = Names { prefix, used: HashMap::new() };
    let mut places = Places::default();
    let mut made = Rendered {
        html: String::with_capacity(html.len() + 512),
        toc: Vec::new(),
        mentions: Vec::new(),
        cuts: Vec::new(),
        heads: Vec::new(),
    };
    let mut from = 0;
    for line in &lines {
        if line.tag.start < from {
            // A further line of a heading.
            continue;
        }
        let Some(level) = line.heading() else {
            let part = places.begins(&line.text);
            if line.top && line.name == "p" {
                let at = made.html.len() + line.tag.start - from;
                made.cuts.push(Cut { at, heading: false });
            }
            if part.is_some_and(|part| part.level >= Level::Clause) {
                let id = names.give(&places.anchor());
                let carries = matches!(line.name.as_str(), "p" | "li")
                    && html[line.tag.clone()].len() == line.name.len() + 2;
                // The end of the tag, where it can carry a name; else right behind it.
                let at = if carries { line.tag.end - 1 } else { line.tag.end };
                made.html.push_str(&html[from..at]);
                made.html.push_str(&if carries {
                    format!(" id=\"{id}\"")
                } else {
                    format!("<span id=\"{id}\"></span>")
                });
                from = at;
            }
            continue;
        };
        let Some(end) = html[line.tag.end..].find("</h").map(|end| line.tag.end + end) else { continue };
        let inner = &html[line.tag.end..end];
        let text = plain(&inner.replace("<br>", " "));
        let part = places.begins_heading(&line.text);
        let id = names.give(&if part.is_some() { places.anchor() } else { anchor_of(&text) });
        let level = (level - highest + top).min(above + 1).min(6);
        above = level;
        made.html.push_str(&html[from..line.tag.start]);
        if line.top {
            made.cuts.push(Cut { at: made.html.len(), heading: true });
        }
        made.heads.push((made.html.len(), level, text.clone()));
        made.html.push_str(&format!("<h{level} id=\"{id}\">{inner}</h{level}>"));
        let large = part.is_some_and(|part| part.level <= Level::Article);
        if (level < 4 || large) && !text.is_empty() {
            made.toc.push(TocLine { level: level - 1, href: format!("#{id}"), text });
        }
        from = (end + "</h2>".len()).min(html.len());
    }
    made.html.push_str(&html[from..]);
    if made.toc.len() <= LONG {
        made.toc.clear();
    }
    made
}

/// Names that are given once each.
struct Names<'a> {
    prefix: &'a str,
    used: HashMap<String, u32>,
}

impl Names<'_> {
    fn give(&mut self, name: &str) -> String {
        let name = format!("{}{}", self.prefix, if name.is_empty() { "muc" } else { name });
        let seen = self.used.entry(name.clone()).or_default();
        *seen += 1;
        if *seen > 1 { format!("{name}-{seen}") } else { name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_and_points_have_names_however_they_are_written() {
        let html = "<h3>Điều 1. Phạm vi</h3>\n<p>1. Một:</p>\n<p>a) A;<br>b) B.</p>\n<h3>Điều 2. Phí</h3>\n<ol>\n<li>Một</li>\n<li><p>Hai</p></li>\n</ol>";
        let out = anchor(html, 2, "").html;
        for due in [
            "<h2 id=\"dieu-1\">",
            "<p id=\"dieu-1-khoan-1\">1. Một:</p>",
            "<p id=\"dieu-1-khoan-1-diem-a\">",
            "<br><span id=\"dieu-1-khoan-1-diem-b\"></span>b) B.",
            "<li id=\"dieu-2-khoan-1\">Một</li>",
            "<p id=\"dieu-2-khoan-2\">Hai</p>",
        ] {
            assert!(out.contains(due), "{due} in {out}");
        }
    }

    #[test]
    fn a_news_text_gets_names_for_its_headings_alone() {
        let out = anchor("<h2>Kết quả</h2><p>1. Một</p><ol><li>Hai</li></ol>", 2, "").html;
        assert_eq!(out, "<h2 id=\"ket-qua\">Kết quả</h2><p>1. Một</p><ol><li>Hai</li></ol>");
    }

    #[test]
    fn a_name_is_given_once() {
        let html = "<h2>Điều 1</h2><h2>Điều 1</h2><h2>!</h2>";
        let out = anchor(html, 2, "x-").html;
        for due in ["\"x-dieu-1\"", "\"x-dieu-1-2\"", "\"x-muc\""] {
            assert!(out.contains(due), "{due} in {out}");
        }
    }
}
