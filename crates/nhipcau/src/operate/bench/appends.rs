//! Appends: items issued by many at once, and one after the other, each durable before it is answered.
//!
//! Inside this process, at the door that the API calls: a draft is checked, its content kept, its entry
//! appended, the checkpoint signed, all synced to disk. Beside it stands the bare sync of as many bytes on
//! the same disk, taken in turns with the appends: none can be much quicker than that.

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
    // No two documents of an agency and day may have one number.
    let warm = scale.appends.min(512);
    node::issue(&app, warm, node::short_draft).await?;

    let began = Instant::now();
    node::issue(&app, scale.appends, |number| node::short_draft(warm + number)).await?;
    let rate = scale.appends as f64 / began.elapsed().as_secs_f64();
    node::searched(&app).await?;

    let portal = app.portals.load().main().context("a node without a portal")?;
    let mut disk = Disk::open(&dir.join("bare"))?;
    let (mut alone, mut bare) = (Vec::new(), Vec::new());
    for number in 0..scale.alone {
        // In turns, so that what slows the disk down slows both.
        bare.push((tokio::task::block_in_place(|| disk.sync())?, 1));
        let began = Instant::now();
        publish::issue(
            &app,
            portal.log,
            &portal.origin,
            node::short_draft(warm + scale.appends + number),
            None,
        )
        .await
        .map_err(refused)?;
        alone.push((began.elapsed(), 1));
    }
    app.close().await;
    let (alone, bare) = (Spread::of(alone), Spread::of(bare));
    let single = |what: &str, figure: f64, sync: f64| {
        Line::judged(Part::Appends, what, figure, "ms", Budget::AtMost(10.0))
            .beside(format!("bare fdatasync {sync} ms: {:.1} ×", figure / sync.max(0.01)))
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
        single("một tin một lúc, p50 · one at a time, p50", alone.p50, bare.p50),
        single("một tin một lúc, p99 · one at a time, p99", alone.p99, bare.p99),
        Line::noted(
            Part::Appends,
            "ghi xuống đĩa (fdatasync) của ổ này, p50 · bare fdatasync of this disk, p50",
            bare.p50,
            "ms",
        )
        .beside(format!("{} KiB, p99 {} ms", COMMIT >> 10, bare.p99)),
    ])
}

/// A file that is overwritten and synced again and again without growing, as SQLite's log is.
struct Disk(File);

impl Disk {
    fn open(path: &Path) -> anyhow::Result<Disk> {
        let file = File::create(path).with_context(|| format!("write {}", path.display()))?;
        let mut disk = Disk(file);
        disk.sync()?;
        Ok(disk)
    }

    /// How long the disk takes to make a commit's bytes durable.
    fn sync(&mut self) -> std::io::Result<Duration> {
        let bytes = vec![0x5a; COMMIT];
        let began = Instant::now();
        self.0.rewind()?;
        self.0.write_all(&bytes)?;
        self.0.sync_data()?;
        Ok(began.elapsed())
    }
}
