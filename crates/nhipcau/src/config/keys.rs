//! Keys of logs that lie in tokens, as the configuration names them.

use anyhow::{Context, ensure};
use network::names::Origin;
use serde::{Deserialize, Serialize};
use tlog::{KeyKind, VerifierKey};

use crate::logs::keys::uri::TokenUri;

/// A key in a token, as it is written: `nhipcau keys make` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyRow {
    /// The log that it signs.
    pub log: String,
    /// Its public half, so that a node knows its key while the token is away, and takes no other for it.
    pub key: String,
    /// Where it lies: a PKCS#11 URI (RFC 7512).
    pub uri: String,
}

/// A key in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeyPlace {
    /// The log that it signs.
    pub log: Origin,
    /// Its public half.
    pub key: VerifierKey,
    /// Where it lies.
    pub uri: TokenUri,
}

impl LogKeyRow {
    /// The checked key.
    ///
    /// # Errors
    /// Names the value and the cure.
    pub fn check(&self) -> anyhow::Result<LogKeyPlace> {
        let of = || format!("log_key {}", self.log);
        let log: Origin =
            self.log.parse().map_err(|e| anyhow::anyhow!("log_key: log = {:?}: {e}", self.log))?;
        let key: VerifierKey = self.key.parse().with_context(|| format!("{}: key", of()))?;
        ensure!(
            key.name() == log.as_str() && key.kind() == KeyKind::Ed25519,
            "{}: key is that of {}; `nhipcau keys make {log} --uri …` prints the right one",
            of(),
            key.name()
        );
        let uri = self.uri.parse::<TokenUri>().map_err(|e| anyhow::anyhow!("{}: uri: {e}", of()))?;
        Ok(LogKeyPlace { log, key, uri })
    }
}
