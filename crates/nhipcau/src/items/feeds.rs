//! Feeds of a portal: Atom (RFC 4287) with tombstones (RFC 6721) and RSS 2.0; sitemap; robots.
//!
//! A withdrawal is told twice: a tombstone for readers that know them, and a rewritten entry that says
//! in words that the item was withdrawn, for all others.

use std::fmt::Write;

use askama::Template;
use axum::extract::State as Given;
use axum::response::Response;
use quick_xml::escape::escape;

use super::State;
use super::pages::{kept, label};
use super::store::{self, Standing};
use super::view::{FeedRow, FeedsPage, Kind};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::words::Lang;

const MOST: i64 = 50;
const MOST_IN_SITEMAP: i64 = 40_000;
const LASTS: i64 = 60_000_000;

/// `/nguon-tin`
pub async fn page(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LASTS, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Feeds);
        shell.title = Some(shell.w().feeds_title.to_owned());
        let row = |name: &str, query: &str| FeedRow {
            name: name.to_owned(),
            atom: format!("/feed.atom{query}"),
            rss: format!("/feed.rss{query}"),
        };
        let mut feeds = vec![row(shell.w().filter_all, "")];
        feeds.extend(
            Kind::ALL.iter().map(|kind| row(kind.label(shell.lang), &format!("?loai={}", kind.slug()))),
        );
        let page = FeedsPage { shell, feeds, sitemap: "/sitemap.xml".into() };
        Ok(Drawn::whole(200, "text/html; charset=utf-8", &page.render().map_err(anyhow::Error::from)?))
    })
    .await
}

struct Feed {
    title: String,
    address: String,
    items: Vec<Standing>,
    demo: bool,
}

async fn feed(app: &App, visitor: &Visitor, portal: &Portal) -> Result<Feed, Problem> {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("loai="));
    let kind = match asked {
        None => "",
        Some(slug) => Kind::from_slug(slug).map(super::pages::stored_kind).ok_or_else(|| {
            Problem::Invalid(vec![crate::problem::Fault {
                field: "loai".into(),
                vi: format!("Không có loại “{slug}”; xem trang Nguồn tin."),
                en: format!("There is no kind {slug:?}; see the feeds page."),
            }])
        })?,
    };
    let mut conn = app.db.read().await?;
    let items = store::changes(&mut conn, &portal.domain, kind, MOST).await?;
    let directory = app.directory.load();
    Ok(Feed {
        title: agencies::name(directory.agency(&portal.origin), Lang::Vi, &portal.domain),
        address: visitor.base.clone(),
        items,
        demo: app.config.demo,
    })
}

fn urn(item: &Standing) -> String {
    format!("urn:uuid:{}", item.item)
}

/// What a withdrawn item is called in a feed: never its old title after an erasure.
fn ended_title(item: &Standing) -> String {
    match item.state {
        State::Erased => "Nội dung đã được xóa theo quy định của pháp luật".to_owned(),
        _ => format!("Đã gỡ khỏi cổng: {}", item.card.title),
    }
}

/// `/feed.atom`
pub async fn atom(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let feed = feed(&app, &visitor, portal).await?;
        let xml = atom_text(&feed, &visitor.whole).map_err(anyhow::Error::from)?;
        Ok(Drawn::whole(200, "application/atom+xml; charset=utf-8", &xml))
    })
    .await
}

fn atom_text(feed: &Feed, path: &str) -> Result<String, std::fmt::Error> {
    let base = escape(&feed.address);
    let updated = feed.items.iter().map(|i| i.changed).max().unwrap_or(0);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    writeln!(
        xml,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" xml:lang=\"vi\">"
    )?;
    writeln!(
        xml,
        "<id>{base}/feed.atom</id><title>{}</title><updated>{}</updated>",
        escape(&feed.title),
        instant(updated)
    )?;
    if feed.demo {
        writeln!(xml, "<subtitle>Bản trình diễn – không phải trang chính thức</subtitle>")?;
    }
    writeln!(
        xml,
        "<link rel=\"self\" href=\"{base}{}\"/><link rel=\"alternate\" type=\"text/html\" href=\"{base}/\"/>",
        escape(path)
    )?;
    for item in &feed.items {
        let (id, changed) = (urn(item), instant(item.changed));
        let href = format!("{base}/muc/{}", item.reference());
        let stands = item.state == State::Standing;
        if !stands {
            writeln!(
                xml,
                "<at:deleted-entry ref=\"{id}\" when=\"{changed}\"><at:comment>{}</at:comment></at:deleted-entry>",
                escape(ended_title(item))
            )?;
        }
        let title = if stands { item.card.title.clone() } else { ended_title(item) };
        writeln!(
            xml,
            "<entry><id>{id}</id><title>{}</title><updated>{changed}</updated><published>{}</published>",
            escape(&title),
            instant(item.issued)
        )?;
        writeln!(xml, "<link rel=\"alternate\" type=\"text/html\" href=\"{href}\"/>")?;
        if let Some(agency) = &item.card.agency
            && item.state != State::Erased
        {
            writeln!(xml, "<author><name>{}</name></author>", escape(agency))?;
        } else {
            writeln!(xml, "<author><name>{}</name></author>", escape(item.origin.as_str()))?;
        }
        if stands {
            writeln!(xml, "<category term=\"{}\"/>", escape(&item.kind))?;
            let said = if item.card.summary.is_empty() {
                label(&item.card, Lang::Vi)
            } else {
                item.card.summary.clone()
            };
            writeln!(xml, "<summary>{}</summary>", escape(&said))?;
        }
        writeln!(xml, "</entry>")?;
    }
    xml.push_str("</feed>\n");
    Ok(xml)
}

/// `/feed.rss`
pub async fn rss(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let feed = feed(&app, &visitor, portal).await?;
        let xml = rss_text(&feed, &visitor.whole).map_err(anyhow::Error::from)?;
        Ok(Drawn::whole(200, "application/rss+xml; charset=utf-8", &xml))
    })
    .await
}

fn rss_text(feed: &Feed, path: &str) -> Result<String, std::fmt::Error> {
    let base = escape(&feed.address);
    let date = |micros| instant(micros).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\n",
    );
    let about = if feed.demo {
        "Bản trình diễn – không phải trang chính thức"
    } else {
        feed.title.as_str()
    };
    writeln!(
        xml,
        "<title>{}</title><link>{base}/</link><description>{}</description><language>vi</language>",
        escape(&feed.title),
        escape(about)
    )?;
    writeln!(xml, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{base}{}\"/>", escape(path))?;
    for item in &feed.items {
        let stands = item.state == State::Standing;
        let title = if stands { item.card.title.clone() } else { ended_title(item) };
        let said = match (stands, item.card.summary.is_empty()) {
            (false, _) => title.clone(),
            (true, true) => label(&item.card, Lang::Vi),
            (true, false) => item.card.summary.clone(),
        };
        writeln!(
            xml,
            "<item><guid isPermaLink=\"false\">{}</guid><title>{}</title><link>{base}/muc/{}</link><pubDate>{}</pubDate><description>{}</description></item>",
            urn(item),
            escape(&title),
            item.reference(),
            date(if stands { item.issued } else { item.changed }),
            escape(&said)
        )?;
    }
    xml.push_str("</channel></rss>\n");
    Ok(xml)
}

/// `/sitemap.xml`
pub async fn sitemap(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists], LASTS, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let filter = store::Filter { most: MOST_IN_SITEMAP, ..store::Filter::default() };
        let items = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        let base = escape(&visitor.base).into_owned();
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
        for path in ["/", "/thong-tin", "/mang", "/nguon-tin", "/kiem-tra"] {
            xml.push_str(&format!("<url><loc>{base}{path}</loc></url>\n"));
        }
        for item in items {
            let (reference, changed) = (item.reference(), instant(item.changed));
            xml.push_str(&format!("<url><loc>{base}/muc/{reference}</loc><lastmod>{changed}</lastmod></url>\n"));
        }
        xml.push_str("</urlset>\n");
        Ok(Drawn::whole(200, "application/xml; charset=utf-8", &xml))
    })
    .await
}

/// `/robots.txt`: a demonstration asks not to be indexed.
pub async fn robots(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, Vec::new(), LASTS, async |_: &Portal| {
        let rule = if app.config.demo { "Disallow: /" } else { "Disallow: /api/" };
        let text = format!("User-agent: *\n{rule}\nSitemap: {}/sitemap.xml\n", visitor.base);
        Ok(Drawn::whole(200, "text/plain; charset=utf-8", &text))
    })
    .await
}
