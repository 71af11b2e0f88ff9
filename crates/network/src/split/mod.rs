//! A case is split by an owner at another node than the one at which it was asked: three letters between that owner and that portal.
//!
//! The owner asks for the parts ([`Letter::Asks`]). The portal at which the whole was asked is its home: it registers them, because whoever
//! sent the whole opens them there with the secret of the whole, and says how they stand ([`Letter::Lists`]), or that it cannot register them
//! ([`Letter::Refuses`]). A list is always the whole list and has a version greater than any before, so the greatest is the truth, whatever
//! is lost, comes twice or is overtaken. What is not answered is asked again; a home that has registered the parts answers with its list and
//! registers nothing again. So a home never needs to hear that its list has come.

mod wire;

#[cfg(test)]
mod tests;

use crate::words::words;

pub use wire::{Asked, Letter, Listed, Received, Wanted};

/// The most parts of one case.
pub const MOST: usize = 10;
/// The most characters of what a part asks.
pub const MAX_PART: usize = 4_000;
/// The most characters of what was answered to a part.
pub const MAX_ANSWER: usize = 20_000;

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// An answer is due.
    Open,
    /// It is answered, and may still be reopened.
    Answered,
    /// It has ended.
    Ended,
}

words!(Stage, Open = "open", Answered = "answered", Ended = "ended");

/// Why parts are not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Whoever asks does not own the whole.
    Owner,
    /// The whole has parts already, is a part itself, or hangs together with others.
    Tied,
    /// The whole is answered, has ended, or was taken back.
    Over,
    /// An agency that is to answer a part is not known where the whole was asked, or takes no petitions.
    Agency,
    /// The letter could not be read.
    Unread,
    /// What a later version says.
    Other,
}

words!(
    Why,
    Owner = "owner",
    Tied = "tied",
    Over = "over",
    Agency = "agency",
    Unread = "unread",
    Other = "other"
);

/// How a split stands at the owner of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Nothing is known of it.
    Unknown,
    /// The parts were asked for.
    Asked,
    /// The parts are registered, and known by the list of this version.
    Parted(u32),
    /// They are not registered: the case is whole.
    Refused,
}

/// What happens at the owner of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtOwner {
    /// A person splits the case.
    Splits,
    /// A list of this version has come.
    Listed(u32),
    /// That they are not registered has come.
    Refused,
    /// For a while nothing has come, and the whole waits for it.
    Woken,
}

/// How a split stands where the whole was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Home {
    /// Nothing is known of it.
    Unknown,
    /// The parts are registered; the last list was of this version.
    Parted(u32),
    /// They are not registered, and stay so.
    Refused,
}

/// What happens where the whole was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtHome {
    /// The parts are asked for.
    Asked {
        /// True if they may be registered, as things stand.
        right: bool,
    },
    /// A part stands otherwise than the last list says.
    Changed,
}

/// A letter that is to be sent, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sends {
    /// The parts are asked for; once they are registered, how they stand.
    Asks,
    /// The whole list, of this version.
    Lists(u32),
    /// That they are not registered.
    Refuses,
}

/// How a split stands at the owner after an event, and what is sent; nothing where the event cannot be.
#[must_use]
pub fn at_owner(stand: Owner, event: AtOwner) -> Option<(Owner, Option<Sends>)> {
    Some(match (stand, event) {
        (Owner::Unknown, AtOwner::Splits) => (Owner::Asked, Some(Sends::Asks)),
        (_, AtOwner::Splits) | (Owner::Unknown, _) => return None,
        // Where there is a list there are parts, whatever was said before.
        (Owner::Asked | Owner::Refused, AtOwner::Listed(version)) => (Owner::Parted(version), None),
        (Owner::Parted(known), AtOwner::Listed(version)) if version > known => (Owner::Parted(version), None),
        (Owner::Asked, AtOwner::Refused) => (Owner::Refused, None),
        (Owner::Asked | Owner::Parted(_), AtOwner::Woken) => (stand, Some(Sends::Asks)),
        (Owner::Parted(_) | Owner::Refused, _) => (stand, None),
    })
}

/// How a split stands where the whole was asked after an event, and what is sent. The parts are registered in the step from
/// [`Home::Unknown`] to [`Home::Parted`], and in no other.
#[must_use]
pub fn at_home(stand: Home, event: AtHome) -> (Home, Option<Sends>) {
    match (stand, event) {
        (Home::Unknown, AtHome::Asked { right: true }) => (Home::Parted(1), Some(Sends::Lists(1))),
        (Home::Unknown, AtHome::Asked { right: false }) | (Home::Refused, AtHome::Asked { .. }) => {
            (Home::Refused, Some(Sends::Refuses))
        }
        (Home::Parted(version), _) => {
            let next = version.saturating_add(1);
            (Home::Parted(next), Some(Sends::Lists(next)))
        }
        (Home::Unknown | Home::Refused, AtHome::Changed) => (stand, None),
    }
}
