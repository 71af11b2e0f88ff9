//! From the click that issues an item in the console to the moment another node's portal shows it.
//!
//! Two processes, each with its own database on this disk. What two people have written and approved lies ready; the
//! click is the very form that their browser sends. The time of seeing it ends with the first answer of the follower that
//! is the item's page, asked again and again without a pause, so the asking is part of what it costs.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::node::{self, Answer, Person, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::app::App;
use crate::drafts::Hour;
use crate::drafts::acts::{self, Saved};
use crate::drafts::life::Act;
use crate::operate::nation::figures::Spread;
use crate::people::Role;

/// Between two clicks: nobody issues a hundred items a second by hand.
const BETWEEN: Duration = Duration::from_millis(50);

/// Measures both.
pub async fn click(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let source = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = source.open().await?;
    let writer = node::person(&app, "lan", Role::Editor).await?;
    let approver = node::person(&app, "mai", Role::Publisher).await?;
    let mut ready = Vec::new();
    for number in 0..scale.clicks {
        ready.push(approved(&app, &writer, &approver, number).await?);
    }
    app.close().await;
    let mut serving = source.serve(None)?;
    serving.first_page().await?;
    let place = Place::init(dir, "tinh-mau.vn", "province", Some(&source))?;
    let mut follower = place.serve(None)?;
    follower.first_page().await?;
    // The first one also waits until the follower has found its source; it is not counted.
    let mut clicks = ready.into_iter();
    let first = clicks.next().context("nothing to issue")?;
    issue(&source, &place, &approver, first).await?;
    let (mut answered, mut seen) = (Vec::new(), Vec::new());
    for draft in clicks {
        tokio::time::sleep(BETWEEN).await;
        let (answer, sight) = issue(&source, &place, &approver, draft).await?;
        answered.push((answer, 1));
        seen.push((sight, 1));
    }
    let (answered, seen) = (Spread::of(answered), Spread::of(seen));
    Ok(vec![
        Line::judged(
            Part::Click,
            "từ lúc bấm đăng đến khi hiện ở cổng khác, p99 · from the click to another node's portal, p99",
            seen.p99,
            "ms",
            Budget::AtMost(300.0),
        )
        .beside(format!(
            "p50 {} ms, lâu nhất · longest {} ms, {} lần · times",
            seen.p50, seen.max, seen.count
        )),
        Line::noted(
            Part::Click,
            "bấm đăng rồi được trả lời, p99 · the click is answered, p99",
            answered.p99,
            "ms",
        )
        .beside(format!("p50 {} ms", answered.p50)),
    ])
}

/// A draft's id and version, approved and ready.
type Ready = (uuid::Uuid, i64);

async fn approved(app: &App, writer: &Person, approver: &Person, number: usize) -> anyhow::Result<Ready> {
    let id = acts::create(app, &writer.by, "notice").await.map_err(refused)?;
    let mut work = acts::find(&mut app.db.read().await?, writer.by.log, id).await.map_err(refused)?;
    work.written.draft.title = format!("Thông báo thứ {number}");
    work.written.draft.text = "Nội dung của thông báo, dài vừa phải.\n\n".repeat(8);
    let saved = acts::save(app, &writer.by, id, work.version, work.written, Hour::default())
        .await
        .map_err(refused)?;
    let Saved::As(version, _) = saved else { bail!("nobody else saves here") };
    acts::act(app, &writer.by, id, version, Act::Submit, None).await.map_err(refused)?;
    acts::act(app, &approver.by, id, version, Act::Approve, None).await.map_err(refused)?;
    Ok((id, version))
}

/// Clicks, and says after how long the answer came and the follower showed the page.
async fn issue(
    source: &Place,
    follower: &Place,
    who: &Person,
    (id, version): Ready,
) -> anyhow::Result<(Duration, Duration)> {
    let path = format!("/ban-lam-viec/tin/{id}/viec");
    let fields = [("version", &*version.to_string()), ("viec", Act::Issue.word())];
    let began = Instant::now();
    let Answer { status, head, .. } = node::fills(source, who, &path, &fields).await?;
    let answered = began.elapsed();
    ensure!(status == 303, "the click was answered {status}");
    let place =
        head.lines().find_map(|line| line.strip_prefix("location: ")).context("no address of the item")?;
    let reference = place.rsplit('/').next().and_then(|last| last.split('?').next()).unwrap_or_default();
    let page = format!("/muc/{reference}");
    loop {
        if node::get(follower, &page).await?.status == 200 {
            return Ok((answered, began.elapsed()));
        }
        ensure!(began.elapsed() < node::PATIENCE, "the follower does not show {page}");
    }
}
