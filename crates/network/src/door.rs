//! The door for machines, `/.well-known/nhipcau`: where a node's things are (protocol §3).
//!
//! A hint and nothing more: keys count only from the directory.

use tlog::{KeyKind, VerifierKey};

use crate::entry::key_of;
use crate::json::{self, FieldError, Object, Writer};
use crate::names::{Domain, Origin};

/// The most bytes that a door may have (a province lists its communes).
pub const MAX_DOOR: usize = 1 << 20;

/// What a node says about itself. Paths begin with a slash and have none at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// The node.
    pub node: DoorNode,
    /// The node's own portal, or the one of the host that was asked.
    pub portal: DoorPortal,
    /// All portals that the node hosts.
    pub portals: Vec<Domain>,
    /// The origin of the root log that the node has pinned.
    pub root: Origin,
    /// Name and version of its software.
    pub software: String,
}

/// The node's part of the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorNode {
    /// Its name.
    pub name: Origin,
    /// The key of its cosignatures.
    pub cosigner: VerifierKey,
    /// Path prefix of the logs that it mirrors.
    pub mirror: String,
    /// Path of the flow.
    pub flow: String,
    /// Path to which receipts are posted.
    pub receipts: String,
    /// Path to which sealed messages are posted.
    pub inbox: String,
}

/// The portal's part of the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorPortal {
    /// Where it answers.
    pub domain: Domain,
    /// Its agency's code, if it has one.
    pub agency: Option<String>,
    /// Its log.
    pub origin: Origin,
    /// The log's key.
    pub key: VerifierKey,
    /// Path prefix of its log.
    pub log: String,
}

/// Why bytes are not a door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// Longer than [`MAX_DOOR`].
    #[error("the door has {0} bytes; at most 1 MiB is allowed")]
    TooLong(usize),
    /// Not a JSON object.
    #[error("the door is not JSON: {0}")]
    NotJson(String),
    /// A field is missing or wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl Door {
    /// The door as JSON.
    #[must_use]
    pub fn encode(&self) -> String {
        let node = Writer::new()
            .text("name", &self.node.name)
            .text("cosigner", &self.node.cosigner)
            .text("mirror", &self.node.mirror)
            .text("flow", &self.node.flow)
            .text("receipts", &self.node.receipts)
            .text("inbox", &self.node.inbox)
            .end();
        let portal = Writer::new()
            .text("domain", &self.portal.domain)
            .text_if("agency", self.portal.agency.as_ref())
            .text("origin", &self.portal.origin)
            .text("key", &self.portal.key)
            .text("log", &self.portal.log)
            .end();
        let mut door = Writer::new();
        door.raw("node", &node).raw("portal", &portal).texts("portals", &self.portals);
        door.text("root", &self.root).text("software", &self.software).end()
    }

    /// Reads a door; unknown fields are ignored.
    ///
    /// # Errors
    /// Names the field.
    pub fn parse(bytes: &[u8]) -> Result<Door, DoorError> {
        if bytes.len() > MAX_DOOR {
            return Err(DoorError::TooLong(bytes.len()));
        }
        let map = json::parse(bytes).map_err(DoorError::NotJson)?;
        let top = Object::top(&map);
        let node = top.object("node")?;
        let portal = top.object("portal")?;
        let name: Origin = node.parsed("name")?;
        let origin: Origin = portal.parsed("origin")?;
        Ok(Door {
            node: DoorNode {
                cosigner: key_of(&node, "cosigner", KeyKind::CosignatureEd25519, &name)?,
                mirror: path(&node, "mirror")?,
                flow: path(&node, "flow")?,
                receipts: path(&node, "receipts")?,
                inbox: path(&node, "inbox")?,
                name,
            },
            portal: DoorPortal {
                domain: portal.parsed("domain")?,
                agency: portal.text_if("agency")?.map(str::to_owned),
                key: key_of(&portal, "key", KeyKind::Ed25519, &origin)?,
                log: path(&portal, "log")?,
                origin,
            },
            portals: top.all_parsed("portals", 10_000)?,
            root: top.parsed("root")?,
            software: top.text("software")?.to_owned(),
        })
    }
}

fn path(object: &Object<'_>, key: &str) -> Result<String, FieldError> {
    let text = object.text(key)?;
    let fine = text.len() <= 200
        && text.starts_with('/')
        && !text.ends_with('/')
        && text.split('/').skip(1).all(|step| {
            !matches!(step, "" | "." | "..")
                && step.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        });
    if fine { Ok(text.to_owned()) } else { Err(object.error(key, "must be a path such as /flow")) }
}
