//! What stands inside: the note that the sender signed, the body, and padding.

use tlog::{Note, SignerKey};
use uuid::Uuid;

use super::LetterError;
use super::lines::{Lines, piece, put_piece};
use crate::names::{ContentHash, Origin};

const TITLE: &str = "nhipcau.letter/v1";
/// The most bytes of a body.
pub const MAX_BODY: usize = 16 << 20;
/// The most bytes of the note inside.
pub(super) const MAX_NOTE: usize = 2_048;
/// Shorter letters look all alike.
const LEAST: usize = 1_024;

/// What one portal writes to another.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's log.
    pub from: Origin,
    /// The recipient's log.
    pub to: Origin,
    /// Its name; the same letter has the same, however often it is sent.
    pub id: Uuid,
    /// How far the sender knew heads when it wrote.
    pub heads: u64,
    /// What the body is: 1 to 40 of a-z, digits, dots and hyphens, for example `opinion.asked`.
    pub kind: String,
    /// The body; at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
}

/// A letter's body is nobody's but its recipient's: it is not printed.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({} {} {} to {}, {} bytes)", self.id, self.kind, self.from, self.to, self.body.len())
    }
}

impl Letter {
    /// What the sender signs: every fact of the letter, the body by its hash.
    #[must_use]
    pub fn text(&self) -> String {
        let Letter { from, to, id, heads, kind, body } = self;
        let (size, hash) = (body.len(), ContentHash::of(body));
        format!(
            "{TITLE}\nfrom {from}\nto {to}\nid {}\nheads {heads}\nkind {kind}\nbody {size} {hash}\n",
            id.hyphenated()
        )
    }

    /// The name of exactly this letter: the hash of [`Letter::text`], whoever's key signed it.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.text().as_bytes())
    }

    /// Signed and padded, ready to be encrypted.
    pub(super) fn plain(&self, signer: &SignerKey) -> Result<Vec<u8>, LetterError> {
        if self.body.len() > MAX_BODY {
            return Err(LetterError::TooLong(self.body.len()));
        }
        if !is_kind(&self.kind) {
            return Err(LetterError::Line { line: 6, problem: KIND });
        }
        let note = Note::sign(&self.text(), signer)?.to_string();
        let mut plain = Vec::with_capacity(padded(4 + note.len() + self.body.len()));
        put_piece(&mut plain, note.as_bytes());
        plain.extend_from_slice(&self.body);
        plain.resize(padded(plain.len()), 0);
        Ok(plain)
    }

    /// Reads what was encrypted. Nobody is believed yet: the note is returned for its signature to be verified,
    /// which [`super::Sealed::open`] does.
    ///
    /// # Errors
    /// Names the line, or says that the bytes are not the ones of the note.
    pub fn read(plain: &[u8]) -> Result<(Letter, Note), LetterError> {
        let (note, rest) = piece(plain, MAX_NOTE)?.ok_or(LetterError::Shape)?;
        let note = Note::parse_bytes(note)?;
        let mut lines = Lines::of(&note.text, TITLE)?;
        let from = lines.value("from", "must name the sender's log")?;
        let to = lines.value("to", "must name the recipient's log")?;
        let id = lines.value("id", "must be the letter's id")?;
        let heads = lines.value("heads", "must be a size of heads")?;
        let kind = lines.text("kind", KIND)?.to_owned();
        if !is_kind(&kind) {
            return Err(lines.wrong(KIND));
        }
        let (size, hash): (usize, ContentHash) = lines.sized("body", "must be a size and a SHA-256")?;
        lines.end()?;
        if size > MAX_BODY || size > rest.len() {
            return Err(LetterError::Shape);
        }
        let (body, padding) = rest.split_at(size);
        let written = plain.len() - padding.len();
        if padding.iter().any(|byte| *byte != 0) || plain.len() != padded(written) {
            return Err(LetterError::Shape);
        }
        if ContentHash::of(body) != hash {
            return Err(LetterError::OtherBytes);
        }
        Ok((Letter { from, to, id, heads, kind, body: body.to_vec() }, note))
    }
}

const KIND: &str = "must be a kind: 1 to 40 of a-z, digits, dots and hyphens";

fn is_kind(kind: &str) -> bool {
    (1..=40).contains(&kind.len())
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
}

/// The size to which so many bytes are padded: at least 1 KiB, then Padmé (Nikitin and others, "Reducing
/// Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): at most an eighth more, and
/// the size tells only the order of magnitude and a few bits.
#[must_use]
pub fn padded(size: usize) -> usize {
    if size <= LEAST {
        return LEAST;
    }
    let exponent = size.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept)) - 1;
    (size + mask) & !mask
}
