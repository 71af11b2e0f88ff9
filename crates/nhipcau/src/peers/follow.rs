//! The follower's hands and feet: opens flows, fetches tiles and contents, applies what was proven.
//!
//! What is to be done is decided by `network::follower` and `network::contents`; here it is done, and
//! what came of it is reported back to them. One task owns both; everything slow runs beside it.

pub(super) mod hands;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use network::contents::{self, Contents};
use network::entry::{Entry, Lane};
use network::follower::{self, Action, Down, Follower, GroupId, PeerId, Settings, Wanted};
use network::keys::Keys;
use network::memo::Memo;
use network::moment::Moment;
use network::names::{ContentHash, Origin};
use tlog::Note;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Event, NeighbourStatus, Status};
use crate::app::App;
use crate::clock::instant;
use crate::config::Role;
use crate::logs::ledger::{Added, Effects};
use crate::logs::store;

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
                Err(RecvError::Lagged(_)) => if let Err(error) = net.recall(None).await {
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
        self.recall(None).await?;
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

    /// Which logs are followed, with which keys, from whom: what the directory says now.
    async fn directory(&mut self) -> anyhow::Result<()> {
        let directory = self.app.directory.load_full();
        let mut conn = self.app.db.read().await?;
        let heads: HashMap<Origin, store::Head> =
            store::every(&mut conn).await?.into_iter().map(|head| (head.origin.clone(), head)).collect();
        drop(conn);
        self.ids.extend(heads.values().map(|head| (head.origin.clone(), head.id)));
        let ours: Vec<Origin> = self.app.portals.load().all().iter().map(|p| p.origin.clone()).collect();
        let needed = super::needed(&self.app);
        for origin in &needed {
            if self.app.keys.verifier(origin.as_str()).is_some() {
                self.follow(follower::Event::NotWanted { origin: origin.clone() });
                continue;
            }
            let Some(keys) = directory.keys(origin).cloned() else { continue };
            let cosigners = self.cosigners(origin);
            match self.keys.insert(origin.clone(), keys.clone()) {
                Some(before) if before == keys => {}
                Some(_) => {
                    self.follow(follower::Event::KeysChanged { origin: origin.clone(), keys, cosigners })
                }
                None => {
                    let watched = origin == directory.heads();
                    self.add(origin, keys, cosigners, heads.get(origin), watched).await?;
                }
            }
        }
        self.neighbours(&needed, &ours);
        Ok(())
    }

    /// Whose cosignatures are kept with a log's checkpoints.
    fn cosigners(&self, origin: &Origin) -> Arc<[tlog::VerifierKey]> {
        if origin == self.app.directory.load().heads() {
            self.app.root.text().cosigners.clone().into()
        } else {
            Arc::new([])
        }
    }

    /// A log grew beside the follower: it goes on from what is in the database now.
    async fn reread(&mut self, origin: &Origin) -> anyhow::Result<()> {
        let Some(keys) = self.keys.get(origin).cloned() else { return Ok(()) };
        let mut conn = self.app.db.read().await?;
        let head = store::by_origin(&mut conn, origin.as_str()).await?;
        drop(conn);
        self.follow(follower::Event::LogDropped { origin: origin.clone() });
        let watched = origin == self.app.directory.load().heads();
        self.add(origin, keys, self.cosigners(origin), head.as_ref(), watched).await
    }

    async fn add(
        &mut self,
        origin: &Origin,
        keys: Keys,
        cosigners: Arc<[tlog::VerifierKey]>,
        head: Option<&store::Head>,
        watched: bool,
    ) -> anyhow::Result<()> {
        let (frontier, checkpoint) = match head {
            Some(head) if head.frozen.is_some() => {
                self.follow(follower::Event::NotWanted { origin: origin.clone() });
                return Ok(());
            }
            Some(head) => {
                let note = if head.pending.is_empty() { &head.checkpoint } else { &head.pending };
                (head.frontier()?, Note::parse(note).ok().map(Arc::new))
            }
            None => {
                let name = origin.clone();
                let id = self
                    .app
                    .db
                    .write("follow.add", async move |tx: &mut crate::db::Tx| -> Result<i64, anyhow::Error> {
                        let now = tx.ledger.now();
                        store::ensure(tx.conn(), &name, false, now).await
                    })
                    .await?;
                self.ids.insert(origin.clone(), id);
                (tlog::Frontier::new(), None)
            }
        };
        self.follow(follower::Event::LogAdded {
            origin: origin.clone(),
            keys,
            cosigners,
            frontier,
            checkpoint,
            watched,
        });
        Ok(())
    }

    /// Sets the groups: upstream, and each node below us for the logs that it hosts.
    fn neighbours(&mut self, needed: &BTreeSet<Origin>, ours: &[Origin]) {
        let directory = self.app.directory.load_full();
        let rank = |role: Role| match role {
            Role::Primary => 0,
            Role::Backup => 1,
            Role::Child => 2,
        };
        let mut upstream: Vec<(u8, PeerId)> = self
            .peers
            .iter()
            .enumerate()
            .filter(|(_, peer)| peer.role != Role::Child)
            .map(|(at, peer)| (rank(peer.role), PeerId(at as u32)))
            .collect();
        upstream.sort_unstable();
        let upstream: Vec<PeerId> = upstream.into_iter().map(|(_, peer)| peer).collect();
        let wanted = if self.app.config.follows_all {
            Wanted::All
        } else {
            Wanted::Logs(needed.iter().cloned().collect())
        };
        self.group(UPSTREAM, upstream.clone(), wanted);

        let mut hosts: HashMap<Origin, PeerId> = HashMap::new();
        let named: HashSet<String> =
            self.peers.iter().filter(|peer| peer.role == Role::Child).map(|peer| peer.name.clone()).collect();
        let nodes: Vec<_> =
            directory.nodes().filter(|n| n.keys.name != self.app.config.name).cloned().collect();
        for node in nodes {
            let below: BTreeSet<Origin> = node
                .portals
                .iter()
                .filter(|portal| {
                    named.contains(node.keys.name.as_str())
                        || ours.iter().any(|own| directory.is_ancestor(own, portal))
                })
                .filter(|portal| needed.contains(*portal))
                .cloned()
                .collect();
            let peer = self.peer(node.keys.name.as_str(), &node.keys.url, Role::Child);
            hosts.extend(node.portals.iter().map(|portal| (portal.clone(), peer)));
            if !below.is_empty() {
                self.group(GroupId(peer.0 + 1), vec![peer], Wanted::Logs(below));
            }
        }
        for origin in needed {
            let mut sources: Vec<PeerId> = hosts.get(origin).copied().into_iter().collect();
            sources.extend(upstream.iter().filter(|peer| hosts.get(origin) != Some(*peer)));
            if sources.is_empty() {
                // Our own content, lost with the disk, is with whoever follows us.
                sources.extend((0..self.peers.len()).map(|at| PeerId(at as u32)));
            }
            if !sources.is_empty() {
                self.sources.insert(origin.clone(), sources.clone());
                self.fetch(contents::Event::Sources { origin: origin.clone(), sources });
            }
        }
    }

    fn group(&mut self, group: GroupId, peers: Vec<PeerId>, wanted: Wanted) {
        let now = (peers, wanted);
        if self.groups.get(&group) != Some(&now) {
            self.groups.insert(group, now.clone());
            self.follow(follower::Event::Neighbours { group, peers: now.0, wanted: now.1 });
        }
    }

    /// Gives the queue what the database says is wanted: all of it, or what one entry wants.
    async fn recall(&mut self, entry: Option<(&Origin, u64)>) -> anyhow::Result<()> {
        let mut conn = self.app.db.read().await?;
        for want in super::contents::wanted(&mut conn, entry).await? {
            self.want(want);
        }
        Ok(())
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

    /// How long a log's newest entry took to here, noted with the neighbours whose flows are open.
    fn note_lag(&mut self, added: &Added) {
        let Some(entry) = added.entries.last().and_then(|bytes| Entry::decode(bytes).ok()) else { return };
        let lag = (self.app.clock.micros() - entry.at.as_microsecond()) / 1000;
        let host = self.app.directory.load().agency(&added.origin).and_then(|agency| agency.node.clone());
        let host = host.map(|node| node.to_string()).unwrap_or_default();
        let at = self.peers.iter().position(|peer| peer.up && peer.name == host);
        if let Some(peer) =
            at.or_else(|| self.peers.iter().position(|peer| peer.up)).and_then(|at| self.peers.get_mut(at))
        {
            peer.lag_ms = u64::try_from(lag).ok();
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

    fn note_line(&mut self, peer: PeerId, event: &follower::Event) {
        let now = self.app.clock.micros();
        let Some(entry) = self.peers.get_mut(peer.0 as usize) else { return };
        let up = match event {
            follower::Event::PeerUp { .. } => true,
            follower::Event::PeerDown { why, .. } => {
                entry.trouble = Some(match why {
                    Down::Unreachable => "unreachable".into(),
                    Down::Ended => "ended".into(),
                    Down::Malformed => "malformed".into(),
                });
                false
            }
            _ => {
                self.synced = Some(now);
                return;
            }
        };
        if up {
            entry.trouble = None;
            self.synced = Some(now);
        }
        if entry.up != up {
            entry.up = up;
            entry.since = now;
            let app = self.app.clone();
            let name = entry.name.clone();
            if up {
                self.hurry(peer);
                self.app.tasks.spawn("clear", async move {
                    for about in ["follower.unreachable", "follower.unavailable"] {
                        if let Err(error) =
                            crate::operate::alarms::clear(&app, about, name.clone(), String::new()).await
                        {
                            tracing::warn!(error = format!("{error:#}"), "an alarm could not be cleared");
                        }
                    }
                    app.pages.changed([crate::web::pages::Tag::Directory]);
                });
            } else {
                self.app.pages.changed([crate::web::pages::Tag::Directory]);
            }
        }
    }

    /// A neighbour is back: the contents that it may have need not wait any longer.
    fn hurry(&mut self, peer: PeerId) {
        let named = self.sources.iter().filter(|(_, sources)| sources.contains(&peer));
        let named: Vec<_> = named.map(|(origin, sources)| (origin.clone(), sources.clone())).collect();
        for (origin, sources) in named {
            self.fetch(contents::Event::Sources { origin, sources });
        }
    }

    fn follow(&mut self, event: follower::Event) {
        for action in self.follower.on(event, self.now()) {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Connect { peer, wants } => {
                let Some(entry) = self.peers.get_mut(peer.0 as usize) else { return };
                if let Some(flow) = entry.flow.take() {
                    flow.cancel();
                }
                entry.generation += 1;
                let stop = CancellationToken::new();
                entry.flow = Some(stop.clone());
                let flow = hands::Flow {
                    app: self.app.clone(),
                    peer,
                    generation: entry.generation,
                    url: entry.url.clone(),
                    reports: self.reports.clone(),
                };
                self.app.tasks.spawn("flow in", async move {
                    stop.run_until_cancelled(flow.run(wants)).await;
                });
            }
            Action::Disconnect { peer, .. } => {
                let now = self.app.clock.micros();
                let Some(entry) = self.peers.get_mut(peer.0 as usize) else { return };
                if let Some(flow) = entry.flow.take() {
                    flow.cancel();
                }
                entry.generation += 1;
                if entry.up {
                    (entry.up, entry.since) = (false, now);
                }
            }
            Action::Ask { peer, origin } => self.beside(peer, move |hands| hands.ask(origin)),
            Action::Fetch { peer, origin, from, to, tree } => {
                self.beside(peer, move |hands| hands.fetch(origin, from, to, tree));
            }
            Action::Compare { peer: Some(peer), origin, old, new } => {
                self.beside(peer, move |hands| hands.compare(origin, old, new));
            }
            Action::Compare { peer: None, origin, old, new } => {
                let id = self.ids.get(&origin).copied().unwrap_or_default();
                let (app, reports) = (self.app.clone(), self.reports.clone());
                self.app.tasks.spawn("compare", async move {
                    let bridge = hands::own_bridge(&app, id, old, new).await.ok();
                    let _ = reports
                        .send(Report::Follower(follower::Event::Compared { peer: None, origin, bridge }))
                        .await;
                });
            }
            Action::Apply(batch) => {
                let Some(id) = self.ids.get(&batch.origin).copied() else { return };
                let (app, reports) = (self.app.clone(), self.reports.clone());
                self.app.tasks.spawn("apply", async move {
                    let event = hands::apply(&app, id, batch).await;
                    let _ = reports.send(Report::Follower(event)).await;
                });
            }
            Action::Freeze(split) => {
                let app = self.app.clone();
                self.app.tasks.spawn("freeze", async move { hands::freeze(&app, split).await });
            }
            Action::Alarm(alarm) => {
                let peer = alarm.peer.and_then(|p| self.peers.get(p.0 as usize)).map(|p| p.name.clone());
                let told = crate::operate::alarms::Alarm {
                    about: alarm.about.remedy().to_owned(),
                    peer: peer.unwrap_or_default(),
                    origin: alarm.origin.map(|o| o.to_string()).unwrap_or_default(),
                    detail: format!("{:?}", alarm.about),
                };
                let app = self.app.clone();
                self.app.tasks.spawn("alarm", async move { crate::operate::alarms::tell(&app, told).await });
            }
            Action::Wake { at } => self.wake = Some(self.began + Duration::from_millis(at.0)),
        }
    }

    /// Does something slow with one neighbour beside this task, and reports what came of it.
    fn beside<F, T>(&self, peer: PeerId, work: F)
    where
        F: FnOnce(hands::Hands) -> T + Send + 'static,
        T: Future<Output = follower::Event> + Send,
    {
        let Some(entry) = self.peers.get(peer.0 as usize) else { return };
        let hands =
            hands::Hands { app: self.app.clone(), peer, url: entry.url.clone(), tiles: self.tiles.clone() };
        let reports = self.reports.clone();
        self.app.tasks.spawn("beside", async move {
            let event = work(hands).await;
            let _ = reports.send(Report::Follower(event)).await;
        });
    }

    fn fetch(&mut self, event: contents::Event) {
        let actions = self.contents.on(event, self.now());
        for action in actions {
            match action {
                contents::Action::Fetch { hash, size, from } => {
                    let Some(entry) = self.peers.get(from.0 as usize) else { continue };
                    let (app, url, reports) = (self.app.clone(), entry.url.clone(), self.reports.clone());
                    self.app.tasks.spawn("content", async move {
                        let report = super::contents::fetch(&app, &url, hash, size, from).await;
                        let _ = reports.send(report).await;
                    });
                }
                contents::Action::Keep { hash } => {
                    let Some(bytes) = self.came.remove(&hash) else { continue };
                    let (app, reports) = (self.app.clone(), self.reports.clone());
                    self.app.tasks.spawn("keep", async move {
                        let event = super::contents::keep(&app, hash, bytes).await;
                        let _ = reports.send(Report::Content(event)).await;
                    });
                }
                contents::Action::Discard { hash } => {
                    self.came.remove(&hash);
                }
                contents::Action::Recall { origin, index } => {
                    let (app, reports) = (self.app.clone(), self.reports.clone());
                    self.app.tasks.spawn("recall", async move {
                        super::contents::recall(&app, &origin, index, &reports).await;
                    });
                }
                contents::Action::Alarm { hash, from } => {
                    let told = crate::operate::alarms::Alarm {
                        about: "content.mismatch".into(),
                        peer: self.peers.get(from.0 as usize).map(|p| p.name.clone()).unwrap_or_default(),
                        origin: String::new(),
                        detail: format!("content {hash} came with other bytes"),
                    };
                    let app = self.app.clone();
                    self.app
                        .tasks
                        .spawn("alarm", async move { crate::operate::alarms::tell(&app, told).await });
                }
                contents::Action::Wake { at } => {
                    self.content_wake = Some(self.began + Duration::from_millis(at.0));
                }
            }
        }
    }

    fn publish_status(&mut self, started: i64) {
        let sources: BTreeSet<PeerId> =
            self.groups.values().filter_map(|(peers, _)| peers.first().copied()).collect();
        let neighbours: Vec<NeighbourStatus> = self
            .peers
            .iter()
            .enumerate()
            .map(|(at, peer)| NeighbourStatus {
                name: peer.name.clone(),
                url: peer.url.clone(),
                source: sources.contains(&PeerId(at as u32)),
                up: peer.up,
                since: peer.since,
                lag_ms: peer.lag_ms,
                trouble: peer.trouble.clone(),
            })
            .collect();
        let counted = neighbours.iter().filter(|n| n.source || n.up);
        let (of, in_step) = counted.fold((0, 0), |(of, up), n| (of + 1, up + u32::from(n.up)));
        let behind = self
            .follower
            .logs()
            .filter_map(|origin| Some((origin.clone(), self.follower.log(origin)?)))
            .filter(|(_, log)| log.exists > log.size)
            .map(|(origin, log)| (origin.to_string(), log.exists - log.size))
            .collect();
        let before = self.app.status.load();
        let turned = (before.in_step, before.of) != (in_step, of);
        // What a bundle brought is as old as the newest head in it, however lately it was imported.
        let imported =
            Some(self.app.imported.load(std::sync::atomic::Ordering::Relaxed)).filter(|at| *at > 0);
        self.app.status.store(Arc::new(Status {
            synced: self.synced.max(imported).or_else(|| (of == 0).then(|| self.app.clock.micros())),
            in_step,
            of,
            neighbours,
            behind,
            waiting: self.contents.waiting() as u64,
            started,
        }));
        if turned {
            // Every page says with how many nodes this one is in step.
            self.app.pages.changed([crate::web::pages::Tag::Directory]);
        }
        tracing::trace!(at = %instant(self.app.clock.micros()), in_step, of, "status");
    }
}
