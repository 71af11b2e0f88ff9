//! Feeds that are made to cost much: each is read or refused within its bounds, and what was left out is told.
#![allow(clippy::unwrap_used, clippy::panic)]

use feeds::{Error, Hints, Kind, Note, limits};

fn read(document: &str) -> Result<feeds::Feed, Error> {
    feeds::read(document.as_bytes(), &Hints::default())
}

#[test]
fn entities_do_not_multiply() {
    let value = "x".repeat(250);
    let laughs = "&a;".repeat(1_000_000);
    let document = format!(
        "<!DOCTYPE rss [<!ENTITY a '{value}'>]><rss><channel><item><title>{laughs}</title></item></channel></rss>"
    );
    let feed = read(&document).unwrap();
    assert!(feed.items[0].title.as_ref().unwrap().value.len() <= limits::TEXT);
    let nested = "<!DOCTYPE rss [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;'>]><rss><channel><title>&b;</title></channel></rss>";
    assert_eq!(read(nested).unwrap().title.unwrap().value, "&a;&a;");
}

#[test]
fn what_is_elsewhere_is_not_fetched() {
    let document = "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss><channel><title>a &a;</title></channel></rss>";
    assert_eq!(read(document).unwrap().title.unwrap().value, "a &a;");
}

#[test]
fn depth_and_number_are_bounded_and_told() {
    let deep =
        format!("<rss><channel><item>{}<title>t</title></item></channel></rss>", "<a>".repeat(1_000_000));
    assert!(read(&deep).unwrap().notes.contains(&Note::TooMuch));
    let wide = format!("<rss><channel><item>{}</item></channel></rss>", "<a/>".repeat(1_000_000));
    assert!(read(&wide).unwrap().notes.contains(&Note::TooMuch));
    let many = format!(
        "<rss><channel>{}</channel></rss>",
        "<item><title>t</title></item>".repeat(limits::ITEMS + 7)
    );
    let many = read(&many).unwrap();
    assert_eq!((many.items.len(), many.notes), (limits::ITEMS, vec![Note::TooMuch]));
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}{{}}]}}",
        "{},".repeat(limits::ITEMS)
    );
    let json = read(&json).unwrap();
    assert_eq!((json.items.len(), json.notes), (limits::ITEMS, vec![Note::TooMuch]));
    let item = format!("<item><description>{}</description></item>", "&lt;b&gt;x".repeat(1_000));
    let tags = read(&format!("<rss><channel>{}</channel></rss>", item.repeat(300))).unwrap();
    let kind = |at: usize| tags.items[at].summary.as_ref().unwrap().kind;
    assert_eq!((kind(0), kind(299)), (Kind::Html, Kind::Plain));
    assert_eq!(tags.notes, [Note::TooMuch]);
    assert!(matches!(read(&"[".repeat(1_000_000)), Err(Error::Json(_))));
    assert_eq!(read(&" ".repeat(limits::BYTES + 1)), Err(Error::TooLarge));
}

#[test]
fn prefixes_and_attributes_are_bounded() {
    let prefixes: String = (0..100_000).map(|n| format!(" xmlns:p{n}='http://a/{n}'")).collect();
    let document = format!(
        "<rss{prefixes}><channel>{}</channel></rss>",
        "<item><p1:x/><title>t</title></item>".repeat(1_000)
    );
    assert_eq!(read(&document).unwrap().items.len(), 1_000);
}

#[test]
fn what_is_no_feed_is_named() {
    assert_eq!(read("  \n"), Err(Error::Empty));
    assert_eq!(read("Service unavailable"), Err(Error::NoMarkup));
    assert_eq!(
        read("<html><head><title> Xin chờ\n một lát</title></head></html>"),
        Err(Error::Html("Xin chờ một lát".into()))
    );
    assert_eq!(read("<!DOCTYPE html><script>x</script>"), Err(Error::Html(String::new())));
    assert_eq!(read("<!DOCTYPE HTML><title>Lỗi</title>"), Err(Error::Html("Lỗi".into())));
    assert_eq!(read("<sitemapindex/>"), Err(Error::OtherXml("sitemapindex".into())));
    assert!(matches!(read("{\"items\":3}"), Err(Error::Json(_))));
    assert!(matches!(read("{\"error\":\"x\"}"), Err(Error::Json(_))));
}

#[test]
fn what_is_broken_is_read_as_far_as_it_goes_and_told() {
    let cut = read("<rss><channel><item><title>Một</title></item><item><title>Hai</title><descr").unwrap();
    assert_eq!(cut.items.len(), 2);
    assert!(cut.notes.contains(&Note::CutOff));
    let bracket =
        read("x <rss><channel><item><title>a < b</title><link>http://a.vn/1</link></item></channel></rss>")
            .unwrap();
    assert_eq!(bracket.items[0].title.as_ref().unwrap().value, "a < b");
    assert_eq!(bracket.items[0].link.as_deref(), Some("http://a.vn/1"));
    assert_eq!(bracket.notes, [Note::TextBefore, Note::IllFormed]);
    let crossed =
        read("<rss><channel><item><title>Một</item><item><title>Hai</title></item></channel></rss>").unwrap();
    assert_eq!(crossed.items.len(), 2);
    assert_eq!(crossed.notes, [Note::IllFormed]);
}
