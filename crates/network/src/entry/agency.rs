//! What a parent states about a child: who it is, its keys, and where to find it (protocol §6).

use tlog::VerifierKey;

use crate::letter::Sealing;
use crate::names::{Domain, Origin};
use crate::words::words;

/// The level of an agency. Greater is lower in the administration: `Level::Commune > Level::Province`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The Government.
    Central,
    /// A ministry or ministerial agency.
    Ministry,
    /// A province or a city at province level.
    Province,
    /// A commune, ward or special zone.
    Commune,
    /// A department or another unit inside an agency.
    Unit,
}
words!(
    Level,
    Central = "central",
    Ministry = "ministry",
    Province = "province",
    Commune = "commune",
    Unit = "unit"
);

/// The name of an agency.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// In Vietnamese.
    pub vi: String,
    /// In English; empty if none was given.
    pub en: String,
}

/// `agency.enrolled`: the log in which it stands is the parent's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The child's log.
    pub origin: Origin,
    /// Where its portal answers.
    pub domain: Domain,
    /// Its code (QCVN 102), if it has one.
    pub code: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its level; must be lower than the parent's.
    pub level: Level,
    /// The key that signs its checkpoints from size 0; its name is the origin.
    pub log_key: VerifierKey,
    /// Where its log is served: an http(s) address without trailing slash.
    pub log_url: String,
    /// The node that hosts it.
    pub node: NodeKeys,
    /// The keys of its letters.
    pub sealing: Option<Sealing>,
    /// The log that this one continues.
    pub predecessor: Option<Origin>,
    /// The unit accountable for the portal, as people write it.
    pub accountable: Option<String>,
    /// The act that makes it so, as people write it.
    pub accountable_basis: Option<String>,
}

/// A node's name, keys and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKeys {
    /// Its name, for example `tinh-a.gov.vn/mirror`.
    pub name: Origin,
    /// The key of its cosignatures (kind 0x04); its name is the node's.
    pub cosigner: VerifierKey,
    /// The key of its receipts (kind 0x01); its name is the node's.
    pub reporter: VerifierKey,
    /// Where it answers: an http(s) address without trailing slash.
    pub url: String,
}

/// A key that signs a log from a size on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The new key; its name is the origin.
    pub key: VerifierKey,
    /// The smallest size whose checkpoint it signs.
    pub from: u64,
}

/// `agency.changed`: what is given replaces what stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The child's log.
    pub origin: Origin,
    /// A new log key.
    pub key: Option<KeyChange>,
    /// Another domain.
    pub domain: Option<Domain>,
    /// Another code.
    pub code: Option<String>,
    /// Another name.
    pub name: Option<Name>,
    /// Another address of its log.
    pub log_url: Option<String>,
    /// Another node, or other keys of it.
    pub node: Option<NodeKeys>,
    /// Other keys of its letters.
    pub sealing: Option<Sealing>,
    /// Another accountable unit.
    pub accountable: Option<String>,
    /// Another act that makes it so.
    pub accountable_basis: Option<String>,
}

impl Level {
    /// True if this level is lower in the administration than `other`.
    #[must_use]
    pub fn is_below(self, other: Level) -> bool {
        self > other
    }
}

impl Change {
    /// A change of nothing, to be filled in.
    #[must_use]
    pub fn of(origin: Origin) -> Change {
        Change {
            origin,
            key: None,
            domain: None,
            code: None,
            name: None,
            log_url: None,
            node: None,
            sealing: None,
            accountable: None,
            accountable_basis: None,
        }
    }
}
