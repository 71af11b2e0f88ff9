//! Log entries: the facts that portals state, one line of JSON each (protocol §2).
//!
//! The bytes as sent are the leaf of the log and are authoritative; what is decoded here is a reading of
//! them. Decoding ignores unknown fields and keeps the name of an unknown kind, so that an old node can
//! follow a newer one. Encoding writes the fields in the order of the protocol page. That text is in
//! Unicode NFC is the duty of whoever makes the entry.

mod agency;
mod annex;
mod decode;
mod encode;
mod error;
mod measure;
mod petition;

use jiff::Timestamp;
use tlog::Hash;
use uuid::Uuid;

use crate::names::{ContentHash, Domain, Origin};
use crate::scope::Scope;
use crate::sealing::SealKey;
use crate::words::words;

pub(crate) use decode::key as key_of;

pub use agency::{Change, Enrolment, KeyChange, Level, Name, NodeKeys};
pub use annex::Annex;
pub use error::EntryError;
pub use measure::{Measured, Measures};
pub use petition::{Answered, Case, Closed, Code, Outcome, Passed, Registered, Reopened};

/// The most bytes an entry may have (C2SP tlog-tiles: an entry's length is a uint16).
pub const MAX_ENTRY: usize = 65_535;

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the issuer says that it stated this; shown to people, never used for order or validity.
    /// Written to the millisecond.
    pub at: Timestamp,
    /// What is stated.
    pub kind: Kind,
}

/// What an entry states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `item.issued`: this edition of the item stands from now.
    ItemIssued {
        /// The item, unique within its log.
        item: Uuid,
        /// Counts from 1.
        edition: u32,
        /// Why there is a new edition.
        change: ItemChange,
        /// How soon it must be fetched.
        lane: Lane,
        /// The item's JSON document.
        content: ContentRef,
        /// Pictures, clips and attachments.
        files: Vec<ContentRef>,
    },
    /// `item.carried`: a text that was taken from the site of an agency without a log stands from now, as carried: whoever wrote it
    /// has not signed it. Address and hash of what was read there are in the document ([`crate::content::Taken`]), so that an erasure
    /// takes them along.
    ItemCarried {
        /// The item, unique within the log that carries it.
        item: Uuid,
        /// Counts from 1.
        edition: u32,
        /// Why there is a new edition.
        change: ItemChange,
        /// How soon it must be fetched.
        lane: Lane,
        /// The item's JSON document.
        content: ContentRef,
        /// Pictures, clips and attachments.
        files: Vec<ContentRef>,
        /// The host from which it was taken.
        site: Domain,
        /// When it was read there.
        taken: Timestamp,
    },
    /// `item.sealed`: an edition lies sealed at every node until its opening ([`crate::sealing`]). Of an item that is
    /// sealed anew, the earlier sealing is void.
    ItemSealed {
        /// The item.
        item: Uuid,
        /// The edition that it will be.
        edition: u32,
        /// Why there will be a new edition.
        change: ItemChange,
        /// How soon the ciphertexts must be fetched.
        lane: Lane,
        /// The item's JSON document, sealed.
        content: ContentRef,
        /// Its files, sealed.
        files: Vec<ContentRef>,
        /// What binds the opening ([`SealKey::commitment`]).
        commitment: ContentHash,
    },
    /// `item.opened`: the sealed edition stands from now, as if issued here.
    ItemOpened {
        /// The item.
        item: Uuid,
        /// The edition.
        edition: u32,
        /// The key of the sealing.
        key: SealKey,
        /// The item's JSON document.
        content: ContentRef,
        /// Its files.
        files: Vec<ContentRef>,
    },
    /// `item.withdrawn`: the item no longer stands, and what is sealed of it is never opened.
    ItemWithdrawn {
        /// The item.
        item: Uuid,
        /// How it is shown from now.
        mode: Withdrawal,
        /// How soon it must be acted on.
        lane: Lane,
        /// The reason, as a note document.
        note: Option<ContentRef>,
    },
    /// `item.erased`: its content must vanish from every node; final.
    ItemErased {
        /// The item.
        item: Uuid,
        /// How soon it must be acted on.
        lane: Lane,
        /// The legal basis, as a note document.
        basis: ContentRef,
    },
    /// `item.ordered`: an ancestor withdraws or erases an item of another log.
    ItemOrdered {
        /// The log that holds the item.
        origin: Origin,
        /// The item.
        item: Uuid,
        /// What is ordered.
        act: Act,
        /// The legal basis, as a note document.
        basis: ContentRef,
    },
    /// `item.alone`: an edition was issued by one person in an emergency. Superiors and readers are told.
    ItemAlone {
        /// The item.
        item: Uuid,
        /// The edition.
        edition: u32,
        /// Why, as a note document.
        note: ContentRef,
    },
    /// `task.acknowledged`: the log's agency has taken note of a task that a directive gives it.
    TaskAcknowledged(TaskRef),
    /// `task.reported`: how far the log's agency has come with a task.
    TaskReported {
        /// The task.
        task: TaskRef,
        /// The report, as a note document.
        note: ContentRef,
        /// Evidence; the note has its names.
        files: Vec<ContentRef>,
    },
    /// `task.done`: the log's agency has done a task.
    TaskDone {
        /// The task.
        task: TaskRef,
        /// What was done, as a note document.
        note: ContentRef,
        /// Evidence; the note has its names.
        files: Vec<ContentRef>,
    },
    /// `task.sealed`: the log's agency says something of a restricted task of a directive, which only it and the issuer of the
    /// directive read ([`crate::restricted`]).
    TaskSealed {
        /// The log that holds the directive.
        origin: Origin,
        /// The directive.
        item: Uuid,
        /// The edition that the entry speaks of.
        edition: u32,
        /// Which task, and what is said of it, sealed.
        content: ContentRef,
        /// Evidence, sealed.
        files: Vec<ContentRef>,
    },
    /// `annex.issued`: the log's portal says something of its own beside somebody else's item.
    AnnexIssued(Annex),
    /// `annex.withdrawn`: the annex no longer stands.
    AnnexWithdrawn {
        /// The annex.
        annex: Uuid,
        /// The reason, as a note document.
        note: ContentRef,
    },
    /// `petition.registered`: the log's portal has taken a petition.
    PetitionRegistered(Registered),
    /// `petition.passed`: a case has another owner from now.
    PetitionPassed(Passed),
    /// `petition.answered`: the owner of a case has answered it.
    PetitionAnswered(Answered),
    /// `petition.reopened`: the owner of a case looks at it again.
    PetitionReopened(Reopened),
    /// `petition.closed`: nothing more is done of a case.
    PetitionClosed(Closed),
    /// `measure.reported`: how items were read at the log's portal on one day.
    MeasureReported(Measures),
    /// `agency.enrolled`: a parent vouches for a child.
    AgencyEnrolled(Enrolment),
    /// `agency.changed`: the parent states what is different from a size on.
    AgencyChanged(Change),
    /// `agency.closed`: the child's log ends.
    AgencyClosed {
        /// The child's log.
        origin: Origin,
        /// The log that takes its place.
        successor: Option<Origin>,
        /// Logs that take over a part beside it, when an agency is divided.
        also: Vec<Origin>,
        /// Entries from this size on are kept as evidence and shown by nobody: of a compromised log its last honest
        /// size, of a merged or divided agency's the size at which it ended.
        last_size: Option<u64>,
    },
    /// `portal.carries`: the rule by which the portal of this log shows others' items.
    PortalCarries(Scope),
    /// `log.split`: two signed checkpoints of one log that contradict each other.
    LogSplit {
        /// The log that was split.
        origin: Origin,
        /// The checkpoint with the smaller (or equal) size, as a signed note.
        a: String,
        /// The other checkpoint, as a signed note.
        b: String,
        /// If the sizes differ: hashes of `b`'s tree that give `b`'s root, and another root than `a`'s at
        /// `a`'s size ([`crate::bridge`]); otherwise empty.
        bridge: Vec<Hash>,
    },
    /// `log.head`: in the heads log, the newest checkpoint of an enrolled log. Origin, size and root are
    /// those of the checkpoint; only the note itself is written.
    Head {
        /// The log.
        origin: Origin,
        /// Its size.
        size: u64,
        /// Its root at that size.
        root: Hash,
        /// The signed checkpoint.
        checkpoint: String,
    },
    /// A kind that this version does not know; kept and ignored. Cannot be encoded: the fields are in the bytes.
    Other(String),
}

/// One task of a directive, as entries of those who were given it name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef {
    /// The log that holds the directive.
    pub origin: Origin,
    /// The directive.
    pub item: Uuid,
    /// The edition that the entry speaks of.
    pub edition: u32,
    /// The task's number as the directive writes it, 1 to 20 characters.
    pub task: String,
}

/// Why an item has a new edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemChange {
    /// The first edition.
    New,
    /// The matter went on.
    Update,
    /// The former edition was wrong.
    Correct,
    /// Another text takes its place.
    Replace,
}

/// How urgent an entry's content is. Orders fetches between logs, never entries within a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Before anything else.
    Urgent,
    /// In turn.
    Normal,
}

/// How a withdrawn item is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Withdrawal {
    /// Readable under a banner that says so.
    Banner,
    /// Not readable any more.
    Gone,
}

/// What an ancestor orders for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// The item no longer stands.
    Withdraw {
        /// How it is shown.
        mode: Withdrawal,
    },
    /// Its content must vanish.
    Erase,
}

/// A pointer to bytes outside the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContentRef {
    /// SHA-256 of the bytes.
    pub sha256: ContentHash,
    /// Their number.
    pub size: u64,
    /// Media type (RFC 6838), `type` in JSON.
    pub media: String,
}

impl Kind {
    /// The word in the field `kind`.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Kind::ItemIssued { .. } => "item.issued",
            Kind::ItemCarried { .. } => "item.carried",
            Kind::ItemSealed { .. } => "item.sealed",
            Kind::ItemOpened { .. } => "item.opened",
            Kind::ItemWithdrawn { .. } => "item.withdrawn",
            Kind::ItemErased { .. } => "item.erased",
            Kind::ItemOrdered { .. } => "item.ordered",
            Kind::ItemAlone { .. } => "item.alone",
            Kind::TaskAcknowledged(_) => "task.acknowledged",
            Kind::TaskReported { .. } => "task.reported",
            Kind::TaskDone { .. } => "task.done",
            Kind::TaskSealed { .. } => "task.sealed",
            Kind::AnnexIssued(_) => "annex.issued",
            Kind::AnnexWithdrawn { .. } => "annex.withdrawn",
            Kind::PetitionRegistered(_) => "petition.registered",
            Kind::PetitionPassed(_) => "petition.passed",
            Kind::PetitionAnswered(_) => "petition.answered",
            Kind::PetitionReopened(_) => "petition.reopened",
            Kind::PetitionClosed(_) => "petition.closed",
            Kind::MeasureReported(_) => "measure.reported",
            Kind::AgencyEnrolled(_) => "agency.enrolled",
            Kind::AgencyChanged(_) => "agency.changed",
            Kind::AgencyClosed { .. } => "agency.closed",
            Kind::PortalCarries(_) => "portal.carries",
            Kind::LogSplit { .. } => "log.split",
            Kind::Head { .. } => "log.head",
            Kind::Other(word) => word,
        }
    }

    /// How urgent its content is; an order of an ancestor and an opening are always urgent.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Kind::ItemIssued { lane, .. }
            | Kind::ItemCarried { lane, .. }
            | Kind::ItemSealed { lane, .. }
            | Kind::ItemWithdrawn { lane, .. }
            | Kind::ItemErased { lane, .. } => *lane,
            Kind::ItemOrdered { .. } | Kind::ItemOpened { .. } => Lane::Urgent,
            _ => Lane::Normal,
        }
    }

    /// All contents that this entry points to: the document first, then the files.
    pub fn contents(&self) -> impl Iterator<Item = &ContentRef> {
        let (one, files): (Option<&ContentRef>, &[ContentRef]) = match self {
            Kind::ItemIssued { content, files, .. }
            | Kind::ItemCarried { content, files, .. }
            | Kind::ItemSealed { content, files, .. }
            | Kind::ItemOpened { content, files, .. }
            | Kind::TaskSealed { content, files, .. } => (Some(content), files),
            Kind::ItemWithdrawn { note, .. } => (note.as_ref(), &[]),
            Kind::PetitionAnswered(said) => (said.content.as_ref(), &[]),
            Kind::ItemErased { basis: note, .. }
            | Kind::ItemOrdered { basis: note, .. }
            | Kind::ItemAlone { note, .. }
            | Kind::AnnexIssued(Annex { content: note, .. })
            | Kind::AnnexWithdrawn { note, .. } => (Some(note), &[]),
            Kind::TaskReported { note, files, .. } | Kind::TaskDone { note, files, .. } => {
                (Some(note), files)
            }
            _ => (None, &[]),
        };
        one.into_iter().chain(files)
    }
}

words!(ItemChange, New = "new", Update = "update", Correct = "correct", Replace = "replace");
words!(Lane, Normal = "normal", Urgent = "urgent");
words!(Withdrawal, Banner = "banner", Gone = "gone");
