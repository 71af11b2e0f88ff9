//! `look`: a portal's own colour and mark.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::call::Node;
use crate::agencies::look::{Look, MOST};

/// What `look` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau look laocai.gov.vn --colour '#0b5563' --mark logo.svg --dir /var/lib/nhipcau\n  \
    nhipcau look laocai.gov.vn --plain --dir /var/lib/nhipcau\n\n\
    The colour is refused if its contrast on the page's ground is under 4.5:1. A mark is a PNG, or an SVG without\n\
    scripts and links, of at most 32 KB; every page loads it. The next page that is asked for has the new look."
)]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// The portal's domain
    domain: String,
    /// #rrggbb
    #[arg(long, alias = "color")]
    colour: Option<String>,
    /// An SVG or PNG file
    #[arg(long)]
    mark: Option<PathBuf>,
    /// Back to the house's own colour and mark
    #[arg(long, conflicts_with_all = ["colour", "mark"])]
    plain: bool,
}

/// Changes a portal's look.
///
/// # Errors
/// What is wrong with the colour or the mark.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let look = match args.plain {
        true => Look { colour: Some(String::new()), mark: Some(String::new()) },
        false => read(args.colour, args.mark.as_deref())?,
    };
    if look.colour.is_none() && look.mark.is_none() {
        bail!("give --colour, --mark or --plain");
    }
    let path = format!("/api/v1/portals/{}/look", args.domain);
    args.node.client()?.post(&path, &json!(look), None).await?;
    println!("{} đã đổi giao diện · has its new look", args.domain);
    Ok(())
}

/// A look as it was typed, the mark read from its file.
///
/// # Errors
/// When the file cannot be read, or is far too large.
pub fn read(colour: Option<String>, mark: Option<&Path>) -> anyhow::Result<Look> {
    let mark = match mark {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("--mark: read {}", path.display()))?;
            if bytes.len() > MOST {
                bail!("--mark: {} has more than {} KB", path.display(), MOST >> 10);
            }
            Some(BASE64_STANDARD.encode(bytes))
        }
    };
    Ok(Look { colour, mark })
}
