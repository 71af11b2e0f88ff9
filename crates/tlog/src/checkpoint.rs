//! Checkpoints: a log's signed statement of its size and root (c2sp.org/tlog-checkpoint).

use sha2::{Digest, Sha256};

use crate::decimal;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note::{Note, NoteError, check_text};
use crate::signer::SignerKey;

/// A log's head: what a checkpoint says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root of the tree at that size.
    pub root: Hash,
    /// Further lines, opaque, none of them empty; usually none.
    pub extensions: Vec<String>,
}

/// Why a checkpoint was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Fewer than the three lines origin, size and root, or one without its newline.
    #[error("checkpoint lacks one of its lines: origin, size, root")]
    Lines,
    /// An empty origin line, or an origin that is not one line.
    #[error("checkpoint origin is empty or not one line")]
    Origin,
    /// Not a canonical decimal below 2^64.
    #[error("checkpoint size {0:?} is not a decimal number without leading zeroes")]
    Size(String),
    /// Not a hash in base64.
    #[error("checkpoint root {0:?} is not a hash in base64")]
    Root(String),
    /// An extension that is empty or not one line.
    #[error("checkpoint extension is empty or not one line")]
    Extension,
    /// The note is malformed, or not signed by the key.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The text to be signed: origin, size, root and extensions, each with a newline.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root);
        for extension in &self.extensions {
            text.push_str(extension);
            text.push('\n');
        }
        text
    }

    /// The checkpoint that `text` (a note's text) states.
    ///
    /// # Errors
    /// Text that departs from c2sp.org/tlog-checkpoint.
    pub fn parse_text(text: &str) -> Result<Checkpoint, CheckpointError> {
        check_text(text)?;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let excerpt = |line: &str| line.chars().take(100).collect();
        let size = decimal::parse(size).ok_or_else(|| CheckpointError::Size(excerpt(size)))?;
        let root = root.parse().map_err(|_| CheckpointError::Root(excerpt(root)))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Extension);
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root, extensions })
    }

    /// The checkpoint as a note signed by the log's key.
    ///
    /// # Errors
    /// An origin or extension that is not one non-empty line, or a cosigner's key.
    pub fn sign(&self, signer: &SignerKey) -> Result<Note, CheckpointError> {
        self.fits()?;
        Ok(Note::sign(&self.text(), signer)?)
    }

    /// The note of this checkpoint with a signature of [`Checkpoint::text`] that was made elsewhere.
    ///
    /// # Errors
    /// As [`Checkpoint::sign`], and a signature that `key` did not make.
    pub fn signed(&self, key: &VerifierKey, signature: &[u8; 64]) -> Result<Note, CheckpointError> {
        self.fits()?;
        Ok(Note::signed(&self.text(), key, signature)?)
    }

    /// Refuses what would read back as something else.
    fn fits(&self) -> Result<(), CheckpointError> {
        if self.origin.is_empty() || self.origin.contains('\n') {
            return Err(CheckpointError::Origin);
        }
        if self.extensions.iter().any(|line| line.is_empty() || line.contains('\n')) {
            return Err(CheckpointError::Extension);
        }
        Ok(())
    }

    /// The checkpoint of `note`, after `key` was found to have signed it.
    ///
    /// Whether the key may speak for that origin is for the caller to decide.
    ///
    /// # Errors
    /// A note that is not signed by the key, or is not a checkpoint.
    pub fn open(note: &Note, key: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
        note.verified_by(key)?;
        Checkpoint::of(note)
    }

    /// What `note` claims, **not verified**: to find the origin, and with it the key.
    ///
    /// # Errors
    /// A note that is not a checkpoint.
    pub fn of(note: &Note) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::parse_text(&note.text)
    }
}

/// The name of a log in the paths of mirrors and witnesses: the SHA-256 of its origin in lower-case hex
/// (c2sp.org/tlog-mirror, c2sp.org/tlog-witness).
pub fn origin_hash(origin: &str) -> String {
    hex::encode(Sha256::digest(origin))
}
