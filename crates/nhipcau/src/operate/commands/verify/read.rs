//! Reading from a node, over HTTP as anybody would: notes, logs, lists, pages. Nothing of it is believed.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use network::door::Door;
use network::names::Origin;
use network::root::RootNote;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tlog::{Checkpoint, Note, bundles_for, decode_bundle};

use crate::verify::nation::Log;
use crate::verify::{Fault, Step};

/// The most bytes of one answer.
const MOST: usize = 96 << 20;
/// Calls under way at once.
const AT_ONCE: usize = 8;
/// The largest log that is read: what stands in memory of it stays bearable.
const MOST_ENTRIES: u64 = 5_000_000;

/// A node that is asked, under one of its portals' names.
#[derive(Clone)]
pub struct Reader {
    base: String,
    client: reqwest::Client,
    bar: ProgressBar,
}

/// What a check begins with: `GET /api/v1/heads`.
#[derive(Deserialize)]
struct Heads {
    origin: String,
    checkpoint: String,
    root_note: String,
}

/// The root note, and the newest heads checkpoint with a quorum.
pub struct Beginning {
    /// The root note: the pinned one or its successor, else the one that the node has.
    pub root: RootNote,
    /// The heads log.
    pub heads: Origin,
    /// Its checkpoint.
    pub quorum: Note,
}

impl Reader {
    /// A reader of the node behind an address such as `https://laocai.gov.vn` or `http://127.0.0.1:8002`.
    ///
    /// # Errors
    /// When it is no http(s) address.
    pub fn new(address: &str, bar: ProgressBar) -> anyhow::Result<Reader> {
        let url: reqwest::Url = address
            .parse()
            .with_context(|| format!("{address:?} is not an address such as https://laocai.gov.vn"))?;
        ensure!(matches!(url.scheme(), "http" | "https"), "{address:?} must begin with https:// or http://");
        let host = url.host_str().with_context(|| format!("{address:?} names no host"))?;
        let mut client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none());
        // `*.localhost` is this machine (RFC 6761), though the C library does not know it.
        if host.ends_with(".localhost") {
            let port = url.port_or_known_default().unwrap_or(80);
            client = client.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let base = format!("{}://{host}{port}", url.scheme());
        Ok(Reader { base, client: client.build()?, bar })
    }

    /// Scheme and authority.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The progress that is shown.
    pub fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Status and body of a GET.
    ///
    /// # Errors
    /// When the node does not answer, or answers too much.
    pub async fn fetch(&self, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await;
        let answer =
            answer.with_context(|| format!("{} does not answer; is the address right?", self.base))?;
        let status = answer.status().as_u16();
        let mut stream = answer.bytes_stream();
        let mut body = Vec::new();
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.with_context(|| format!("read {}{path}", self.base))?);
            ensure!(body.len() <= MOST, "{}{path} answers more than {MOST} bytes", self.base);
        }
        Ok((status, body))
    }

    /// Body of a GET that must succeed.
    ///
    /// # Errors
    /// Any other status than 200.
    pub async fn get(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        match self.fetch(path).await? {
            (200, body) => Ok(body),
            (status, _) => bail!("{}{path} answers {status}", self.base),
        }
    }

    /// JSON of a GET that must succeed.
    ///
    /// # Errors
    /// Another status, or another shape.
    pub async fn json<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let bytes = self.get(path).await?;
        serde_json::from_slice(&bytes)
            .with_context(|| format!("{}{path} does not answer as a node of this network does", self.base))
    }

    async fn text(&self, path: &str) -> anyhow::Result<String> {
        String::from_utf8(self.get(path).await?).with_context(|| format!("{}{path} is not text", self.base))
    }

    /// The door: which portal answers under this name.
    ///
    /// # Errors
    /// When this is no node of the network.
    pub async fn door(&self) -> anyhow::Result<Door> {
        let bytes = self.get("/.well-known/nhipcau").await?;
        Door::parse(&bytes).with_context(|| format!("{} is not a node of this network", self.base))
    }

    /// The root note and the heads checkpoint, as the node has them.
    ///
    /// # Errors
    /// The node's silence; or `Ok(Err(…))` with the step when its root note does not follow the pinned one.
    pub async fn beginning(&self, pinned: Option<&RootNote>) -> anyhow::Result<Result<Beginning, Fault>> {
        let told: Heads = self.json("/api/v1/heads").await?;
        let quorum = Note::parse(&told.checkpoint).context("the heads checkpoint")?;
        let heads = told.origin.parse().context("the name of the heads log")?;
        let at_root = |e: &dyn std::fmt::Display| Fault::at(Step::Root, e);
        let offered = match RootNote::open(&told.root_note) {
            Ok(note) => note,
            Err(error) => return Ok(Err(at_root(&error))),
        };
        let Some(pinned) = pinned else {
            return Ok(Ok(Beginning { root: offered, heads, quorum }));
        };
        // Version by version: each is signed by the holders of the one before.
        let mut root = pinned.clone();
        while root.text().version < offered.text().version {
            let next = root.text().version + 1;
            let text = self.text(&format!("/.well-known/nhipcau/root/{next}")).await?;
            root = match root.followed_by(&text) {
                Ok(next) => next,
                Err(error) => return Ok(Err(at_root(&error))),
            };
        }
        if root.text().version == offered.text().version && root.text() != offered.text() {
            let why =
                format!("the node has another root note of version {} than the pinned", root.text().version);
            return Ok(Err(at_root(&why)));
        }
        Ok(Ok(Beginning { root, heads, quorum }))
    }

    /// A log as the node mirrors it; `None` if it has nothing of it.
    ///
    /// # Errors
    /// When the node does not answer, or its answers are no log.
    pub async fn log(&self, origin: &Origin) -> anyhow::Result<Option<Log>> {
        let path = format!("/mirror/{}", origin.mirror_path());
        let checkpoint = match self.fetch(&format!("{path}/checkpoint")).await? {
            (200, note) => String::from_utf8(note).context("a checkpoint is not text")?,
            (404, _) => return Ok(None),
            (status, _) => bail!("{}{path}/checkpoint answers {status}", self.base),
        };
        let checkpoint = Note::parse(&checkpoint).with_context(|| format!("the checkpoint of {origin}"))?;
        let size = Checkpoint::of(&checkpoint).with_context(|| format!("the checkpoint of {origin}"))?.size;
        ensure!(size <= MOST_ENTRIES, "{origin} claims {size} entries; at most {MOST_ENTRIES} are read");
        self.bar.set_message(origin.to_string());
        self.bar.inc_length(size);
        let read = futures::stream::iter(bundles_for(size)).map(|id| {
            let address = format!("{path}/{}", id.path());
            async move {
                let bytes = self.get(&address).await?;
                let entries = decode_bundle(&bytes).with_context(|| format!("{}{address}", self.base))?;
                self.bar.inc(u64::from(id.width));
                anyhow::Ok(entries)
            }
        });
        let bundles: Vec<Vec<Vec<u8>>> = read.buffered(AT_ONCE).try_collect().await?;
        Ok(Some(Log { origin: origin.clone(), checkpoint, entries: bundles.into_iter().flatten().collect() }))
    }
}
