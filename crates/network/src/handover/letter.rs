//! What portals say to each other about one case. [`super::wire`] has the bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::names::Origin;
use crate::petition::State;
use crate::words::words;

/// What one portal says to another about a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// `petition.offer`: take this case. The owner does nothing with it until this is decided.
    Offer(Offer),
    /// `petition.accept`: it is ours.
    Accept {
        /// Of the offer.
        epoch: u32,
        /// Who took it, as its log says.
        to: Origin,
    },
    /// `petition.refuse`: it stays yours.
    Refuse {
        /// Of the offer.
        epoch: u32,
        /// Why.
        why: Refusal,
    },
    /// `petition.cancel`: the offer is taken back, if it is not accepted.
    Cancel {
        /// Of the offer.
        epoch: u32,
        /// Who was offered it.
        to: Origin,
    },
    /// `petition.decide`: nobody wants it; decide.
    Decide(Question),
    /// `petition.decided`: the agency above says whose it is, to whoever asked and to whom it gives it.
    Decided {
        /// Of the question; the offer that follows has the same.
        epoch: u32,
        /// Whose it is.
        owner: Origin,
    },
    /// `petition.status`: how the case stands, to the portal at which it was asked.
    Status(Status),
    /// `petition.message`, `.answer`, `.rating`, `.reopen`, `.withdraw`.
    Said(Said),
    /// `petition.heard`: what has arrived.
    Heard {
        /// Of the newest status.
        epoch: u32,
        /// Of the newest status; 0 if this speaks of none.
        seq: u32,
        /// What was said.
        ids: Vec<Uuid>,
    },
}

/// A case that is offered. All else that the owner has of it, its *dossier*, travels behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Offer {
    /// Greater than every earlier one of the case; if the offer is accepted, that of the new owner.
    pub epoch: u32,
    /// To whom; whoever takes its place answers for it.
    pub to: Origin,
    /// The portal at which it was asked, or which took its place.
    pub home: Origin,
    /// Who decided so; it cannot be refused then.
    pub by: Option<Origin>,
    /// It was opened again before, and is not a second time.
    pub reopened: bool,
    /// Who refused it since somebody above decided.
    pub refusals: Vec<Bounce>,
    /// What was said by both sides, as far as the owner has heard.
    pub thread: Vec<Said>,
    /// What of it the asker's portal may not have.
    pub owed: Vec<Uuid>,
}

/// Why an offer is refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// The sender asked for it back.
    Cancelled,
    /// It is for somebody else.
    NotOurs {
        /// Why, in words; 1 to 4,000 characters.
        reason: String,
        /// For whom, if that is known.
        proposed: Option<Origin>,
    },
}

/// A refusal that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bounce {
    /// Who refused.
    pub by: Origin,
    /// Why.
    pub reason: String,
    /// Who was proposed.
    pub proposed: Option<Origin>,
}

/// A question to the agency above. The dossier travels behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    /// Greater than every earlier one of the case.
    pub epoch: u32,
    /// Who is asked; whoever takes its place decides.
    pub above: Origin,
    /// Who refused.
    pub refusals: Vec<Bounce>,
}

/// How a case stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status {
    /// Since when its owner owns it.
    pub epoch: u32,
    /// Counts what this owner told.
    pub seq: u32,
    /// How it stands.
    pub state: State,
    /// To whom it is being handed over.
    pub handing: Option<Origin>,
    /// What the owner has heard of the asker.
    pub heard: BTreeSet<Uuid>,
    /// What the owner's portal says beside that (who handles it, until when, why), at most 20,000 bytes; nothing here depends on it.
    pub about: String,
}

/// Something that one side says to the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Said {
    /// Its name.
    pub id: Uuid,
    /// The epoch of which it speaks.
    pub epoch: u32,
    /// What it is.
    pub what: What,
    /// In words; at most 20,000 characters.
    pub words: String,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum What {
    /// The asker says something.
    Asks,
    /// The owner says something, or asks back.
    Tells,
    /// The owner answers.
    Answers,
    /// The asker says whether that helped.
    Rates(Rating),
    /// The asker wants it to be looked at again.
    Reopens,
    /// The asker takes it back.
    Withdraws,
}

/// Did the answer help?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rating {
    /// It did.
    Yes,
    /// In part.
    Partly,
    /// It did not.
    No,
}
words!(Rating, Yes = "yes", Partly = "partly", No = "no");

impl Said {
    /// True if the owner says it to the asker.
    #[must_use]
    pub fn by_owner(&self) -> bool {
        matches!(self.what, What::Tells | What::Answers)
    }
}
