//! Speaking to a running node over its HTTP API.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// Which node is spoken to, and with which token.
#[derive(clap::Args, Clone)]
pub struct Node {
    /// The running node's address
    #[arg(long, default_value = "http://127.0.0.1:8080", global = true)]
    pub node: String,
    /// The node's folder, for its admin.token
    #[arg(long, global = true)]
    pub dir: Option<PathBuf>,
    /// The portal that speaks, by domain, where the node hosts several
    #[arg(long, global = true)]
    pub portal: Option<String>,
}

/// A client of one node.
pub struct Client {
    base: String,
    token: Option<String>,
    http: reqwest::Client,
}

impl Node {
    /// A client; the token is read from `NHIPCAU_TOKEN` or the folder's admin.token, if there is one.
    ///
    /// # Errors
    /// When the token's file cannot be read.
    pub fn client(&self) -> anyhow::Result<Client> {
        let token = match (std::env::var("NHIPCAU_TOKEN"), &self.dir) {
            (Ok(token), _) => Some(token),
            (Err(_), Some(dir)) => {
                let path = dir.join("admin.token");
                Some(
                    std::fs::read_to_string(&path)
                        .with_context(|| format!("read the token {}", path.display()))?
                        .trim()
                        .to_owned(),
                )
            }
            (Err(_), None) => None,
        };
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build()?;
        Ok(Client { base: self.node.trim_end_matches('/').to_owned(), token, http })
    }
}

impl Client {
    /// GET of JSON.
    ///
    /// # Errors
    /// The node's refusal in its own words, or that it does not answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.answer(self.http.get(format!("{}{path}", self.base))).await
    }

    /// POST of JSON; `key` makes a repeat harmless.
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
        let mut call = self.http.post(format!("{}{path}", self.base)).bearer_auth(token);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        self.answer(call.header("content-type", "application/json").body(serde_json::to_vec(body)?)).await
    }

    async fn answer(&self, call: reqwest::RequestBuilder) -> anyhow::Result<Value> {
        let answer = call.send().await.with_context(|| {
            format!(
                "{} does not answer; is the node running? (`nhipcau serve`, or give --node URL)",
                self.base
            )
        })?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(body);
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let faults: Vec<String> = body["faults"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|f| {
                format!(
                    "\n  {}: {} · {}",
                    f["field"].as_str().unwrap_or(""),
                    f["vi"].as_str().unwrap_or(""),
                    f["en"].as_str().unwrap_or("")
                )
            })
            .collect();
        bail!("{} · {} ({status}){}", text("title_vi"), text("title"), faults.concat())
    }
}

/// The reference in `5bf19b2e-01a2…` or in an item's address.
///
/// # Errors
/// When there is none.
pub fn reference(text: &str) -> anyhow::Result<String> {
    let last = text.split(['?', '#']).next().unwrap_or_default();
    let found = last.split('/').find(|part| part.parse::<crate::items::store::Reference>().is_ok());
    found.map(str::to_owned).with_context(|| {
        format!("{text:?} holds no reference such as 5bf19b2e-01a20c02f50278caacfa8ee7c9f730dd")
    })
}
