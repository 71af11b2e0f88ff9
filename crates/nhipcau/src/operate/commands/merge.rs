//! `merge` and `split`: the whole plan of a merger or division, its proposal, and the second person's word.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::call::Node;
use crate::agencies::merger::Asked;

/// What `merge` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples, at the node of the agency above:\n  \
    nhipcau merge xa-b.tinh-a.gov.vn/log xa-c.tinh-a.gov.vn/log --into xa-d.tinh-a.gov.vn/log --basis \"Nghị quyết 1656/NQ-UBTVQH15\"\n  \
    nhipcau merge … --propose          keep the plan; somebody else confirms it in the console\n  \
    nhipcau merge --list               what was proposed, and how far it has come\n  \
    nhipcau merge --confirm ID         confirm what somebody has proposed in the console; --drop ID drops it\n\n\
    Without --propose nothing is done: the plan is printed. A closed log is never opened again.")]
pub struct MergeArgs {
    #[command(flatten)]
    node: Node,
    /// The logs of the agencies that end
    #[arg(required_unless_present_any = ["list", "confirm", "drop"])]
    from: Vec<String>,
    /// The log of the agency that takes their place
    #[arg(long, value_name = "ORIGIN", required_unless_present_any = ["list", "confirm", "drop"])]
    into: Option<String>,
    #[command(flatten)]
    terms: Terms,
    /// Show what was proposed, and how far it has come
    #[arg(long, conflicts_with_all = ["from", "confirm", "drop"])]
    list: bool,
    /// Confirm a proposal: its steps are carried out
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "drop"])]
    confirm: Option<String>,
    /// Drop a proposal
    #[arg(long, value_name = "ID", conflicts_with = "from")]
    drop: Option<String>,
}

/// What `split` takes.
#[derive(clap::Args)]
#[command(after_help = "Example, at the node of the agency above:\n  \
    nhipcau split xa-b.tinh-a.gov.vn/log --into xa-c.tinh-a.gov.vn/log --into xa-d.tinh-a.gov.vn/log --basis \"Nghị quyết 1656/NQ-UBTVQH15\"\n\n\
    The first --into is the main successor: it takes over tasks, drafts and the old address. Without --propose\n\
    nothing is done. Proposals are listed, confirmed and dropped by `nhipcau merge`.")]
pub struct SplitArgs {
    #[command(flatten)]
    node: Node,
    /// The log of the agency that ends
    from: String,
    /// The logs of those that take its place, the main one first
    #[arg(long, value_name = "ORIGIN", required = true)]
    into: Vec<String>,
    #[command(flatten)]
    terms: Terms,
}

/// What a merger and a division have in common.
#[derive(clap::Args, Clone)]
struct Terms {
    /// The act by which it is so: a resolution's or decision's number
    #[arg(long, default_value = "")]
    basis: String,
    /// The main successor's new name in Vietnamese
    #[arg(long)]
    name: Option<String>,
    /// And in English
    #[arg(long)]
    name_en: Option<String>,
    /// The main successor's new code
    #[arg(long)]
    code: Option<String>,
    /// The unit that answers for the main successor's portal
    #[arg(long)]
    accountable: Option<String>,
    /// Keep the plan as a proposal, which somebody else confirms
    #[arg(long)]
    propose: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Shows the plan of a merger or proposes it; lists, confirms or drops proposals.
///
/// # Errors
/// The node's refusal.
pub async fn merge(args: MergeArgs) -> anyhow::Result<()> {
    let decided = args.confirm.clone().map(|id| (id, true)).or(args.drop.clone().map(|id| (id, false)));
    if let Some((id, confirm)) = decided {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
            bail!("{id:?} is no proposal's id; `nhipcau merge --list` shows them (không phải mã đề xuất)");
        }
        let body = json!({ "by": args.node.portal, "confirm": confirm });
        let done = args.node.client()?.post(&format!("/api/v1/mergers/{id}"), &body, None).await?;
        println!("{}", if args.terms.json { done.to_string() } else { line(&done) });
        return Ok(());
    }
    if args.list {
        let portal = args.node.portal.as_ref().map(|domain| format!("?portal={domain}")).unwrap_or_default();
        let told = args.node.client()?.get_by_token(&format!("/api/v1/mergers{portal}")).await?;
        if args.terms.json {
            println!("{told}");
            return Ok(());
        }
        told["mergers"].as_array().into_iter().flatten().for_each(|merger| println!("{}", line(merger)));
        return Ok(());
    }
    plan(&args.node, &args.terms, args.from, args.into.into_iter().collect()).await
}

/// Shows the plan of a division or proposes it.
///
/// # Errors
/// The node's refusal.
pub async fn split(args: SplitArgs) -> anyhow::Result<()> {
    if args.into.len() < 2 {
        bail!("a division has two successors or more: give --into for each; for one use `nhipcau merge`");
    }
    plan(&args.node, &args.terms, vec![args.from], args.into).await
}

async fn plan(node: &Node, terms: &Terms, from: Vec<String>, into: Vec<String>) -> anyhow::Result<()> {
    let merger = Asked {
        from,
        into,
        basis: terms.basis.clone(),
        name: terms.name.clone(),
        name_en: terms.name_en.clone(),
        code: terms.code.clone(),
        accountable: terms.accountable.clone(),
    };
    let body = json!({ "by": node.portal, "merger": merger, "propose": terms.propose });
    let told = node.client()?.post("/api/v1/mergers", &body, None).await?;
    if terms.json {
        println!("{told}");
        return Ok(());
    }
    let plan = if terms.propose { &told["plan"] } else { &told };
    print(plan).context("the node's answer")?;
    match told["id"].as_str().filter(|_| terms.propose) {
        Some(id) => println!(
            "\nĐã đề xuất {id}; người khác xác nhận tại bàn làm việc, mục Sáp nhập, chia tách.\n\
             Proposed as {id}; somebody else confirms it in the console, under Mergers, divisions."
        ),
        None => println!(
            "\nChưa có gì được thực hiện; thêm --propose để đề xuất · nothing was done; --propose keeps it"
        ),
    }
    Ok(())
}

/// A proposal on one line: its id, its state, who into whom, how many steps are done, what holds it up.
fn line(merger: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let done = merger["done"].as_array().map_or(0, Vec::len);
    let steps = merger["plan"]["vi"]["steps"].as_array().map_or(0, Vec::len);
    let title = text(&merger["plan"]["vi"]["title"]);
    let trouble = merger["trouble"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let trouble: String = trouble.map(|why| format!("\n    {why}")).collect();
    format!("{}  {}  {title}  {done}/{steps}{trouble}", text(&merger["id"]), text(&merger["state"]))
}

/// The plan in Vietnamese, as the console shows it.
fn print(plan: &Value) -> anyhow::Result<()> {
    let vi = &plan["vi"];
    let lines = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|l| l.as_str().map(str::to_owned)).collect()
    };
    println!("{}", vi["title"].as_str().context("no plan in it")?);
    for end in vi["ends"].as_array().into_iter().flatten() {
        println!("\n{}", end["name"].as_str().unwrap_or_default());
        lines(&end["lines"]).iter().for_each(|line| println!("  - {line}"));
    }
    println!("\nCác bước · steps");
    lines(&vi["steps"]).iter().enumerate().for_each(|(at, line)| println!("  {}. {line}", at + 1));
    println!("\nViệc mỗi người còn phải làm · what each person must still do");
    lines(&vi["todo"]).iter().for_each(|line| println!("  - {line}"));
    Ok(())
}
