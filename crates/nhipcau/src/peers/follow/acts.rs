//! What the follower and the content queue ask for, carried out: what is slow runs beside, and reports back.

use std::time::Duration;

use network::contents;
use network::follower::{self, Action, PeerId};
use tokio_util::sync::CancellationToken;

use super::{Net, Report, hands};
use crate::operate::alarms::{self, Alarm};
use crate::peers::contents as pieces;

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
                    let (app, reports) = (self.app.clone(), self.reports.clone());
                    self.app.tasks.spawn("recall", async move {
                        pieces::recall(&app, &origin, index, &reports).await;
                    });
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
    }
}
