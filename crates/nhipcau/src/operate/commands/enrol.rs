//! `enrol` and `close`: a parent vouches for a child, or ends it.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;

use super::call::Node;
use crate::agencies::enrol::JoinRequest;

/// What `enrol` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Example, at the parent's node:\n  nhipcau enrol join-request.json --node https://laocai.gov.vn --dir /etc/nhipcau\n\n\
    Check who sent the request before you vouch: from now on the network trusts the key in it."
)]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Join requests as `nhipcau init` wrote them
    #[arg(required = true)]
    requests: Vec<PathBuf>,
}

/// What `close` takes.
#[derive(clap::Args)]
pub struct CloseArgs {
    #[command(flatten)]
    node: Node,
    /// The child's log, for example xa-b.tinh-a.gov.vn/log
    origin: String,
    /// The log that takes its place
    #[arg(long)]
    successor: Option<String>,
    /// For a compromised log: later entries are evidence and shown by nobody
    #[arg(long)]
    last_size: Option<u64>,
}

/// Enrols each request.
///
/// # Errors
/// When any was refused; the others are enrolled.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let mut failed = 0;
    for path in &args.requests {
        let done = async {
            let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            let request: JoinRequest = serde_json::from_str(&text)
                .with_context(|| format!("{} is not a join request", path.display()))?;
            let body = json!({ "by": args.node.portal, "request": request });
            let done = client.post("/api/v1/agencies", &body, None).await?;
            println!(
                "{} được ghi danh, mục số {} · enrolled, entry {}",
                request.domain, done["entry"], done["entry"]
            );
            anyhow::Ok(())
        };
        if let Err(error) = done.await {
            eprintln!("{}: {error:#}", path.display());
            failed += 1;
        }
    }
    if failed > 0 {
        bail!("{failed} of {} were not enrolled", args.requests.len());
    }
    Ok(())
}

/// Closes a child.
///
/// # Errors
/// The node's refusal.
pub async fn close(args: CloseArgs) -> anyhow::Result<()> {
    let body = json!({ "by": args.node.portal, "origin": args.origin, "successor": args.successor, "last_size": args.last_size });
    let done = args.node.client()?.post("/api/v1/agencies/close", &body, None).await?;
    println!("{} đã đóng, mục số {} · closed, entry {}", args.origin, done["entry"], done["entry"]);
    Ok(())
}
