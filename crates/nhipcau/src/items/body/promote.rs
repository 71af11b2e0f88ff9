//! Headings of a legal text that was pasted without any: "Điều 5. Hiệu lực" as a paragraph of its own.

use vietnam::documents::{Level, Places};

use super::blocks;

/// So many articles make a legal text; a single line that looks like one makes none.
const FEW: usize = 2;
/// The longest line that is taken for a heading, in bytes.
const LONGEST: usize = 600;

/// Clean HTML in which paragraphs that begin an article or something larger are headings, unless the text has such headings
/// already. What stands in quotation marks stays as it is.
pub(super) fn headings(html: String) -> String {
    if has_headings(&html) {
        return html;
    }
    let lines = blocks::lines(&html);
    let mut places = Places::default();
    let mut found = Vec::new();
    let mut articles = 0;
    for line in &lines {
        let Some(part) = places.begins(&line.text) else { continue };
        let whole = html[line.tag.end..].find("</p>").map(|end| line.tag.end..line.tag.end + end);
        let Some(inner) = whole.filter(|_| line.name == "p" && line.top && part.level <= Level::Article)
        else {
            continue;
        };
        if inner.len() <= LONGEST && !html[inner.clone()].contains("<br") {
            articles += usize::from(part.level == Level::Article);
            found.push((line.tag.start, inner, if part.level <= Level::Chapter { 2 } else { 3 }));
        }
    }
    if articles < FEW {
        return html;
    }
    let mut out = String::with_capacity(html.len() + found.len() * 4);
    let mut from = 0;
    for (start, inner, level) in found {
        out.push_str(&html[from..start]);
        out.push_str(&format!("<h{level}>{}</h{level}>", &html[inner.clone()]));
        from = inner.end + "</p>".len();
    }
    out.push_str(&html[from..]);
    out
}

/// True if a heading begins a part. Most texts have such headings, and are read no further.
fn has_headings(html: &str) -> bool {
    // A rule, `<hr>`, begins alike and has no end to look for.
    let numbered = |at: usize| html.as_bytes().get(at + 2).is_some_and(u8::is_ascii_digit);
    html.match_indices("<h").filter(|(at, _)| numbered(*at)).any(|(at, _)| {
        let end = html[at..].find("</h").map_or(html.len(), |end| at + end);
        let lines = blocks::lines(&html[at..end]);
        let is_part = |line: &blocks::Line| Places::default().begins_heading(&line.text).is_some();
        lines.iter().any(|line| line.heading().is_some() && is_part(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_that_begin_articles_become_headings() {
        let html = "<p>Căn cứ Luật;</p><p><strong>Chương I</strong></p><p>QUY ĐỊNH CHUNG</p><p><b>Điều 1. Phạm vi</b></p><p>1. Sửa Điều 9: “Điều 9. Cũ</p><p>Điều 10. Trong ngoặc”</p><p>Điều 2. Hiệu lực</p>";
        let out = headings(html.into());
        for due in [
            "<h2><strong>Chương I</strong></h2>",
            "<h3><b>Điều 1. Phạm vi</b></h3>",
            "<p>Điều 10. Trong",
            "<h3>Điều 2. Hiệu lực</h3>",
        ] {
            assert!(out.contains(due), "{due} in {out}");
        }
    }

    #[test]
    fn a_rule_is_no_heading() {
        let out = headings("<hr><p>Điều 1. Một</p><hr><p>Điều 2. Hai</p>".into());
        assert_eq!(out, "<hr><h3>Điều 1. Một</h3><hr><h3>Điều 2. Hai</h3>");
    }

    #[test]
    fn a_text_with_one_such_line_or_with_headings_stays() {
        for html in [
            "<p>Điều 1. Một</p><p>x</p>",
            "<h3>Điều 1. A</h3><p>Điều 2. B</p><p>Điều 3. C</p>",
            "<hr><p>Điều 2. B</p><p>Điều 3. C</p><hr><h2>Điều 1. A</h2>",
        ] {
            assert_eq!(headings(html.into()), html);
        }
    }
}
