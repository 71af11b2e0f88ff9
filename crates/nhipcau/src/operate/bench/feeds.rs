//! Feeds of other portals, read and cleaned as the importer does it, on one core.
//!
//! The items are what portals publish: a title, a summary with a link and a picture, a text of some 3 KB of HTML with the leftovers of
//! an editor, in RSS and in Atom by turns. Nothing is written to a disk.

use std::collections::HashSet;
use std::fmt::Write;
use std::time::Instant;

use anyhow::ensure;
use feeds::Hints;
use jiff::civil::Date;
use uuid::Uuid;

use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::calendar::Today;
use crate::sources::draft::{self, Mapping};
use crate::sources::plan::{self, Known, List, Lot};
use crate::sources::read;

/// Items in each feed, as most portals have.
const EACH: usize = 50;

/// Measures how many items are read in a second.
pub fn feeds(scale: Scale) -> anyhow::Result<Vec<Line>> {
    let documents = [rss(), atom()];
    let hints = Hints { url: Some("https://tinh-mau.vn/rss"), ..Hints::default() };
    let began = Instant::now();
    for at in 0..scale.feeds {
        let feed = read::read(documents[at % 2].as_bytes(), &hints)?;
        ensure!(
            feed.items.len() == EACH && feed.notes.is_empty(),
            "the sample feed is not read as it is written"
        );
    }
    let took = began.elapsed().as_secs_f64();
    let items = (scale.feeds * EACH) as f64;
    let bytes = documents.iter().map(String::len).sum::<usize>() / 2;
    let (feeds, round) = (scale.round, round(&documents, &hints, scale.round)?);
    Ok(vec![
        Line::judged(
            Part::Feeds,
            "nguồn tin: tin được đọc và làm sạch · feed items read and cleaned",
            items / took,
            "/s",
            Budget::AtLeast(2_000.0),
        )
        .beside(format!(
            "một lõi, {} nguồn × {EACH} tin, mỗi tin {} byte · one core, {} feeds of {EACH} items of {} bytes",
            scale.feeds,
            bytes / EACH,
            scale.feeds,
            bytes / EACH
        )),
        Line::judged(
            Part::Feeds,
            "nguồn tin: một vòng mọi nguồn được đọc và so · one round of all feeds, read and compared",
            round,
            "s",
            Budget::AtMost(300.0),
        )
        .beside(format!(
            "một lõi, {feeds} nguồn × {EACH} tin không đổi, mỗi 300 giây một vòng; không kể đường truyền và cơ sở dữ liệu · one core, {feeds} feeds of \
             {EACH} unchanged items, one round each 300 s; without the line and the database"
        )),
    ])
}

/// How long it takes to read so many feeds and to find that nothing has changed, in seconds.
fn round(documents: &[String; 2], hints: &Hints<'_>, feeds: usize) -> anyhow::Result<f64> {
    let (mapping, today) =
        (Mapping { usual: "news".into(), kinds: Vec::new() }, Today::shipped(Date::constant(2026, 11, 26)));
    let known: Vec<Vec<Known>> = documents
        .iter()
        .map(|document| {
            let feed = read::read(document.as_bytes(), hints)?;
            let known = draft::found(&feed, None, &mapping, &today).into_iter().map(|one| Known {
                name: one.name,
                page: one.page,
                words: one.words,
                digest: one.digest,
                item: Some(Uuid::nil()),
                lot: Lot::Taken,
                published: one.published,
                missing: 0,
            });
            Ok(known.collect())
        })
        .collect::<anyhow::Result<_>>()?;
    let began = Instant::now();
    for at in 0..feeds {
        let feed = read::read(documents[at % 2].as_bytes(), hints)?;
        let list = List { found: draft::found(&feed, None, &mapping, &today), ..List::default() };
        let (steps, doubt) = plan::decide(&known[at % 2], &list, &HashSet::new());
        ensure!(steps.is_empty() && doubt.is_none(), "what has not changed is taken to have changed");
    }
    Ok(began.elapsed().as_secs_f64())
}

fn text(at: usize) -> String {
    let paragraph = "<p class=\"MsoNormal\" style=\"margin:0cm;text-align:justify\"><span style=\"font-size:14pt\">Uỷ ban nhân dân \
        tỉnh yêu cầu các sở, ban, ngành và địa phương triển khai <strong>quyết liệt</strong>, đồng bộ các giải pháp; báo cáo \
        kết quả trước ngày 25 hằng tháng (<a href=\"/van-ban/46\">Công điện số 46</a>).</span></p>";
    format!(
        "<h1>Tin số {at}</h1>{}<img src=\"/anh/{at}.jpg\" alt=\"Ảnh\" onload=\"x()\">",
        paragraph.repeat(7)
    )
}

fn escaped(html: &str) -> String {
    html.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn rss() -> String {
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
         <channel><title>Tỉnh Mẫu</title><link>https://tinh-mau.vn</link>",
    );
    for at in 0..EACH {
        // Writing to a string does not fail.
        let _ = write!(
            document,
            "<item><title><![CDATA[Chỉ đạo, điều hành số {at}]]></title><link>/tin/{at}</link><guid>{at}</guid>\
             <pubDate>Mon, 23 Nov 2026 08:{at:02}:00 +0700</pubDate><category>Chỉ đạo</category>\
             <description>{}</description><content:encoded><![CDATA[{}]]></content:encoded></item>",
            escaped("<a href=\"/tin/1\"><img src=\"/a.jpg\"></a><p>Tóm tắt&nbsp;tin</p>"),
            text(at)
        );
    }
    document + "</channel></rss>"
}

fn atom() -> String {
    let mut document = String::from(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Tỉnh Mẫu</title><link href=\"https://tinh-mau.vn\"/>",
    );
    for at in 0..EACH {
        let _ = write!(
            document,
            "<entry><id>urn:tin:{at}</id><title>Chỉ đạo, điều hành số {at}</title><link href=\"/tin/{at}\"/>\
             <published>2026-11-23T08:{at:02}:00+07:00</published><updated>2026-11-23T09:{at:02}:00+07:00</updated>\
             <summary>Tóm tắt</summary><content type=\"html\">{}</content></entry>",
            escaped(&text(at))
        );
    }
    document + "</feed>"
}
