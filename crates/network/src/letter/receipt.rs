//! What became of a letter, signed by the letter key of who took it.
//!
//! ```text
//! nhipcau.letter.receipt/v1
//! by b.gov.vn/log
//! from a.gov.vn/log
//! to b.gov.vn/log
//! id 019ab3c1-7c6e-7b1a-8f00-0123456789ab
//! holds <hash of the letter inside>
//! ```
//!
//! `holds` is the recipient's: the letter is durable there. `carries` is of a portal on the way: it has the
//! sealed bytes of this hash and will pass them on. Only `holds` empties an outbox.

use tlog::{Note, SignerKey, VerifierKey};
use uuid::Uuid;

use super::LetterError;
use super::lines::{Lines, one_spelling};
use crate::names::{ContentHash, Origin};

const TITLE: &str = "nhipcau.letter.receipt/v1";
/// The most bytes of a receipt.
pub const MAX_RECEIPT: usize = 4_096;

/// What somebody says of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who says so.
    pub by: Origin,
    /// The letter's sender.
    pub from: Origin,
    /// Its recipient.
    pub to: Origin,
    /// Its name.
    pub id: Uuid,
    /// What was done.
    pub says: Says,
}

/// What was done with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The recipient has it; the hash of the letter inside.
    Holds(ContentHash),
    /// It is on its way; the hash of the sealed bytes.
    Carries(ContentHash),
}

impl Receipt {
    /// The receipt, signed. The same receipt is the same bytes, however often it is signed.
    ///
    /// # Errors
    /// For a key that signs no notes.
    pub fn sign(&self, signer: &SignerKey) -> Result<Note, LetterError> {
        let Receipt { by, from, to, id, says } = self;
        let says = match says {
            Says::Holds(hash) => format!("holds {hash}"),
            Says::Carries(hash) => format!("carries {hash}"),
        };
        let text = format!("{TITLE}\nby {by}\nfrom {from}\nto {to}\nid {}\n{says}\n", id.hyphenated());
        Ok(Note::sign(&text, signer)?)
    }

    /// What a note says; whether its signature holds is for [`Note::verified_by`].
    ///
    /// # Errors
    /// Names the line.
    pub fn of(note: &Note) -> Result<Receipt, LetterError> {
        let mut lines = Lines::of(&note.text, TITLE)?;
        let by = lines.value("by", "must name who took it")?;
        let from = lines.value("from", "must name the sender's log")?;
        let to = lines.value("to", "must name the recipient's log")?;
        let id = lines.value("id", "must be the letter's id")?;
        let says = lines.says()?;
        lines.end()?;
        Ok(Receipt { by, from, to, id, says })
    }

    /// Reads and verifies a receipt by the key of the portal that it names.
    ///
    /// # Errors
    /// If it is none, or no key is known for who signed, or the signature is another's.
    pub fn open(
        bytes: &[u8],
        key: impl FnOnce(&Origin) -> Option<VerifierKey>,
    ) -> Result<Receipt, LetterError> {
        let note = Note::parse_bytes(bytes)?;
        let receipt = Receipt::of(&note)?;
        let key = key(&receipt.by).ok_or_else(|| LetterError::Key(receipt.by.clone()))?;
        note.verified_by(&key)?;
        Ok(receipt)
    }
}

impl Lines<'_> {
    fn says(&mut self) -> Result<Says, LetterError> {
        const SHAPE: &str = "must be holds or carries, and a SHA-256";
        let line = self.line();
        let hash = |word: &str| line.strip_prefix(word).and_then(one_spelling::<ContentHash>);
        let says = hash("holds ").map(Says::Holds).or_else(|| hash("carries ").map(Says::Carries));
        says.ok_or_else(|| self.wrong(SHAPE))
    }
}
