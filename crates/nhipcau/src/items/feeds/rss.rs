//! A feed in RSS 2.0.

use std::fmt::{Error, Write};

use super::{Feed, xml};
use crate::clock::instant;
use crate::words::Lang;

/// The feed as a document. Where an item no longer stands, its entry says so under the same guid.
pub(super) fn text(feed: &Feed) -> Result<String, Error> {
    let base = xml(&feed.base);
    // RFC 822 as RSS asks for it.
    let date = |micros| instant(micros).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    writeln!(
        out,
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:fh=\"http://purl.org/syndication/history/1.0\"><channel>"
    )?;
    let about = match feed.demo {
        true => "Bản trình diễn – không phải trang chính thức",
        false => feed.title.as_str(),
    };
    writeln!(
        out,
        "<title>{}</title><link>{base}{}</link><description>{}</description><language>vi</language>",
        xml(&feed.title),
        xml(&feed.page),
        xml(about)
    )?;
    let own = feed.address("rss", feed.archives.at);
    writeln!(out, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>", xml(&own))?;
    for (relation, href) in feed.history("rss") {
        writeln!(
            out,
            "<atom:link rel=\"{relation}\" type=\"application/rss+xml\" href=\"{}\"/>",
            xml(&href)
        )?;
    }
    if let Some(hub) = feed.hub() {
        writeln!(out, "<atom:link rel=\"hub\" href=\"{}\"/>", xml(&hub))?;
    }
    if feed.archives.at.is_some() {
        writeln!(out, "<fh:archive/>")?;
    }
    if let Some(last) = feed.items.iter().map(|item| item.changed).max() {
        writeln!(out, "<lastBuildDate>{}</lastBuildDate>", date(last))?;
    }
    for item in &feed.items {
        writeln!(
            out,
            "<item><guid isPermaLink=\"false\">{}</guid><title>{}</title><link>{base}{}</link><pubDate>{}</pubDate>",
            item.id,
            xml(&item.title),
            item.path,
            date(if item.stands { item.issued } else { item.changed })
        )?;
        if let Some(kind) = item.kind {
            writeln!(out, "<category>{}</category>", kind.label(Lang::Vi))?;
        }
        writeln!(
            out,
            "<dc:creator>{}</dc:creator><description>{}</description></item>",
            xml(&item.author),
            xml(&item.summary)
        )?;
    }
    out.push_str("</channel></rss>\n");
    Ok(out)
}
