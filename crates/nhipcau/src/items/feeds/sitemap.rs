//! What search engines are told: the sitemap (sitemaps.org 0.9), in pages when it is long, and robots.

use std::fmt::{Error, Write};

use axum::extract::State as Given;
use axum::response::Response;

use super::{LASTS, kept, xml};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::items::pages::title;
use crate::items::store::{self, Place};
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Items in one file. The protocol allows 50,000; a tenth of that is drawn without anybody waiting.
const A_FILE: i64 = 5_000;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// Pages that every portal has.
const PAGES: [&str; 7] =
    ["/", "/thong-tin", "/mang", "/nguon-tin", "/kiem-tra", "/cong-chinh-thuc", "/du-lieu"];
/// What counts as news, in microseconds: two days, as the protocol has it.
const NEWS: i64 = 172_800_000_000;
/// Entries of the sitemap of news; the protocol allows no more.
const MOST_NEWS: i64 = 1_000;

/// `/sitemap.xml`: all that stands, or an index of `/sitemap.xml?trang=1` and so on where that is much.
pub async fn sitemap(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists], LASTS, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let total = store::count(&mut conn, &portal.domain, portal.log, &store::Filter::default()).await?;
        let files = ((total + A_FILE - 1) / A_FILE).max(1);
        let xml = match asked(&visitor.path, files)? {
            None if files > 1 => index(&visitor.base, files),
            page => {
                let skip = (page.unwrap_or(1) - 1) * A_FILE;
                let places = store::places(&mut conn, &portal.domain, skip, A_FILE).await?;
                urls(&visitor.base, if skip == 0 { &PAGES } else { &[] }, &places)
            }
        };
        Ok(Drawn::whole(200, "application/xml; charset=utf-8", &xml.map_err(anyhow::Error::from)?))
    })
    .await
}

/// Which file of the sitemap was asked for, if one was.
fn asked(path: &str, files: i64) -> Result<Option<i64>, Problem> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let Some(page) = query.split('&').find_map(|pair| pair.strip_prefix("trang=")) else { return Ok(None) };
    let page = page.parse().ok().filter(|page| (1..=files).contains(page));
    page.map(Some).ok_or(Problem::NotFound("sitemap"))
}

fn index(base: &str, files: i64) -> Result<String, Error> {
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    for file in 1..=files {
        writeln!(out, "<sitemap><loc>{}/sitemap.xml?trang={file}</loc></sitemap>", xml(base))?;
    }
    out.push_str("</sitemapindex>\n");
    Ok(out)
}

fn urls(base: &str, pages: &[&str], places: &[Place]) -> Result<String, Error> {
    let base = xml(base);
    let mut out = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"{NAMESPACE}\">\n");
    for path in pages {
        writeln!(out, "<url><loc>{base}{path}</loc></url>")?;
    }
    for place in places {
        let changed = instant(place.changed);
        writeln!(out, "<url><loc>{base}/muc/{}</loc><lastmod>{changed}</lastmod></url>", place.reference)?;
    }
    out.push_str("</urlset>\n");
    Ok(out)
}

/// `/sitemap-tin.xml`: what was issued within two days, with title and language (sitemap-news 0.9).
pub async fn news(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let filter = store::Filter { most: MOST_NEWS, news: true, ..store::Filter::default() };
        let items = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        let since = app.clock.micros() - NEWS;
        let name = agencies::name(app.directory.load().agency(&portal.origin), Lang::Vi, &portal.domain);
        let base = xml(&visitor.base);
        let mut out = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"{NAMESPACE}\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n");
        for item in items.iter().filter(|item| item.issued >= since) {
            let title = title(&item.card, Lang::Vi);
            write!(out, "<url><loc>{base}/muc/{}</loc><news:news><news:publication><news:name>{}</news:name>", item.reference(), xml(&name))
                .and_then(|()| {
                    writeln!(
                        out,
                        "<news:language>{}</news:language></news:publication><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>",
                        xml(&title.lang),
                        instant(item.issued),
                        xml(&title.text)
                    )
                })
                .map_err(anyhow::Error::from)?;
        }
        out.push_str("</urlset>\n");
        Ok(Drawn::whole(200, "application/xml; charset=utf-8", &out))
    })
    .await
}

/// `/robots.txt`: a demonstration asks not to be indexed.
pub async fn robots(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, Vec::new(), LASTS, async |_: &Portal| {
        let rule = if app.config.demo || app.config.rehearsal {
            "Disallow: /"
        } else {
            "Disallow: /api/\nDisallow: /dich-vu/noi-o\nDisallow: /*noi="
        };
        let text = format!(
            "User-agent: *\n{rule}\nSitemap: {0}/sitemap.xml\nSitemap: {0}/sitemap-tin.xml\n",
            visitor.base
        );
        Ok(Drawn::whole(200, "text/plain; charset=utf-8", &text))
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_long_sitemap_is_an_index_of_files() {
        let index = index("https://a.vn", 3).unwrap();
        assert_eq!(index.matches("<sitemap><loc>https://a.vn/sitemap.xml?trang=").count(), 3);
        assert_eq!(asked("/sitemap.xml", 3).unwrap(), None);
        assert_eq!(asked("/sitemap.xml?trang=3", 3).unwrap(), Some(3));
        for bad in ["/sitemap.xml?trang=4", "/sitemap.xml?trang=0", "/sitemap.xml?trang=x"] {
            assert!(asked(bad, 3).is_err(), "{bad}");
        }
    }
}
