//! What happens to a case at a portal, and what is to be done.

use uuid::Uuid;

use super::desk::Desk;
use super::letter::{Letter, Refusal, Said, What};
use crate::entry::Outcome;
use crate::moment::Moment;
use crate::names::Origin;

/// What happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// A letter has come. Whoever tells it has made sure (by the directory and the public record) that `from` signed it; of a
    /// [`Letter::Decided`] that `from` stands above us, of a [`Letter::Decide`] that it stands below us, of a
    /// [`Letter::Status`] that the case is its by the public record.
    Came {
        /// Who wrote it.
        from: Origin,
        /// What it says.
        letter: Letter,
    },
    /// By the directory an agency is closed, and another took its place (its parent, if none is named).
    Closed {
        /// The closed agency.
        agency: Origin,
        /// Who took its place.
        successor: Origin,
    },
    /// We took the place of a closed agency, and this is all that it decided about the case: its last state, or an empty one
    /// if its log up to its end says nothing of the case. Told once its log has come to its end.
    Inherits(Box<Desk>),
    /// The process has started again.
    Started,
    /// Time has passed.
    Woken,

    /// The asker's portal registers the case, and owns it for now.
    Registered,
    /// The asker says something at its portal.
    Asks {
        /// A new name.
        id: Uuid,
        /// What: nothing that an owner says.
        what: What,
        /// In words.
        words: String,
    },

    /// The owner passes the case on.
    Offer {
        /// To whom.
        to: Origin,
    },
    /// The owner wants its offer back.
    Cancel,
    /// Two have refused; this agency stands above the owner and both.
    Above {
        /// Who is to decide.
        agency: Origin,
    },
    /// The owner says something to the asker.
    Tells {
        /// A new name.
        id: Uuid,
        /// In words.
        words: String,
    },
    /// The owner answers.
    Answers {
        /// A new name.
        id: Uuid,
        /// In words.
        words: String,
    },
    /// The owner ends the case.
    Ends(Outcome),
    /// What the owner's portal says of the case beside its state is different from now.
    About(String),

    /// Whoever was offered the case takes it.
    Accept {
        /// Of the offer.
        epoch: u32,
    },
    /// Whoever was offered the case says why it is not theirs.
    Refuse {
        /// Of the offer.
        epoch: u32,
        /// Why, in words.
        reason: String,
        /// For whom, if that is known.
        proposed: Option<Origin>,
    },

    /// Whoever was asked from below decides.
    Decide {
        /// Of the question.
        epoch: u32,
        /// Whose it is.
        owner: Origin,
    },
}

/// What is to be done; all of one event in the transaction that keeps the new state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Post a letter. Behind an offer and a question goes the dossier. The same letter to the same portal that is still waiting to
    /// be sent need not be posted twice.
    Send {
        /// To whom.
        to: Origin,
        /// What.
        letter: Letter,
    },
    /// Say in our log what everybody may know.
    Append(Public),
    /// The offer of this epoch is new: keep its dossier, and lay it before people.
    Offered {
        /// Of the offer.
        epoch: u32,
    },
    /// The case is ours from now. Its dossier is that of the offer of this epoch.
    Ours {
        /// Of the offer.
        epoch: u32,
    },
    /// The case is no longer ours.
    Gone {
        /// Whose it is.
        to: Origin,
    },
    /// An offer of ours was refused: the case is still ours.
    Back(Refusal),
    /// Two have refused: find who stands above, and say [`Event::Above`].
    FindAbove,
    /// The agency above says that the case is ours.
    Stays,
    /// Lay a question from below before people; keep its dossier.
    Asked {
        /// Of the question.
        epoch: u32,
    },
    /// Something new was said: at the owner by the asker, at the asker's portal by the owner. Said once of each.
    Show(Said),
    /// At the asker's portal the case is shown otherwise from now ([`Desk::view`]).
    Changed,
    /// What a person wants cannot be done now; nothing has changed.
    Not(Why),
    /// Somebody claims what is ours, or what cannot be: people must look.
    Alarm(Origin),
    /// Say [`Event::Woken`] at this time.
    Wake {
        /// When.
        at: Moment,
    },
}

/// An entry of the public record; whoever appends it adds category, level and dates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Public {
    /// `petition.registered`
    Registered,
    /// `petition.passed`
    Passed {
        /// Of the new owner.
        epoch: u32,
        /// Who owned it.
        from: Origin,
        /// Who owns it.
        to: Origin,
        /// Who decided so.
        by: Option<Origin>,
    },
    /// `petition.answered`
    Answered {
        /// Of the owner.
        epoch: u32,
    },
    /// `petition.reopened`
    Reopened {
        /// From now.
        epoch: u32,
    },
    /// `petition.closed`
    Closed {
        /// Of the owner.
        epoch: u32,
        /// How.
        outcome: Outcome,
    },
}

/// Why what a person wants cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The case is not ours.
    NotOurs,
    /// It is ours already.
    Ours,
    /// It is being handed over.
    HandingOver,
    /// It is not being handed over.
    NotHandingOver,
    /// It is answered, or has ended.
    Ended,
    /// It is not answered.
    NotAnswered,
    /// It was opened again before.
    Once,
    /// Two have refused it: who stands above decides.
    ForAbove,
    /// Nobody asks that.
    NotAsked,
    /// It was decided before.
    Decided,
    /// Whether the closed agency before us has decided is not known yet.
    NotInherited,
    /// Who stands above has decided.
    Ordered,
    /// This is not the portal at which it was asked.
    NotHome,
}
