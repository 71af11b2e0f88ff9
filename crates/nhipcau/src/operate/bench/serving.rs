//! A one-portal node as a commune runs it: how soon it serves, what memory it takes, how much a page weighs.

use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::node::{self, Answer, Place};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::web::dictionary;

/// Items that stand on the portal.
const STANDING: usize = 1_000;

pub(super) async fn prepared(dir: &Path, scale: Scale) -> anyhow::Result<(Place, Vec<String>)> {
    let place = Place::init(dir, "xa-mau.vn", "commune", None)?;
    let app = place.open().await?;
    let paths = node::issue(&app, STANDING.min(scale.drawn), node::draft).await?;
    node::searched(&app).await?;
    app.close().await;
    Ok((place, paths))
}

/// From the start of the process to the home page.
pub async fn start(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const WHAT: &str = "từ khi khởi động đến trang đầu tiên · start to first page";
    let (place, paths) = prepared(dir, scale).await?;
    let mut times = Vec::new();
    for _ in 0..scale.starts {
        let mut node = place.serve(None)?;
        times.push(node.first_page().await?);
    }
    let longest = times.iter().max().context("no start")?;
    let facts =
        format!("lâu nhất trong {} lần · the longest of {0}; {} tin · items", times.len(), paths.len());
    Ok(vec![Line::judged(Part::Start, WHAT, longest.as_secs_f64(), "s", Budget::AtMost(1.0)).beside(facts)])
}

/// Resident memory after pages were read and then nothing happened.
pub async fn memory(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const WHAT: &str =
        "bộ nhớ của máy chủ một cổng khi không có việc · memory of an idle node with one portal";
    const READ: usize = 200;
    let (place, paths) = prepared(dir, scale).await?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    for path in paths.iter().take(READ) {
        node::get(&place, path).await?;
    }
    tokio::time::sleep(scale.idle).await;
    let mib = node.memory()? as f64 / f64::from(1 << 20);
    let facts = format!(
        "RSS, {} tin · items, sau khi đọc {} trang · after {1} pages were read",
        paths.len(),
        READ.min(paths.len())
    );
    Ok(vec![Line::judged(Part::Memory, WHAT, mib, "MiB", Budget::AtMost(64.0)).beside(facts)])
}

/// Bytes of a page and its style sheet, headers included, as they come over the line.
pub async fn size(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const BUDGET: Budget = Budget::AtMost(14.0 * 1024.0);
    let (place, paths) = prepared(dir, scale).await?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    let item = paths.first().context("no item")?;
    let mut lines = Vec::new();
    for (what, path) in
        [("trang chủ · home", "/"), ("danh sách · list", "/thong-tin"), ("tin · item", item.as_str())]
    {
        let page = compressed(&place, path).await?;
        let html = String::from_utf8(crate::web::gzip::plain(&page.body)?)?;
        let href = style_sheet(&html).with_context(|| format!("{path} names no style sheet"))?;
        let css = compressed(&place, href).await?;
        let weight = |answer: &Answer| answer.head.len() + answer.body.len();
        let all = weight(&page) + weight(&css);
        let what = format!("trả lời đầu tiên kèm CSS · first answer with its CSS: {what}");
        lines.push(Line::judged(Part::Size, &what, all as f64, "byte", BUDGET).beside(format!(
            "HTML {} + CSS {}",
            weight(&page),
            weight(&css)
        )));
    }
    lines.extend(differences(&place, &paths).await?);
    Ok(lines)
}

/// Pages as browsers get them that hold the dictionary (RFC 9842), beside the same in gzip.
async fn differences(place: &Place, items: &[String]) -> anyhow::Result<Vec<Line>> {
    let href = &dictionary::asset().href;
    let once = compressed(place, href).await?.body.len();
    let what = "từ điển nén, tải một lần · the compression dictionary, once";
    let mut lines = vec![Line::noted(Part::Size, what, once as f64, "byte")];
    let held = format!(":{}:", STANDARD.encode(Sha256::digest(&dictionary::asset().bytes)));
    let item = items.first().context("no item")?;
    let pages = ["/", "/thong-tin", item, "/dich-vu", "/phan-anh", "/kiem-tra", "/mang", "/du-lieu"];
    for path in pages {
        let gzip = compressed(place, path).await?.body.len();
        let ask = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip, dcz\r\nAvailable-Dictionary: {held}\r\n\r\n",
            place.domain
        );
        let answer = node::ask(place, ask.as_bytes()).await?;
        let by_it = answer.head.to_ascii_lowercase().contains("content-encoding: dcz");
        ensure!(answer.status == 200 && by_it, "{path} came without the dictionary: {}", answer.head);
        let path = if path == item { "/muc/…" } else { path };
        let what = format!("trang theo từ điển · page by the dictionary: {path}");
        let bytes = answer.body.len();
        let saved = 100.0 * (1.0 - bytes as f64 / gzip as f64);
        let beside = format!("gzip {gzip}; bớt · less {saved:.0} %");
        lines.push(Line::noted(Part::Size, &what, bytes as f64, "byte").beside(beside));
    }
    Ok(lines)
}

async fn compressed(place: &Place, path: &str) -> anyhow::Result<Answer> {
    let answer = node::get(place, path).await?;
    ensure!(answer.status == 200, "{path} answers {}", answer.status);
    ensure!(
        answer.head.to_ascii_lowercase().contains("content-encoding: gzip"),
        "{path} came uncompressed though gzip was asked for"
    );
    Ok(answer)
}

/// The address of the page's style sheet.
fn style_sheet(html: &str) -> Option<&str> {
    let tag = html.split('<').find(|tag| tag.starts_with("link") && tag.contains("rel=\"stylesheet\""))?;
    tag.split_once("href=\"")?.1.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_found_wherever_its_link_stands() {
        let html = "<head><link rel=\"icon\" href=\"/i.svg\"><link rel=\"stylesheet\" href=\"/assets/a.css\"></head>";
        assert_eq!(style_sheet(html), Some("/assets/a.css"));
        assert_eq!(style_sheet("<p>"), None);
    }
}
