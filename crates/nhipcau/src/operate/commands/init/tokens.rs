//! Keys of a new node's logs that are to lie in tokens.

use anyhow::Context;
use network::names::Origin;

use super::{Args, Body};
use crate::config::LogKeyRow;
use crate::operate::commands::keys;

/// Keys that are made in tokens. One that is there from an attempt that did not come to its end is taken.
///
/// # Errors
/// Names the flag and what its token says.
pub(super) fn log_keys(args: &Args, main: &Body) -> anyhow::Result<Vec<LogKeyRow>> {
    let heads: Origin = format!("{}/heads", args.domain).parse()?;
    let mut rows = Vec::new();
    for (flag, log, uri) in
        [("--log-key", &main.origin, &args.log_key), ("--heads-key", &heads, &args.heads_key)]
    {
        let Some(uri) = uri else { continue };
        let made = keys::placed(log, uri, true).or_else(|_| keys::placed(log, uri, false));
        rows.push(made.with_context(|| flag)?);
    }
    Ok(rows)
}
