//! How the lines to the neighbours are: up or down, how late, and what stands on the network page.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use network::contents;
use network::entry::Entry;
use network::follower::{self, Down, PeerId};

use super::Net;
use crate::clock::instant;
use crate::logs::ledger::Added;
use crate::operate::alarms;
use crate::peers::{NeighbourStatus, Status};
use crate::web::pages::Tag;

impl Net {
    /// How long a log's newest entry took to here, noted with the neighbours whose flows are open.
    pub(super) fn note_lag(&mut self, added: &Added) {
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

    pub(super) fn note_line(&mut self, peer: PeerId, event: &follower::Event) {
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
                // The contents that it may have need not wait any longer.
                self.fetch(contents::Event::Back { source: peer });
                self.app.tasks.spawn("clear", async move {
                    for about in ["follower.unreachable", "follower.unavailable"] {
                        if let Err(error) = alarms::clear(&app, about, name.clone(), String::new()).await {
                            tracing::warn!(error = format!("{error:#}"), "an alarm could not be cleared");
                        }
                    }
                    app.pages.changed([Tag::Directory]);
                });
            } else {
                self.app.pages.changed([Tag::Directory]);
            }
        }
    }

    /// Says how the network looks from here.
    pub(super) fn publish_status(&mut self, started: i64) {
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
        let behind = self.follower.behind().map(|(origin, entries)| (origin.to_string(), entries)).collect();
        let before = self.app.status.load();
        let turned = (before.in_step, before.of) != (in_step, of);
        // What a bundle brought is as old as the newest head in it, however lately it was imported.
        let imported = Some(self.app.imported.load(Ordering::Relaxed)).filter(|at| *at > 0);
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
            self.app.pages.changed([Tag::Directory]);
        }
        tracing::trace!(at = %instant(self.app.clock.micros()), in_step, of, "status");
    }
}
