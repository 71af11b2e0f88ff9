//! Appends: items issued by many at once, and one after the other, each durable before it is answered.
//!
//! Inside this process, at the door that the API calls: a draft is checked, its content kept, its entry
//! appended, the checkpoint signed, all synced to disk. Beside it stands the bare sync of a page of
//! database size on the same disk, in the same minutes: no append can be quicker than that.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::node::{self, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::items::publish;
use crate::operate::nation::figures::Spread;

/// Bytes that a commit of one item writes, about: what is synced for comparison.
const COMMIT: usize = 32 << 10;

/// Measures both.
pub async fn appends(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let place = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = place.open().await?;
    let bare = syncs(dir.join("bare"), scale.alone).await?;
    node::issue(&app, scale.appends.min(512), node::short_draft).await?;

    let began = Instant::now();
    node::issue(&app, scale.appends, node::short_draft).await?;
    let rate = scale.appends as f64 / began.elapsed().as_secs_f64();

    let portal = app.portals.load().main().context("a node without a portal")?;
    let mut times = Vec::new();
    for number in 0..scale.alone {
        let began = Instant::now();
        publish::issue(&app, portal.log, &portal.origin, node::short_draft(number), None)
            .await
            .map_err(refused)?;
        times.push((began.elapsed(), 1));
    }
    app.close().await;
    let alone = Spread::of(times);
    let again = syncs(dir.join("bare"), scale.alone).await?;
    let sync = if again.p50 < bare.p50 { again } else { bare };
    let single = |what: &str, figure| {
        Line::judged(Part::Appends, what, figure, "ms", Budget::AtMost(10.0))
            .beside(format!("{:.1} × bare sync", figure / sync.p50.max(0.01)))
    };
    Ok(vec![
        Line::judged(
            Part::Appends,
            "nhiều người đăng cùng lúc, SQLite · concurrent writers, durable on SQLite",
            rate,
            "/s",
            Budget::AtLeast(5_000.0),
        )
        .beside(format!("{} tin · items, 512 cùng lúc · at once", scale.appends)),
        single("một tin một lúc, p50 · one at a time, p50", alone.p50),
        single("một tin một lúc, p99 · one at a time, p99", alone.p99),
        Line::noted(
            Part::Appends,
            "ghi xuống đĩa (fdatasync) của ổ này, p50 · bare fdatasync of this disk, p50",
            sync.p50,
            "ms",
        )
        .beside(format!("{} KiB, p99 {} ms", COMMIT >> 10, sync.p99)),
    ])
}

/// How long the disk takes to make a commit's bytes durable.
async fn syncs(path: std::path::PathBuf, many: usize) -> anyhow::Result<Spread> {
    tokio::task::spawn_blocking(move || {
        let mut file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
        let bytes = vec![0x5a; COMMIT];
        // As SQLite's log: the same file again and again, not growing.
        let mut once = || -> std::io::Result<Duration> {
            let began = Instant::now();
            file.rewind()?;
            file.write_all(&bytes)?;
            file.sync_data()?;
            Ok(began.elapsed())
        };
        once()?;
        let times: Vec<_> = (0..many).map(|_| once().map(|time| (time, 1))).collect::<Result<_, _>>()?;
        Ok(Spread::of(times))
    })
    .await?
}
