//! What the follower and the content queue ask for, carried out: what is slow runs beside, and reports back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use network::contents;
use network::flow::MOST_IN_FLOW;
use network::follower::{self, Action, Batch, PeerId};
use network::names::Origin;
use tokio_util::sync::CancellationToken;

use super::{Net, Report, hands};
use crate::operate::alarms::{self, Alarm};
use crate::peers::contents as pieces;

/// How long texts wait for the next entries of a log that has a long way to go, in milliseconds.
const ENTRIES_FIRST: u64 = 2_000;

impl Net {
    pub(super) fn act(&mut self, action: Action) {
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
                self.give_way(&batch);
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
                let told = Alarm {
                    about: alarm.about.remedy().to_owned(),
                    peer: peer.unwrap_or_default(),
                    origin: alarm.origin.map(|o| o.to_string()).unwrap_or_default(),
                    detail: format!("{:?}", alarm.about),
                };
                let app = self.app.clone();
                self.app.tasks.spawn("alarm", async move { alarms::tell(&app, told).await });
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

    pub(super) fn fetch(&mut self, event: contents::Event) {
        let actions = self.contents.on(event, self.now());
        let mut recalled: BTreeMap<Origin, BTreeSet<u64>> = BTreeMap::new();
        for action in actions {
            match action {
                contents::Action::Fetch { hash, size, from } => {
                    let Some(entry) = self.peers.get(from.0 as usize) else { continue };
                    let (app, url, reports) = (self.app.clone(), entry.url.clone(), self.reports.clone());
                    self.app.tasks.spawn("content", async move {
                        let report = pieces::fetch(&app, &url, hash, size, from).await;
                        let _ = reports.send(report).await;
                    });
                }
                contents::Action::Keep { hash } => {
                    let Some(bytes) = self.came.remove(&hash) else { continue };
                    let (app, reports) = (self.app.clone(), self.reports.clone());
                    self.app.tasks.spawn("keep", async move {
                        let event = pieces::keep(&app, hash, bytes).await;
                        let _ = reports.send(Report::Content(event)).await;
                    });
                }
                contents::Action::Discard { hash } => {
                    self.came.remove(&hash);
                }
                contents::Action::Recall { origin, index } => {
                    recalled.entry(origin).or_default().insert(index);
                }
                contents::Action::Alarm { hash, from } => {
                    let told = Alarm {
                        about: "content.mismatch".into(),
                        peer: self.peers.get(from.0 as usize).map(|p| p.name.clone()).unwrap_or_default(),
                        origin: String::new(),
                        detail: format!("content {hash} came with other bytes"),
                    };
                    let app = self.app.clone();
                    self.app.tasks.spawn("alarm", async move { alarms::tell(&app, told).await });
                }
                contents::Action::Wake { at } => {
                    self.content_wake = Some(self.began + Duration::from_millis(at.0));
                }
            }
        }
        for (origin, entries) in recalled {
            let (app, reports) = (self.app.clone(), self.reports.clone());
            self.app.tasks.spawn("recall", async move {
                pieces::recall(&app, &origin, entries, &reports).await;
            });
        }
    }

    /// Texts give way to entries from when a log has a long way to go until it has arrived.
    fn give_way(&mut self, batch: &Batch) {
        let now = self.now();
        let left = batch.checkpoint_size - batch.size();
        let is_far = self.far.as_ref() == Some(&batch.origin);
        if left > MOST_IN_FLOW || (is_far && left > 0) {
            self.far = Some(batch.origin.clone());
            self.fetch(contents::Event::EntriesFirst { until: now + ENTRIES_FIRST });
        } else if is_far {
            self.far = None;
            self.fetch(contents::Event::EntriesFirst { until: now });
        }
    }
}
