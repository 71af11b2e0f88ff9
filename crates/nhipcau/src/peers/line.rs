//! The way out to other nodes: one HTTP client that goes only where it may.
//!
//! https only, and no loopback or private address, unless the configuration allows them. The address
//! that was checked is the address that is called. Certificates are checked against the machine's
//! authorities and those of the configuration's `ca`. No redirects; bounded size and time. A [`Cable`]
//! can be pulled, so that the demonstration and the tests can cut a node off.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, Url};

pub use super::cable::Cable;
use super::trust::Trust;
use crate::config::Config;

/// The client for calls to other nodes.
#[derive(Clone)]
pub struct Line {
    /// The cable; always plugged in outside demonstrations and tests.
    pub cable: Cable,
    client: Client,
    /// For what takes long to send: nothing is read meanwhile.
    patient: Client,
    /// For services of others at public addresses.
    outside: Client,
    /// For those at private addresses too.
    inside: Client,
    private: bool,
    /// True at a rehearsal: nothing leaves it.
    shut: bool,
}

/// The header by which nodes know each other's calls from readers'; a hint, never a proof.
pub const NODE_HEADER: &str = "nhipcau-node";

impl Line {
    /// A client that obeys the configuration.
    ///
    /// # Errors
    /// When the TLS roots of the machine cannot be used.
    pub fn new(cable: Cable, config: &Config) -> anyhow::Result<Line> {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(NODE_HEADER, config.name.to_string().parse().context("the node's name as a header")?);
        let trust = Trust::read(config.ca.as_deref())?;
        let client = |read: Option<Duration>| -> anyhow::Result<Client> {
            let client = trust
                .lend(Client::builder())
                .user_agent(concat!("nhipcau/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers.clone())
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .connect_timeout(Duration::from_secs(5))
                .pool_idle_timeout(Duration::from_secs(90))
                .tcp_nodelay(true)
                .dns_resolver(Arc::new(Checked { private: config.private_addresses }));
            let client = match read {
                Some(read) => client.read_timeout(read),
                None => client,
            };
            client.build().context("prepare the client for calls to other nodes")
        };
        let (client, patient) = (client(Some(Duration::from_secs(45)))?, client(None)?);
        let (outside, inside) = (strict(false, &trust)?, strict(true, &trust)?);
        let (private, shut) = (config.private_addresses, config.rehearsal);
        Ok(Line { cable, client, patient, outside, inside, private, shut })
    }

    /// The client for services of others; it calls private addresses too if `private`. What it calls goes through
    /// [`Line::stranger`] or [`Line::once`].
    pub fn strict(&self, private: bool) -> &Client {
        if private { &self.inside } else { &self.outside }
    }

    /// GET with at most `most` bytes of answer.
    ///
    /// # Errors
    /// Names the address and what went wrong.
    pub async fn get(&self, url: &str, most: usize) -> anyhow::Result<Vec<u8>> {
        let call = self.client.get(self.checked(url)?).timeout(Duration::from_secs(30));
        let response = self.guarded(call.send()).await.with_context(|| format!("call {url}"))?;
        if !response.status().is_success() {
            bail!(Status { url: url.to_owned(), status: response.status().as_u16() });
        }
        self.body(response, most).await.with_context(|| format!("read {url}"))
    }

    /// What another node's clock says, in seconds since 1970: the date of its answer.
    ///
    /// # Errors
    /// Names the address and what went wrong.
    pub async fn clock(&self, url: &str) -> anyhow::Result<i64> {
        let call = self.client.get(self.checked(url)?).timeout(Duration::from_secs(10));
        let response = self.guarded(call.send()).await.with_context(|| format!("call {url}"))?;
        if !response.status().is_success() {
            bail!(Status { url: url.to_owned(), status: response.status().as_u16() });
        }
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        Ok(date.with_context(|| format!("{url} does not say what time it is"))?.timestamp().as_second())
    }

    /// Whether a name can be asked for at all: `*.localhost` is this machine and in no name server (RFC 6761).
    pub fn may_look_up(&self, host: &str) -> bool {
        let here = host == "localhost" || host.ends_with(".localhost");
        !here || self.cable.told_of(host).is_some()
    }

    /// Whether a name has an address of IPv6.
    ///
    /// # Errors
    /// When nobody could say: no line, no such name, no answer within 3 s.
    pub async fn has_ipv6(&self, host: &str) -> anyhow::Result<bool> {
        self.open_door()?;
        if let Some(told) = self.cable.told_of(host) {
            return Ok(told);
        }
        if !self.may_look_up(host) {
            bail!("{host} is a name of this machine alone");
        }
        let asked = tokio::time::timeout(Duration::from_secs(3), tokio::net::lookup_host((host, 443)));
        let found = asked.await.with_context(|| format!("no answer about {host} in 3 s"))?;
        let mut found = found.with_context(|| format!("look up {host}"))?;
        Ok(found.any(|at| matches!(at.ip(), IpAddr::V6(ip) if ip.to_ipv4_mapped().is_none())))
    }

    /// POST with a small answer.
    ///
    /// # Errors
    /// Names the address and what went wrong.
    pub async fn post(&self, url: &str, media: &str, body: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        self.post_within(url, media, body, Duration::from_secs(30)).await
    }

    /// The same with a time of its own: what is large takes long on a slow line.
    ///
    /// # Errors
    /// As [`Line::post`].
    pub async fn post_within(
        &self,
        url: &str,
        media: &str,
        body: Vec<u8>,
        within: Duration,
    ) -> anyhow::Result<Vec<u8>> {
        let call =
            self.client.post(self.checked(url)?).header("content-type", media).timeout(within).body(body);
        let response = self.guarded(call.send()).await.with_context(|| format!("call {url}"))?;
        if !response.status().is_success() {
            bail!(Status { url: url.to_owned(), status: response.status().as_u16() });
        }
        self.body(response, 1 << 20).await
    }

    /// Any request, answered whatever its status, with at most `most` bytes.
    ///
    /// # Errors
    /// Names the address and what went wrong.
    pub async fn send(
        &self,
        request: axum::http::Request<Vec<u8>>,
        most: usize,
    ) -> anyhow::Result<axum::http::Response<Vec<u8>>> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string();
        let call = self
            .client
            .request(parts.method, self.checked(&url)?)
            .headers(parts.headers)
            .timeout(Duration::from_secs(15))
            .body(body);
        let response = self.guarded(call.send()).await.with_context(|| format!("call {url}"))?;
        let mut answer = axum::http::Response::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        *answer.body_mut() = self.body(response, most).await.with_context(|| format!("read {url}"))?;
        Ok(answer)
    }

    /// Opens a flow: an answer that stays open.
    ///
    /// # Errors
    /// Names the address and what went wrong.
    pub async fn open(&self, url: &str, body: String) -> anyhow::Result<Response> {
        let call = self
            .patient
            .post(self.checked(url)?)
            .header("content-type", "text/plain; charset=utf-8")
            .body(body);
        let opening = tokio::time::timeout(Duration::from_secs(15), self.guarded(call.send()));
        let response = opening.await.context("no answer in 15 s")?.with_context(|| format!("call {url}"))?;
        if !response.status().is_success() {
            bail!(Status { url: url.to_owned(), status: response.status().as_u16() });
        }
        Ok(response)
    }

    /// A call to a stranger's site by a client of its own, through the same door and cable as every other.
    ///
    /// # Errors
    /// The call's own, a shut door, a pulled cable.
    pub async fn stranger(
        &self,
        call: impl Future<Output = reqwest::Result<Response>>,
    ) -> anyhow::Result<Response> {
        self.open_door()?;
        self.guarded(call).await
    }

    /// The same for a call that must not be made twice: with the error it is told whether it can have arrived.
    ///
    /// # Errors
    /// As [`Line::stranger`].
    pub async fn once(
        &self,
        call: impl Future<Output = reqwest::Result<Response>>,
    ) -> Result<Response, Undone> {
        self.open_door().map_err(Undone::NotSent)?;
        self.guarded(call).await.map_err(|error| match error.downcast_ref::<reqwest::Error>() {
            Some(said) if said.is_connect() || said.is_builder() => Undone::NotSent(error),
            _ => Undone::Lost(error),
        })
    }

    /// The one door: whatever leaves this node comes through here first.
    fn open_door(&self) -> anyhow::Result<()> {
        if self.shut {
            bail!("this is a rehearsal: nothing leaves it");
        }
        if !self.cable.plugged() {
            bail!("the cable is pulled");
        }
        Ok(())
    }

    fn checked(&self, url: &str) -> anyhow::Result<Url> {
        self.open_door()?;
        if self.cable.is_deaf() {
            bail!("every connection is lost");
        }
        let url: Url = url.parse().with_context(|| format!("{url:?} is not an address"))?;
        if url.scheme() != "https" && !self.private {
            bail!("{url} is not https");
        }
        if let Some(host) = url.host_str()
            && let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>()
            && !self.private
            && !is_public(ip)
        {
            bail!("{url} is a private address, and private_addresses is not set");
        }
        Ok(url)
    }

    async fn guarded(
        &self,
        call: impl Future<Output = reqwest::Result<Response>>,
    ) -> anyhow::Result<Response> {
        let response = tokio::select! {
            response = call => response?,
            () = self.cable.pulled() => bail!("the cable was pulled"),
        };
        if self.cable.loses() {
            bail!("the connection was lost before the answer");
        }
        Ok(response)
    }

    async fn body(&self, mut response: Response, most: usize) -> anyhow::Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(chunk) = tokio::select! {
            chunk = response.chunk() => chunk?,
            () = self.cable.pulled() => bail!("the cable was pulled"),
        } {
            if body.len() + chunk.len() > most {
                bail!("the answer has more than {most} bytes");
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// A client for services of others: no redirects, no proxy, no name of ours in its headers; public addresses alone, unless
/// `private`. It waits for an answer for 15 s.
///
/// # Errors
/// When TLS cannot be used.
pub fn strict(private: bool, trust: &Trust) -> anyhow::Result<Client> {
    trust
        .lend(Client::builder())
        .user_agent(concat!("nhipcau/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(15))
        .dns_resolver(Arc::new(Checked { private }))
        .build()
        .context("prepare the client for services of others")
}

/// What became of a call without an answer.
#[derive(Debug)]
pub enum Undone {
    /// Nobody got it: the door was shut, or nobody took the connection.
    NotSent(anyhow::Error),
    /// It may have arrived.
    Lost(anyhow::Error),
}

/// An answer other than success.
#[derive(Debug, thiserror::Error)]
#[error("{url} answered {status}")]
pub struct Status {
    /// What was called.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
}

/// Resolves names and drops addresses that may not be called; what is left is what is dialled.
struct Checked {
    private: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            // `*.localhost` is this machine (RFC 6761), though the C library does not know it.
            let found: Vec<SocketAddr> = if host == "localhost" || host.ends_with(".localhost") {
                vec![SocketAddr::from(([127, 0, 0, 1], 0))]
            } else {
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect()
            };
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|a| private || is_public(a.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{host} has no address that may be called").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// True for an address on the open internet: not loopback, private, link-local, shared, multicast,
/// documentation or reserved, also when wrapped in IPv6.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || v4.is_unspecified()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4() {
                return is_public(IpAddr::V4(v4));
            }
            let first = v6.segments()[0];
            // 64:ff9b::/96 and 2002::/16 carry an IPv4 address inside; nobody needs them here.
            first & 0xe000 == 0x2000 && first != 0x2002 && !(first == 0x2001 && v6.segments()[1] == 0xdb8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_called() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "103.9.196.1", "2606:4700::1111"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
