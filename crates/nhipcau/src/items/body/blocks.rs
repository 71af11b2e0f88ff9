//! Clean HTML as the lines that a reader sees: paragraphs, headings, entries of lists, rows of tables, each with its place.

use std::ops::Range;

use super::resolved;

/// Elements that begin or end a line.
const BLOCKS: [&str; 16] = [
    "p",
    "br",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "blockquote",
    "pre",
    "dt",
    "dd",
];

/// Elements inside which a text is not divided.
const HOLDERS: [&str; 8] = ["ul", "ol", "li", "table", "blockquote", "dl", "p", "pre"];

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its text without markup, with no more spaces than one; the number that a list gives to an entry stands before it.
    pub text: String,
    /// The bytes of the tag behind which it begins; empty for text outside any.
    pub tag: Range<usize>,
    /// The name of that tag's element: `p`, `h2`, `li`, `br`, `/p` behind the end of one.
    pub name: String,
    /// True if that tag is inside nothing else.
    pub top: bool,
}

impl Line {
    /// The level of a heading: 2 to 6.
    pub fn heading(&self) -> Option<u8> {
        self.name.strip_prefix('h').and_then(|level| level.parse().ok())
    }
}

/// The lines of clean HTML in their order; the cells of a row stand in one, and clauses are often written as lists.
pub fn lines(html: &str) -> Vec<Line> {
    let mut reader =
        Reader { html, lines: Vec::new(), text: String::new(), number: None, tag: 0..0, top: true };
    // Of each list that is open its next number, if it has numbers.
    let mut lists: Vec<Option<u32>> = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    while let Some(at) = html[from..].find('<').map(|at| from + at) {
        reader.text.push_str(&html[from..at]);
        let end = html[at..].find('>').map_or(html.len(), |end| at + end + 1);
        let tag = html[at + 1..end].trim_end_matches('>');
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        let closes = tag.starts_with('/');
        if closes && HOLDERS.contains(&name) {
            depth = depth.saturating_sub(1);
        }
        if BLOCKS.contains(&name) {
            reader.ends(at..end, depth == 0);
        }
        if !closes && HOLDERS.contains(&name) {
            depth += 1;
        }
        match tag {
            "/td" | "/th" => reader.text.push_str(" | "),
            "/ol" | "/ul" => drop(lists.pop()),
            _ if name == "li" && !closes => {
                if let Some(Some(next)) = lists.last_mut() {
                    reader.number = Some(*next);
                    *next = next.saturating_add(1);
                }
            }
            _ if name == "ul" && !closes => lists.push(None),
            _ if name == "ol" && !closes => {
                let start = tag.split_once("start=\"").and_then(|(_, text)| text.split('"').next());
                lists.push(Some(start.and_then(|text| text.parse().ok()).unwrap_or(1)));
            }
            _ => {}
        }
        from = end;
    }
    reader.text.push_str(&html[from..]);
    reader.ends(html.len()..html.len(), true);
    reader.lines
}

/// What has been read of a line.
struct Reader<'a> {
    html: &'a str,
    lines: Vec<Line>,
    text: String,
    number: Option<u32>,
    tag: Range<usize>,
    top: bool,
}

impl Reader<'_> {
    /// A line ends, and the next begins behind this tag.
    fn ends(&mut self, tag: Range<usize>, top: bool) {
        let mut text = plain(&self.text);
        self.text.clear();
        if !text.is_empty() {
            if let Some(number) = self.number.take() {
                text.insert_str(0, &format!("{number}. "));
            }
            let inside = self.html[self.tag.clone()].trim_start_matches('<').trim_end_matches('>');
            let name = inside.split(' ').next().unwrap_or_default().to_owned();
            self.lines.push(Line { text, tag: self.tag.clone(), name, top: self.top });
        }
        (self.tag, self.top) = (tag, top);
    }
}

/// A line without entities and without more spaces than one.
fn plain(line: &str) -> String {
    let line = resolved(line);
    let mut text = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text.truncate(text.trim_end_matches(" |").len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_lines() {
        let html = "<h2 id=\"a\">Chương I<br>CHUNG</h2>\n<p>Một &amp; <b>hai</b>&nbsp;ba</p><table><tr><td>A</td><td>B</td></tr></table><ul><li>x</li></ul><ol start=\"2\">\n<li id=\"k\"><p>Khoản</p><p>tiếp</p></li><li>Ba<ol><li>trong</li></ol></li></ol>cuối";
        let lines = lines(html);
        assert_eq!(
            lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            [
                "Chương I",
                "CHUNG",
                "Một & hai ba",
                "A | B",
                "x",
                "2. Khoản",
                "tiếp",
                "3. Ba",
                "1. trong",
                "cuối"
            ]
        );
        let names: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.top)).collect();
        assert_eq!(names[..4], [("h2", true), ("br", true), ("p", true), ("tr", false)]);
        assert_eq!((names[5], names[9]), (("p", false), ("/ol", true)));
        assert!(lines.iter().all(|line| html[line.tag.clone()].starts_with('<')));
    }

    #[test]
    fn what_is_cut_or_crooked_is_read_to_its_end() {
        for html in ["", "<", "<p", "a<b>c", "</p></p>x", "<ol start=\"x\"><li>y"] {
            let lines = lines(html);
            assert!(lines.iter().all(|line| line.tag.end <= html.len()), "{html}");
        }
    }
}
