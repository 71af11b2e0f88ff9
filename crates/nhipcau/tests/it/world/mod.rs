//! The world of a conversation: nodes, portals, people who publish, readers, cables.
//!
//! `World::with(["chinhphu", "laocai"])` starts one node a label and enrols them: the first is the root,
//! `laocai` a province that hosts two communes (`xa-a.laocai`, `xa-b.laocai`), a label with a dot a commune
//! with a node of its own behind its province, anything else a ministry. When a world ends it fails the
//! test if a background task died or a log on any node does not verify.
//!
//! `plan` makes a nation, `machines` cuts, stops and restores its nodes, `people` publish and read,
//! `staff` sign in to the console, `truth` says what is due and what must hold, `database` is where the data live.

mod database;
mod machines;
mod people;
mod plan;
mod staff;
mod truth;

use std::fmt::Debug;
use std::time::{Duration, Instant};

use network::entry::Level;
use network::names::Origin;
use nhipcau::app::App;
use nhipcau::clock::Clock;
use nhipcau::db::Place;
use nhipcau::peers::line::Cable;

pub use database::{at_server, drop_database, migrations, new_database, on_postgres};
pub use people::{Answer, Item, edition, item, notice};
pub use plan::{Plan, free_port, free_ports};
pub use staff::{PASSWORD, Staff, hidden, multipart};

/// Where nothing moves for this time nothing will come, also on a machine that does ten other things too.
const PATIENCE: Duration = Duration::from_secs(180);
/// And nothing takes as long as this.
const LONGEST: Duration = Duration::from_secs(600);

/// A small nation.
pub struct World {
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
    client: reqwest::Client,
}

struct Node {
    label: String,
    port: u16,
    cable: Cable,
    clock: Clock,
    app: Option<App>,
    place: Place,
}

/// Waits for what must come.
#[track_caller]
pub fn until<T: Debug, F>(what: &str, mut look: impl FnMut() -> F) -> impl Future<Output = T>
where
    F: Future<Output = Result<T, String>>,
{
    let caller = std::panic::Location::caller();
    async move {
        let began = Instant::now();
        let (mut moved, mut last) = (began, String::new());
        loop {
            match look().await {
                Ok(found) => return found,
                Err(due) if moved.elapsed() > PATIENCE || began.elapsed() > LONGEST => {
                    panic!("{caller}: waited in vain for {what}: {due}")
                }
                Err(due) => {
                    if due != last {
                        (moved, last) = (Instant::now(), due);
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }
}

fn level(label: &str, first: bool) -> Level {
    match label {
        _ if first => Level::Central,
        "laocai" => Level::Province,
        _ if label.contains('.') => Level::Commune,
        _ => Level::Ministry,
    }
}

fn domain(label: &str) -> String {
    format!("{label}.localhost")
}

/// The log of a portal.
pub fn origin(label: &str) -> Origin {
    format!("{}/log", domain(label)).parse().unwrap()
}

fn node_name(label: &str) -> Origin {
    format!("{}/node", domain(label)).parse().unwrap()
}

/// The portals of a node, its own first.
fn portals(label: &str) -> Vec<String> {
    match label {
        "laocai" => ["laocai", "xa-a.laocai", "xa-b.laocai"].map(str::to_owned).into(),
        _ => vec![label.to_owned()],
    }
}

fn hosts(node: &str, portal: &str) -> bool {
    portals(node).iter().any(|p| p == portal)
}

impl World {
    /// A plain nation.
    pub async fn with<const N: usize>(labels: [&str; N]) -> World {
        Plan::of(labels).start().await
    }

    fn node(&self, label: &str) -> &Node {
        self.nodes.iter().find(|node| node.label == label).unwrap()
    }

    fn node_mut(&mut self, label: &str) -> &mut Node {
        self.nodes.iter_mut().find(|node| node.label == label).unwrap()
    }

    fn hosting(&self, portal: &str) -> &Node {
        self.nodes.iter().find(|node| hosts(&node.label, portal)).unwrap()
    }

    /// The clock of a node.
    pub fn clock(&self, label: &str) -> &Clock {
        &self.node(label).clock
    }

    /// The running node that hosts a portal.
    pub fn hosted(&self, portal: &str) -> &App {
        self.hosting(portal).app.as_ref().unwrap()
    }

    /// The running node of a label.
    pub fn app(&self, label: &str) -> &App {
        self.node(label).app.as_ref().unwrap()
    }
}
