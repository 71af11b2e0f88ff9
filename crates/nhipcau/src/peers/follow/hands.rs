//! What is done with one neighbour: reading its flow, its checkpoints, its bundles and tiles; applying; freezing.

use std::sync::Arc;

use anyhow::{Context, ensure};
use network::bridge::{bridge, tiles_needed};
use network::entry::{Entry, Kind};
use network::flow::{Decoder, FlowEvent, FlowRequest};
use network::follower::{Batch, Bytes, Down, Event, PeerId, Split};
use network::names::Origin;
use quick_cache::sync::Cache;
use tlog::{BundleId, Hash, Note, TileId, decode_bundle, decode_tile};
use tokio::sync::mpsc;

use super::Report;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::{ledger, proof, store};
use crate::operate::alarms::{self, Alarm};
use crate::problem::Problem;
use crate::run;

const MOST_BUNDLE: usize = 256 * 65_537;
const MOST_TILE: usize = 256 * 32;
const MOST_NOTE: usize = 1 << 20;

/// Tiles of neighbours that were read lately: a catch-up needs the same ones again and again.
#[derive(Clone)]
pub struct Tiles(Arc<Cache<String, Arc<Vec<Hash>>>>);

impl Tiles {
    /// None yet.
    pub fn new() -> Tiles {
        Tiles(Arc::new(Cache::new(1024)))
    }
}

/// A flow from one neighbour.
pub struct Flow {
    /// The node.
    pub app: App,
    /// The neighbour.
    pub peer: PeerId,
    /// Which of its flows.
    pub generation: u64,
    /// Its address.
    pub url: String,
    /// Where to report.
    pub reports: mpsc::Sender<Report>,
}

impl Flow {
    /// Reads the flow until it ends.
    pub async fn run(self, wants: FlowRequest) {
        let peer = self.peer;
        let response = match self.app.line.open(&format!("{}/flow", self.url), wants.encode()).await {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(url = self.url, error = format!("{error:#}"), "a flow could not be opened");
                return self.tell(Event::PeerDown { peer, why: Down::Unreachable }).await;
            }
        };
        self.tell(Event::PeerUp { peer }).await;
        let why = self.read(response).await;
        self.tell(Event::PeerDown { peer, why }).await;
    }

    async fn read(&self, mut response: reqwest::Response) -> Down {
        let mut decoder = Decoder::new();
        loop {
            let chunk = tokio::select! {
                chunk = response.chunk() => chunk,
                () = self.app.line.cable.pulled() => return Down::Ended,
            };
            let Ok(Some(chunk)) = chunk else { return Down::Ended };
            if self.app.line.cable.loses() {
                return Down::Ended;
            }
            let events = match decoder.events(&chunk) {
                Ok(events) => events,
                Err(error) => {
                    tracing::warn!(url = self.url, %error, "a neighbour sent what is not a flow");
                    return Down::Malformed;
                }
            };
            for event in events {
                let Some(event) = self.translate(event) else { return Down::Malformed };
                self.tell(event).await;
            }
        }
    }

    fn translate(&self, event: FlowEvent) -> Option<Event> {
        let peer = self.peer;
        Some(match event {
            FlowEvent::Entry { origin, index, bytes } => {
                Event::Entry { peer, origin, index, bytes: bytes.into() }
            }
            FlowEvent::Checkpoint { origin, note, .. } => {
                Event::Checkpoint { peer, origin, note: Arc::new(note) }
            }
            FlowEvent::Behind { origin, size } => Event::Behind { peer, origin, size },
            FlowEvent::Heartbeat => Event::Heartbeat { peer },
        })
    }

    async fn tell(&self, event: Event) {
        let report = Report::Flow { peer: self.peer, generation: self.generation, event };
        // The task that listens ends only with the node.
        let _ = self.reports.send(report).await;
    }
}

/// Reading from one neighbour.
pub struct Hands {
    /// The node.
    pub app: App,
    /// The neighbour.
    pub peer: PeerId,
    /// Its address.
    pub url: String,
    /// Tiles read lately.
    pub tiles: Tiles,
}

impl Hands {
    /// Its newest checkpoint of a log.
    pub async fn ask(self, origin: Origin) -> Event {
        let url = format!("{}/mirror/{}/checkpoint", self.url, origin.mirror_path());
        let note = async {
            let bytes = self.app.line.get(&url, MOST_NOTE).await?;
            anyhow::Ok(Arc::new(Note::parse_bytes(&bytes)?))
        };
        Event::Asked { peer: self.peer, origin, note: note.await.ok() }
    }

    /// Entries `from..to` of a tree of `tree`, and the bridge from there to its end.
    pub async fn fetch(self, origin: Origin, from: u64, to: u64, tree: u64) -> Event {
        let peer = self.peer;
        match self.entries(&origin, from, to, tree).await {
            Ok((entries, bridge)) => Event::Fetched { peer, origin, from, entries, bridge },
            Err(error) => {
                tracing::debug!(url = self.url, %origin, from, error = format!("{error:#}"), "entries could not be fetched");
                Event::FetchFailed { peer, origin, from }
            }
        }
    }

    async fn entries(
        &self,
        origin: &Origin,
        from: u64,
        to: u64,
        tree: u64,
    ) -> anyhow::Result<(Vec<Bytes>, Vec<Hash>)> {
        ensure!(from < to && to <= tree, "an empty range");
        let base = format!("{}/mirror/{}", self.url, origin.mirror_path());
        let mut entries = Vec::new();
        for index in from / tlog::TILE_WIDTH..=(to - 1) / tlog::TILE_WIDTH {
            let id = BundleId::in_log(index, tree).context("beyond the tree")?;
            let bytes = self.app.line.get(&format!("{base}/{}", id.path()), MOST_BUNDLE).await?;
            let start = index * tlog::TILE_WIDTH;
            let bundle = decode_bundle(&bytes)?;
            ensure!(bundle.len() == usize::from(id.width), "a bundle of another width");
            let keep = from.saturating_sub(start) as usize..(to - start).min(tlog::TILE_WIDTH) as usize;
            entries.extend(bundle.into_iter().take(keep.end).skip(keep.start).map(Bytes::from));
        }
        let rest = self.bridge(&base, to, tree, tree).await?;
        Ok((entries, rest))
    }

    async fn bridge(&self, base: &str, from: u64, to: u64, size: u64) -> anyhow::Result<Vec<Hash>> {
        let mut tiles = std::collections::BTreeMap::new();
        for id in tiles_needed(from, to, size) {
            tiles.insert(id, self.tile(base, id).await?.to_vec());
        }
        bridge(&tiles, from, to, size).map_err(|e| anyhow::anyhow!("{e}"))
    }

    async fn tile(&self, base: &str, id: TileId) -> anyhow::Result<Arc<Vec<Hash>>> {
        let url = format!("{base}/{}", id.path());
        if let Some(tile) = self.tiles.0.get(&url) {
            return Ok(tile);
        }
        let bytes = self.app.line.get(&url, MOST_TILE).await?;
        let tile = Arc::new(decode_tile(&bytes, id.width)?);
        self.tiles.0.insert(url, tile.clone());
        Ok(tile)
    }

    /// The hashes by which two sizes of a log can be compared.
    pub async fn compare(self, origin: Origin, old: u64, new: u64) -> Event {
        let base = format!("{}/mirror/{}", self.url, origin.mirror_path());
        let both = async {
            let mut hashes = self.bridge(&base, 0, old, new).await?;
            hashes.extend(self.bridge(&base, old, new, new).await?);
            anyhow::Ok(hashes)
        };
        Event::Compared { peer: Some(self.peer), origin, bridge: both.await.ok() }
    }
}

/// As [`Hands::compare`], from our own store.
pub async fn own_bridge(app: &App, log: i64, old: u64, new: u64) -> anyhow::Result<Vec<Hash>> {
    let mut conn = app.db.read().await?;
    let mut ids = tiles_needed(0, old, new);
    ids.extend(tiles_needed(old, new, new));
    let tiles = proof::tiles(&mut conn, log, ids).await?;
    let mut hashes = bridge(&tiles, 0, old, new).map_err(|e| anyhow::anyhow!("{e}"))?;
    hashes.extend(bridge(&tiles, old, new, new).map_err(|e| anyhow::anyhow!("{e}"))?);
    Ok(hashes)
}

/// Applies a batch durably.
pub async fn apply(app: &App, log: i64, batch: Arc<Batch>) -> Event {
    let origin = batch.origin.clone();
    let size = batch.size();
    let applied = app
        .db
        .write("follow.apply", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            ledger::extend(tx, log, &batch).await
        })
        .await;
    match applied {
        Ok(true) => Event::Applied { origin, size },
        Ok(false) => {
            tracing::warn!(%origin, "the log has moved on beside the follower; it is read again");
            Event::ApplyFailed { origin }
        }
        Err(error) => {
            tracing::error!(%origin, error = format!("{error:#}"), "entries could not be applied; they are tried again");
            Event::ApplyFailed { origin }
        }
    }
}

/// Freezes a log: the evidence is kept, published in our own log, and people are told.
pub async fn freeze(app: &App, split: Split) {
    let (origin, a, b) = (split.origin.clone(), split.a.to_string(), split.b.to_string());
    let own = app.portals.load().main().map(|portal| portal.log);
    let at = app.clock.micros();
    let kind = Kind::LogSplit { origin: origin.clone(), a: a.clone(), b: b.clone(), bridge: split.bridge };
    let name = origin.clone();
    let kept = app
        .db
        .write("logs.freeze", async move |tx: &mut Tx| -> Result<(), Problem> {
            run!(
                tx,
                "INSERT INTO split (origin, first_note, second_note, at) VALUES ($1, $2, $3, $4) ON CONFLICT (origin) DO NOTHING",
                name.to_string(),
                a,
                b,
                at
            )?;
            if let Some(head) = store::by_origin(tx.conn(), name.as_str()).await? {
                store::freeze(tx.conn(), head.id, at).await?;
            }
            Ok(())
        })
        .await;
    if let Err(error) = kept {
        tracing::error!(%origin, %error, "the evidence of a split view could not be kept");
    }
    if let Some(own) = own {
        let published = app
            .db
            .write("logs.split", async move |tx: &mut Tx| -> Result<(), Problem> {
                ledger::append(tx, own, &Entry { at: instant(at), kind }).await?;
                Ok(())
            })
            .await;
        if let Err(error) = published {
            tracing::warn!(%origin, %error, "the evidence of a split view is kept here but could not be published yet");
        }
    }
    let detail = "two signed checkpoints contradict each other; the evidence is kept".to_owned();
    alarms::tell(
        app,
        Alarm { about: "follower.split".into(), peer: String::new(), origin: origin.to_string(), detail },
    )
    .await;
}
