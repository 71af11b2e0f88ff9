//! `simulate`: the network's logic alone lives through a day of the nation, with everything going wrong.
//!
//! No socket and no disk: the follower, the content queue, receipts and the directory are those of
//! production, time is virtual, and chance comes from a printed seed, so every run can be seen again.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::RangedU64ValueParser;
use indicatif::{ProgressBar, ProgressStyle};
use network::simulation::{self, Faults, MIN_MINUTES, MIN_NODES, Plan, Report};
use serde_json::{Value, json};

/// What `simulate` takes.
#[derive(clap::Args)]
#[command(
    after_help = "One thread lives through a day of the nation: items are issued, corrected, withdrawn, erased and ordered \
    away, while lines break, frames come twice or out of order, nodes crash at any step, relays lie, a log is split and \
    a backup is restored.\n\
    It checks that every node that can be complete is, that what nodes claim is true all the time, that nothing \
    unverified is applied, and that a split log is frozen with evidence. Exit code 1 if any of it is violated.\n\n\
    The whole nation takes minutes and about 2 GB of memory. A quick look:\n  \
    nhipcau simulate --nodes 80 --items 200 --minutes 120 --seeds 5\n\
    To see a seed again:\n  nhipcau simulate --seed 17"
)]
pub struct Args {
    /// Nodes; up to 52 of them follow every log, the others heads and about 60 logs
    #[arg(long, default_value_t = 3_400, value_parser = RangedU64ValueParser::<usize>::new().range(MIN_NODES as u64..=10_000))]
    nodes: usize,
    /// Items issued over the day; a tenth more entries correct, withdraw, erase or order them away
    #[arg(long, default_value_t = 5_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    items: usize,
    /// Length of the day in virtual minutes
    #[arg(long, default_value_t = 480, value_parser = clap::value_parser!(u64).range(MIN_MINUTES..=10_080))]
    minutes: u64,
    /// The first seed; it chooses everything that is left to chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// What goes wrong
    #[arg(long, value_enum, default_value_t = What::All)]
    faults: What,
    /// Print the reports as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Some of everything
    All,
    /// Nothing
    None,
}

/// Lives through the days and prints what happened.
///
/// # Errors
/// When anything was violated; the reports name it, and the seed that shows it again.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let (mut reports, mut bad) = (Vec::new(), Vec::new());
    for seed in args.seed..args.seed.saturating_add(args.seeds) {
        let plan = Plan::of(args.nodes, args.items, args.minutes, seed);
        let plan = if args.faults == What::None { Plan { faults: Faults::default(), ..plan } } else { plan };
        let (report, took) =
            tokio::task::spawn_blocking(move || live(&plan)).await.context("the simulation died")??;
        if !report.violations.is_empty() {
            bad.push(seed.to_string());
        }
        if args.json {
            reports.push(as_json(&report, took));
        } else {
            println!("{report}\n  {:.1} s\n", took.as_secs_f64());
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    }
    if !bad.is_empty() {
        bail!("vi phạm ở các hạt giống · violations with the seeds {}", bad.join(", "));
    }
    Ok(())
}

fn live(plan: &Plan) -> anyhow::Result<(Report, Duration)> {
    let bar = ProgressBar::new(plan.minutes);
    if let Ok(style) =
        ProgressStyle::with_template("  {spinner} {msg} {bar:30} {pos}/{len} phút · min   {elapsed}")
    {
        bar.set_style(style);
    }
    bar.set_message(format!("seed {}", plan.seed));
    bar.enable_steady_tick(Duration::from_millis(200));
    let began = Instant::now();
    let report = simulation::run_telling(plan, |now| bar.set_position((now / 60_000).min(plan.minutes)));
    bar.finish_and_clear();
    let report = report.map_err(|why| anyhow::anyhow!("{why}"))?;
    Ok((report, began.elapsed()))
}

fn as_json(report: &Report, took: Duration) -> Value {
    let (half, most, longest) = report.delays;
    let alarms = report.alarms.iter().map(|(about, count)| (about.remedy().to_owned(), json!(count)));
    json!({
        "seed": report.seed,
        "nodes": report.nodes,
        "items": report.items,
        "entries": report.entries,
        "heads": report.heads,
        "events": report.events,
        "applied": report.applied,
        "kept": report.kept,
        "verified": report.verified.0,
        "remembered": report.verified.1,
        "virtual_ms": report.lasted,
        "delays_ms": { "p50": half, "p99": most, "max": longest },
        "crashes": report.crashes,
        "cut_off": report.cut_off,
        "frozen": report.frozen,
        "tails": report.tails,
        "alarms": alarms.collect::<serde_json::Map<_, _>>(),
        "violations": report.violations,
        "took_s": took.as_secs_f64(),
    })
}
