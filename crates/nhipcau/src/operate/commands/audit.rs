//! `audit`: who did and saw what at a portal of this node, and whether the trail is whole.

use anyhow::bail;
use serde_json::Value;

use super::call::Node;
use crate::clock::instant;

/// What `audit` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples, on the node's machine:\n  \
    nhipcau audit --dir /var/lib/nhipcau\n  \
    nhipcau audit --json --portal xa-a.laocai.gov.vn > nhat-ky.jsonl\n  \
    nhipcau audit --check               exit 1 if a line was changed or taken out\n\n\
    Each line holds a hash of the line before it: keep an export elsewhere, and a later change is found out.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// One line of JSON for each line of the trail
    #[arg(long)]
    json: bool,
    /// Only check that the trail is whole
    #[arg(long)]
    check: bool,
}

/// Prints the trail, oldest first; or checks it.
///
/// # Errors
/// The trail was changed; the node's refusal; it does not answer.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let portal = args.node.portal.as_ref().map(|domain| format!("&portal={domain}")).unwrap_or_default();
    if args.check {
        let told = client.get_by_token(&format!("/api/v1/audit?check=true&most=1{portal}")).await?;
        if let Some(seq) = told["broken"].as_i64() {
            bail!("the trail was changed from line {seq} on (nhật ký đã bị thay đổi từ dòng {seq})");
        }
        println!("Nhật ký nguyên vẹn · the trail is whole");
        return Ok(());
    }
    let mut after = 0;
    loop {
        let told = client.get_by_token(&format!("/api/v1/audit?after={after}{portal}")).await?;
        let lines = told["lines"].as_array().cloned().unwrap_or_default();
        let Some(last) = lines.last().and_then(|line| line["seq"].as_i64()) else { return Ok(()) };
        for line in &lines {
            if args.json { println!("{line}") } else { println!("{}", plain(line)) }
        }
        after = last;
    }
}

/// A line for people: when, who, what, on what.
fn plain(line: &Value) -> String {
    let text = |field: &str| line[field].as_str().unwrap_or_default();
    let at = instant(line["at"].as_i64().unwrap_or_default());
    let detail = Some(text("detail")).filter(|detail| *detail != "{}").unwrap_or_default();
    format!(
        "{:>6} {at:.0} {:<36} {:<16} {} {detail}",
        line["seq"],
        text("account"),
        text("act"),
        text("subject")
    )
}
