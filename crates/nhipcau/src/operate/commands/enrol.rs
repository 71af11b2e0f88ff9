//! `enrol` and `close`: a parent vouches for a child, or ends it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::call::{Client, Node};
use crate::agencies::enrol::JoinRequest;

/// What `enrol` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example, at the parent's node:
  nhipcau enrol join-request.json --dir /etc/nhipcau

Check who sent the request before you vouch: from now on the network trusts the key in it.
It has effect if the child's level is lower, its domain lies under the parent's, and nobody else holds its \
name, domain or code; otherwise it is kept without effect and the root is alarmed.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Join requests as `nhipcau init` wrote them
    #[arg(required = true)]
    requests: Vec<PathBuf>,
    /// Print what was written as JSON lines
    #[arg(long)]
    json: bool,
}

/// What `close` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples, at the parent's node:
  nhipcau close xa-b.tinh-a.gov.vn/log --successor xa-c.tinh-a.gov.vn/log
  nhipcau close xa-b.tinh-a.gov.vn/log --last-size 812

--successor names the log into which it was merged. --last-size closes a log whose key was stolen: \
entries from that one on are evidence only, and shown by nobody.

A closed log is never opened again; the portal goes on under a new one that names it as its predecessor.")]
pub struct CloseArgs {
    #[command(flatten)]
    node: Node,
    /// The child's log, for example xa-b.tinh-a.gov.vn/log
    origin: String,
    /// The log that takes its place
    #[arg(long, value_name = "ORIGIN")]
    successor: Option<String>,
    /// For a compromised log: later entries are evidence and shown by nobody
    #[arg(long, value_name = "SIZE")]
    last_size: Option<u64>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Enrols each request.
///
/// # Errors
/// When any was refused; the others are enrolled.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let mut failed = 0;
    for path in &args.requests {
        match one(&client, args.node.portal.as_deref(), path).await {
            Ok(done) if args.json => println!("{done}"),
            Ok(done) => println!(
                "{} được ghi danh, mục số {} · enrolled, entry {}",
                done["origin"].as_str().unwrap_or_default(),
                done["entry"],
                done["entry"]
            ),
            Err(error) => {
                eprintln!("{}: {error:#}", path.display());
                failed += 1;
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of {} were not enrolled (chưa ghi danh)", args.requests.len());
    }
    Ok(())
}

async fn one(client: &Client, by: Option<&str>, path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let request: JoinRequest =
        serde_json::from_str(&text).with_context(|| format!("{} is not a join request", path.display()))?;
    client.post("/api/v1/agencies", &json!({ "by": by, "request": request }), None).await
}

/// Closes a child.
///
/// # Errors
/// The node's refusal.
pub async fn close(args: CloseArgs) -> anyhow::Result<()> {
    let body = json!({
        "by": args.node.portal, "origin": args.origin,
        "successor": args.successor, "last_size": args.last_size,
    });
    let done = args.node.client()?.post("/api/v1/agencies/close", &body, None).await?;
    if args.json {
        println!("{done}");
    } else {
        println!("{} đã đóng, mục số {} · closed, entry {}", args.origin, done["entry"], done["entry"]);
    }
    Ok(())
}
