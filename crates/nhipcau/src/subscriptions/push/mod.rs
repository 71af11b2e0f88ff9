//! The way out to browsers (Web Push, RFC 8030): where one is reached, and whether we go there.
//!
//! Where a browser is reached is said by whoever asks, so nothing is called but https at the usual port of a public address;
//! a push service of a closed network is called only if the configuration names it. What is said is sealed to the browser
//! (`seal`); the push service learns that something is said, in one of three sizes, and by whom.

mod pages;
mod seal;

use anyhow::{Context, bail, ensure};
use axum::routing::post;
use p256::SecretKey;
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};

use super::mail::Sent;
use crate::app::App;
use crate::config::Config;
use crate::peers::line::{self, Line};
use crate::people::seal::Seal;
use crate::web::routes::{Route, door_form};

use self::seal::{Browser, Speaker};

/// The longest address of a browser.
const LONGEST: usize = 1_000;
/// For so long a push service keeps what a browser has not fetched, in seconds: a week.
const TTL: u32 = 604_800;

/// Where a browser is reached, and the keys to which is sealed what it is told, as it says them itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The address at its push service.
    pub endpoint: String,
    /// Its key: base64url.
    pub p256dh: String,
    /// The secret that it shares with us: base64url.
    pub auth: String,
}

/// The way out.
pub struct Pusher {
    speaker: Speaker,
    /// Calls public addresses alone.
    client: Client,
    /// Calls those services that the configuration names, wherever they stand.
    named: Client,
    services: Vec<String>,
}

impl Pusher {
    /// The way out that the configuration names; none if it names none.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn open(config: &Config, keys: &Seal, line: &Line) -> anyhow::Result<Option<Pusher>> {
        // A rehearsal speaks to nobody.
        let Some(push) = config.push.as_ref().filter(|_| !config.rehearsal) else { return Ok(None) };
        Ok(Some(Pusher {
            speaker: Speaker::new(&key(keys)?, push.contact.clone()),
            client: line.strict(false).clone(),
            named: line.strict(true).clone(),
            services: push.services.clone(),
        }))
    }

    /// The public half of our key, as browsers ask for it.
    pub fn public(&self) -> String {
        self.speaker.public()
    }

    /// True if a browser at this place would be told.
    pub fn takes(&self, place: &Place) -> bool {
        self.client_for(&place.endpoint).is_ok() && Browser::read(&place.p256dh, &place.auth).is_ok()
    }

    /// The address, its origin, and the client that may call it.
    fn client_for(&self, endpoint: &str) -> anyhow::Result<(Url, String, &Client)> {
        ensure!(endpoint.len() <= LONGEST, "an address of {} bytes", endpoint.len());
        let url: Url = endpoint.parse().context("it is no address")?;
        let origin = url.origin().ascii_serialization();
        ensure!(url.username().is_empty() && url.password().is_none(), "an address with a login");
        if self.services.contains(&origin) {
            return Ok((url, origin, &self.named));
        }
        ensure!(url.scheme() == "https" && url.port().is_none(), "only https at its usual port is called");
        let host = url.host_str().context("an address without a host")?;
        if let Ok(ip) = host.trim_matches(['[', ']']).parse() {
            ensure!(line::is_public(ip), "a private address");
        }
        ensure!(host.contains(['.', ':']) && !host.ends_with(".localhost"), "a name of this machine");
        Ok((url, origin, &self.client))
    }

    /// Tells a browser something, at once or when it comes next.
    ///
    /// # Errors
    /// When it cannot be sealed; never for what the service says.
    pub async fn send(&self, app: &App, place: &Place, said: &[u8], urgent: bool) -> anyhow::Result<Sent> {
        let Ok((url, origin, client)) = self.client_for(&place.endpoint) else { return Ok(Sent::Gone) };
        let Ok(browser) = Browser::read(&place.p256dh, &place.auth) else { return Ok(Sent::Gone) };
        let own = fresh(|| app.dice.bytes::<32>())?;
        let body = seal::seal(said, &browser, &own, app.dice.bytes()?)?;
        if !app.line.cable.plugged() {
            return Ok(Sent::Later);
        }
        let call = client
            .post(url)
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .header("ttl", TTL)
            .header("urgency", if urgent { "high" } else { "normal" })
            .header("authorization", self.speaker.speaks(&origin, app.clock.micros().div_euclid(1_000_000)))
            .body(body);
        // The address is whose browser it is: it stands in no trace.
        let status = match call.send().await {
            Ok(answer) => answer.status().as_u16(),
            Err(_) => return Ok(Sent::Later),
        };
        Ok(match status {
            200..=299 => Sent::Taken,
            // The browser is there no more (RFC 8030, 7.3; 404 by services of their own).
            404 | 410 => Sent::Gone,
            408 | 425 | 429 | 500.. => Sent::Later,
            _ => {
                tracing::info!(status, "a push service did not take a message");
                Sent::Refused
            }
        })
    }
}

/// The key by which push services know us: worked out from the node's own secret, so that it is kept and moved with it.
fn key(keys: &Seal) -> anyhow::Result<SecretKey> {
    let mut n = 0_u8;
    fresh(|| {
        n += 1;
        Ok(keys.mark("push.speaker", &n.to_string()))
    })
}

/// A key of random bytes. Of 2^32 draws hardly one is no key.
fn fresh(mut draw: impl FnMut() -> anyhow::Result<[u8; 32]>) -> anyhow::Result<SecretKey> {
    for _ in 0..8 {
        if let Ok(key) = SecretKey::from_slice(&draw()?) {
            return Ok(key);
        }
    }
    bail!("no key of P-256 in eight draws: the source of chance is broken")
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![door_form(pages::PATH, "follows by notices of this browser", post(pages::asked))]
}
