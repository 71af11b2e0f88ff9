//! `issue`, `correct`, `update`, `replace`, `withdraw`, `erase`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use network::names::ContentHash;
use serde_json::json;

use super::call::{Client, Node, reference};
use crate::items::draft::{Draft, from_markdown};
use crate::items::publish::Reason;
use crate::problem::Problem;

/// What `issue` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau issue lich-truc.md --node http://127.0.0.1:8002 --dir demo-data/laocai\n  \
    nhipcau issue van-ban/ --dry-run        every .md and .json file of the folder\n  \
    nhipcau issue nam-2026.jsonl            one JSON object a line\n\n\
    A Markdown file begins with front matter:\n  ---\n  title: Lịch trực mùa mưa lũ\n  kind: notice\n  urgent: true\n  ---\n  \
    Xã phân công **24/24 giờ** …\n\nThe same file issued again issues nothing twice."
)]
pub struct IssueArgs {
    #[command(flatten)]
    node: Node,
    /// A .md or .json file, a folder of them, or a .jsonl file
    path: PathBuf,
    /// Only check; nothing is issued
    #[arg(long)]
    dry_run: bool,
    /// Print what was issued as JSON lines
    #[arg(long)]
    json: bool,
}

/// What `correct`, `update` and `replace` take.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  nhipcau correct 5bf19b2e-01a2… sua.md --note \"Đính chính tên Điều 3\" --dir demo-data/chinhphu --node http://127.0.0.1:8000"
)]
pub struct EditionArgs {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// The whole item as it stands from now (.md or .json)
    file: PathBuf,
    /// What was changed; readers see it
    #[arg(long)]
    note: Option<String>,
    /// Before everything else
    #[arg(long)]
    urgent: bool,
}

/// What `withdraw` takes.
#[derive(clap::Args)]
pub struct WithdrawArgs {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// Why; readers see it
    #[arg(long)]
    reason: String,
    /// The legal basis, if there is one
    #[arg(long)]
    basis: Option<String>,
    /// Let nobody read it any more (without it, it stays readable under a banner)
    #[arg(long)]
    gone: bool,
    /// Before everything else
    #[arg(long)]
    urgent: bool,
}

/// What `erase` takes.
#[derive(clap::Args)]
pub struct EraseArgs {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// Why; readers see it
    #[arg(long)]
    reason: String,
    /// The legal basis: article, clause, document
    #[arg(long)]
    basis: String,
    /// Do not ask; for scripts
    #[arg(long)]
    yes: bool,
}

/// One draft and where it came from.
struct Found {
    place: String,
    draft: anyhow::Result<Draft>,
}

fn read(path: &Path) -> anyhow::Result<Vec<Found>> {
    if path.is_dir() {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(path)?.flatten().map(|e| e.path()).filter(|p| is_item(p)).collect();
        files.sort();
        return Ok(files
            .iter()
            .map(|file| Found { place: file.display().to_string(), draft: one(file) })
            .collect());
    }
    if path.extension().is_some_and(|e| e == "jsonl") {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        return Ok(lines
            .map(|(n, line)| Found {
                place: format!("{}:{}", path.display(), n + 1),
                draft: serde_json::from_str(line).map_err(Into::into),
            })
            .collect());
    }
    Ok(vec![Found { place: path.display().to_string(), draft: one(path) }])
}

fn is_item(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "md" || e == "json")
}

fn one(path: &Path) -> anyhow::Result<Draft> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    if path.extension().is_some_and(|e| e == "json") {
        return serde_json::from_str(&text)
            .with_context(|| format!("{} is not an item in JSON", path.display()));
    }
    from_markdown(&text).map_err(|problem| anyhow::anyhow!("{}: {problem}", path.display()))
}

/// Issues what the path holds; goes on after faults and names each.
///
/// # Errors
/// When any of them was not issued.
pub async fn issue(args: IssueArgs) -> anyhow::Result<()> {
    let found = read(&args.path)?;
    if found.is_empty() {
        bail!("{} holds no .md, .json or .jsonl file", args.path.display());
    }
    let client = args.node.client()?;
    let bar = if found.len() > 1 && !args.json {
        ProgressBar::new(found.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    let (total, mut failed) = (found.len(), 0);
    for Found { place, draft } in found {
        let done = match draft {
            Ok(draft) if args.dry_run => checked(draft),
            Ok(draft) => send(&client, &args, draft).await,
            Err(error) => Err(error),
        };
        bar.inc(1);
        if let Err(error) = done {
            failed += 1;
            bar.suspend(|| eprintln!("{place}: {error:#}"));
        }
    }
    bar.finish_and_clear();
    if failed > 0 {
        bail!(
            "{failed} of {total} were not issued (chưa đăng {failed}/{total}); mend them and repeat: what was issued is not issued twice"
        );
    }
    if !args.json {
        println!("{} {total} mục · items", if args.dry_run { "Đã kiểm tra" } else { "Đã đăng" });
    }
    Ok(())
}

fn checked(draft: Draft) -> anyhow::Result<()> {
    match draft.check(uuid::Uuid::nil(), 1, [0; 16]) {
        Ok(_) => Ok(()),
        Err(problem @ Problem::Invalid(_)) => bail!("{problem}"),
        Err(problem) => Err(anyhow::anyhow!("{problem}")),
    }
}

async fn send(client: &Client, args: &IssueArgs, draft: Draft) -> anyhow::Result<()> {
    let body = json!({ "portal": args.node.portal, "item": draft });
    let key = ContentHash::of(&serde_json::to_vec(&body)?).to_string();
    let done = client.post("/api/v1/items", &body, Some(&key)).await?;
    if args.json {
        println!("{done}");
    } else {
        println!(
            "{}  {}{}",
            done["reference"].as_str().unwrap_or(""),
            args.node.node,
            done["path"].as_str().unwrap_or("")
        );
    }
    Ok(())
}

/// Issues a further edition.
///
/// # Errors
/// The file's faults, or the node's refusal.
pub async fn edition(args: EditionArgs, change: &str) -> anyhow::Result<()> {
    let mut draft = one(&args.file)?;
    draft.change_note = args.note.or(draft.change_note);
    draft.urgent |= args.urgent;
    let reference = reference(&args.item)?;
    let body = json!({ "change": change, "item": draft });
    let done = args.node.client()?.post(&format!("/api/v1/items/{reference}/editions"), &body, None).await?;
    println!(
        "Bản {} đã vào sổ, mục số {} · edition {} is entry {}",
        done["edition"], done["entry"], done["edition"], done["entry"]
    );
    Ok(())
}

/// Withdraws an item.
///
/// # Errors
/// The node's refusal.
pub async fn withdraw(args: WithdrawArgs) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    let reason = Reason { reason: args.reason, basis: args.basis, gone: args.gone, urgent: args.urgent };
    let done =
        args.node.client()?.post(&format!("/api/v1/items/{reference}/withdrawal"), &reason, None).await?;
    println!("Đã gỡ khỏi cổng, mục số {} · withdrawn, entry {}", done["entry"], done["entry"]);
    Ok(())
}

/// Erases an item, after asking.
///
/// # Errors
/// The node's refusal, or that the question was answered otherwise.
pub async fn erase(args: EraseArgs) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    if !args.yes {
        eprintln!(
            "Xóa là cuối cùng: nội dung sẽ biến mất ở mọi máy chủ. Gõ lại mã để xác nhận · type the reference to confirm:\n{reference}"
        );
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed)?;
        if typed.trim() != reference {
            bail!("not erased: the reference was not repeated (chưa xóa)");
        }
    }
    let reason = Reason { reason: args.reason, basis: Some(args.basis), gone: true, urgent: true };
    let done = args.node.client()?.post(&format!("/api/v1/items/{reference}/erasure"), &reason, None).await?;
    println!("Đã xóa theo căn cứ đã nêu, mục số {} · erased, entry {}", done["entry"], done["entry"]);
    Ok(())
}
