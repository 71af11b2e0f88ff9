//! Peers: the I/O around the state machines of `network`. What we serve to them, what we fetch, what we tell.
//!
//! `serve` is the flow outwards, `follow` the flow inwards, `contents` fetches what entries point to,
//! `tellers` say what is held and shown, `receipts` keeps what others say of it, `bundles`
//! does all of it through files, `letters` go sealed from portal to portal, `line` is the one way out.

pub mod bundles;
mod cable;
pub mod contents;
pub mod follow;
pub mod inquiry;
pub mod letters;
pub mod line;
pub mod progress;
pub mod receipts;
pub mod serve;
pub mod tellers;
pub mod trust;

use std::collections::BTreeSet;

use network::directory::Directory;
use network::follower;
use network::names::Origin;

use crate::agencies::Portals;
use crate::app::App;

/// What reaches the follower.
pub enum Event {
    /// An event of the network.
    Network(follower::Event),
    /// The directory says something else now: keys, nodes, hosts.
    DirectoryChanged,
    /// A log grew beside the follower: a bundle was imported.
    Reread(Origin),
}

/// The logs that this node is to have: all of the nation, or what the portals here show and stand under.
pub fn needed(app: &App, directory: &Directory, portals: &Portals) -> BTreeSet<Origin> {
    if app.config.follows_all {
        return directory.agencies().map(|a| a.origin.clone()).chain([directory.heads().clone()]).collect();
    }
    let portals = portals.all();
    let ours: Vec<Origin> = portals.iter().map(|p| p.origin.clone()).collect();
    let mut needed = directory.logs_needed_by(&ours);
    // A portal that nobody has enrolled yet waits for its parent's word, in the log of one above its domain.
    for portal in portals.iter().filter(|p| directory.agency(&p.origin).is_none()) {
        let Some(domain) = portal.domain_name() else { continue };
        let above = directory.agencies().filter(|agency| domain.lies_under(&agency.domain));
        needed.extend(above.map(|agency| agency.origin.clone()));
    }
    needed
}

/// What the network looks like from here; for pages, health and doctor.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// When this node was last in step with a source, by our clock, in microseconds.
    pub synced: Option<i64>,
    /// Neighbours in step.
    pub in_step: u32,
    /// Neighbours in all.
    pub of: u32,
    /// Each neighbour.
    pub neighbours: Vec<NeighbourStatus>,
    /// Logs that are known to be longer than here, and by how much.
    pub behind: Vec<(String, u64)>,
    /// Contents that are awaited.
    pub waiting: u64,
    /// Since when this node runs, in microseconds.
    pub started: i64,
}

/// A neighbour as it is seen from here.
#[derive(Clone, Debug)]
pub struct NeighbourStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// True if this node follows it.
    pub source: bool,
    /// True if its flow is open.
    pub up: bool,
    /// When that was last different, in microseconds.
    pub since: i64,
    /// How long the newest entries took from their issuer to here, in milliseconds, by our clock.
    pub lag_ms: Option<u64>,
    /// What went wrong last.
    pub trouble: Option<String>,
}
