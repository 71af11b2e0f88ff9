//! `issue`: one item, or thousands.

use std::path::PathBuf;

use anyhow::bail;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use network::names::ContentHash;
use serde_json::{Value, json};

use super::call::{Client, Node};
use super::publish::waits;
use super::source::{Place, places};
use crate::clock::Clock;
use crate::items::draft::Draft;
use crate::words::date;

/// What `issue` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau issue lich-truc.md --dir demo-data/laocai
  nhipcau issue van-ban/ --dry-run          every .md and .json file of the folder, checked only
  nhipcau issue nam-2026.jsonl --jobs 16    one JSON object a line, sixteen at once
  xuat-tu-cms | nhipcau issue -             from standard input
  nhipcau issue thong-cao.md --embargo-until 2026-11-27T08:00:00+07:00

A Markdown file begins with front matter; attachments lie beside it:
  ---
  title: Lịch trực mùa mưa lũ
  kind: notice
  files: phan-cong.pdf, ban-do.png | Bản đồ vùng ngập
  urgent: true
  ---
  Xã phân công **24/24 giờ** …

Keys: title, title_en, summary, kind, number, form, agency, signer, issued, effective, expires, urgency \
(urgent, very-urgent, express), fields, layer, source, files, sample, urgent, retroactive, relations \
(repeals 42/2022/NĐ-CP from 2026-07-01; based_on 63/2025/QH15), and what the kind asks for, as \
`details.deadline: 2026-12-31`. Other languages under the same item stand in TOML front matter (`+++`) as \
`[[translations]]` with lang, title, summary and text. `nhipcau kinds` teaches the kinds and prints an example of each. JSON takes the \
same, and `text`; /api/v1/openapi.json describes them all.

Kinds that need two people wait in the console for the second, unless nhipcau.toml names the portal in \
issues_at_once.

Each fault is named with its file and line; the others are issued. After Ctrl-C or a fault, type the same \
again: what was issued is not issued twice. --jobs 1 keeps the order of the lines in the log.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// A .md or .json file, a folder of them, a .jsonl file, or - for standard input
    path: PathBuf,
    /// Only check, by the same rules as the node's; nothing is issued
    #[arg(long)]
    dry_run: bool,
    /// Seal it, send it sealed to every portal now, and open it everywhere at this instant: 2026-11-27T08:00:00+07:00
    #[arg(long, value_name = "INSTANT", conflicts_with = "dry_run")]
    embargo_until: Option<jiff::Timestamp>,
    /// How many are sent at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Print what was issued as JSON lines
    #[arg(long)]
    json: bool,
}

/// Issues what the path holds; goes on after faults and names each.
///
/// # Errors
/// When any of them was not issued.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let places = places(&args.path)?;
    let total = places.len();
    let client = if args.dry_run { None } else { Some(args.node.client()?) };
    let bar = if total > 1 { ProgressBar::new(total as u64) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos}/{len}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    let (mut done, mut failed, mut waiting) = (0, 0, 0);
    // Ctrl-C takes no further ones; those under way are finished and counted.
    let stop = Box::pin(tokio::signal::ctrl_c());
    let sending = futures::stream::iter(places).take_until(stop).map(|place| {
        let (client, portal, until) = (client.as_ref(), args.node.portal.as_deref(), args.embargo_until);
        async move { (send(client, portal, until, &place).await, place.name) }
    });
    let mut sending = std::pin::pin!(sending.buffer_unordered(args.jobs.into()));
    while let Some((answer, place)) = sending.next().await {
        bar.inc(1);
        match answer {
            Ok(answer) => {
                done += 1;
                waiting += usize::from(answer["draft"].is_string());
                if let Some(client) = client.as_ref().filter(|_| args.json || total == 1) {
                    let line = line(args.json, client, answer, &place);
                    bar.suspend(|| println!("{line}"));
                }
            }
            Err(error) => {
                failed += 1;
                bar.suspend(|| eprintln!("{place}: {error:#}"));
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
    if !args.json {
        let what = match (args.dry_run, args.embargo_until) {
            (true, _) => "Đã kiểm tra".to_owned(),
            (_, Some(until)) => format!("Đã niêm phong đến (sealed until) {until}:"),
            _ => "Đã đăng".to_owned(),
        };
        println!("{what} {} mục · items", total - waiting);
        tell_waiting(waiting);
    }
    Ok(())
}

/// Says how many wait for a second person, and how that can be otherwise.
pub fn tell_waiting(waiting: usize) {
    if waiting > 0 {
        println!(
            "{waiting} mục chờ người thứ hai duyệt ở bàn làm việc · {waiting} wait in the console for a second person\n\
             (cơ quan mà phần mềm của mình đã có hai người: issues_at_once trong nhipcau.toml · an agency whose own system has two people: issues_at_once in nhipcau.toml)"
        );
    }
}

/// What is printed of one that went well: its reference and address, or all of the answer for machines.
fn line(json: bool, client: &Client, mut answer: Value, place: &str) -> String {
    if json {
        answer["place"] = place.into();
        return answer.to_string();
    }
    if answer["draft"].is_string() {
        return waits(&client.base, &answer);
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let number = Some(text("number")).filter(|number| !number.is_empty());
    let number = number.map(|number| format!("  (số, ký hiệu ghi là {number})")).unwrap_or_default();
    format!("{}  {}{}{number}", text("reference"), client.base, text("path"))
}

async fn send(
    client: Option<&Client>,
    portal: Option<&str>,
    until: Option<jiff::Timestamp>,
    place: &Place,
) -> anyhow::Result<Value> {
    let draft = place.draft()?;
    match client {
        None => checked(draft),
        Some(client) => {
            let mut body = json!({ "portal": portal, "item": draft });
            if let Some(until) = until {
                body["embargo_until"] = until.to_string().into();
            }
            let key = ContentHash::of(&serde_json::to_vec(&body)?).to_string();
            client.post("/api/v1/items", &body, Some(&key)).await
        }
    }
}

fn checked(draft: Draft) -> anyhow::Result<Value> {
    match draft.check(uuid::Uuid::nil(), 1, [0; 16], date::day(Clock::system().now())) {
        Ok(_) => Ok(Value::Null),
        Err(problem) => bail!("{problem}"),
    }
}
