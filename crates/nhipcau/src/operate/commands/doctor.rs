//! `doctor`: is the node well, and what is to be done if not?

use anyhow::{Context, bail};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

use super::call::{Client, Found, Keeper};
use crate::api::LINES;
use crate::clock::Clock;
use crate::operate::doctor::{Line, Progress, Report, Teller, of_folder};

/// What `doctor` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau doctor --dir /var/lib/nhipcau\n  \
    nhipcau doctor --node https://laocai.gov.vn        (NHIPCAU_TOKEN holds the token)\n\n\
    Looks at configuration, keys and who may read them, token, root note, disk, clock, database, every log recomputed\n\
    from its entries, receipts, every content by its hash, neighbours, enrolment and alarms. A running node makes the\n\
    report itself; of a stopped one it is made from the files, and nothing in them is changed.\n\
    Exit code 1 if anything needs a hand.")]
pub struct Args {
    #[command(flatten)]
    keeper: Keeper,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the report.
///
/// # Errors
/// When anything needs a hand, or the node cannot be asked.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {human_pos}/{human_len}") {
        bar.set_style(style);
    }
    let show = |progress: &Progress| {
        bar.set_message(match progress.doing.as_str() {
            "logs" => "tính lại sổ · recomputing logs",
            "contents" => "kiểm tra nội dung · checking contents",
            _ => "hỏi máy chủ khác · asking neighbours",
        });
        bar.set_length(progress.of);
        bar.set_position(progress.done);
    };
    let report = match args.keeper.find()? {
        Found::Running(client) => asked(&client, show).await?,
        Found::Stopped(_held) => {
            let (channel, mut told) = mpsc::unbounded_channel();
            let clock = Clock::system();
            let looked = async {
                let report = of_folder(&args.keeper.dir, &clock, &Teller::to(channel.clone())).await;
                let _ = channel.send(Line::Report(report));
            };
            let shown = async {
                loop {
                    match told.recv().await {
                        Some(Line::Progress(progress)) => show(&progress),
                        Some(Line::Report(report)) => return Some(report),
                        None => return None,
                    }
                }
            };
            tokio::join!(looked, shown).1.context("no report was made")?
        }
    };
    bar.finish_and_clear();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        let how = if report.running { "đang chạy · running" } else { "đang dừng · stopped" };
        println!("{} ({how})\n{}", report.node, report.text());
    }
    match report.hands() {
        0 => Ok(()),
        n => bail!("{n} việc cần làm · {n} things need a hand"),
    }
}

/// The report of a running node.
async fn asked(client: &Client, mut show: impl FnMut(&Progress)) -> anyhow::Result<Report> {
    let answer = client.open(reqwest::Method::GET, "/api/v1/doctor", LINES, "").await?;
    let mut pieces = answer.bytes_stream();
    let mut line = Vec::new();
    while let Some(piece) = pieces.next().await {
        for byte in piece.context("the node broke off its answer")? {
            if byte != b'\n' {
                line.push(byte);
                continue;
            }
            match serde_json::from_slice(&line).context("the node speaks another version")? {
                Line::Progress(progress) => show(&progress),
                Line::Report(report) => return Ok(report),
            }
            line.clear();
        }
    }
    bail!("the node broke off its answer; look into its log")
}
