//! "Is this paper real?": a number, a link, a QR code's text, a proof or a file, answered in one sentence with the proof
//! behind it.
//!
//! `ask` reads what was typed, `find` looks it up, `view` says it. What is not known here is called not known here, as of
//! when, and never false: a paper may be older than the network, or its agency may not be in it. `hosts` tells which
//! addresses are official, from the signed directory.

mod ask;
mod find;
pub mod hosts;
pub mod pages;
mod store;
mod upload;
mod view;

pub use upload::MOST as MOST_UPLOAD;

use jiff::Timestamp;
use jiff::civil::Date;
use vietnam::documents::Status;
use vietnam::hosts::Likeness;
use vietnam::number::DocumentNumber;

use crate::documents::view::{Said, SealLine};
use crate::items::State;
use crate::items::store::Standing;

/// What is said of one item that is behind a question.
pub struct About {
    /// The item.
    pub item: Standing,
    /// Who published it.
    pub publisher: String,
    /// How it stands in law today, if it is a document.
    pub law: Option<Status>,
    /// What other documents did to it.
    pub reasons: Vec<Said>,
    /// What of it the question held.
    pub held: Held,
}

/// What somebody holds of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Its name: a number or an address. Nothing was compared.
    Name,
    /// The bytes of one of its editions: this one, of so many.
    Bytes {
        /// The edition.
        edition: i64,
        /// The newest one.
        newest: i64,
    },
    /// A proof that its entry stands in the log, which holds under this node's root note.
    Proof,
}

/// The answer.
pub enum Answer {
    /// One item or several (documents of one number).
    Known(Vec<About>),
    /// The number is known, and the file is none of its files.
    Altered {
        /// The documents of that number.
        of: Vec<About>,
        /// True if any of their editions has files to compare with.
        compared: bool,
    },
    /// Not known here.
    Unknown {
        /// The number, where one was asked for.
        number: Option<DocumentNumber>,
        /// True if another document that stands here names it.
        named: bool,
    },
    /// Bytes that were erased here and everywhere.
    ErasedBytes {
        /// When, in microseconds.
        at: i64,
    },
    /// A proof that holds, of a petition's record.
    Petition {
        /// Its code.
        code: String,
        /// The word of what is stated of it.
        step: String,
        /// Whose log.
        agency: String,
        /// The entry.
        index: u64,
        /// When that was stated.
        at: Timestamp,
    },
    /// A file that says to be a proof, and does not hold.
    BadProof {
        /// Which step failed, and why.
        why: String,
    },
    /// An address.
    Address {
        /// The host that a browser would open.
        host: String,
        /// What it is.
        is: Address,
    },
}

/// What an address is.
pub enum Address {
    /// Of a portal in the directory.
    Official {
        /// Whose.
        agency: String,
    },
    /// Of a portal that was closed.
    Closed {
        /// Whose it was.
        agency: String,
        /// The portal that stands in its place.
        successor: Option<String>,
    },
    /// Below an official one, and not in the directory.
    Below {
        /// The official host.
        real: String,
        /// Whose.
        agency: String,
    },
    /// Easily taken for an official one.
    Like {
        /// The official host.
        real: String,
        /// Whose.
        agency: String,
        /// In which way.
        how: Likeness,
    },
    /// None of them.
    Strange,
}

/// An answer with what belongs to it.
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// True if something stood before an `@` in the link: a browser opens what comes after it.
    pub hidden: bool,
    /// The SHA-256 of the file, where one was given.
    pub hash: Option<String>,
    /// The signatures in a PDF that was given.
    pub seals: Vec<SealLine>,
    /// As of when this node knows the network.
    pub as_of: Option<Timestamp>,
}

impl About {
    /// The day of issue, if it states one.
    fn issued(&self) -> Option<Date> {
        self.item.card.issued
    }
}

impl Verdict {
    /// The answer's word in data.
    pub fn word(&self) -> &'static str {
        match &self.answer {
            Answer::Known(all) => match &all[..] {
                [one] => one.word(),
                _ => "several",
            },
            Answer::Altered { .. } => "altered",
            Answer::Unknown { .. } => "unknown",
            Answer::ErasedBytes { .. } => "erased",
            Answer::Petition { .. } => "petition",
            Answer::BadProof { .. } => "bad-proof",
            Answer::Address { is, .. } => match is {
                Address::Official { .. } => "official-portal",
                Address::Closed { .. } => "closed-portal",
                Address::Below { .. } => "below-portal",
                Address::Like { .. } => "imitates",
                Address::Strange => "no-portal",
            },
        }
    }
}

impl About {
    /// How it stands, in one word.
    pub fn word(&self) -> &'static str {
        match self.item.state {
            State::Erased => "erased",
            State::Gone => "gone",
            State::Withdrawn => "withdrawn",
            State::Standing => match (self.held, self.law) {
                _ if self.item.card.carried.is_some() => "carried",
                (Held::Bytes { edition, newest }, _) if edition < newest => "earlier-edition",
                (_, Some(Status::NotYet)) => "not-yet",
                (_, Some(Status::InForce | Status::InForceChanged)) => "in-force",
                (_, Some(Status::Unknown) | None) => "real",
                (_, Some(_)) => "not-in-force",
            },
        }
    }
}
