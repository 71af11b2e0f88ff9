//! The follower's hands and feet: opens flows, fetches tiles and contents, applies what was proven.
//!
//! What is to be done is decided by `network::follower` and `network::contents`; here it is done, and
//! what came of it is reported back to them. One task owns both; everything slow runs beside it.

mod acts;
pub(super) mod hands;
mod lines;
mod wiring;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use axum::body::Bytes;
use network::contents::{self, Contents};
use network::entry::Lane;
use network::follower::{self, Follower, GroupId, PeerId, Settings, Wanted};
use network::keys::Keys;
use network::memo::Memo;
use network::moment::Moment;
use network::names::{ContentHash, Origin};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Event;
use crate::app::App;
use crate::config::Role;
use crate::logs::ledger::Effects;

/// The group of those who are followed for everything.
const UPSTREAM: GroupId = GroupId(0);

/// What work beside the task reports to it.
pub(super) enum Report {
    /// From a flow; stale once the flow was replaced.
    Flow { peer: PeerId, generation: u64, event: follower::Event },
    /// From anything else of the follower's.
    Follower(follower::Event),
    /// From a fetch of content.
    Content(contents::Event),
    /// Content has come; not yet judged.
    Came { hash: ContentHash, from: PeerId, bytes: Bytes },
}

struct Peer {
    name: String,
    url: String,
    role: Role,
    generation: u64,
    flow: Option<CancellationToken>,
    up: bool,
    since: i64,
    lag_ms: Option<u64>,
    trouble: Option<String>,
}

struct Net {
    app: App,
    follower: Follower,
    contents: Contents,
    peers: Vec<Peer>,
    groups: BTreeMap<GroupId, (Vec<PeerId>, Wanted)>,
    keys: HashMap<Origin, Keys>,
    ids: HashMap<Origin, i64>,
    came: HashMap<ContentHash, Bytes>,
    /// Where the contents of each log are fetched.
    sources: BTreeMap<Origin, Vec<PeerId>>,
    tiles: hands::Tiles,
    reports: mpsc::Sender<Report>,
    began: Instant,
    wake: Option<Instant>,
    content_wake: Option<Instant>,
    synced: Option<i64>,
    /// What the directory said when it was last followed.
    drawn: Option<wiring::Drawn>,
    /// The log for which texts give way.
    far: Option<Origin>,
}

/// Follows the network until the node stops.
pub async fn run(app: App, mut inbox: mpsc::Receiver<Event>) {
    let (reports, mut back) = mpsc::channel(4096);
    let mut told = app.told.subscribe();
    let seed = u64::from_le_bytes(app.dice.bytes().unwrap_or_default());
    let settings = if app.config.demo {
        // People watch: a plugged-in cable should show within a moment.
        Settings { back_off: (300, 2_000), after_fault: 5_000, patience: 2_000, ..Settings::default() }
    } else {
        Settings { back_off: (1_000, 60_000), ..Settings::default() }
    };
    let started = app.clock.micros();
    let mut net = Net {
        follower: Follower::new(settings, seed, Memo::new()),
        contents: Contents::new(
            contents::Settings { back_off: (1_000, 600_000), ..contents::Settings::default() },
            seed,
        ),
        peers: Vec::new(),
        groups: BTreeMap::new(),
        keys: HashMap::new(),
        ids: HashMap::new(),
        came: HashMap::new(),
        sources: BTreeMap::new(),
        tiles: hands::Tiles::new(),
        reports,
        began: Instant::now(),
        wake: None,
        content_wake: None,
        synced: None,
        drawn: None,
        far: None,
        app,
    };
    if let Err(error) = net.begin().await {
        tracing::error!(error = format!("{error:#}"), "following could not begin");
        return;
    }
    let mut status = tokio::time::interval(Duration::from_secs(1));
    loop {
        let next = [net.wake, net.content_wake].into_iter().flatten().min();
        let timer = async move {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(event) = inbox.recv() => match event {
                Event::Network(event) => net.follow(event),
                Event::Reread(origin) => {
                    if let Err(error) = net.reread(&origin).await {
                        tracing::error!(%origin, error = format!("{error:#}"), "an imported log could not be read again");
                    }
                }
                Event::DirectoryChanged => {
                    if let Err(error) = net.directory().await {
                        tracing::error!(error = format!("{error:#}"), "the directory's change could not be followed");
                    }
                }
            },
            Some(report) = back.recv() => net.report(report),
            commit = told.recv() => match commit {
                Ok(effects) => net.committed(&effects),
                Err(RecvError::Lagged(_)) => if let Err(error) = net.recall().await {
                    tracing::error!(error = format!("{error:#}"), "wanted contents could not be read");
                },
                Err(RecvError::Closed) => return,
            },
            () = timer => {
                let now = Instant::now();
                if net.wake.is_some_and(|at| at <= now) {
                    net.wake = None;
                    net.follow(follower::Event::Tick);
                }
                if net.content_wake.is_some_and(|at| at <= now) {
                    net.content_wake = None;
                    net.fetch(contents::Event::Tick);
                }
            }
            _ = status.tick() => net.publish_status(started),
        }
    }
}

impl Net {
    fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    async fn begin(&mut self) -> anyhow::Result<()> {
        for neighbour in self.app.config.neighbours.clone() {
            self.peer(&neighbour.name, &neighbour.url, neighbour.role);
        }
        self.directory().await?;
        self.recall().await?;
        self.follow(follower::Event::Start);
        Ok(())
    }

    fn peer(&mut self, name: &str, url: &str, role: Role) -> PeerId {
        let at = self.peers.iter().position(|p| p.name == name);
        let at = at.unwrap_or_else(|| {
            self.peers.push(Peer {
                name: name.to_owned(),
                url: url.to_owned(),
                role,
                generation: 0,
                flow: None,
                up: false,
                since: self.app.clock.micros(),
                lag_ms: None,
                trouble: None,
            });
            self.peers.len() - 1
        });
        PeerId(at as u32)
    }

    /// Gives the queue all that the database says is wanted.
    async fn recall(&mut self) -> anyhow::Result<()> {
        let mut conn = self.app.db.read().await?;
        let mut from = (0, 0);
        loop {
            let (page, next) = super::contents::wanted(&mut conn, from).await?;
            page.into_iter().for_each(|want| self.want(want));
            match next {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    fn want(&mut self, want: crate::logs::ledger::Want) {
        let lane = if want.urgent { Lane::Urgent } else { Lane::Normal };
        self.fetch(contents::Event::Want {
            origin: want.origin,
            index: want.index,
            hash: want.sha256,
            size: want.size,
            lane,
        });
    }

    fn committed(&mut self, effects: &Effects) {
        for added in effects.added.iter().filter(|added| !added.own) {
            self.note_lag(added);
        }
        effects.erased.iter().for_each(|hash| self.fetch(contents::Event::Erased { hash: *hash }));
        effects.content.iter().for_each(|hash| self.fetch(contents::Event::Kept { hash: *hash }));
        let gone: HashSet<&ContentHash> = effects.content.iter().chain(&effects.erased).collect();
        for want in effects.wants.iter().filter(|want| !gone.contains(&want.sha256)) {
            self.want(want.clone());
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Flow { peer, generation, event } => {
                if self.peers.get(peer.0 as usize).is_some_and(|p| p.generation == generation) {
                    self.note_line(peer, &event);
                    self.follow(event);
                }
            }
            Report::Follower(event) => self.follow(event),
            Report::Content(event) => self.fetch(event),
            Report::Came { hash, from, bytes } => {
                let found = ContentHash::of(&bytes);
                self.came.insert(hash, bytes);
                self.fetch(contents::Event::Arrived { hash, from, found });
            }
        }
    }

    fn follow(&mut self, event: follower::Event) {
        for action in self.follower.on(event, self.now()) {
            self.act(action);
        }
    }
}
