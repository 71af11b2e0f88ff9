//! A feed in Atom (RFC 4287), with tombstones (RFC 6721).

use std::fmt::{Error, Write};

use super::{Feed, xml};
use crate::clock::instant;
use crate::words::Lang;

/// The feed as a document.
pub(super) fn text(feed: &Feed) -> Result<String, Error> {
    let (base, query) = (xml(&feed.base), xml(&feed.query));
    let ended = feed.ended.iter().map(|(_, at)| *at);
    let updated = feed.items.iter().map(|item| item.changed).chain(ended).max().unwrap_or(0);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    writeln!(
        out,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" xmlns:fh=\"http://purl.org/syndication/history/1.0\" xml:lang=\"vi\">"
    )?;
    writeln!(out, "<id>https://{}/feed.atom{query}</id>", xml(&feed.domain))?;
    writeln!(out, "<title>{}</title><updated>{}</updated>", xml(&feed.title), instant(updated))?;
    if feed.demo {
        writeln!(out, "<subtitle>Bản trình diễn – không phải trang chính thức</subtitle>")?;
    }
    writeln!(
        out,
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/><link rel=\"alternate\" type=\"text/html\" href=\"{base}{}\"/>",
        xml(&feed.address("atom", feed.archives.at)),
        xml(&feed.page)
    )?;
    for (relation, href) in feed.history("atom") {
        writeln!(out, "<link rel=\"{relation}\" type=\"application/atom+xml\" href=\"{}\"/>", xml(&href))?;
    }
    if let Some(hub) = feed.hub() {
        writeln!(out, "<link rel=\"hub\" href=\"{}\"/>", xml(&hub))?;
    }
    if feed.archives.at.is_some() {
        writeln!(out, "<fh:archive/>")?;
    }
    writeln!(out, "<generator uri=\"{base}/\">Nhịp Cầu</generator>")?;
    for item in &feed.items {
        let changed = instant(item.changed);
        if !item.stands {
            writeln!(
                out,
                "<at:deleted-entry ref=\"{}\" when=\"{changed}\"><at:comment>{}</at:comment></at:deleted-entry>",
                item.id,
                xml(&item.title)
            )?;
        }
        writeln!(
            out,
            "<entry><id>{}</id><title>{}</title><updated>{changed}</updated><published>{}</published>",
            item.id,
            xml(&item.title),
            instant(item.issued)
        )?;
        writeln!(out, "<link rel=\"alternate\" type=\"text/html\" href=\"{base}{}\"/>", item.path)?;
        for lang in &item.langs {
            let path = match lang.as_str() {
                "en" => Lang::En.path(&item.path),
                other => format!("{}?lang={}", item.path, xml(other)),
            };
            writeln!(
                out,
                "<link rel=\"alternate\" type=\"text/html\" hreflang=\"{}\" href=\"{base}{path}\"/>",
                xml(lang)
            )?;
        }
        writeln!(out, "<author><name>{}</name></author>", xml(&item.author))?;
        if let Some(kind) = item.kind {
            writeln!(out, "<category term=\"{}\" label=\"{}\"/>", kind.slug(), kind.label(Lang::Vi))?;
        }
        writeln!(out, "<summary>{}</summary></entry>", xml(&item.summary))?;
    }
    for (id, at) in &feed.ended {
        writeln!(out, "<at:deleted-entry ref=\"{id}\" when=\"{}\"/>", instant(*at))?;
    }
    out.push_str("</feed>\n");
    Ok(out)
}
