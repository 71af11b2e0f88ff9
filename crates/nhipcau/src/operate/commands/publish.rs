//! `correct`, `update`, `replace`, `withdraw`, `order`: what happens to an item afterwards.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::call::{Node, reference};
use super::{erase, source};
use crate::items::publish::Reason;

/// What `correct`, `update` and `replace` take.
#[derive(clap::Args)]
#[command(after_help = "\
correct   the former edition was wrong; readers see what was mended
update    the matter went on; the former edition was right in its time
replace   another text takes its place under the same name

Example:
  nhipcau correct 5bf19b2e-01a2… sua.md --note \"Đính chính tên Điều 3\" --dir demo-data/chinhphu

The file holds the whole item as it stands from now; `nhipcau issue --help` describes it.")]
pub struct EditionArgs {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// The whole item as it stands from now (.md, .json, or - for standard input)
    file: PathBuf,
    /// What was changed; readers see it
    #[arg(long)]
    note: Option<String>,
    /// Before everything else
    #[arg(long)]
    urgent: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What `withdraw` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  nhipcau withdraw 5bf19b2e-01a2… --reason \"Đăng nhầm bản dự thảo\" --dir demo-data/chinhphu

It reaches every portal that shows the item. Withdrawn is not erased: the content stays in the nodes, and a \
later edition lets the item stand again. For an item of a portal below yours: `nhipcau order`.")]
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
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What an order asks for.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Act {
    /// Withdraw the item from every portal
    Withdraw,
    /// Erase its content everywhere; final
    Erase,
}

/// What `order` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example, at the node of the Government, about an item of a commune:
  nhipcau order withdraw 5bf19b2e-01a2… --reason \"Sai thẩm quyền\" --basis \"Điều 5 …\"

Only an agency above the one that issued the item may order. An order holds for good, also against later \
editions, and counts too when it comes before its item. An erasure is only proposed: a second person confirms it, \
in the console or by `nhipcau erase 5bf19b2e-01a2… --confirm --login LOGIN`.")]
pub struct OrderArgs {
    #[command(flatten)]
    node: Node,
    /// What is ordered
    act: Act,
    /// The item: its reference or its address
    item: String,
    /// Why; readers see it
    #[arg(long)]
    reason: String,
    /// The legal basis: article, clause, document
    #[arg(long)]
    basis: String,
    /// Let nobody read it any more (without it, it stays readable under a banner)
    #[arg(long)]
    gone: bool,
    /// Do not ask before an erasure; for scripts
    #[arg(long)]
    yes: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What is said of something that was handed in and waits for a second person.
pub fn waits(base: &str, answer: &Value) -> String {
    format!(
        "Chờ người thứ hai duyệt · waits for a second person  {base}{}",
        answer["path"].as_str().unwrap_or_default()
    )
}

fn tell(done: &Value, json: bool, line: impl FnOnce(&Value) -> String) {
    println!("{}", if json { done.to_string() } else { line(done) });
}

/// Issues a further edition.
///
/// # Errors
/// The file's faults, or the node's refusal.
pub async fn edition(args: EditionArgs, change: &str) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    let mut draft = source::one(&args.file)?;
    draft.change_note = args.note.or(draft.change_note);
    draft.urgent |= args.urgent;
    let body = json!({ "change": change, "item": draft });
    let client = args.node.client()?;
    let done = client.post(&format!("/api/v1/items/{reference}/editions"), &body, None).await?;
    tell(&done, args.json, |done| {
        if done["draft"].is_string() {
            return waits(&client.base, done);
        }
        format!(
            "Bản {} đã vào sổ, mục số {} · edition {} is entry {}",
            done["edition"], done["entry"], done["edition"], done["entry"]
        )
    });
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
    tell(&done, args.json, |done| {
        format!("Đã gỡ khỏi cổng, mục số {} · withdrawn, entry {}", done["entry"], done["entry"])
    });
    Ok(())
}

/// Orders that an item of a portal below be withdrawn or erased.
///
/// # Errors
/// The node's refusal, or that the question was answered otherwise.
pub async fn order(args: OrderArgs) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    let client = args.node.client()?;
    if args.act == Act::Erase && !args.yes {
        erase::repeated(&client, &reference).await?;
    }
    let act = if args.act == Act::Erase { "erase" } else { "withdraw" };
    let body = json!({
        "by": args.node.portal, "act": act, "reason": args.reason, "basis": args.basis, "gone": args.gone,
    });
    let done = client.post(&format!("/api/v1/items/{reference}/order"), &body, None).await?;
    if args.act == Act::Erase && !args.json {
        println!("{}", erase::proposed(&client.base, &done));
        return Ok(());
    }
    tell(&done, args.json, |done| {
        format!(
            "Đã yêu cầu, mục số {} trong sổ {} · ordered, entry {}",
            done["entry"],
            done["origin"].as_str().unwrap_or_default(),
            done["entry"]
        )
    });
    Ok(())
}
