//! Links of a text in a copy: to what is in it, and to nothing else. The address of what is elsewhere stays to be read.

/// Clean HTML with each link led to where `inside` says it stands in the copy. A link to elsewhere becomes its own text, with the
/// address behind it where the text does not say it.
pub fn inside(html: &str, inside: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Of an open link that leads elsewhere: what is written at its end.
    let mut ends: Option<String> = None;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (tag, after) = rest.split_at(rest.find('>').map_or(rest.len(), |end| end + 1));
        rest = after;
        if tag == "</a>" {
            out.push_str(ends.take().as_deref().unwrap_or(tag));
            continue;
        }
        let Some(href) = tag.strip_prefix("<a ").and_then(href) else {
            out.push_str(tag);
            continue;
        };
        if href.starts_with('#') || href.starts_with("tel:") || href.starts_with("mailto:") {
            out.push_str(&format!("<a href=\"{href}\">"));
        } else if let Some(path) = inside(&href.replace("&amp;", "&")) {
            out.push_str(&format!("<a href=\"{}\">", path.replace('&', "&amp;").replace('"', "&quot;")));
        } else {
            let text = rest.split("</a>").next().unwrap_or_default();
            let says = !href.contains("://") || text.contains(href.trim_end_matches('/'));
            ends = Some(if says { String::new() } else { format!(" <span class=\"xa\">({href})</span>") });
        }
    }
    out.push_str(rest);
    out
}

/// The value of `href`, as it is written.
fn href(attributes: &str) -> Option<&str> {
    let from = attributes.split_once("href=\"")?.1;
    from.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn only_what_is_in_the_copy_stays_a_link() {
        let known =
            |href: &str| (href == "/vb/1/2026/NĐ-CP?dieu=dieu-2#dieu-2").then(|| "b.html#dieu-2".to_owned());
        for (html, due) in [
            (
                "<p><a href=\"/vb/1/2026/NĐ-CP?dieu=dieu-2#dieu-2\">1/2026</a></p>",
                "<p><a href=\"b.html#dieu-2\">1/2026</a></p>",
            ),
            ("<a href=\"#dieu-1\">Điều 1</a>", "<a href=\"#dieu-1\">Điều 1</a>"),
            ("gọi <a href=\"tel:113\">113</a>", "gọi <a href=\"tel:113\">113</a>"),
            ("<a href=\"/mang\" rel=\"x\"><b>mạng</b></a>.", "<b>mạng</b>."),
            (
                "<a href=\"https://a.vn/x?a=1&amp;b\">Trang</a>!",
                "Trang <span class=\"xa\">(https://a.vn/x?a=1&amp;b)</span>!",
            ),
            ("<a href=\"https://a.vn/\">https://a.vn</a>", "https://a.vn"),
            ("<a href=\"//evil.vn/\">x</a>", "x"),
            ("a < b", "a < b"),
        ] {
            assert_eq!(inside(html, known), due);
        }
    }
}
