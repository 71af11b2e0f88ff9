//! Who the parent's node is, as it says itself; and the root note's fingerprint, for people to compare.

use anyhow::{Context, bail};
use network::door::{Door, MAX_DOOR};
use network::names::{ContentHash, Origin};
use network::root::RootNote;

use crate::config::{Config, Neighbour, Role, address};
use crate::peers::line::{Cable, Line};
use crate::web::visitor::host_of;

/// The parent as a neighbour. Its name is asked at its door; where it does not answer, it is the one that was
/// given, or `<its host>/node` as `init` names nodes.
///
/// # Errors
/// When the address is wrong, or nothing tells the name.
pub async fn neighbour(config: &Config, url: &str, named: Option<&str>) -> anyhow::Result<Neighbour> {
    let url = address(url, config.private_addresses).context("--parent")?;
    let name = match named {
        Some(name) => name.parse().map_err(|e| anyhow::anyhow!("--parent-name {name:?} {e}"))?,
        None => match asked(config, &url).await {
            Ok(name) => name,
            Err(error) => guessed(&url).with_context(|| format!("{error:#}"))?,
        },
    };
    Ok(Neighbour { name: name.to_string(), url, role: Role::Primary })
}

async fn asked(config: &Config, url: &str) -> anyhow::Result<Origin> {
    let line = Line::new(Cable::default(), config)?;
    let door = line.get(&format!("{url}/.well-known/nhipcau"), MAX_DOOR).await?;
    Ok(Door::parse(&door).with_context(|| format!("{url} is no node of this network"))?.node.name)
}

fn guessed(url: &str) -> anyhow::Result<Origin> {
    let host = host_of(url.split_once("://").map_or("", |(_, authority)| authority));
    if host.parse::<std::net::IpAddr>().is_ok() {
        bail!(
            "the parent does not say its name now; give it with --parent-name, for example chinhphu.vn/node"
        );
    }
    let name = format!("{host}/node");
    eprintln!(
        "Cấp trên chưa trả lời; tạm dùng tên {name} · the parent does not answer; its name is taken to be {name}"
    );
    name.parse().map_err(|e| anyhow::anyhow!("--parent {url:?}: {e}"))
}

/// `chinhphu.vn/log, phiên bản 1, 5bf1 9b2e …`: the SHA-256 of the note's text, in groups that can be read aloud.
pub fn fingerprint(root: &RootNote) -> String {
    let hash = ContentHash::of(root.text().text().as_bytes()).to_string();
    let groups: Vec<&str> = (0..8).map(|at| &hash[at * 4..at * 4 + 4]).collect();
    let origin = root.text().root_origin().map(|origin| origin.to_string()).unwrap_or_default();
    format!("{origin}, phiên bản · version {}, {}", root.text().version, groups.join(" "))
}
