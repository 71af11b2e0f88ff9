//! `nhipcau nation`: the whole country in one process, measured.
//!
//! 52 nodes with 3,373 portals, from the real directory. Keys, enrolments, signatures, HTTP on loopback, SQLite
//! and its syncs to disk are those of production; only the distance is missing. It measures how long what is
//! published takes until every portal shows it, in fair weather and foul, and what an absence costs. Whatever
//! it counts as shown was looked up in that node's database, and a share of it read as a page over HTTP.

mod absence;
mod burden;
pub(super) mod country;
pub(super) mod figures;
mod layout;
mod live;
mod news;
mod report;
mod truth;
mod watch;
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::builder::RangedU64ValueParser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::clock::Clock;
use crate::words::date;
use country::Size;
use live::Weather;
pub use report::Report;
use world::World;

/// What `nation` takes.
#[derive(clap::Args, Clone, Debug)]
#[command(
    after_help = "Sets up the nation (about a minute), then prints how long it takes from issue to stored to shown over all \
    portals: urgent and normal lane, correction, withdrawal; with no faults, with 1 % and 10 % of connections lost, and \
    with the Government's node dead. Then one node is switched off for a day and for a month, while the others publish. \
    At the end: memory, disk and bytes on the wire.\n\n\
    Times depend on the machine and on what else it does: the load stands beside each figure. Exit code 1 if any \
    portal lacks anything or any page says something else; never because of a time.\n\n\
    A quick look, about two minutes:\n  nhipcau nation --quick\n\
    A small nation, some seconds:\n  nhipcau nation --quick --nodes 6 --communes 2 --entries-a-day 60 --days 2"
)]
pub struct Args {
    /// A new or empty folder for the nodes' data, which is kept; a temporary one, removed at the end, if not given
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Nodes: the Government's, a third ministries, the others provinces
    #[arg(long, default_value_t = 52, value_parser = RangedU64ValueParser::<usize>::new().range(5..=52))]
    pub nodes: usize,
    /// Commune portals of each province, at most; all of them if not given
    #[arg(long)]
    pub communes: Option<usize>,
    /// How many items are issued, corrected and withdrawn under each condition
    #[arg(long, default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub acts: usize,
    /// Milliseconds between two of them
    #[arg(long, default_value_t = 500)]
    pub every: u64,
    /// What the country publishes in a day
    #[arg(long, default_value_t = 5_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=50_000))]
    pub entries_a_day: usize,
    /// Days of the long absence; 0 leaves both absences out
    #[arg(long, default_value_t = 30, value_parser = RangedU64ValueParser::<usize>::new().range(..=100))]
    pub days: usize,
    /// A tenth of what is published, and a quarter of the acts; the output says so
    #[arg(long)]
    pub quick: bool,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the nation and prints the figures.
///
/// # Errors
/// What keeps it from running; or that a portal lacked something, or a page said something else.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let bar = progress();
    let report = measure(&args, &bar).await?;
    bar.finish_and_clear();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    let wrong = report.wrong();
    if !wrong.is_empty() {
        bail!("{}", wrong.join("; "));
    }
    Ok(())
}

/// Sets up the nation, measures it, and stops it.
///
/// # Errors
/// What keeps it from running.
pub async fn measure(args: &Args, bar: &ProgressBar) -> anyhow::Result<Report> {
    let args = args.scaled();
    let kept = args.dir.clone().map(empty).transpose()?;
    let temporary = tempfile::tempdir().context("make a temporary folder")?;
    let dir = kept.unwrap_or_else(|| temporary.path().to_owned());
    let today = date::day(Clock::system().now());
    let members = country::members(today, Size::of(args.nodes, args.communes))?;
    let began = Instant::now();
    let mut world = World::start(members, &dir, bar).await?;
    let mut report = Report::begin(&args, &world, began.elapsed());
    let measured = weathers(&args, &mut world, &mut report, bar).await;
    world.close().await;
    measured?;
    report.burden.disk(&dir, &world)?;
    Ok(report)
}

async fn weathers(
    args: &Args,
    world: &mut World,
    report: &mut Report,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    for weather in [Weather::Fair, Weather::Lost { per_thousand: 10 }, Weather::Lost { per_thousand: 100 }] {
        report.conditions.push(live::measure(world, args, weather, bar).await?);
    }
    report.dead = Some(live::dead_relay(world, args, bar).await?);
    report.burden.memory()?;
    if args.days > 0 {
        for days in [1, args.days] {
            report.absences.push(absence::measure(world, days, args.entries_a_day, bar).await?);
        }
    }
    report.burden.memory()
}

impl Args {
    /// With `--quick` taken into account.
    fn scaled(&self) -> Args {
        let mut args = self.clone();
        if args.quick {
            args.acts = (args.acts / 4).max(2);
            args.entries_a_day = (args.entries_a_day / 10).max(1);
        }
        args
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(self.every)
    }
}

fn empty(dir: PathBuf) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    if std::fs::read_dir(&dir).with_context(|| format!("read {}", dir.display()))?.next().is_some() {
        bail!("{} is not empty; the nation begins anew each time: name a new folder", dir.display());
    }
    Ok(dir)
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} {pos}/{len}  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
