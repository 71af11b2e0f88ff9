//! A proof in one file: that an entry is in a log, checked offline (c2sp.org/tlog-proof).
//!
//! [`TlogProof::verify`] says that the log's key signed a tree that holds the leaf. Witnesses are the
//! caller's policy: [`crate::verify_cosignature`] on `checkpoint`. `extra` is not covered by anything.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::decimal;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note::{Note, NoteError};
use crate::proof::{ProofError, verify_inclusion};

/// The most bytes that the text of a proof may have: a note, and room for the extra data.
pub const MAX_TLOG_PROOF_BYTES: usize = 4 << 20;

/// The most hashes that an inclusion proof in a tree of 64-bit size can have.
pub const MAX_PROOF_HASHES: usize = 64;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// An entry's place in a log, with all that is needed to check it but the entry and the keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TlogProof {
    /// Data of the application, **not authenticated**.
    pub extra: Option<Vec<u8>>,
    /// The index of the entry in the log.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, with what cosignatures it has.
    pub checkpoint: Note,
}

/// Why a proof was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlogProofError {
    /// More than [`MAX_TLOG_PROOF_BYTES`].
    #[error("proof of {0} bytes is larger than 4 MiB")]
    TooLarge(usize),
    /// Not this format, or another version.
    #[error("the first line is not {FIRST_LINE:?}")]
    FirstLine,
    /// Bad base64 after `extra`.
    #[error("the extra data is not standard base64")]
    Extra,
    /// No `index` with a canonical decimal.
    #[error("no index line with a decimal number")]
    Index,
    /// A line that is not a hash.
    #[error("line {0} of the inclusion proof is not a hash")]
    ProofLine(usize),
    /// More than [`MAX_PROOF_HASHES`].
    #[error("more than {MAX_PROOF_HASHES} hashes in the inclusion proof")]
    TooManyHashes,
    /// No empty line before the checkpoint.
    #[error("no empty line before the checkpoint")]
    NoCheckpoint,
    /// The checkpoint is malformed or not signed by the key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof does not hold.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

impl TlogProof {
    /// The checkpoint, after `key` was found to have signed it and the leaf with hash `leaf` to be in its
    /// tree. Whether the key may speak for the checkpoint's origin is for the caller to decide.
    ///
    /// # Errors
    /// A checkpoint that the key did not sign, or a leaf that is not where the proof says.
    pub fn verify(&self, leaf: &Hash, key: &VerifierKey) -> Result<Checkpoint, TlogProofError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.proof, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(text: &str) -> Result<TlogProof, TlogProofError> {
        if text.len() > MAX_TLOG_PROOF_BYTES {
            return Err(TlogProofError::TooLarge(text.len()));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(TlogProofError::FirstLine);
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            None => None,
            Some(encoded) => {
                lines.next();
                Some(STANDARD.decode(encoded).map_err(|_| TlogProofError::Extra)?)
            }
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal::parse);
        let index = index.ok_or(TlogProofError::Index)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == MAX_PROOF_HASHES {
                return Err(TlogProofError::TooManyHashes);
            }
            proof.push(line.parse().map_err(|_| TlogProofError::ProofLine(proof.len() + 1))?);
        }
        let checkpoint = Note::parse(checkpoint).map_err(CheckpointError::from)?;
        Checkpoint::of(&checkpoint)?;
        Ok(TlogProof { extra, index, proof, checkpoint })
    }
}

impl From<NoteError> for TlogProofError {
    fn from(error: NoteError) -> TlogProofError {
        TlogProofError::Checkpoint(error.into())
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
