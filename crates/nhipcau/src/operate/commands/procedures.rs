//! `procedures`: records of the national database of procedures into a node.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use network::content::Item;
use network::names::ContentHash;
use serde_json::{Value, json};

use super::call::{Client, Node};
use super::issue;
use crate::clock::Clock;
use crate::items::draft::Draft;
use crate::procedures::records::{self, Kept, Record};
use crate::words::date;

/// What `procedures` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  nhipcau procedures procedures.jsonl --dir demo-data/chinhphu

A line of the file is one record: {\"code\": …, \"name\": …, \"level\": …, \"field\": …, \"audience\": …, \"authority\": …, \
\"kind\": …, \"decision\": …, \"url\": …, \"how\": …, \"steps\": …}; conditions, result, papers, forms, legal where there are any.

A procedure is known by its code. What is new is issued, what has changed becomes an update, what has not is left alone; what was \
withdrawn stays so. After Ctrl-C or a fault, type the same again.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Files of records, one JSON object a line
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Only check; nothing is issued
    #[arg(long)]
    dry_run: bool,
    /// How many are sent at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
}

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    New,
    Updated,
    Same,
    /// It waits in the console for a second person.
    Waits,
}

#[derive(Default)]
struct Sum {
    new: usize,
    updated: usize,
    same: usize,
    waits: usize,
    failed: usize,
    kept: Kept,
}

/// Issues what the files hold; goes on after faults and names each with its line.
///
/// # Errors
/// When any of them was not issued.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut sum = Sum::default();
    let mut records: Vec<(String, Record)> = Vec::new();
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut total = 0;
    for file in &args.files {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            total += 1;
            let place = format!("{}:{}", file.display(), at + 1);
            match records::record(line) {
                Err(error) => {
                    sum.failed += 1;
                    eprintln!("{place}: {error:#}");
                }
                Ok(record) => match seen.insert(record.code.clone(), place.clone()) {
                    Some(before) => {
                        sum.failed += 1;
                        eprintln!("{place}: {}: the code stands at {before} too (mã đã có)", record.code);
                    }
                    None => records.push((place, record)),
                },
            }
        }
    }
    let today = date::day(Clock::system().now());
    let client = if args.dry_run { None } else { Some(args.node.client()?) };
    let known = match &client {
        Some(client) => standing(client, args.node.portal.as_deref()).await?,
        None => HashMap::new(),
    };
    let bar = ProgressBar::new(records.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos}/{len}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    let many = records.len();
    // Ctrl-C takes no further ones; those under way are finished and counted.
    let stop = Box::pin(tokio::signal::ctrl_c());
    let sending = futures::stream::iter(records).take_until(stop).map(|(place, record)| {
        let (client, portal, known) = (client.as_ref(), args.node.portal.as_deref(), &known);
        async move {
            let (code, kept) = (record.code.clone(), record.kept);
            let before = known.get(&code).map(String::as_str);
            (place, code, kept, one(client, portal, before, record.draft, today).await)
        }
    });
    let mut sending = std::pin::pin!(sending.buffered(args.jobs.into()));
    let mut done = 0;
    while let Some((place, code, kept, became)) = sending.next().await {
        bar.inc(1);
        done += 1;
        match became {
            Ok(Became::New) => sum.new += 1,
            Ok(Became::Updated) => sum.updated += 1,
            Ok(Became::Same) => sum.same += 1,
            Ok(Became::Waits) => sum.waits += 1,
            Err(error) => {
                sum.failed += 1;
                bar.suspend(|| eprintln!("{place}: {code}: {error:#}"));
                continue;
            }
        }
        sum.kept += kept;
    }
    bar.finish_and_clear();
    tell(&sum, args.dry_run);
    issue::tell_waiting(sum.waits);
    let again = "type the same again: what was issued is not issued twice";
    if done < many {
        bail!("stopped after {done} of {many} (đã dừng); to go on, {again}");
    }
    if sum.failed > 0 {
        bail!(
            "{} of {total} were not taken (chưa nhận {}/{total}); mend them and {again}",
            sum.failed,
            sum.failed
        );
    }
    Ok(())
}

fn tell(sum: &Sum, dry: bool) {
    let Sum { new, updated, same, kept, .. } = sum;
    match dry {
        true => println!("Đã kiểm tra {new} thủ tục · {new} procedures checked"),
        false => println!(
            "{new} mới, {updated} cập nhật, {same} không đổi · {new} new, {updated} updated, {same} unchanged"
        ),
    }
    let Kept { ways, times, fees, tables, cut } = kept;
    println!(
        "{ways} cách nộp đã đọc; giữ nguyên chữ: {times} thời hạn, {fees} phí, {tables} bảng; {cut} đoạn bị nguồn cắt · \
         {ways} ways were read; kept as text: {times} times, {fees} fees, {tables} tables; {cut} texts cut by their source"
    );
}

/// The portal's own procedures by code, each with its reference.
async fn standing(client: &Client, portal: Option<&str>) -> anyhow::Result<HashMap<String, String>> {
    let mut known = HashMap::new();
    let portal = portal.map(|domain| format!("&portal={domain}")).unwrap_or_default();
    let mut next = Some(format!("/api/v1/procedures?own=true&limit=500{portal}"));
    while let Some(path) = next {
        let answer = client.get(&path).await?;
        for row in answer["procedures"].as_array().into_iter().flatten() {
            if let (Some(code), Some(reference)) = (row["code"].as_str(), row["reference"].as_str()) {
                known.insert(code.to_owned(), reference.to_owned());
            }
        }
        next = answer["next"].as_str().map(str::to_owned);
    }
    Ok(known)
}

async fn one(
    client: Option<&Client>,
    portal: Option<&str>,
    before: Option<&str>,
    draft: Draft,
    today: Date,
) -> anyhow::Result<Became> {
    let Some(client) = client else {
        let checked = draft.check(uuid::Uuid::nil(), 1, [0; 16], today);
        return checked.map(|_| Became::New).map_err(|problem| anyhow::anyhow!("{problem}"));
    };
    let Some(reference) = before else {
        let body = json!({ "portal": portal, "item": draft });
        let answer = client.post("/api/v1/items", &body, Some(&key(&body)?)).await?;
        return Ok(if answer["draft"].is_string() { Became::Waits } else { Became::New });
    };
    let told = client.get(&format!("/api/v1/items/{reference}")).await?;
    if same(&told["document"], &draft, today)? {
        return Ok(Became::Same);
    }
    let note = "Cập nhật theo Cơ sở dữ liệu quốc gia về thủ tục hành chính.".to_owned();
    let body = json!({ "change": "update", "item": Draft { change_note: Some(note), ..draft } });
    // The same text may come back after another: the key names the edition, too.
    let key = format!("{}-{}", key(&body)?, told["edition"]);
    let answer = client.post(&format!("/api/v1/items/{reference}/editions"), &body, Some(&key)).await?;
    Ok(if answer["draft"].is_string() { Became::Waits } else { Became::Updated })
}

/// The name under which the node knows a request again.
fn key(body: &Value) -> anyhow::Result<String> {
    Ok(ContentHash::of(&serde_json::to_vec(body)?).to_string())
}

/// Whether the item that stands says what the draft says.
fn same(document: &Value, draft: &Draft, today: Date) -> anyhow::Result<bool> {
    let Ok(item) = Item::parse(&serde_json::to_vec(document)?) else { return Ok(false) };
    let again = Draft { change_note: item.change_note.clone(), ..draft.clone() };
    let due = again.check(item.id, item.edition, item.salt.0, today).map_err(|p| anyhow::anyhow!("{p}"))?;
    Ok(due.item == item)
}
