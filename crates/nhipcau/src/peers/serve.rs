//! The flow, as it is served: one open answer per follower, in step with our commits.
//!
//! A commit is encoded once and shared by all followers. A follower that cannot keep up with its
//! bounded queue is cut off: it comes back and reads tiles. Nobody is asked who he is, so what all
//! followers together can hold is bounded, and no database connection waits for any of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use network::flow::{FlowRequest, encode_behind, encode_checkpoint, encode_entry};
use network::names::Origin;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::logs::ledger::{Added, Effects};
use crate::logs::store::{self, Head};
use crate::problem::Problem;

/// More entries behind than this, and a follower is told to fetch tiles (protocol §4).
pub const BEHIND: u64 = 4096;
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A follower whose queue stays full for this long is cut off.
const PATIENCE: Duration = Duration::from_secs(20);
const QUEUE: usize = 64;
/// Followers at a time, and the node's own listeners; every node of the nation is far fewer.
const MOST_FLOWS: usize = 1_024;
/// Logs that are not known here are remembered for a follower up to this many, in case they come.
const MOST_UNKNOWN: usize = 1_000;
/// Entries that are read at a time.
const PIECE: u64 = 256;
/// Bytes that are sent at a time.
const PACKET: usize = 256 * 1024;

/// `POST /flow`.
///
/// # Errors
/// When the request cannot be read, or there are too many followers already.
pub async fn flow(app: &App, body: &[u8]) -> Result<Response, Problem> {
    let request = FlowRequest::parse(body).map_err(|e| Problem::invalid("body", e.to_string()))?;
    if app.told.receiver_count() >= MOST_FLOWS {
        return Err(Problem::NotNow {
            vi: "Đã có quá nhiều máy chủ đang theo dõi; hãy thử lại sau hoặc theo dõi qua máy chủ khác."
                .into(),
            en: "Too many nodes follow this one already; try again later, or follow another node.".into(),
        });
    }
    let (queue, stream) = mpsc::channel::<Result<Bytes, std::io::Error>>(QUEUE);
    let server = Server {
        told: app.told.subscribe(),
        all: request.all,
        sent: bounded(app, request.logs),
        queue,
        app: app.clone(),
    };
    app.tasks.spawn("flow", server.run());
    Ok((
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ],
        Body::from_stream(ReceiverStream::new(stream)),
    )
        .into_response())
}

/// Known logs, and of others as many as may be remembered.
fn bounded(app: &App, asked: Vec<(Origin, u64)>) -> HashMap<Origin, u64> {
    let directory = app.directory.load();
    let mut unknown = 0;
    let known =
        |origin: &Origin| directory.keys(origin).is_some() || app.keys.verifier(origin.as_str()).is_some();
    let mut kept = |origin: &Origin| {
        known(origin) || {
            unknown += 1;
            unknown <= MOST_UNKNOWN
        }
    };
    asked.into_iter().filter(|(origin, _)| kept(origin)).collect()
}

struct Server {
    app: App,
    told: broadcast::Receiver<Arc<Effects>>,
    all: bool,
    /// How far each log has been sent.
    sent: HashMap<Origin, u64>,
    queue: mpsc::Sender<Result<Bytes, std::io::Error>>,
}

/// The follower is gone or too slow.
struct Over;

impl Server {
    async fn run(mut self) {
        let cable = self.app.line.cable.clone();
        tokio::select! {
            _ = self.serve() => {}
            () = cable.pulled() => {}
        }
    }

    async fn serve(&mut self) -> Result<(), Over> {
        self.push(Bytes::from_static(b": nhipcau\n\n")).await?;
        self.catch_up().await?;
        loop {
            let told = tokio::select! {
                told = self.told.recv() => told,
                () = tokio::time::sleep(HEARTBEAT) => {
                    self.push(Bytes::from_static(b": \n\n")).await?;
                    continue;
                }
                () = self.queue.closed() => return Err(Over),
            };
            match told {
                Ok(effects) => {
                    for added in &effects.added {
                        self.pass_on(added).await?;
                    }
                }
                // We fell behind our own commits: the database has them all.
                Err(broadcast::error::RecvError::Lagged(_)) => self.catch_up().await?,
                Err(broadcast::error::RecvError::Closed) => return Err(Over),
            }
        }
    }

    async fn push(&self, bytes: Bytes) -> Result<(), Over> {
        match tokio::time::timeout(PATIENCE, self.queue.send(Ok(bytes))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }

    /// Sends a fresh commit as it is, if it follows what was sent; else what lies between, too.
    async fn pass_on(&mut self, added: &Added) -> Result<(), Over> {
        let sent = match self.sent.get(&added.origin) {
            Some(sent) => *sent,
            None if self.all => 0,
            None => return Ok(()),
        };
        let size = added.frontier.size();
        let cosigned = added.entries.is_empty();
        let Some(checkpoint) = &added.checkpoint else { return Ok(()) };
        if sent > size || (sent == size && !cosigned) {
            return Ok(());
        }
        if sent == added.from {
            self.push(encoded(added, checkpoint)).await?;
            self.sent.insert(added.origin.clone(), size);
            return Ok(());
        }
        let head = self.head(added.log).await?;
        self.send_from(&head, sent).await
    }

    async fn head(&self, log: i64) -> Result<Head, Over> {
        let mut conn = self.app.db.read().await.map_err(|_| Over)?;
        store::head(&mut conn, log).await.ok().flatten().ok_or(Over)
    }

    async fn heads(&self) -> Result<Vec<Head>, Over> {
        let mut conn = self.app.db.read().await.map_err(|_| Over)?;
        store::every(&mut conn).await.map_err(|_| Over)
    }

    async fn entries(&self, head: &Head, from: u64, to: u64) -> Result<Vec<Vec<u8>>, Over> {
        let mut conn = self.app.db.read().await.map_err(|_| Over)?;
        let entries = store::entries(&mut conn, head.id, from, to).await.map_err(|_| Over)?;
        if entries.len() as u64 == to - from { Ok(entries) } else { Err(Over) }
    }

    async fn catch_up(&mut self) -> Result<(), Over> {
        let watched = self.app.directory.load().heads().clone();
        for head in self.heads().await? {
            match self.sent.get(&head.origin) {
                // Its cosignatures may have come while the follower was away.
                Some(sent) if *sent == head.checkpoint_size && head.origin == watched && *sent > 0 => {
                    self.push(encode_checkpoint(&head.origin, head.checkpoint_size, &head.checkpoint).into())
                        .await?;
                }
                Some(sent) if *sent < head.checkpoint_size => self.send_from(&head, *sent).await?,
                None if self.all && head.checkpoint_size > 0 => self.send_from(&head, 0).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Sends what lies between. A connection is held while entries are read, never while a follower is
    /// waited for: few slow ones would keep all readers of this node from the database.
    async fn send_from(&mut self, head: &Head, sent: u64) -> Result<(), Over> {
        if sent >= head.checkpoint_size {
            return Ok(());
        }
        // It comes back after fetching; until then only newer entries would be sent, which it buffers.
        self.sent.insert(head.origin.clone(), head.checkpoint_size);
        if head.checkpoint_size - sent > BEHIND {
            return self.push(encode_behind(&head.origin, head.checkpoint_size).into()).await;
        }
        let mut bytes = Vec::new();
        for from in (sent..head.checkpoint_size).step_by(PIECE as usize) {
            let entries = self.entries(head, from, head.checkpoint_size.min(from + PIECE)).await?;
            for (index, entry) in (from..).zip(&entries) {
                let Ok(event) = encode_entry(&head.origin, index, entry) else {
                    // A leaf that is no line of text: its log's owner wrote it, and it is read from the bundle.
                    return self.push(encode_behind(&head.origin, head.checkpoint_size).into()).await;
                };
                bytes.extend(event);
                if bytes.len() > PACKET {
                    self.push(std::mem::take(&mut bytes).into()).await?;
                }
            }
        }
        bytes.extend(encode_checkpoint(&head.origin, head.checkpoint_size, &head.checkpoint));
        self.push(bytes.into()).await
    }
}

fn encoded(added: &Added, checkpoint: &str) -> Bytes {
    added
        .flow
        .get_or_init(|| {
            let mut bytes = Vec::new();
            for (index, entry) in (added.from..).zip(&added.entries) {
                match encode_entry(&added.origin, index, entry) {
                    Ok(event) => bytes.extend(event),
                    Err(_) => return encode_behind(&added.origin, added.frontier.size()).into(),
                }
            }
            bytes.extend(encode_checkpoint(&added.origin, added.frontier.size(), checkpoint));
            bytes.into()
        })
        .clone()
}
