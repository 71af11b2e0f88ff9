//! The elements that a text may use. Everything else is taken out.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, Url, UrlRelative};

/// The elements of a text that is shown.
const SHOWN: [&str; 34] = [
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
];
/// What a text from elsewhere may have besides: its shape, and its pictures by their addresses.
const CARRIED: [&str; 36] = [
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "big",
    "center",
    "cite",
    "col",
    "colgroup",
    "details",
    "dfn",
    "dir",
    "div",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "header",
    "img",
    "ins",
    "kbd",
    "mark",
    "q",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "summary",
    "tfoot",
    "time",
    "tt",
    "var",
    "wbr",
];
const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// What every text may have.
fn cleaner() -> Builder<'static> {
    let attributes = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("ol", HashSet::from(["start", "type"])),
        ("td", HashSet::from(["colspan", "rowspan", "align"])),
        ("th", HashSet::from(["colspan", "rowspan", "align", "scope"])),
    ]);
    let mut cleaner = Builder::new();
    cleaner
        .tags(HashSet::from(SHOWN))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(SCHEMES));
    cleaner
}

/// What cleans a text that is shown; its tables are made once.
static CLEANER: LazyLock<Builder> = LazyLock::new(|| {
    let mut cleaner = cleaner();
    cleaner.link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

/// Keeps what a text needs and nothing that acts: no script, style, form, frame, or picture from elsewhere.
pub(super) fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// Keeps what a text of another site may bring in, and nothing that acts: besides what is shown here, its divisions and the
/// addresses of its pictures, so that whoever takes it over can fetch these. Relative addresses become absolute where `base` is
/// known. Before it is shown it goes through the cleaning of every text all the same.
pub fn carried(html: &str, base: Option<&Url>) -> String {
    let relative = base.map_or(UrlRelative::PassThrough, |base| UrlRelative::RewriteWithBase(base.clone()));
    cleaner()
        .add_tags(CARRIED)
        .add_tag_attributes("img", ["src", "alt", "width", "height"])
        .add_generic_attributes(["title", "dir", "lang"])
        .url_relative(relative)
        .link_rel(None)
        .clean(html)
        .to_string()
}
