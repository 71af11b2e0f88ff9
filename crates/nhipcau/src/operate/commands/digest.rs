//! `digest`: what a portal issued on a day, as a draft to go over and to issue.

use anyhow::Context;
use jiff::civil::Date;
use serde_json::Value;

use super::call::Node;

/// What `digest` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau digest --day 2026-11-25 > diem-tin.md
  nhipcau digest --day 2026-11-25 --portal laocai.gov.vn --json | jq .item.text

Prints a file for `nhipcau issue`: read it, mend it, issue it. Which kinds it takes in: `nhipcau kinds --json`, in_digest.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// The day in Viet Nam
    #[arg(long)]
    day: Date,
    /// Print the draft as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the digest of a day.
///
/// # Errors
/// When nothing was issued on it, or the node does not answer.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let portal = args.node.portal.as_ref().map(|portal| format!("&portal={portal}")).unwrap_or_default();
    let mut told = args.node.client()?.get(&format!("/api/v1/digest?day={}{portal}", args.day)).await?;
    if args.json {
        println!("{told}");
        return Ok(());
    }
    let text = told["item"]["text"].take();
    if let Value::Object(item) = &mut told["item"] {
        item.remove("text");
    }
    let head = toml::to_string(&told["item"]).context("write the draft as front matter")?;
    println!("+++\n{head}+++\n\n{}", text.as_str().unwrap_or_default());
    Ok(())
}
