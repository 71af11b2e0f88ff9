//! Scope: the rule by which a portal shows the items of others (`portal.carries`, protocol §2).
//!
//! A portal always shows its own items; the scope says which others'. Three lists, each of which must
//! agree; an empty list of kinds or fields agrees with everything.

use std::fmt;
use std::str::FromStr;

use crate::entry::Level;
use crate::names::{NameError, Origin};

/// Which issuers' items a portal shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IssuerRule {
    /// Every issuer; `*` in JSON.
    All,
    /// Issuers of one level; the level's word in JSON.
    Level(Level),
    /// The portal's parent, its parent, and so on; `ancestors` in JSON.
    Ancestors,
    /// The portal itself; `own` in JSON.
    Own,
    /// One log; the origin in JSON.
    Origin(Origin),
}

/// The rule by which a portal shows others' items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Whose items; one rule that agrees is enough.
    pub issuers: Vec<IssuerRule>,
    /// Which kinds of items (`document`, `news`, …); empty means all.
    pub kinds: Vec<String>,
    /// Which fields (`y-te`, …): one common field is enough; empty means all, and an item that names no
    /// field is of interest to everybody.
    pub fields: Vec<String>,
}

/// What a scope needs to know about an item's issuer, as seen from the portal.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The issuer's log.
    pub origin: &'a Origin,
    /// The issuer's level.
    pub level: Level,
    /// True if the portal is the issuer.
    pub own: bool,
    /// True if the issuer is an ancestor of the portal.
    pub ancestor: bool,
}

impl Default for Scope {
    /// Government, ministries, the portal's ancestors and its own items, of every kind and field.
    fn default() -> Scope {
        Scope {
            issuers: vec![
                IssuerRule::Level(Level::Central),
                IssuerRule::Level(Level::Ministry),
                IssuerRule::Ancestors,
                IssuerRule::Own,
            ],
            kinds: Vec::new(),
            fields: Vec::new(),
        }
    }
}

impl Scope {
    /// True if the portal shows an item of this issuer, kind and fields.
    #[must_use]
    pub fn carries(&self, issuer: Issuer<'_>, kind: &str, fields: &[String]) -> bool {
        let field = |field: &String| self.fields.contains(field);
        issuer.own
            || (self.carries_issuer(issuer)
                && (self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind))
                && (self.fields.is_empty() || fields.is_empty() || fields.iter().any(field)))
    }

    /// True if the portal shows some items of this issuer, so that its node must follow that log.
    #[must_use]
    pub fn carries_issuer(&self, issuer: Issuer<'_>) -> bool {
        let agrees = |rule: &IssuerRule| match rule {
            IssuerRule::All => true,
            IssuerRule::Level(level) => *level == issuer.level,
            IssuerRule::Ancestors => issuer.ancestor,
            IssuerRule::Own => issuer.own,
            IssuerRule::Origin(origin) => origin == issuer.origin,
        };
        issuer.own || self.issuers.iter().any(agrees)
    }
}

impl fmt::Display for IssuerRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IssuerRule::All => f.write_str("*"),
            IssuerRule::Level(level) => f.write_str(level.word()),
            IssuerRule::Ancestors => f.write_str("ancestors"),
            IssuerRule::Own => f.write_str("own"),
            IssuerRule::Origin(origin) => f.write_str(origin),
        }
    }
}

impl FromStr for IssuerRule {
    type Err = String;
    fn from_str(text: &str) -> Result<IssuerRule, String> {
        match text {
            "*" => Ok(IssuerRule::All),
            "ancestors" => Ok(IssuerRule::Ancestors),
            "own" => Ok(IssuerRule::Own),
            _ if text.contains('/') => text.parse().map(IssuerRule::Origin).map_err(|e: NameError| e.to_string()),
            _ => text.parse().map(IssuerRule::Level).map_err(|_| {
                "must be *, ancestors, own, a level (central, ministry, province, commune, unit) or an origin".into()
            }),
        }
    }
}
