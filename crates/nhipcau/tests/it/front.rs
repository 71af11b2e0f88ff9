//! A relay between the nodes and one node, that can be told to lie: what a hostile neighbour could send.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the relay does with what it passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything on as it is.
    Honest,
    /// Other bytes of the same length for every content.
    OtherContent,
    /// Entries that say something else than what was signed.
    ForgedEntries,
    /// Checkpoints signed by nobody who may.
    ForgedCheckpoints,
    /// Flows that are no flows.
    Garbage,
}

struct Inner {
    target: String,
    mode: Mutex<Mode>,
    /// Who is lied to; everybody if empty.
    victims: Mutex<HashSet<String>>,
    /// Who is turned away.
    refused: Mutex<HashSet<String>>,
    client: reqwest::Client,
}

/// A running relay.
pub struct Front {
    inner: Arc<Inner>,
    pub url: String,
    serving: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Front {
    /// A relay before the node that listens at `target`.
    #[allow(clippy::disallowed_methods, reason = "ends with the relay")]
    pub async fn before(target: String) -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            target,
            mode: Mutex::new(Mode::Honest),
            victims: Mutex::default(),
            refused: Mutex::default(),
            client: reqwest::Client::builder().no_proxy().no_gzip().build().unwrap(),
        });
        let router = Router::new().fallback(pass).with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Front { inner, url, serving }
    }

    /// From now on.
    pub fn be(&self, mode: Mode) {
        *self.inner.mode.lock().unwrap() = mode;
    }

    /// Lies to this node only.
    pub fn lie_only_to(&self, label: &str) {
        self.inner.victims.lock().unwrap().insert(format!("{label}.localhost/node"));
    }

    /// Answers this node nothing any more.
    pub fn refuse(&self, label: &str) {
        self.inner.refused.lock().unwrap().insert(format!("{label}.localhost/node"));
    }
}

impl Inner {
    fn mode_for(&self, caller: &str) -> Mode {
        let victims = self.victims.lock().unwrap();
        if victims.is_empty() || victims.contains(caller) { *self.mode.lock().unwrap() } else { Mode::Honest }
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let caller =
        request.headers().get("nhipcau-node").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if inner.refused.lock().unwrap().contains(&caller) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let mut headers = parts.headers.clone();
    headers.remove("accept-encoding");
    headers.remove("host");
    let body = axum::body::to_bytes(body, 1 << 26).await.unwrap();
    let call =
        inner.client.request(parts.method, format!("{}{path}", inner.target)).headers(headers).body(body);
    let Ok(answer) = call.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !matches!(name.as_str(), "transfer-encoding" | "connection") {
            response = response.header(name, value);
        }
    }
    let log = path == "/flow" || path.starts_with("/mirror/");
    // A flow stays open while the relay changes its mind.
    let changed = move |chunk: Bytes| match inner.mode_for(&caller) {
        Mode::OtherContent if path.starts_with("/content/") => other(chunk),
        Mode::ForgedEntries if log => replaced(chunk, b"\"edition\":1,", b"\"edition\":7,"),
        Mode::ForgedCheckpoints if log => forged(chunk),
        Mode::Garbage if path == "/flow" => Bytes::from_static(b"event: entry\ndata: no\ndata: flow\n\n"),
        _ => chunk,
    };
    response.body(Body::from_stream(answer.bytes_stream().map(move |chunk| chunk.map(&changed)))).unwrap()
}

fn other(chunk: Bytes) -> Bytes {
    let mut bytes = chunk.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes.into()
}

fn replaced(chunk: Bytes, from: &[u8], to: &[u8]) -> Bytes {
    assert_eq!(from.len(), to.len());
    let mut bytes = chunk.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|w| w == from) {
        bytes[at + found..at + found + from.len()].copy_from_slice(to);
        at += found + from.len();
    }
    bytes.into()
}

fn forged(chunk: Bytes) -> Bytes {
    let mut bytes = chunk.to_vec();
    let mark = "— ".as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(mark.len()).position(|w| w == mark) {
        let line = at + found;
        let end = bytes[line..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| line + n);
        if let Some(letter) = bytes.get_mut(end.saturating_sub(20)) {
            *letter = if *letter == b'A' { b'B' } else { b'A' };
        }
        at = end;
    }
    bytes.into()
}
