//! Why a statement about an agency has no effect.

use crate::entry::Level;
use crate::names::{Domain, Origin};

/// The rule that a statement breaks; its text is for the alarm at the root.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The log that states it belongs to no enrolled agency.
    #[error("the log that states it is not enrolled")]
    StaterNotEnrolled,
    /// The log that states it was closed before.
    #[error("the log that states it is closed")]
    StaterClosed,
    /// The child's level is not lower than the parent's.
    #[error("the level {child} is not lower than the level {parent} of the parent")]
    Level {
        /// The child's.
        child: Level,
        /// The parent's.
        parent: Level,
    },
    /// The child's domain, or the host in its origin, lies outside the parent's domain.
    #[error("{child} does not lie under {parent}")]
    Domain {
        /// The child's.
        child: Domain,
        /// The parent's.
        parent: Domain,
    },
    /// An origin is never reused.
    #[error("the origin {0} is taken")]
    OriginTaken(Origin),
    /// Another agency holds the domain.
    #[error("the domain {domain} is held by {holder}")]
    DomainTaken {
        /// The domain.
        domain: Domain,
        /// Who holds it.
        holder: Origin,
    },
    /// Another agency holds the code.
    #[error("the code {code} is held by {holder}")]
    CodeTaken {
        /// The code.
        code: String,
        /// Who holds it.
        holder: Origin,
    },
    /// A node of that name has other keys, and the agency does not own it.
    #[error("the node {node} belongs to {owner} and has other keys")]
    NodeTaken {
        /// The node's name.
        node: Origin,
        /// The agency that named it first.
        owner: Origin,
    },
    /// The predecessor is unknown or of another parent.
    #[error("the predecessor {0} is not an agency of the same parent")]
    Predecessor(Origin),
    /// The agency spoken of is not enrolled.
    #[error("{0} is not enrolled")]
    NotEnrolled(Origin),
    /// Only the parent that enrolled it may speak of an agency.
    #[error("only {parent} may speak of {child}")]
    NotTheParent {
        /// The agency spoken of.
        child: Origin,
        /// Its parent.
        parent: Origin,
    },
    /// The agency spoken of is closed.
    #[error("{0} is closed")]
    Closed(Origin),
    /// A new key must begin at a larger size than the one before.
    #[error("the new key must begin at a larger size than the one before")]
    KeyOrder,
    /// The root's keys and its end are stated by the root note alone.
    #[error("the root's keys and its end are stated by the root note alone")]
    RootNoteOnly,
}
