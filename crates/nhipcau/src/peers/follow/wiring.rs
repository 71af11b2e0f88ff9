//! Who is followed for what, as configuration and directory say.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use network::contents;
use network::directory::Directory;
use network::follower::{self, GroupId, PeerId, Wanted};
use network::keys::Keys;
use network::names::Origin;
use tlog::{Frontier, Note, VerifierKey};

use super::{Net, UPSTREAM};
use crate::agencies::Portals;
use crate::app::App;
use crate::config::Role;
use crate::db::Tx;
use crate::logs::store::{self, Head};
use crate::peers;

/// What the wiring was worked out from.
pub(super) type Drawn = (Arc<Directory>, Arc<Portals>);

impl Net {
    /// Which logs are followed, with which keys, from whom: what the directory says now.
    pub(super) async fn directory(&mut self) -> anyhow::Result<()> {
        let (directory, portals) = (self.app.directory.load_full(), self.app.portals.load_full());
        if let Some((before, hosted)) = &self.drawn
            && Arc::ptr_eq(before, &directory)
            && Arc::ptr_eq(hosted, &portals)
        {
            return Ok(()); // Several changes were followed in one go.
        }
        let ours: HashSet<Origin> = portals.iter().map(|portal| portal.origin.clone()).collect();
        let needed = peers::needed(&self.app, &directory, &portals);
        let heads = heads(&self.app, &needed).await?;
        self.ids.extend(heads.values().map(|head| (head.origin.clone(), head.id)));
        for origin in &needed {
            if self.app.keys.verifier(origin.as_str()).is_some() {
                self.follow(follower::Event::NotWanted { origin: origin.clone() });
                continue;
            }
            let Some(keys) = directory.keys(origin) else { continue };
            let before = self.keys.get(origin);
            if before == Some(keys) {
                continue;
            }
            let cosigners = self.cosigners(origin);
            let keys = keys.clone();
            match before {
                Some(_) => {
                    let (origin, keys) = (origin.clone(), keys.clone());
                    self.follow(follower::Event::KeysChanged { origin, keys, cosigners });
                }
                None => {
                    let watched = origin == directory.heads();
                    self.add(origin, keys.clone(), cosigners, heads.get(origin), watched)?;
                }
            }
            self.keys.insert(origin.clone(), keys);
        }
        self.neighbours(&directory, &needed, &ours);
        self.drawn = Some((directory, portals));
        Ok(())
    }

    /// A log grew beside the follower: it goes on from what is in the database now.
    pub(super) async fn reread(&mut self, origin: &Origin) -> anyhow::Result<()> {
        let Some(keys) = self.keys.get(origin).cloned() else { return Ok(()) };
        let mut conn = self.app.db.read().await?;
        let head = store::by_origin(&mut conn, origin.as_str()).await?;
        drop(conn);
        self.follow(follower::Event::LogDropped { origin: origin.clone() });
        let watched = origin == self.app.directory.load().heads();
        self.add(origin, keys, self.cosigners(origin), head.as_ref(), watched)
    }

    /// Whose cosignatures are kept with a log's checkpoints.
    fn cosigners(&self, origin: &Origin) -> Arc<[VerifierKey]> {
        if origin == self.app.directory.load().heads() {
            self.app.root.text().cosigners.clone().into()
        } else {
            Arc::new([])
        }
    }

    fn add(
        &mut self,
        origin: &Origin,
        keys: Keys,
        cosigners: Arc<[VerifierKey]>,
        head: Option<&Head>,
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
            None => (Frontier::new(), None),
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

    /// Sets the groups: upstream, and each node below us, or named as a child, for the logs that it hosts.
    fn neighbours(&mut self, directory: &Directory, needed: &BTreeSet<Origin>, ours: &HashSet<Origin>) {
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

        let children = self.app.config.neighbours.iter().filter(|neighbour| neighbour.role == Role::Child);
        let named: HashSet<String> = children.map(|neighbour| neighbour.name.clone()).collect();
        let mut hosts: HashMap<&Origin, PeerId> = HashMap::new();
        let itself = self.app.config.name.clone();
        for node in directory.nodes().filter(|node| node.keys.name != itself) {
            let named = named.contains(node.keys.name.as_str());
            let is_below = |portal: &Origin| directory.ancestors(portal).any(|a| ours.contains(&a.origin));
            let hosted = node.portals.iter().filter(|portal| needed.contains(*portal));
            let below: BTreeSet<Origin> =
                hosted.filter(|portal| named || is_below(portal)).cloned().collect();
            let peer = self.peer(node.keys.name.as_str(), &node.keys.url, Role::Child);
            hosts.extend(node.portals.iter().map(|portal| (portal, peer)));
            if !below.is_empty() {
                self.group(GroupId(peer.0 + 1), vec![peer], Wanted::Logs(below));
            }
        }
        for origin in needed {
            let host = hosts.get(origin).copied();
            let mut sources: Vec<PeerId> = host.into_iter().collect();
            sources.extend(upstream.iter().filter(|peer| host != Some(**peer)));
            if sources.is_empty() {
                // Our own content, lost with the disk, is with whoever follows us.
                sources.extend((0..self.peers.len()).map(|at| PeerId(at as u32)));
            }
            if !sources.is_empty() && self.sources.get(origin) != Some(&sources) {
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
}

/// The heads of all logs, those that are needed and not here yet added in one step.
async fn heads(app: &App, needed: &BTreeSet<Origin>) -> anyhow::Result<HashMap<Origin, Head>> {
    let read = async || -> anyhow::Result<HashMap<Origin, Head>> {
        let mut conn = app.db.read().await?;
        Ok(store::every(&mut conn).await?.into_iter().map(|head| (head.origin.clone(), head)).collect())
    };
    let heads = read().await?;
    let fresh: Vec<Origin> = needed.iter().filter(|origin| !heads.contains_key(*origin)).cloned().collect();
    if fresh.is_empty() {
        return Ok(heads);
    }
    app.db
        .write("follow.add", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            let now = tx.ledger.now();
            for origin in fresh {
                store::ensure(tx.conn(), &origin, false, now).await?;
            }
            Ok(())
        })
        .await?;
    read().await
}
