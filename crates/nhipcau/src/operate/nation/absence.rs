//! What an absence costs: a node was off while the country published, and is switched on again.
//!
//! The backlog is real: every entry is issued by the production path, at fifty nodes. So that the command ends
//! in sensible time, these hear nothing of each other meanwhile; the Government's node, off as well, collects
//! from all of them first, which is an absence of its own kind. Then the absent node comes and has the backlog
//! from the Government's node, as after any absence.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures::{StreamExt, stream};
use indicatif::ProgressBar;
use network::names::Origin;
use serde::Serialize;
use tlog::Hash;
use tokio::sync::mpsc;

use super::burden::{Wire, load};
use super::figures::milliseconds;
use super::news::{draft, refused};
use super::world::{Node, World};
use crate::app::App;
use crate::items::publish;
use crate::logs::store;
use crate::one;

/// How many items of one node are on their way into its log at the same time.
const TOGETHER: usize = 32;
/// The longest that is waited for one catch-up.
const LONGEST: Duration = Duration::from_secs(1_200);
/// Every connection is lost.
const ALL: u32 = 1_000;

/// What an absence cost.
#[derive(Clone, Debug, Serialize)]
pub struct Absence {
    /// How many days of the country's news were missed.
    pub days: usize,
    /// Entries that were missed, each with its content.
    pub entries: u64,
    /// Logs over which they are spread.
    pub logs: u64,
    /// Entries issued per second while the backlog was written, over all nodes.
    pub written_per_second: f64,
    /// The Government's node, which has them from fifty nodes.
    pub relay: CatchUp,
    /// A ministry's node, which has them from the Government's.
    pub node: CatchUp,
}

/// One catch-up.
#[derive(Clone, Debug, Serialize)]
pub struct CatchUp {
    /// Milliseconds from switching on until every entry was verified and applied.
    pub stored_ms: f64,
    /// Until every content was here too, and shown.
    pub shown_ms: f64,
    /// Entries a second until they were applied.
    pub stored_per_second: f64,
    /// Entries a second until they were shown.
    pub shown_per_second: f64,
    /// Logs that differ from their issuers' at the end, and items that are not shown.
    pub missing: u64,
    /// Bytes over the wire.
    pub wire: Wire,
    /// Load of the machine at the end.
    pub load: f64,
}

/// Switches a node off, has the others publish what the country publishes in so many days, and switches it
/// on again.
///
/// # Errors
/// When a node refuses or does not come back, or a catch-up does not end.
pub async fn measure(
    world: &mut World,
    days: usize,
    entries_a_day: usize,
    bar: &ProgressBar,
) -> anyhow::Result<Absence> {
    bar.set_prefix(format!("vắng {days} ngày · days of absence"));
    // Neither the Government's node nor one of those that stand in for it.
    let away = world.central().count() - 1;
    world.weather(ALL);
    world.off(0).await?;
    world.off(away).await?;
    world.forget();
    let began = Instant::now();
    let logs = publish_all(world, days * entries_a_day, bar).await?;
    let took = began.elapsed();
    let due = sizes(world).await?;
    let entries = (days * entries_a_day) as u64;
    let relay = switch_on(world, 0, entries, &due, bar).await?;
    let node = switch_on(world, away, entries, &due, bar).await?;
    let written_per_second = entries as f64 / took.as_secs_f64();
    Ok(Absence { days, entries, logs, written_per_second, relay, node })
}

/// Issues so many items at the nodes that are on: one half in their own logs, the other over those of their
/// communes. Returns how many logs that were.
async fn publish_all(world: &World, items: usize, bar: &ProgressBar) -> anyhow::Result<u64> {
    bar.set_message("đăng tin tồn · writing the backlog");
    bar.set_length(items as u64);
    bar.set_position(0);
    let on: Vec<&Node> = world.nodes.iter().filter(|node| node.present()).collect();
    let (told, mut heard) = mpsc::unbounded_channel();
    let mut logs = 0;
    for (at, node) in on.iter().enumerate() {
        let share = items / on.len() + usize::from(at < items % on.len());
        let portals = node.app.portals.load().all();
        let (main, others): (Vec<_>, Vec<_>) = portals.into_iter().partition(|portal| portal.main);
        let main = main.into_iter().next().context("a node without a portal")?;
        let turns: Vec<_> = (0..share)
            .map(|turn| match others.get((turn / 2) % others.len().max(1)) {
                Some(portal) if turn % 2 == 1 => (portal.clone(), world.number()),
                _ => (main.clone(), world.number()),
            })
            .collect();
        logs += if share == 0 { 0 } else { 1 + (share / 2).min(others.len()) as u64 };
        let (app, told, bar) = (node.app.clone(), told.clone(), bar.clone());
        node.app.tasks.spawn("backlog", async move {
            let done = stream::iter(turns).map(|(portal, number)| {
                let (app, bar) = (&app, &bar);
                async move {
                    let issued =
                        publish::issue(app, portal.log, &portal.origin, draft(number, false), None).await;
                    bar.inc(1);
                    issued.map(|_| ()).map_err(refused)
                }
            });
            let done: Vec<anyhow::Result<()>> = done.buffer_unordered(TOGETHER).collect().await;
            // Whoever waits for it reports the first failure.
            let _ = told.send(done.into_iter().collect::<anyhow::Result<()>>());
        });
    }
    drop(told);
    for _ in &on {
        heard.recv().await.context("a node died while it published")??;
    }
    Ok(logs)
}

type Sizes = BTreeMap<Origin, (u64, Hash)>;

/// Size and root of every own log of the nodes that are on.
async fn sizes(world: &World) -> anyhow::Result<Sizes> {
    let mut sizes = Sizes::new();
    for node in world.nodes.iter().filter(|node| node.present()) {
        let mut conn = node.app.db.read().await?;
        let own = store::every(&mut conn).await?.into_iter().filter(|head| head.own);
        sizes.extend(own.map(|head| (head.origin, (head.size, head.root))));
    }
    Ok(sizes)
}

async fn switch_on(
    world: &mut World,
    at: usize,
    entries: u64,
    due: &Sizes,
    bar: &ProgressBar,
) -> anyhow::Result<CatchUp> {
    bar.set_length(entries);
    bar.set_position(0);
    let before = world.sent();
    let began = Instant::now();
    world.on(at).await?;
    let node = world.nodes.get(at).context("no such node")?;
    node.cable.lose(0);
    let name = node.member.body.domain.clone();
    bar.set_message(format!("{name} bắt kịp · catches up"));
    let due_in_all: u64 = due.values().map(|(size, _)| size).sum();
    let mut stored = None;
    let shown = loop {
        let (applied, waiting) = progress(&node.app, due).await?;
        bar.set_position(entries.saturating_sub(due_in_all.saturating_sub(applied)));
        if applied >= due_in_all && stored.is_none() {
            stored = Some(began.elapsed());
        }
        if stored.is_some() && waiting == 0 {
            break began.elapsed();
        }
        if began.elapsed() > LONGEST {
            bail!(
                "{name} did not catch up in {} s: {applied} of {due_in_all} entries, {waiting} contents awaited",
                LONGEST.as_secs()
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let stored = stored.unwrap_or(shown);
    let per_second = |took: Duration| (entries as f64 / took.as_secs_f64()).round();
    Ok(CatchUp {
        stored_ms: milliseconds(stored),
        shown_ms: milliseconds(shown),
        stored_per_second: per_second(stored),
        shown_per_second: per_second(shown),
        missing: missing(&node.app, due).await?,
        wire: world.wire(&before),
        load: load(),
    })
}

/// Entries of the logs that are due, as far as they are here, and contents that are awaited.
async fn progress(app: &App, due: &Sizes) -> anyhow::Result<(u64, u64)> {
    let mut conn = app.db.read().await?;
    let here = store::every(&mut conn).await?.into_iter().filter(|head| due.contains_key(&head.origin));
    let applied = here.map(|head| head.size).sum();
    let (waiting,) = one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want")?;
    Ok((applied, waiting as u64))
}

/// Logs that are not the same here as at their issuer, and items without their newest text.
async fn missing(app: &App, due: &Sizes) -> anyhow::Result<u64> {
    let mut conn = app.db.read().await?;
    let here: Sizes = store::every(&mut conn)
        .await?
        .into_iter()
        .map(|head| (head.origin, (head.size, head.root)))
        .collect();
    let differ = due.iter().filter(|(origin, held)| here.get(*origin) != Some(*held)).count() as u64;
    let (unseen,) =
        one!(&mut conn, (i64,), "SELECT COUNT(*) FROM item WHERE state <> 'erased' AND shown < edition")?;
    Ok(differ + unseen as u64)
}
