//! WebSub (W3C Recommendation of 23 January 2018): this node is the hub of its portals' feeds. Whoever subscribes to a feed is asked whether
//! that is meant, and is sent the feed whenever it has changed, signed if it gave a secret, until its lease ends. The other side, being told
//! of what joined sites change, is `sources::hub`.
//!
//! A callback is an address that a stranger names: it must be public, unless it is at the very host of a site that an administrator has named
//! (`post::home`). `asked` takes what is asked of the hub, `store` remembers it, `post` asks back and delivers, `pages` is the console's.

mod asked;
mod link;
mod pages;
mod post;
mod store;

use hkdf::hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use sha2::Sha256;

use crate::words::Lang;

pub use asked::routes as machines;
pub use link::{links, named};
pub use pages::{PAGE, routes};
pub use post::run;

/// Where the hub is.
pub const PATH: &str = "/websub";
/// The header by which a delivery is signed.
pub const SIGNATURE: &str = "x-hub-signature";

/// The shortest, the usual and the longest lease, in seconds.
const LEASES: (i64, i64, i64) = (3_600, 10 * 86_400, 30 * 86_400);

/// What is asked of a callback next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verify {
    Subscribe,
    Unsubscribe,
    Nothing,
}

impl Verify {
    /// The word that is stored and, of a question, sent.
    fn word(self) -> &'static str {
        match self {
            Verify::Subscribe => "subscribe",
            Verify::Unsubscribe => "unsubscribe",
            Verify::Nothing => "",
        }
    }

    fn of(word: &str) -> Option<Verify> {
        [Verify::Subscribe, Verify::Unsubscribe, Verify::Nothing].into_iter().find(|one| one.word() == word)
    }
}

/// A subscription.
#[derive(Clone, Debug)]
struct Subscription {
    /// The feed's address.
    topic: String,
    /// Where it is sent.
    callback: String,
    /// Our number for the log of the portal whose feed it is.
    log: i64,
    /// Host and port of the callback.
    host: String,
    /// What is asked of the callback next.
    verify: Verify,
    /// For how long, in seconds.
    lease: i64,
    /// The secret that was given with that question, sealed.
    wanted: Option<Vec<u8>>,
    /// The secret that was confirmed, sealed.
    secret: Option<Vec<u8>>,
    /// When it ends, in microseconds; 0 before it was confirmed.
    until: i64,
    /// The hash of the feed that was taken last.
    sent: Option<Vec<u8>>,
    /// When something is tried; 0 if nothing is due.
    next: i64,
    /// When something was taken last; 0 if never.
    at: i64,
    /// How often in a row it was not.
    failures: i64,
    /// Why, in both languages.
    trouble: String,
}

/// The lease that is granted for what was asked, in seconds.
fn lease(asked: Option<&str>) -> i64 {
    let (least, usual, most) = LEASES;
    asked.and_then(|seconds| seconds.trim().parse().ok()).unwrap_or(usual).clamp(least, most)
}

/// Host and port of an address; none where it has no host.
fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

/// Under which name the secret of a subscription is sealed.
fn about(topic: &str, callback: &str) -> String {
    format!("websub {topic} {callback}")
}

/// What a hub signs a body by: the value of [`SIGNATURE`].
///
/// # Errors
/// When the secret is none.
fn signature(secret: &[u8], body: &[u8]) -> anyhow::Result<String> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret).map_err(|_| anyhow::anyhow!("a secret of no length"))?;
    mac.update(body);
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    (act == "websub.remove").then_some(lang.websub().act_remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_stays_within_bounds() {
        let asked = [None, Some("7200"), Some("1"), Some("99999999"), Some("x"), Some("-5")];
        assert_eq!(asked.map(lease), [864_000, 7_200, 3_600, 2_592_000, 864_000, 3_600]);
    }

    #[test]
    fn a_signature_is_that_of_the_recommendation() {
        // HMAC-SHA256 of RFC 4231, test case 2.
        let due = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(b"Jefe", b"what do ya want for nothing?").ok().as_deref(), Some(due));
    }
}
