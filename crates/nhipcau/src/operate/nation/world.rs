//! The simulated nation as it runs: 52 nodes in one process, on loopback, each with its own database.
//!
//! Nothing is simulated but the distance: keys, enrolments, signatures, HTTP, SQLite and its syncs to
//! disk are those of production.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures::future::{join_all, try_join_all};
use indicatif::ProgressBar;
use network::directory::Agency;
use network::entry::Level;
use network::names::Origin;
use tokio::net::TcpListener;

use super::burden::Wire;
use super::country::{Body, Member};
use super::layout;
use super::news::Act;
use super::watch::Watch;
use crate::agencies::enrol;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::Config;
use crate::logs::keys::Signing;
use crate::operate::init;
use crate::peers::line::Cable;
use crate::web;

/// The longest wait for any one step of the setting-up.
const LONGEST: Duration = Duration::from_secs(300);

/// One node, running or switched off.
pub struct Node {
    /// Who it is.
    pub member: Member,
    /// The node.
    pub app: App,
    /// Its cable.
    pub cable: Cable,
    /// When what came here.
    pub watch: Arc<Watch>,
    on: bool,
}

/// The nation.
pub struct World {
    /// The Government's node first, then ministries, then provinces.
    pub nodes: Vec<Node>,
    numbers: AtomicUsize,
}

/// Bytes over the listening sockets of every node, since each was started.
pub struct Sent(Vec<u64>);

impl World {
    /// Lays out, starts and enrols everybody, and waits until every node knows every portal.
    ///
    /// # Errors
    /// What keeps it from running, and for what it waited too long.
    pub async fn start(members: Vec<Member>, dir: &Path, bar: &ProgressBar) -> anyhow::Result<World> {
        let portals = members.iter().map(|m| m.portals().count()).sum::<usize>();
        bar.set_length(portals as u64);
        bar.set_message("khóa · keys");
        let dice = Dice::system();
        let mut listeners = Vec::new();
        let mut urls = Vec::new();
        for _ in &members {
            let listener = TcpListener::bind("127.0.0.1:0").await.context("listen on a free port")?;
            urls.push(format!("http://{}", listener.local_addr()?));
            listeners.push(listener);
        }
        let members = layout::keys(members, dir, &dice, bar).await?;
        let note = layout::root_note(&members, dir, &dice)?;
        bar.set_message("máy chủ · nodes");
        let mut opening = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let folder = dir.join(&member.body.domain);
            init::folder(&folder, &layout::file(&members, &urls, at)?, &note, &dice)?;
            opening.push(layout::open(folder, member));
        }
        let mut nodes = Vec::new();
        for ((opened, member), listener) in join_all(opening).await.into_iter().zip(members).zip(listeners) {
            let (app, cable) = opened.with_context(|| format!("open the node of {}", member.body.domain))?;
            let watch = serve(&app, listener)?;
            nodes.push(Node { member, app, cable, watch, on: true });
        }
        let world = World { nodes, numbers: AtomicUsize::new(1) };
        bar.set_message("lời xác nhận của máy chủ khác · another node's word");
        until("every log may sign", async || {
            world.nodes.iter().all(|node| node.app.keys.all(Signing::Waiting).is_empty())
        })
        .await?;
        bar.set_message("ghi danh · enrolments");
        bar.set_position(0);
        world.enrol(bar).await?;
        Ok(world)
    }

    /// The Government's node.
    ///
    /// # Errors
    /// Never in a world that was started.
    pub fn root(&self) -> anyhow::Result<&Node> {
        self.nodes.first().context("a nation without a Government")
    }

    /// Each parent enrols its children in its own log: the Government 52 bodies, provinces their communes.
    async fn enrol(&self, bar: &ProgressBar) -> anyhow::Result<()> {
        let root = self.root()?;
        try_join_all(self.nodes.iter().map(|node| enrol_one(root, &node.app, &node.member.body))).await?;
        let all = async || {
            self.nodes.iter().all(|node| {
                let directory = node.app.directory.load();
                let known = |n: &Node| n.member.body.origin().is_ok_and(|o| directory.agency(&o).is_some());
                self.nodes.iter().all(known)
            })
        };
        until("every node knows the 52 nodes", all).await?;
        try_join_all(self.nodes.iter().map(|node| async move {
            try_join_all(node.member.communes.iter().map(|body| enrol_one(node, &node.app, body))).await
        }))
        .await?;
        let due: usize = self.nodes.iter().map(|node| node.member.portals().count()).sum();
        until("every node knows every portal", async || {
            let least = self.nodes.iter().map(|node| node.app.directory.load().agencies().count()).min();
            bar.set_position(least.unwrap_or(0) as u64);
            least == Some(due)
        })
        .await?;
        // What the enrolments set going (scopes, receipts, heads) is to be over before anything is measured.
        until("the enrolments are worked off", async || {
            let busy = self.nodes.iter().any(|node| node.watch.quiet_for() < Duration::from_secs(2));
            !busy
        })
        .await
    }

    /// The node at which an act was done.
    ///
    /// # Errors
    /// Never for an act of this world.
    pub fn issuer(&self, act: &Act) -> anyhow::Result<&Node> {
        let issued = |node: &&Node| node.log().is_ok_and(|(_, origin)| origin == act.origin);
        self.nodes.iter().find(issued).context("an act of another world")
    }

    /// The nodes whose own items the whole country shows: the Government's, then the ministries'.
    pub fn central(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| matches!(node.member.body.level, Level::Central | Level::Ministry))
    }

    /// The next number of a document; each is used once.
    pub fn number(&self) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// What the lines are like from now on: so many in a thousand connections are lost.
    pub fn weather(&self, per_thousand: u32) {
        self.nodes.iter().for_each(|node| node.cable.lose(per_thousand));
    }

    /// Forgets what was seen so far.
    pub fn forget(&self) {
        self.nodes.iter().for_each(|node| node.watch.forget());
    }

    /// How much has gone over the wire so far.
    pub fn sent(&self) -> Sent {
        Sent(self.nodes.iter().map(|node| node.app.traffic.bytes()).collect())
    }

    /// How much has gone over the wire since.
    pub fn wire(&self, before: &Sent) -> Wire {
        let Sent(now) = self.sent();
        let since: Vec<u64> =
            now.iter().zip(&before.0).map(|(now, then)| now.saturating_sub(*then)).collect();
        let bytes = since.iter().sum();
        // Each byte is sent by one node and received by another.
        let per_node = 2 * bytes / (since.len() as u64).max(1);
        Wire { bytes, per_node, relay: since.first().copied().unwrap_or(0) }
    }

    /// How many portals of each node show the documents of this log, by the directory.
    ///
    /// # Errors
    /// Never in a world that was started.
    pub fn carriers(&self, origin: &Origin) -> anyhow::Result<Vec<u64>> {
        let directory = self.root()?.app.directory.load();
        let mut by_node: HashMap<&Origin, u64> = HashMap::new();
        for node in directory.carriers_of(origin, "document", &[]).iter().filter_map(|a| a.node.as_ref()) {
            *by_node.entry(node).or_default() += 1;
        }
        let portals = |node: &Node| by_node.get(&node.app.config.name).copied().unwrap_or(0);
        Ok(self.nodes.iter().map(portals).collect())
    }

    /// Address of the node and host name, of every portal that shows the documents of this log and whose
    /// node is there.
    ///
    /// # Errors
    /// Never in a world that was started.
    pub fn portals_that_carry(&self, origin: &Origin) -> anyhow::Result<Vec<(String, String)>> {
        let directory = self.root()?.app.directory.load();
        let there = |name: &Origin| self.nodes.iter().find(|n| n.app.config.name == *name && n.present());
        let carriers = directory.carriers_of(origin, "document", &[]);
        let portal = |agency: &&Agency| {
            let node = there(agency.node.as_ref()?)?;
            Some((node.app.config.url.clone(), agency.domain.to_string()))
        };
        Ok(carriers.iter().filter_map(portal).collect())
    }

    /// Switches a node off: what it had not yet made durable is lost, as with any program that ends.
    ///
    /// # Errors
    /// When there is no such node.
    pub async fn off(&mut self, at: usize) -> anyhow::Result<()> {
        let node = self.nodes.get_mut(at).context("no such node")?;
        node.on = false;
        node.app.close().await;
        Ok(())
    }

    /// Switches a node on again, from what is on its disk.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn on(&mut self, at: usize) -> anyhow::Result<()> {
        let node = self.nodes.get_mut(at).context("no such node")?;
        let given = Given { line: node.cable.clone(), ..Given::default() };
        let app = App::open(Config::read(&node.app.config.folder)?, given).await?;
        let listeners = web::serve::bind(&app.config.listen)?;
        let listener = listeners.into_iter().next().context("a node that listens nowhere")?;
        node.watch = serve(&app, listener)?;
        (node.app, node.on) = (app, true);
        Ok(())
    }

    /// Stops all nodes.
    pub async fn close(&self) {
        join_all(self.nodes.iter().filter(|node| node.on).map(|node| node.app.close())).await;
    }
}

fn serve(app: &App, listener: TcpListener) -> anyhow::Result<Arc<Watch>> {
    let watch = Watch::start(app);
    app.begin();
    web::serve::start(app, vec![listener], web::routes::router(app.clone()))?;
    Ok(watch)
}

async fn enrol_one(parent: &Node, child: &App, body: &Body) -> anyhow::Result<()> {
    let name = (body.name.as_str(), body.name_en.as_str());
    let request = enrol::request_of(child, &body.origin()?, &body.domain, name, body.level)?;
    let portal = parent.app.portals.load().main().context("the parent's portal")?;
    let enrolment = request.check().map_err(|e| anyhow::anyhow!("{}: {e}", body.domain))?;
    enrol::enrol(&parent.app, portal.log, &portal.origin, enrolment)
        .await
        .map_err(|e| anyhow::anyhow!("enrol {}: {e}", body.domain))?;
    Ok(())
}

/// Waits for something that must come.
///
/// # Errors
/// When it does not come in five minutes.
pub async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !done().await {
        if began.elapsed() > LONGEST {
            bail!(
                "waited {} s until {what}; start again with NHIPCAU_LOG=info to see why",
                LONGEST.as_secs()
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

impl Node {
    /// True if it is on and its cable is plugged in.
    pub fn present(&self) -> bool {
        self.on && self.cable.plugged()
    }

    /// The node's own log: our number for it, and its name.
    ///
    /// # Errors
    /// Never in a world that was started.
    pub fn log(&self) -> anyhow::Result<(i64, Origin)> {
        let portal = self.app.portals.load().main().context("a node without a portal")?;
        Ok((portal.log, portal.origin.clone()))
    }
}
