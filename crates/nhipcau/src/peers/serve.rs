//! The flow, as it is served: one open answer per follower, in step with our commits.
//!
//! A commit is encoded once and shared by all followers. A follower that cannot keep up with its
//! bounded queue is cut off: it comes back and reads tiles.

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

/// `POST /flow`.
///
/// # Errors
/// When the request cannot be read.
pub async fn flow(app: &App, body: &[u8]) -> Result<Response, Problem> {
    let request = FlowRequest::parse(body).map_err(|e| Problem::invalid("body", e.to_string()))?;
    let (queue, stream) = mpsc::channel::<Result<Bytes, std::io::Error>>(QUEUE);
    let server = Server {
        told: app.told.subscribe(),
        all: request.all,
        sent: request.logs.into_iter().collect(),
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
        let Ok(mut conn) = self.app.db.read().await else { return Err(Over) };
        let Ok(Some(head)) = store::head(&mut conn, added.log).await else { return Err(Over) };
        self.send_from(&mut conn, &head, sent).await
    }

    async fn catch_up(&mut self) -> Result<(), Over> {
        let Ok(mut conn) = self.app.db.read().await else { return Err(Over) };
        let Ok(heads) = store::every(&mut conn).await else { return Err(Over) };
        let watched = self.app.directory.load().heads().clone();
        for head in heads {
            match self.sent.get(&head.origin) {
                // Its cosignatures may have come while the follower was away.
                Some(sent) if *sent == head.checkpoint_size && head.origin == watched && *sent > 0 => {
                    self.push(encode_checkpoint(&head.origin, head.checkpoint_size, &head.checkpoint).into())
                        .await?;
                }
                Some(sent) if *sent < head.checkpoint_size => self.send_from(&mut conn, &head, *sent).await?,
                None if self.all && head.checkpoint_size > 0 => self.send_from(&mut conn, &head, 0).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn send_from(&mut self, conn: &mut crate::db::Conn, head: &Head, sent: u64) -> Result<(), Over> {
        if sent >= head.checkpoint_size {
            return Ok(());
        }
        if head.checkpoint_size - sent > BEHIND {
            self.push(encode_behind(&head.origin, head.checkpoint_size).into()).await?;
            // It comes back after fetching; until then only newer entries would be sent, which it buffers.
            self.sent.insert(head.origin.clone(), head.checkpoint_size);
            return Ok(());
        }
        let Ok(entries) = store::entries(conn, head.id, sent, head.checkpoint_size).await else {
            return Err(Over);
        };
        if entries.len() as u64 != head.checkpoint_size - sent {
            return Err(Over);
        }
        let mut bytes = Vec::new();
        for (offset, entry) in entries.iter().enumerate() {
            // Entries were checked when they were appended or applied, so they encode.
            bytes.extend(encode_entry(&head.origin, sent + offset as u64, entry).map_err(|_| Over)?);
            if bytes.len() > 256 * 1024 {
                self.push(std::mem::take(&mut bytes).into()).await?;
            }
        }
        bytes.extend(encode_checkpoint(&head.origin, head.checkpoint_size, &head.checkpoint));
        self.push(bytes.into()).await?;
        self.sent.insert(head.origin.clone(), head.checkpoint_size);
        Ok(())
    }
}

fn encoded(added: &Added, checkpoint: &str) -> Bytes {
    added
        .flow
        .get_or_init(|| {
            let mut bytes = Vec::new();
            for (offset, entry) in added.entries.iter().enumerate() {
                if let Ok(event) = encode_entry(&added.origin, added.from + offset as u64, entry) {
                    bytes.extend(event);
                }
            }
            bytes.extend(encode_checkpoint(&added.origin, added.frontier.size(), checkpoint));
            bytes.into()
        })
        .clone()
}
