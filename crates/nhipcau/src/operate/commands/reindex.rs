//! `reindex`: has the search index built anew from what the node holds.

use serde_json::json;

use super::call::Node;

/// What `reindex` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  nhipcau reindex --dir /var/lib/nhipcau

The node goes on answering, and its search page says how much is still to come. It does the same by itself when the
index is missing, damaged or of another version. Of a stopped node, remove the folder data/search instead.")]
pub struct Args {
    #[command(flatten)]
    node: Node,
}

/// Asks the running node.
///
/// # Errors
/// When the node does not answer, or refuses.
pub async fn run(args: Args) -> anyhow::Result<()> {
    args.node.client()?.post("/api/v1/reindex", &json!({}), None).await?;
    println!(
        "chỉ mục tìm kiếm đang được lập lại; trang vẫn phục vụ · the search index is being built anew; the site goes on"
    );
    Ok(())
}
