//! `gazette`: records of the official gazette, with their relations, into a node.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use network::names::ContentHash;
use serde_json::json;

use super::call::Node;
use super::issue;
use crate::clock::Clock;
use crate::documents::gazette;
use crate::items::draft::Draft;
use crate::words::date;

/// What `gazette` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  nhipcau gazette gazette.jsonl --dir demo-data/chinhphu

A line of the file is one record: {\"number\": …, \"type\": …, \"agency\": …, \"issued\": …, \"effective\": …, \
\"abstract\": …, \"signer\": …, \"url\": …}. The relations are a table (CSV) with the columns number, words of the \
gazette, other number; without --relations it is looked for beside the file: gazette_relations.csv.

Oldest first, so that the newest stands on top. After Ctrl-C or a fault, type the same again: what was issued is \
not issued twice.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Files of records, one JSON object a line
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The table of relations
    #[arg(long)]
    relations: Option<PathBuf>,
    /// Only check; nothing is issued
    #[arg(long)]
    dry_run: bool,
    /// How many are sent at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
}

/// Issues what the files hold; goes on after faults and names each.
///
/// # Errors
/// When any of them was not issued.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut records = Vec::new();
    let mut tables: Vec<PathBuf> = args.relations.iter().cloned().collect();
    for file in &args.files {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        records.extend(gazette::records(&text).with_context(|| file.display().to_string())?);
        tables.extend(beside(file).filter(|_| args.relations.is_none()));
    }
    let mut stated = std::collections::HashMap::new();
    for table in &tables {
        let bytes = std::fs::read(table).with_context(|| format!("read {}", table.display()))?;
        stated.extend(gazette::relations(&bytes).with_context(|| table.display().to_string())?);
    }
    records.sort_by(|a, b| (a.issued, &a.number, &a.form).cmp(&(b.issued, &b.number, &b.form)));
    let drafts = gazette::joined(records, stated);
    let (total, related) = (drafts.len(), drafts.iter().map(|draft| draft.relations.len()).sum::<usize>());
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos}/{len}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    let today = date::day(Clock::system().now());
    let client = if args.dry_run { None } else { Some(args.node.client()?) };
    let (mut done, mut failed, mut waiting) = (0, 0, 0);
    // Ctrl-C takes no further ones; those under way are finished and counted.
    let stop = Box::pin(tokio::signal::ctrl_c());
    let sending = futures::stream::iter(drafts).take_until(stop).map(|draft| {
        let (client, portal) = (client.as_ref(), args.node.portal.as_deref());
        async move {
            let name = named(&draft);
            let Some(client) = client else {
                let checked = draft.check(uuid::Uuid::nil(), 1, [0; 16], today);
                return (name, checked.map(|_| false).map_err(|problem| anyhow::anyhow!("{problem}")));
            };
            let body = json!({ "portal": portal, "item": draft });
            let key = serde_json::to_vec(&body).map(|bytes| ContentHash::of(&bytes).to_string());
            let sent = async {
                let answer = client.post("/api/v1/items", &body, Some(&key?)).await?;
                Ok(answer["draft"].is_string())
            };
            (name, sent.await)
        }
    });
    // In order of taking, though many are under way: the log follows the days of issue as closely as it can.
    let mut sending = std::pin::pin!(sending.buffered(args.jobs.into()));
    while let Some((name, answer)) = sending.next().await {
        bar.inc(1);
        match answer {
            Ok(waits) => {
                done += 1;
                waiting += usize::from(waits);
            }
            Err(error) => {
                failed += 1;
                bar.suspend(|| eprintln!("{name}: {error:#}"));
            }
        }
    }
    bar.finish_and_clear();
    let again = "type the same again: what was issued is not issued twice";
    if done + failed < total {
        bail!("stopped: {done} of {total} are issued (đã dừng, đã đăng {done}/{total}); to go on, {again}");
    }
    if failed > 0 {
        bail!("{failed} of {total} were not issued (chưa đăng {failed}/{total}); mend them and {again}");
    }
    let verb = if args.dry_run { "Đã kiểm tra" } else { "Đã đăng" };
    let total = total - waiting;
    println!("{verb} {total} văn bản, {related} quan hệ · {total} documents, {related} relations");
    issue::tell_waiting(waiting);
    Ok(())
}

/// `gazette_relations.csv` beside `gazette.jsonl`, if it is there.
fn beside(file: &Path) -> Option<PathBuf> {
    let stem = file.file_stem()?.to_str()?;
    Some(file.with_file_name(format!("{stem}_relations.csv"))).filter(|path| path.is_file())
}

fn named(draft: &Draft) -> String {
    let day = draft.issued.map(|day| day.to_string()).unwrap_or_default();
    format!("{} {day}", draft.number.as_deref().unwrap_or_default())
}
