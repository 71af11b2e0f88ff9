//! `letter`: tries whether letters to another portal arrive.

use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::json;

use super::call::Node;

/// What `letter` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau letter chinhphu.vn/log --dir /var/lib/nhipcau
  nhipcau letter xa-b.tinh-a.gov.vn/log --portal tinh-a.gov.vn --json

Sends a sealed letter that says nothing, as those with opinions and restricted tasks are sent, and waits until the
recipient's node has signed that it holds it. A letter that waits is sent again by itself for weeks.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// The recipient's log, for example chinhphu.vn/log
    to: String,
    /// Wait at most so many seconds
    #[arg(long, default_value_t = 30)]
    wait: u64,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Sends the letter and waits.
///
/// # Errors
/// The node's refusal, or that the letter has not arrived within the time; it stays in the outbox.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let sent =
        client.post("/api/v1/letters", &json!({ "by": args.node.portal, "to": args.to }), None).await?;
    let path = format!("/api/v1/letters/{}", sent["id"].as_str().unwrap_or_default());
    let began = Instant::now();
    let told = loop {
        let told = client.get(&path).await?;
        if told["state"] != "waiting" || began.elapsed() > Duration::from_secs(args.wait) {
            break told;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    if args.json {
        println!("{told}");
    }
    match told["state"].as_str() {
        Some("held") => {
            if !args.json {
                println!("{} đã nhận thư · holds the letter", args.to);
            }
            Ok(())
        }
        Some("waiting") => bail!(
            "{} has not taken the letter in {} s; it is sent again by itself (thư được gửi lại tự động; xem nhipcau doctor)",
            args.to,
            args.wait
        ),
        _ => bail!("{} refused the letter (nơi nhận từ chối thư)", args.to),
    }
}
