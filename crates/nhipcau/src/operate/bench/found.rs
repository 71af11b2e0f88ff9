//! From the issue of an item to the moment at which search finds it, on a portal with items.
//!
//! Each item bears a word of its own. It is handed in over HTTP, as the newsroom of another system would; the time ends
//! with the first answer of `/api/search` that has it, asked again and again. Where the figures of search over a million items
//! come from is `crates/search/examples/speed.rs`: this part measures the way to it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::node::{self, PATIENCE, Place};
use super::report::{Budget, Line};
use super::serving::prepared;
use super::{Part, Scale};
use crate::operate::nation::figures::Spread;

/// Search is asked so seldom that it does not weigh on what is measured.
const PAUSE: Duration = Duration::from_millis(5);

/// Measures it.
pub async fn found(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const WHAT: &str = "từ lúc đăng đến khi tìm thấy, p99 · from the issue to found by search, p99";
    let (place, paths) = prepared(dir, scale).await?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    let token = place.token()?;
    let mut times = Vec::new();
    for number in 0..scale.clicks {
        let word = format!("zq{number}x");
        let item = json!({ "kind": "notice", "title": format!("Thông báo {word}"), "text": "Nội dung của thông báo." });
        issue(&place, &token, &json!({ "item": item })).await?;
        let began = Instant::now();
        while !finds(&place, &word).await? {
            ensure!(began.elapsed() < PATIENCE, "{word} is not found in {} s", PATIENCE.as_secs());
            tokio::time::sleep(PAUSE).await;
        }
        times.push((began.elapsed(), 1));
    }
    let times = Spread::of(times);
    let facts = format!(
        "p50 {} ms, lâu nhất · longest {} ms, {} lần · times, {} tin đã có · items before",
        times.p50,
        times.max,
        times.count,
        paths.len()
    );
    Ok(vec![Line::judged(Part::Found, WHAT, times.p99, "ms", Budget::AtMost(2_000.0)).beside(facts)])
}

async fn issue(place: &Place, token: &str, item: &Value) -> anyhow::Result<()> {
    let body = item.to_string();
    let head = format!(
        "POST /api/v1/items HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        place.domain,
        body.len()
    );
    let answer = node::ask(place, format!("{head}{body}").as_bytes()).await?;
    ensure!(
        answer.status == 201,
        "issuing answers {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}

async fn finds(place: &Place, word: &str) -> anyhow::Result<bool> {
    let ask = format!("GET /api/search?q={word}&limit=3 HTTP/1.1\r\nHost: {}\r\n\r\n", place.domain);
    let answer = node::ask(place, ask.as_bytes()).await?;
    // A network that asks too often waits; the bench is one.
    if answer.status == 429 {
        return Ok(false);
    }
    ensure!(answer.status == 200, "search answers {}", answer.status);
    let told: Value = serde_json::from_slice(&answer.body).context("search answers no JSON")?;
    Ok(told["results"]
        .as_array()
        .is_some_and(|found| found.iter().any(|one| one["title"].to_string().contains(word))))
}
