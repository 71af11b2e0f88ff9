//! The console over a large portal: its pages at a steady rate, and a draft that is saved again and again.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::node::{self, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale, load};
use crate::drafts::Hour;
use crate::drafts::acts::{self, Saved};
use crate::operate::nation::figures::Spread;
use crate::people::Role;

/// Pages of the console that are asked for in turns.
const RATE: u32 = 100;
/// A text as long as a decree's.
const PARAGRAPHS: usize = 60;

/// Measures both, on SQLite or in an empty database of a PostgreSQL server.
pub async fn desk(dir: &Path, scale: Scale, database: Option<&str>) -> anyhow::Result<Vec<Line>> {
    let place = Place::init_on(dir, "chinhphu.vn", "central", None, database)?;
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let app = place.open().await?;
    let items = node::issue(&app, scale.desk, node::short_draft).await?;
    node::searched(&app).await?;
    let editor = node::person(&app, "lan", Role::Editor).await?;
    let (by, cookie) = (&editor.by, editor.cookie()?);
    let id = acts::create(&app, by, "news").await.map_err(refused)?;
    let mut times = Vec::new();
    let mut version = 1;
    for number in 0..scale.alone {
        let log = by.log;
        let mut work = acts::find(&mut app.db.read().await?, log, id).await.map_err(refused)?;
        work.written.draft.title = format!("Bản lưu thứ {number}");
        work.written.draft.text = "Một đoạn văn dài vừa phải của một văn bản.\n\n".repeat(PARAGRAPHS);
        let began = Instant::now();
        let saved =
            acts::save(&app, by, id, version, work.written, Hour::default()).await.map_err(refused)?;
        times.push((began.elapsed(), 1));
        version = match saved {
            Saved::As(version, _) => version,
            Saved::Clash(..) => bail!("nobody else saves here"),
        };
    }
    app.close().await;
    let saves = Spread::of(times);

    let mut served = place.serve(None)?;
    served.first_page().await?;
    let item = items.first().and_then(|path| path.rsplit('/').next()).context("no item")?;
    let paths = [
        "/ban-lam-viec".to_owned(),
        "/ban-lam-viec/da-dang".to_owned(),
        format!("/ban-lam-viec/da-dang?truoc={}", items.len() / 2),
        "/ban-lam-viec/nhiem-vu".to_owned(),
        format!("/ban-lam-viec/muc/{item}"),
        format!("/ban-lam-viec/tin/{id}"),
        format!("/ban-lam-viec/tin/{id}/so-sanh"),
    ];
    let ask = |number: usize| {
        let path = &paths[number % paths.len()];
        format!("GET {path} HTTP/1.1\r\nhost: chinhphu.vn\r\ncookie: {cookie}\r\n\r\n").into_bytes()
    };
    let asked = load::paced(place.port, (0..scale.drawn.min(2_000)).map(ask).collect(), RATE).await?;
    ensure!(asked.failed == 0, "{} pages of the console did not answer 200", asked.failed);
    drop(served);
    let indexed = items.len() as f64 / rebuilt(&place).await?.as_secs_f64();
    Ok(vec![
        Line::judged(
            Part::Desk,
            "trang bàn làm việc, p99 · pages of the console, p99",
            asked.times.p99,
            "ms",
            Budget::AtMost(30.0),
        )
        .beside(format!(
            "{engine}, {} tin · items, {RATE} trang mỗi giây · pages/s, p50 {} ms",
            items.len(),
            asked.times.p50
        )),
        Line::judged(
            Part::Desk,
            "lưu một bản nháp, p99 · saving a draft, p99",
            saves.p99,
            "ms",
            Budget::AtMost(20.0),
        )
        .beside(format!("{engine}, p50 {} ms, {} lần · saves", saves.p50, scale.alone)),
        Line::judged(
            Part::Desk,
            "lập lại chỉ mục tìm kiếm · the search's index built anew",
            indexed,
            "/s",
            Budget::AtLeast(5_000.0),
        )
        .beside(format!("{engine}, {} tin, trong lúc phục vụ · items, while it serves", items.len())),
    ])
}

/// How long a node that has lost its index takes to build it anew while it serves.
async fn rebuilt(place: &Place) -> anyhow::Result<Duration> {
    std::fs::remove_dir_all(place.folder.join("data/search")).context("take away the index")?;
    let mut served = place.serve(None)?;
    served.first_page().await?;
    let began = Instant::now();
    // What was issued first is written last (`search::store::due`).
    let ask = b"GET /api/search?q=0%2FC%C4%90-TTg&limit=1 HTTP/1.1\r\nhost: chinhphu.vn\r\n\r\n";
    loop {
        let answer = node::ask(place, ask).await?;
        let answer = String::from_utf8_lossy(&answer.body);
        if answer.contains("\"number\":\"0/CĐ-TTg\"") && answer.contains("\"state\":\"ready\"") {
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < node::INDEXED, "the search did not come to an end: {answer}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
