//! Speaking to a running node over its HTTP API.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::ClientBuilder;
use serde_json::Value;

use crate::config::{Config, FILE};
use crate::operate::lock::{self, State};
use crate::peers::trust::Trust;

/// Where a node is looked for when nothing says where it is.
const DEFAULT: &str = "http://127.0.0.1:8080";
/// How often a request that may be repeated is sent while a node starts, stops or is out of reach.
const TRIES: u32 = 5;
/// How long nothing may come while a long answer is on its way.
const LONG: Duration = Duration::from_secs(600);

/// Which node is spoken to, and with which token.
#[derive(clap::Args, Clone)]
pub struct Node {
    /// The running node's address; else NHIPCAU_NODE, else where the folder's node listens on this machine
    #[arg(long, value_name = "URL", global = true)]
    pub node: Option<String>,
    /// The node's folder, for its token and its address; else NHIPCAU_DIR, else this folder if it is one
    #[arg(long, global = true)]
    pub dir: Option<PathBuf>,
    /// The portal that speaks, by domain, where the node hosts several
    #[arg(long, value_name = "DOMAIN", global = true)]
    pub portal: Option<String>,
}

/// Where a node's data are reached: at the running node, or in the folder of one that is stopped.
#[derive(clap::Args, Clone)]
pub struct Keeper {
    /// The node's folder; if the node runs there, it is asked, and its files are left alone
    #[arg(long, default_value = ".")]
    pub dir: PathBuf,
    /// A running node elsewhere, by its address
    #[arg(long, value_name = "URL")]
    pub node: Option<String>,
}

/// What [`Keeper`] found.
pub enum Found {
    /// A node that runs.
    Running(Client),
    /// A stopped node's folder, held so that none begins meanwhile.
    Stopped(Option<std::fs::File>),
}

impl Keeper {
    /// Finds the node.
    ///
    /// # Errors
    /// There is none in the folder, or it cannot be called.
    pub fn find(&self) -> anyhow::Result<Found> {
        let here = self.dir.join(FILE).is_file();
        if self.node.is_none() {
            if !here {
                bail!(
                    "{} holds no node; give --dir of one, or --node URL of one that runs (không có máy chủ trong thư mục này)",
                    self.dir.display()
                );
            }
            if let State::Stopped(held) = lock::look(&self.dir)? {
                return Ok(Found::Stopped(held));
            }
        }
        let folder = here.then_some(self.dir.as_path());
        Ok(Found::Running(client(folder, self.node.clone(), |http| http.read_timeout(LONG))?))
    }
}

/// A client of one node.
#[derive(Clone)]
pub struct Client {
    /// The node's address as readers know it, without trailing slash.
    pub base: String,
    /// Where it is called.
    at: String,
    token: Option<String>,
    http: reqwest::Client,
    /// Set when a request was repeated in vain: of many that follow, each is tried once until one succeeds.
    in_vain: Arc<AtomicBool>,
}

impl Node {
    fn folder(&self) -> Option<PathBuf> {
        let given = self.dir.clone().or_else(|| std::env::var_os("NHIPCAU_DIR").map(PathBuf::from));
        given.or_else(|| Path::new(FILE).is_file().then(|| PathBuf::from(".")))
    }

    /// A client; the token is read from `NHIPCAU_TOKEN` or the folder's admin.token, if there is one.
    ///
    /// # Errors
    /// When the token's file or the configuration cannot be read, or the address is none.
    pub fn client(&self) -> anyhow::Result<Client> {
        let given = self.node.clone().or_else(|| std::env::var("NHIPCAU_NODE").ok());
        client(self.folder().as_deref(), given, |http| http.timeout(Duration::from_secs(120)))
    }
}

/// A client of the node in a folder or at an address, with the patience that its work needs.
fn client(
    folder: Option<&Path>,
    given: Option<String>,
    patient: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> anyhow::Result<Client> {
    let (base, at, http) = way(folder, given)?;
    let (base, at) = (base.trim_end_matches('/').to_owned(), at.trim_end_matches('/').to_owned());
    let url: reqwest::Url =
        at.parse().with_context(|| format!("{at:?} is not an address such as http://127.0.0.1:8080"))?;
    let token = match (std::env::var("NHIPCAU_TOKEN"), &folder) {
        (Ok(token), _) => Some(token.trim().to_owned()),
        (Err(_), Some(folder)) => {
            let path = folder.join("admin.token");
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("read the token {}; is --dir a node's folder?", path.display()))?;
            Some(text.trim().to_owned())
        }
        (Err(_), None) => None,
    };
    let mut http = patient(http.no_proxy().connect_timeout(Duration::from_secs(10)));
    // `*.localhost` is this machine (RFC 6761), though the C library does not know it.
    if let Some(host) = url.host_str().filter(|host| base == at && host.ends_with(".localhost")) {
        let port = url.port_or_known_default().unwrap_or(80);
        http = http.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    Ok(Client { base, at, token, http: http.build()?, in_vain: Arc::default() })
}

/// The node's address as readers know it, where it is called, and a client that trusts what the node trusts.
fn way(folder: Option<&Path>, given: Option<String>) -> anyhow::Result<(String, String, ClientBuilder)> {
    let config = match folder.filter(|folder| folder.join(FILE).is_file()) {
        Some(folder) => Some(Config::read(folder)?),
        None => None,
    };
    let ca = config.as_ref().and_then(|config| config.ca.as_deref());
    let http = Trust::read(ca)?.lend(reqwest::Client::builder());
    match (given, config) {
        (Some(node), _) => Ok((node.clone(), node, http)),
        (None, Some(config)) => {
            let (at, http) = here(&config, http)?;
            Ok((config.url, at, http))
        }
        (None, None) => Ok((DEFAULT.to_owned(), DEFAULT.to_owned(), http)),
    }
}

/// A node whose folder is here is called on this machine, by its own name where it speaks TLS: neither the call
/// nor the token goes out.
fn here(config: &Config, http: ClientBuilder) -> anyhow::Result<(String, ClientBuilder)> {
    let mut at = *config.listen.first().context("listen is empty")?;
    if at.ip().is_unspecified() {
        at.set_ip(if at.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    if config.tls.is_none() {
        return Ok((format!("http://{at}"), http));
    }
    let mut url: reqwest::Url = config.url.parse().context("url")?;
    let name = url.host_str().context("url has no host")?.to_owned();
    if url.set_port(Some(at.port())).is_err() {
        bail!("{} takes no port", config.url);
    }
    Ok((url.to_string(), http.resolve(&name, at)))
}

impl Client {
    /// A request whose answer is read piece by piece.
    ///
    /// # Errors
    /// The node's refusal in its own words, or that it does not answer.
    pub async fn open(
        &self,
        method: reqwest::Method,
        path: &str,
        accept: &str,
        body: impl Into<reqwest::Body>,
    ) -> anyhow::Result<reqwest::Response> {
        let mut call =
            self.http.request(method, format!("{}{path}", self.at)).header("accept", accept).body(body);
        if let Some(token) = &self.token {
            call = call.bearer_auth(token);
        }
        let answer = call.send().await.with_context(|| self.silent())?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status().as_u16();
        let body = answer.json().await.unwrap_or(Value::Null);
        match said(status, body) {
            Ok(_) => bail!("the address answers {status}; is --node right?"),
            Err(refused) => Err(refused),
        }
    }

    fn silent(&self) -> String {
        format!("{} does not answer; is the node running? (`nhipcau serve`, or give --node URL)", self.at)
    }

    /// GET of JSON.
    ///
    /// # Errors
    /// The node's refusal in its own words, or that it does not answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let (status, body) = self.send(self.http.get(format!("{}{path}", self.at))).await?;
        said(status, body)
    }

    /// GET of what only the token opens.
    ///
    /// # Errors
    /// The node's refusal in its own words, or that it does not answer.
    pub async fn get_by_token(&self, path: &str) -> anyhow::Result<Value> {
        let Some(token) = &self.token else {
            bail!("a token is needed: give --dir of the node, or set NHIPCAU_TOKEN (cần mã quản trị)");
        };
        let call = self.http.get(format!("{}{path}", self.at)).bearer_auth(token);
        let (status, body) = self.send(call).await?;
        said(status, body)
    }

    /// POST of JSON. Repeated while the node says "not now" (503), which promises that nothing was changed; and while
    /// it is out of reach if `key` makes a repeat harmless.
    ///
    /// # Errors
    /// The node's refusal in its own words, or that it does not answer.
    pub async fn post(
        &self,
        path: &str,
        body: &impl serde::Serialize,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        let Some(token) = &self.token else {
            bail!(
                "a token is needed to write: give --dir of the node, or set NHIPCAU_TOKEN (cần mã quản trị)"
            );
        };
        let body = serde_json::to_vec(body)?;
        let tries = if self.in_vain.load(Ordering::Relaxed) { 1 } else { TRIES };
        let (mut left, mut wait) = (tries, Duration::from_millis(500));
        loop {
            let mut call = self.http.post(format!("{}{path}", self.at)).bearer_auth(token);
            if let Some(key) = key {
                call = call.header("idempotency-key", key);
            }
            let answer = self.send(call.header("content-type", "application/json").body(body.clone())).await;
            left -= 1;
            let again = match &answer {
                Ok((status, _)) => *status == 503,
                Err(_) => key.is_some(),
            };
            if left == 0 || !again {
                self.in_vain.store(again, Ordering::Relaxed);
                let (status, body) = answer?;
                return said(status, body);
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    async fn send(&self, call: reqwest::RequestBuilder) -> anyhow::Result<(u16, Value)> {
        let answer = call.send().await.with_context(|| self.silent())?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }
}

/// What the node says, or its refusal with every fault on a line of its own.
fn said(status: u16, body: Value) -> anyhow::Result<Value> {
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let Some(title) = body["title"].as_str() else {
        bail!("the address answers {status} and is no node of this network; is --node right?");
    };
    let faults: Vec<String> = body["faults"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
            let (field, vi, en) = (text("field"), text("vi"), text("en"));
            if vi == en { format!("\n  {field}: {en}") } else { format!("\n  {field}: {vi} · {en}") }
        })
        .collect();
    bail!("{} · {title} ({status}){}", body["title_vi"].as_str().unwrap_or_default(), faults.concat())
}

/// The reference in `5bf19b2e-01a2…` or in an item's address.
///
/// # Errors
/// When there is none.
pub fn reference(text: &str) -> anyhow::Result<String> {
    let last = text.split(['?', '#']).next().unwrap_or_default();
    let mut parts = last.split('/').map(|part| part.strip_suffix(".tlog-proof").unwrap_or(part));
    let found = parts.find(|part| part.parse::<crate::items::store::Reference>().is_ok());
    found.map(str::to_owned).with_context(|| {
        format!("{text:?} holds no reference such as 5bf19b2e-01a20c02f50278caacfa8ee7c9f730dd")
    })
}
