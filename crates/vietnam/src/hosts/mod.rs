//! Host names of portals: official, below an official one, or made to be taken for one.
//!
//! Which hosts are official is told by whoever asks; here it is decided what another host has to do with them. The answer
//! is a likeness and never a verdict on whoever runs the host: two names may be alike by chance.
//!
//! ```
//! use vietnam::hosts::{Hosts, Judged, Likeness};
//!
//! let hosts = Hosts::new(["chinhphu.vn", "laocai.gov.vn"]);
//! assert_eq!(hosts.judge("ChinhPhu.vn."), Judged::Official("chinhphu.vn".into()));
//! let like = |host| match hosts.judge(host) {
//!     Judged::Like { real, how } => Some((real, how)),
//!     _ => None,
//! };
//! assert_eq!(like("chinhphu.vn.example"), Some(("chinhphu.vn".into(), Likeness::Wrapped)));
//! assert_eq!(like("ch1nhphu.vn"), Some(("chinhphu.vn".into(), Likeness::Letters)));
//! assert_eq!(like("laocai.com"), Some(("laocai.gov.vn".into(), Likeness::Ending)));
//! assert_eq!(hosts.judge("example.org"), Judged::Unknown);
//! ```

mod punycode;
mod shape;

use std::collections::BTreeMap;

use shape::Shape;

/// The longest name that the domain name system has, in bytes; a longer one is no host.
const LONGEST: usize = 253;
/// Names of fewer letters are too often alike by chance to be called a slip of the keyboard.
const SHORTEST_SLIP: usize = 6;
/// Names of fewer letters are not compared under another ending.
const SHORTEST_NAME: usize = 3;

/// What a host is to the official ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// One of them.
    Official(String),
    /// Not one of them, and below this one: only whoever has the official name can have made it.
    Below(String),
    /// Not one of them, and easily taken for this one.
    Like {
        /// The official host.
        real: String,
        /// In which way.
        how: Likeness,
    },
    /// Nothing to do with any of them.
    Unknown,
}

/// In which way a host is like an official one; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The official name stands inside: `chinhphu.vn.example`, `chinhphu-vn.com`.
    Wrapped,
    /// The same but for hyphens: `lao-cai.gov.vn`.
    Hyphen,
    /// Other letters or digits that look the same: `ch1nhphu.vn`, a Cyrillic `с`.
    Letters,
    /// The same name under another ending: `laocai.com`, `laocaigov.vn`.
    Ending,
    /// One letter more, fewer, other, or two changed about: `chinhpu.vn`.
    Slip,
}

impl Likeness {
    /// Its word in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Likeness::Wrapped => "wrapped",
            Likeness::Hyphen => "hyphen",
            Likeness::Letters => "letters",
            Likeness::Ending => "ending",
            Likeness::Slip => "slip",
        }
    }
}

/// The official hosts.
#[derive(Clone, Debug, Default)]
pub struct Hosts(BTreeMap<String, Shape>);

impl Hosts {
    /// These hosts; what is no host name is left out.
    pub fn new<T: AsRef<str>>(hosts: impl IntoIterator<Item = T>) -> Hosts {
        let known = hosts.into_iter().filter_map(|host| plain(host.as_ref()));
        Hosts(known.map(|host| (host.clone(), Shape::of(&host))).collect())
    }

    /// What a host is to them. Takes any text; work grows with the number of official hosts and no faster.
    #[must_use]
    pub fn judge(&self, host: &str) -> Judged {
        let Some(host) = plain(host) else { return Judged::Unknown };
        if self.0.contains_key(&host) {
            return Judged::Official(host);
        }
        let parents = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
        if let Some(real) = parents.into_iter().find(|parent| self.0.contains_key(*parent)) {
            return Judged::Below(real.to_owned());
        }
        let shape = Shape::of(&host);
        let alike = self.0.iter().filter_map(|(real, known)| Some((likeness(&shape, known)?, real)));
        // Of several the surest, then the longest: `a.b.vn` rather than `b.vn`.
        let best = alike.min_by_key(|(how, real)| (*how, std::cmp::Reverse(real.len())));
        best.map_or(Judged::Unknown, |(how, real)| Judged::Like { real: real.clone(), how })
    }
}

/// The host in lower case without its last dot, in its Unicode letters; nothing for what is none.
fn plain(host: &str) -> Option<String> {
    let host = host.trim().trim_end_matches('.');
    if host.is_empty() || host.len() > LONGEST || host.split('.').any(str::is_empty) {
        return None;
    }
    let labels = host.split('.').map(|label| {
        let label = label.to_lowercase();
        label.strip_prefix("xn--").and_then(punycode::decode).unwrap_or(label)
    });
    Some(labels.collect::<Vec<_>>().join("."))
}

fn likeness(host: &Shape, real: &Shape) -> Option<Likeness> {
    if host.written == real.written {
        return Some(Likeness::Hyphen);
    }
    if host.seen == real.seen {
        return Some(Likeness::Letters);
    }
    if host.parts.contains(&*real.parts) {
        return Some(Likeness::Wrapped);
    }
    let long = real.name.len();
    if long >= SHORTEST_NAME && host.name == real.name {
        return Some(Likeness::Ending);
    }
    (long >= SHORTEST_SLIP && shape::one_slip(&host.name, &real.name)).then_some(Likeness::Slip)
}
