//! Letters: what one portal writes to another and nobody else may read (protocol §7).
//!
//! Inside, a note signed by the sender's letter key says from whom, to whom, under which id, of what kind,
//! at which size of heads, and names the body by size and SHA-256. Note and body are padded, so that their
//! size tells little, and encrypted by HPKE (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM)
//! to the recipient's sealing key. Outside, a second note of the sender names the same address and the
//! ciphertext, so that whoever carries the letter knows whose it is and turns strangers away without
//! reading it; its address is the associated data of the encryption, so no letter can be readdressed.
//!
//! [`Letter::seal`] and [`Sealed::open`] are the only ways in and out; [`Outbox`] decides what is sent where
//! and when, [`decide`] what becomes of a letter that has come, [`Gate`] how much of them is taken, and a
//! [`Receipt`] says what was done with it. No clock, no socket, no randomness that was not handed in.

mod chance;
mod inbox;
mod inner;
mod keys;
mod lines;
mod outbox;
mod receipt;
mod sealed;

use crate::names::Origin;

pub(crate) use chance::Chance;
pub use inbox::{Decision, Gate, Limits, decide};
pub use inner::{Letter, MAX_BODY, padded};
pub use keys::{LetterKeys, Sealing, Secret, key_name};
pub use outbox::{Action, Answer, Event, Outbox, Settings};
pub use receipt::{MAX_RECEIPT, Receipt, Says};
pub use sealed::{Address, Announced, MAX_HEAD, MAX_SEALED, Sealed, SealingId};

/// Why a letter, or what is said of one, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// A line of a note is wrong.
    #[error("line {line} of the letter's note {problem}")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// It ends before it is whole, or goes on after its end.
    #[error("the letter is cut off or has bytes that do not belong to it")]
    Shape,
    /// More than is carried.
    #[error("the letter has {0} bytes; at most 16 MiB of body are carried")]
    TooLong(usize),
    /// The body or the ciphertext is not the one that was signed.
    #[error("the letter's bytes are not the ones that its sender signed")]
    OtherBytes,
    /// The note cannot be read, or is not signed by this key.
    #[error("the letter's signature: {0}")]
    Note(#[from] tlog::NoteError),
    /// It is sealed to a key that is not this one.
    #[error("the letter is sealed to another key ({0}) than this portal's")]
    OtherKey(SealingId),
    /// It cannot be opened: damaged, or readdressed.
    #[error("the letter cannot be opened with this portal's key: damaged, or addressed anew by a stranger")]
    NotOpened,
    /// Inside and outside do not say the same.
    #[error("inside, the letter has another address than outside")]
    OtherAddress,
    /// The key that is to sign or to seal is not fit for it.
    #[error("the key of {0} cannot be used for letters")]
    Key(Origin),
}
