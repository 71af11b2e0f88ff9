//! `bench`: the budgets of the program, measured on this machine in one run.
//!
//! What can only be judged beside something else is printed as a ratio to that, measured in the same
//! minutes: pages beside nginx, appends beside the bare `fsync` of the same disk. What is measured runs as
//! in a province: nodes are processes of their own (`serve`), spoken to over loopback; only the appends are
//! made inside this process, because it is the writer that is measured and not HTTP.
//!
//! Fairness on few cores. The load generator, nginx and the node share them, and so does whatever else the
//! machine does. The same generator drives both servers with the same number of connections; they take
//! turns of a few seconds, in the order A B B A, and the figure is the middle one of the ratios of
//! neighbouring turns: what slows the machine down slows both. The ten items a second are issued to the
//! node during all turns, so that their cost weighs on nginx's turns as well. What could not be measured is
//! said, with the cure, and is never counted as met.

mod appends;
mod catch_up;
mod channels;
mod click;
mod desk;
mod feeds;
mod flood;
mod found;
mod load;
mod media;
mod nginx;
mod node;
mod pages;
mod petitions;
mod report;
mod serving;
mod watch;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;

use report::{Line, Report};

use super::serve;

/// What `bench` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau bench                       everything, in some minutes\n  \
    nhipcau bench pages appends         two parts\n  nhipcau bench --json > figures.json\n  \
    nhipcau bench --quick               does it run here? seconds; the figures mean nothing\n\n\
    Each line has the figure, its budget and whether it is met. For `pages` nginx must be installed\n\
    (apt-get install nginx-light); the bench starts its own on a free port. Measure a release build on a machine\n\
    that does nothing else. --dir chooses the disk: the database syncs to it.")]
pub struct Args {
    /// What to measure; everything if nothing is named
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// A rehearsal with tiny numbers
    #[arg(long)]
    quick: bool,
    /// Where the nodes' data go while it runs
    #[arg(long)]
    dir: Option<PathBuf>,
    /// An empty database of a PostgreSQL server (postgres://…) for the node of `desk`, instead of SQLite
    #[arg(long, value_name = "ADDRESS")]
    database: Option<String>,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The cached item page against nginx, while items are being issued
    Pages,
    /// Item pages that nobody asked for before, at a steady rate
    Uncached,
    /// Bytes of the first answer: home, list, item, with the style sheet
    Size,
    /// Durable appends: many writers together, and one alone
    Appends,
    /// A follower that catches up with thirty days
    CatchUp,
    /// Start to first page
    Start,
    /// Memory of an idle node
    Memory,
    /// The console of a portal with 100,000 items: its pages, and saving a draft
    Desk,
    /// From the click that issues an item to another node's portal
    Click,
    /// From the issue of an item to found by search
    Found,
    /// 10,000 distinct searches a second from one network, while somebody else reads
    Flood,
    /// Feeds of other portals, read and cleaned
    Feeds,
    /// A photo and a clip, made into all their copies
    Media,
    /// Public pages of other sites, looked at
    Watch,
    /// A post to six channels, from the issue of its item until every service has it
    Channels,
    /// Petitions registered by many senders at once
    Intake,
    /// From the click that passes a case on to the desk of another node's agency
    HandOver,
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Scale {
    /// Turns of each server.
    turns: usize,
    /// How long a turn takes.
    turn: Duration,
    /// Portals in the directory at most.
    communes: usize,
    /// Item pages that are drawn.
    drawn: usize,
    /// Requests a second for pages that are drawn.
    rate: u32,
    /// Items that are issued together.
    appends: usize,
    /// Items that are issued one after the other, and bare syncs.
    alone: usize,
    /// Entries of the backlog.
    backlog: usize,
    /// Items of the portal whose console is measured.
    desk: usize,
    /// Items that are issued by a click; the first one is not counted.
    clicks: usize,
    /// Distinct searches of one network.
    flood: usize,
    /// Feeds that are read.
    feeds: usize,
    /// Feeds of one round.
    round: usize,
    /// Seconds of the clip.
    clip: u32,
    /// Public pages that are looked at.
    watched: usize,
    /// Items that are issued to six channels.
    posts: usize,
    /// Petitions that are registered.
    petitions: usize,
    /// Cases that are passed on; the first one is not counted.
    handed: usize,
    /// Starts.
    starts: usize,
    /// How long a node is left alone before its memory is read.
    idle: Duration,
}

const WHOLE: Scale = Scale {
    turns: 6,
    turn: Duration::from_secs(4),
    communes: usize::MAX,
    drawn: 5_000,
    rate: 1_000,
    appends: 30_000,
    alone: 300,
    backlog: 150_000,
    desk: 100_000,
    clicks: 201,
    flood: 100_000,
    feeds: 600,
    round: 1_000,
    clip: 60,
    watched: 3_400,
    posts: 20,
    petitions: 4_000,
    handed: 51,
    starts: 5,
    idle: Duration::from_secs(8),
};

const QUICK: Scale = Scale {
    turns: 2,
    turn: Duration::from_millis(300),
    communes: 1,
    drawn: 40,
    rate: 200,
    appends: 64,
    alone: 8,
    backlog: 600,
    desk: 200,
    clicks: 5,
    flood: 400,
    feeds: 4,
    round: 4,
    clip: 2,
    watched: 20,
    posts: 1,
    petitions: 16,
    handed: 3,
    starts: 1,
    idle: Duration::from_millis(300),
};

/// Measures and prints.
///
/// # Errors
/// What keeps it from measuring at all; a budget that is not met is no error.
pub async fn run(args: Args) -> anyhow::Result<()> {
    if std::env::var_os("NHIPCAU_DATABASE").is_some() {
        bail!(
            "NHIPCAU_DATABASE is set and would be every node's database; unset it, the bench makes its own"
        );
    }
    if args.database.is_some() && args.parts != [Part::Desk] {
        bail!("--database is for one part alone: nhipcau bench desk --database postgres://…");
    }
    let scale = if args.quick { QUICK } else { WHOLE };
    let all = Part::value_variants();
    let parts: Vec<Part> =
        all.iter().copied().filter(|p| args.parts.is_empty() || args.parts.contains(p)).collect();
    let mut report = Report::begin(args.quick);
    let (mut first, mut failed) = (true, Vec::new());
    for part in parts {
        let dir = folder(args.dir.as_deref())?;
        eprintln!("… {}", report::name(part));
        let measured = tokio::select! {
            measured = measure(part, dir.path(), scale, args.database.as_deref()) => measured,
            // What was started ends with what measures it.
            () = serve::stop_asked() => bail!("stopped while measuring {}", report::name(part)),
        };
        let lines = measured.unwrap_or_else(|error| {
            failed.push(report::name(part));
            vec![Line::failed(part, &error)]
        });
        if !args.json {
            report.print(&lines, std::mem::take(&mut first));
        }
        report.add(lines);
    }
    if args.json {
        println!("{}", report.json()?);
    } else {
        report.close();
    }
    // A budget that is not met is a figure; a part that could not run is a fault.
    ensure!(failed.is_empty(), "could not be measured, the reason stands with each: {}", failed.join(", "));
    Ok(())
}

async fn measure(part: Part, dir: &Path, scale: Scale, database: Option<&str>) -> anyhow::Result<Vec<Line>> {
    match part {
        Part::Pages => pages::cached(dir, scale).await,
        Part::Uncached => pages::drawn(dir, scale).await,
        Part::Size => serving::size(dir, scale).await,
        Part::Appends => appends::appends(dir, scale).await,
        Part::CatchUp => catch_up::catch_up(dir, scale).await,
        Part::Start => serving::start(dir, scale).await,
        Part::Memory => serving::memory(dir, scale).await,
        Part::Click => click::click(dir, scale).await,
        Part::Desk => desk::desk(dir, scale, database).await,
        Part::Found => found::found(dir, scale).await,
        Part::Flood => flood::flood(dir, scale).await,
        Part::Feeds => feeds::feeds(scale),
        Part::Media => media::media(dir, scale),
        Part::Watch => watch::watch(scale).await,
        Part::Channels => channels::channels(dir, scale).await,
        Part::Intake => petitions::intake(dir, scale).await,
        Part::HandOver => petitions::hand_over(dir, scale).await,
    }
}

/// A folder of its own for each part: what one leaves behind weighs on no other.
fn folder(under: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("nhipcau-bench-");
    match under {
        Some(dir) => {
            std::fs::create_dir_all(dir).with_context(|| format!("--dir {}", dir.display()))?;
            builder.tempdir_in(dir)
        }
        None => builder.tempdir(),
    }
    .context("make a folder for the nodes' data; --dir names another disk")
}
