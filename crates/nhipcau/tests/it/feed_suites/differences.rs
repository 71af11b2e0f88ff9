//! Where we read something else on purpose, and why.

use super::About::{self, Content, Date, Id, Link, Title};

const ABSOLUTE: &str = "addresses become absolute, also in texts";
const HTML: &str =
    "what is no tag in HTML5 is read as HTML5 says and not by patterns: nothing more is left over";
const DIV: &str = "the div around a text is its own in Atom 0.3 and none of it in Atom 1.0 (RFC 4287), whichever this reader does";

/// Suite, beginning of the file's name, what it is about, reason.
const DIFFERENCES: &[(&str, &str, About, &str)] = &[
    (
        "feedparser",
        "tests/wellformed/atom10/tag_in_attr",
        Title,
        "attributes stay in the order in which they are written",
    ),
    (
        "feedparser",
        "tests/wellformed/base/http_entry_id_base",
        Id,
        "an id is a name: it is not resolved against the address from which the feed happens to come",
    ),
    (
        "feedparser",
        "tests/wellformed/base/rel_uri_with_unicode",
        Content,
        "an address is written as it is sent (RFC 3986)",
    ),
    ("feedparser", "tests/wellformed/rss/item_description_not_a_doctype", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/acceptable_element_br", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/entry_content_crazy", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/entry_content_iframe", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/entry_summary_crazy", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/entry_title_crazy", Title, HTML),
    ("feedparser", "tests/wellformed/sanitize/feed_title_crazy", Title, HTML),
    (
        "feedparser",
        "tests/wellformed/sanitize/feed_title_unacceptable_uri",
        Title,
        "an address that acts is taken out with its attribute and leaves no empty one",
    ),
    ("feedparser", "tests/wellformed/sanitize/item_content_encoded_crazy", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/item_content_encoded_script_nested", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/item_description_crazy", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/item_fullitem_crazy", Content, HTML),
    ("feedparser", "tests/wellformed/sanitize/xml_declaration_unexpected", Title, HTML),
    ("feedparser", "tests/wellformed/sanitize/xml_malicious_comment", Title, HTML),
    ("gofeed", "testdata/parser/atom/atom03_feed_entry_summary_xhtml", Content, DIV),
    ("gofeed", "testdata/parser/atom/atom03_feed_entry_title_xhtml", Title, DIV),
    ("gofeed", "testdata/parser/atom/atom03_feed_title_xhtml", Title, DIV),
    (
        "gofeed",
        "testdata/parser/atom/issue_275",
        Content,
        "a text of the type XML that holds only letters is these letters",
    ),
    ("gofeed", "testdata/parser/rss/rss_channel_item_guid_naked", Id, "an id has no markup"),
    (
        "gofeed",
        "testdata/translator/atom/feed_item_updated_-_atom03",
        Date,
        "when an item was changed does not say when it was published",
    ),
    ("feed-rs", "feed-rs/fixture/atom/atom_example_7", Content, DIV),
    ("feed-rs", "feed-rs/fixture/atom/atom_mediarss_reddit", Content, ABSOLUTE),
    ("feed-rs", "feed-rs/fixture/atom/atom_xml_base", Content, ABSOLUTE),
    ("feed-rs", "feed-rs/fixture/rss1/rss_1.0_example_1", Link, ABSOLUTE),
    ("rss-parser", "test/input/craigslist", Content, ABSOLUTE),
    ("rss-parser", "test/input/customfields", Content, ABSOLUTE),
    ("rss-parser", "test/input/gulp-atom", Link, ABSOLUTE),
    ("rss-parser", "test/input/itunes-href", Id, "an id has no blanks around it"),
    ("rss-parser", "test/input/reddit", Content, ABSOLUTE),
    (
        "rss-parser",
        "test/input/uolNoticias",
        Title,
        "what is expected has lost the letters beyond ASCII; here they are read",
    ),
    (
        "rss-parser",
        "test/input/uolNoticias",
        Content,
        "what is expected has lost the letters beyond ASCII; here they are read",
    ),
    ("rss-parser", "test/input/xml2js-options", Content, "EMPTY is a word of that test's own options"),
];

/// The reason why an assertion does not agree, with the number of its rule.
pub fn reason(suite: &str, file: &str, about: About) -> Option<(usize, &'static str)> {
    let all = DIFFERENCES.iter().enumerate();
    let mut found =
        all.filter(|(_, (of, begins, what, _))| *of == suite && file.starts_with(begins) && *what == about);
    found.next().map(|(at, (.., reason))| (at, *reason))
}

/// The rules of a suite: their numbers and files.
pub fn rules(suite: &str) -> impl Iterator<Item = (usize, &'static str)> {
    DIFFERENCES
        .iter()
        .enumerate()
        .filter(move |(_, (of, ..))| *of == suite)
        .map(|(at, (_, file, ..))| (at, *file))
}
