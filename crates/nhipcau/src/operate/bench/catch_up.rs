//! A follower that was away for thirty days: a national backlog, read from another node by tiles.
//!
//! Two processes, each with its own database on this disk; the follower may use one core. Counted are
//! entries: each is fetched in its bundle, hashed up to the signed root, checked against the log's
//! signature, decoded, and committed durably with the item that it makes. The time runs from the follower's
//! first page to the moment at which it serves the backlog's last checkpoint as its own, which it does only
//! when every entry has been applied. Texts come beside and after, under a cursor of their own (protocol
//! §4, §8): how many of them the follower shows, and how many come in each second, stands beside.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use network::names::Origin;
use tlog::{Checkpoint, Note};

use super::node::{self, Place, until};
use super::report::{Budget, Line};
use super::{Part, Scale};

/// How long texts are watched after the entries.
const TEXTS: Duration = Duration::from_secs(8);

/// Measures both.
pub async fn catch_up(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let source = Place::init(dir, "chinhphu.vn", "central", None)?;
    let origin: Origin = format!("{}/log", source.domain).parse()?;
    let app = source.open().await?;
    node::issue(&app, scale.backlog, node::short_draft).await?;
    node::searched(&app).await?;
    app.close().await;
    let mut serving = source.serve(None)?;
    serving.first_page().await?;

    let place = Place::init(dir, "tinh-mau.vn", "province", Some(&source))?;
    let core = one_core();
    let mut follower = place.serve(core)?;
    follower.first_page().await?;
    let began = Instant::now();
    let due = scale.backlog as u64;
    until("the follower has every entry", async || size(&place, &origin).await.is_ok_and(|n| n >= due))
        .await?;
    let took = began.elapsed();
    let shown = shown(&place).await?;
    let watched = Instant::now();
    tokio::time::sleep(TEXTS.min(scale.turn * 2)).await;
    // Where other work has the cores the first one may take longer.
    until("one more text", async || self::shown(&place).await.is_ok_and(|n| n > shown || n >= due)).await?;
    let texts = (self::shown(&place).await? - shown) as f64 / watched.elapsed().as_secs_f64();

    let rate = scale.backlog as f64 / took.as_secs_f64();
    let cores = match core {
        Some(_) => "một lõi · one core",
        None => "mọi lõi vì thiếu taskset · all cores, because taskset is missing",
    };
    let whole = took.as_secs_f64() + (due.saturating_sub(shown)) as f64 / texts.max(0.001);
    Ok(vec![
        Line::judged(
            Part::CatchUp,
            "bắt kịp: mục được kiểm chứng và áp dụng · catch-up, entries verified and applied",
            rate,
            "/s",
            Budget::AtLeast(20_000.0),
        )
        .beside(format!("{due} mục · entries, {cores}")),
        Line::judged(
            Part::CatchUp,
            "tồn đọng 30 ngày (150.000 mục) · a backlog of 30 days (150,000 entries)",
            150_000.0 / rate,
            "s",
            Budget::AtMost(120.0),
        )
        .beside(format!("lúc đó đã hiện {shown} tin · texts shown by then: {shown}")),
        Line::noted(Part::CatchUp, "nội dung đến sau · texts that follow", texts, "/s").beside(format!(
            "đủ cả nội dung sau khoảng {whole:.0} s · with every text after about {whole:.0} s"
        )),
    ])
}

/// The core that the follower may use, where the system can bind a process to one.
fn one_core() -> Option<usize> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let bound = Command::new("taskset").arg("--version").output().is_ok_and(|said| said.status.success());
    bound.then(|| cores - 1)
}

/// The size of the log as the follower serves it.
async fn size(place: &Place, origin: &Origin) -> anyhow::Result<u64> {
    let answer = node::get(place, &format!("/mirror/{}/checkpoint", origin.mirror_path())).await?;
    ensure!(answer.status == 200, "no checkpoint yet");
    Ok(Checkpoint::of(&Note::parse_bytes(&answer.body)?)?.size)
}

/// How many items the follower's portal shows.
async fn shown(place: &Place) -> anyhow::Result<u64> {
    let answer = node::get(place, "/api/v1/items?limit=1").await?;
    let told: serde_json::Value = serde_json::from_slice(&answer.body)?;
    told["total"].as_u64().context("the API does not say how many items there are")
}
