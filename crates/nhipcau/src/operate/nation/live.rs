//! News while the nation lives: in fair weather, on bad lines, and when the middle of the star is dead.

use std::time::Instant;

use indicatif::ProgressBar;
use serde::Serialize;

use super::Args;
use super::burden::load;
use super::figures::milliseconds;
use super::news::{self, Act, Reach, Series};
use super::world::{World, until};

/// What the lines are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weather {
    /// No faults.
    Fair,
    /// So many in a thousand calls, and pieces of open flows, lose their connection.
    Lost {
        /// In a thousand.
        per_thousand: u32,
    },
}

/// What was measured in one kind of weather.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// The weather.
    pub weather: Weather,
    /// New items of the urgent lane.
    pub urgent: Reach,
    /// New items of the normal lane.
    pub normal: Reach,
    /// Corrections of the urgent ones.
    pub correction: Reach,
    /// Withdrawals of the urgent ones.
    pub withdrawal: Reach,
}

/// What was measured around the death of the node that everybody follows.
#[derive(Clone, Debug, Serialize)]
pub struct DeadRelay {
    /// Items that ministries issue in the moment of the cut, while every node looks for another source.
    pub at_the_cut: Reach,
    /// Items issued afterwards, over the stand-ins.
    pub afterwards: Reach,
    /// Milliseconds from mending the cable until the Government's node shows all that it missed.
    pub back_ms: f64,
    /// Load of the machine at the end.
    pub load: f64,
}

/// Issues, corrects and withdraws in one kind of weather.
///
/// # Errors
/// When a node refuses, or a database cannot be read.
pub async fn measure(
    world: &World,
    args: &Args,
    weather: Weather,
    bar: &ProgressBar,
) -> anyhow::Result<Condition> {
    let per_thousand = match weather {
        Weather::Fair => 0,
        Weather::Lost { per_thousand } => per_thousand,
    };
    bar.set_prefix(match weather {
        Weather::Fair => "không lỗi · no faults".to_owned(),
        Weather::Lost { .. } => format!("mất {} % kết nối · of connections lost", per_thousand / 10),
    });
    world.weather(per_thousand);
    let (urgent, items) = issued(world, args, true, 0, bar).await?;
    let (normal, _) = issued(world, args, false, 0, bar).await?;
    let (correction, items) = changed(world, args, &items, Change::Correct, bar).await?;
    let (withdrawal, _) = changed(world, args, &items, Change::Withdraw, bar).await?;
    world.weather(0);
    Ok(Condition { weather, urgent, normal, correction, withdrawal })
}

/// Cuts the node off that everybody follows, while ministries issue.
///
/// # Errors
/// When a node refuses, a database cannot be read, or the node does not come back.
pub async fn dead_relay(world: &World, args: &Args, bar: &ProgressBar) -> anyhow::Result<DeadRelay> {
    bar.set_prefix("máy chủ đầu mối chết · the relay is dead");
    let root = world.root()?;
    root.cable.cut();
    let (at_the_cut, mut missed) = issued(world, args, true, 1, bar).await?;
    let (afterwards, more) = issued(world, args, true, 1, bar).await?;
    missed.extend(more);
    let mended = Instant::now();
    root.cable.mend();
    bar.set_message("đầu mối trở lại · the relay is back");
    until("the Government's node shows what it missed", async || {
        missed.iter().all(|act| act.shown_at(root).is_some())
    })
    .await?;
    let last = missed.iter().filter_map(|act| act.shown_at(root)).max();
    let back_ms = last.map_or(0.0, |last| milliseconds(last.saturating_duration_since(mended)));
    Ok(DeadRelay { at_the_cut, afterwards, back_ms, load: load() })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Correct,
    Withdraw,
}

/// Issues one item after the other, in turn at the bodies whose items the whole country shows, from the
/// `first` of them on.
async fn issued(
    world: &World,
    args: &Args,
    urgent: bool,
    first: usize,
    bar: &ProgressBar,
) -> anyhow::Result<(Reach, Vec<Act>)> {
    let mut series = Series::begin(world);
    let central: Vec<_> = world.central().skip(first).collect();
    bar.set_length(args.acts as u64);
    for (at, node) in central.iter().cycle().take(args.acts).enumerate() {
        bar.set_position(at as u64);
        series.acts.push(news::issue(node, world.number(), urgent).await?);
        tokio::time::sleep(args.pause()).await;
    }
    series.end(world, bar).await
}

async fn changed(
    world: &World,
    args: &Args,
    items: &[Act],
    change: Change,
    bar: &ProgressBar,
) -> anyhow::Result<(Reach, Vec<Act>)> {
    let mut series = Series::begin(world);
    bar.set_length(items.len() as u64);
    for (at, item) in items.iter().enumerate() {
        bar.set_position(at as u64);
        let node = world.issuer(item)?;
        series.acts.push(match change {
            Change::Correct => news::correct(node, item, world.number()).await?,
            Change::Withdraw => news::withdraw(node, item, world.number()).await?,
        });
        tokio::time::sleep(args.pause()).await;
    }
    series.end(world, bar).await
}
