//! What opens an account. Nothing here shows itself: `Debug` prints nothing of it. It is serialised to be sealed, and for nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A secret; wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Secret {
        Secret(secret.into())
    }

    /// The secret itself, for the one call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The tokens that are in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// What goes with each call: access token, bot token, API key.
    pub access: Secret,
    /// By what a new one is asked for (Zalo: it works once; YouTube).
    pub refresh: Option<Secret>,
    /// Until when the access token works, if that is known and it ends.
    pub access_until: Option<Timestamp>,
    /// Until when the refresh token works, if that is known and it ends.
    pub refresh_until: Option<Timestamp>,
}

/// All that opens an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// The tokens that are in use.
    pub tokens: Tokens,
    /// The secret of the app (Facebook, Zalo) or of the OAuth client (YouTube).
    pub app: Option<Secret>,
    /// By what a report of the service is known to be its own: Zalo's OA secret key, Telegram's secret token, the SMS gateway's shared key.
    /// Viber signs by the access token.
    pub webhook: Option<Secret>,
}
