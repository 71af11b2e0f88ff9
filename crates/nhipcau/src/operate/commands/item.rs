//! `show`: an item, how it stands and where.

use super::call::{Node, reference};

/// What `show` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau show 5bf19b2e-01a2… --node https://laocai.gov.vn
  nhipcau show http://mucangchai.laocai.localhost:8002/muc/5bf19b2e-01a2… --json | jq .coverage.portals

Reading needs no token. An address is asked at its own host unless --node says otherwise.
Whether it is authentic and in force: `nhipcau verify`.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// The item: its reference or its address
    item: String,
    /// Print what the node says, as JSON
    #[arg(long)]
    json: bool,
}

/// Prints an item.
///
/// # Errors
/// When the node does not know it.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let reference = reference(&args.item)?;
    let mut node = args.node;
    if let (None, Some((scheme, rest))) = (&node.node, args.item.split_once("://")) {
        node.node = Some(format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()));
    }
    let client = node.client()?;
    let mut item = client.get(&format!("/api/v1/items/{reference}")).await?;
    let coverage = client.get(&format!("/api/v1/items/{reference}/coverage")).await?;
    // What is proposed is not public: only whoever holds the node's token is told.
    let proposal = client.get_by_token(&format!("/api/v1/items/{reference}/proposal")).await.ok();
    if args.json {
        item["coverage"] = coverage;
        item["proposal"] = proposal.into();
        println!("{}", serde_json::to_string_pretty(&item)?);
        return Ok(());
    }
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let state = match item["state"].as_str() {
        Some("standing") => "đang hiển thị · stands",
        Some("withdrawn") => "đã gỡ, còn đọc được · withdrawn, readable",
        Some("gone") => "không còn hiển thị · gone",
        _ => "đã xóa · erased",
    };
    println!("{}", text(&item["card"]["title"]));
    println!(
        "  {} {}  {}",
        text(&item["card"]["form"]),
        text(&item["card"]["number"]),
        text(&item["card"]["agency"])
    );
    println!("  Tình trạng · state      {state}, bản {} · edition {}", item["edition"], item["edition"]);
    println!("  Sổ công bố · log        {}, mục số {}", text(&item["origin"]), item["entry"]);
    println!(
        "  Đăng lúc · issued       {}   đổi lúc · changed {}",
        text(&item["issued"]),
        text(&item["changed"])
    );
    println!("  Cổng đúng bản · portals {}/{}", coverage["portals"]["good"], coverage["portals"]["of"]);
    for node in coverage["nodes"].as_array().into_iter().flatten() {
        println!(
            "    {}  {}  {}/{}",
            text(&node["name"]),
            text(&node["stored"]),
            node["portals"]["good"],
            node["portals"]["of"]
        );
    }
    if let Some(proposal) = proposal {
        println!("{}", super::erase::waiting(&proposal));
    }
    if let Some(body) = item["document"]["body"]["text"].as_str() {
        println!("\n{body}");
    }
    Ok(())
}
