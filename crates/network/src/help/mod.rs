//! Another agency is asked for its part of an answer: one question between two portals, by three letters.
//!
//! The owner of a case asks ([`Letter::Asks`]), whoever is asked says ([`Letter::Says`]), and the owner ends what it needs no more
//! ([`Letter::Ends`]). The case stays where it is and has one owner; nothing of who sent it is told. Letters may be lost, come twice and
//! overtake each other: an end that comes before its question is remembered, a question that comes again is answered with what was said,
//! and what is not answered is asked again. A question ends once, by what was said or by the owner, whichever the owner hears of first.

pub(crate) mod wire;

#[cfg(test)]
mod tests;

pub use wire::{Letter, Question, Received};

/// How one question stands at a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stand {
    /// Nothing is known of it.
    Unknown,
    /// It waits for what is to be said.
    Open,
    /// It was said.
    Said,
    /// It is asked no more.
    Ended,
}

/// What happens at the owner of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtOwner {
    /// A person asks.
    Asks,
    /// What was said has come.
    Said,
    /// The case is answered, ends, or goes to another.
    Ends,
    /// Nobody has answered for a while.
    Woken,
}

/// What happens at whoever is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtAsked {
    /// The question has come.
    Asked,
    /// That it is asked no more has come.
    Ended,
    /// A person says their part.
    Says,
}

/// A letter that is to be sent, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sends {
    /// The question.
    Asks,
    /// What was said.
    Says,
    /// That it is asked no more.
    Ends,
}

/// How a question stands at the owner after an event, and what is sent; nothing where the event cannot be.
#[must_use]
pub fn at_owner(stand: Stand, event: AtOwner) -> Option<(Stand, Option<Sends>)> {
    Some(match (stand, event) {
        (Stand::Unknown, AtOwner::Asks) => (Stand::Open, Some(Sends::Asks)),
        (_, AtOwner::Asks) | (Stand::Unknown, _) => return None,
        (Stand::Open, AtOwner::Said) => (Stand::Said, None),
        (Stand::Open, AtOwner::Ends) => (Stand::Ended, Some(Sends::Ends)),
        (Stand::Open, AtOwner::Woken) => (Stand::Open, Some(Sends::Asks)),
        // What comes too late is not taken: the answer was given without it.
        (Stand::Said | Stand::Ended, _) => (stand, None),
    })
}

/// How a question stands at whoever is asked after an event, and what is sent; nothing where the event cannot be.
#[must_use]
pub fn at_asked(stand: Stand, event: AtAsked) -> Option<(Stand, Option<Sends>)> {
    Some(match (stand, event) {
        (Stand::Open, AtAsked::Says) => (Stand::Said, Some(Sends::Says)),
        (_, AtAsked::Says) => return None,
        (Stand::Unknown | Stand::Open, AtAsked::Asked) => (Stand::Open, None),
        (Stand::Said, AtAsked::Asked) => (Stand::Said, Some(Sends::Says)),
        // Also before its question, which then finds it ended.
        (Stand::Unknown | Stand::Open, AtAsked::Ended) => (Stand::Ended, None),
        (Stand::Said, AtAsked::Ended) | (Stand::Ended, _) => (stand, None),
    })
}
