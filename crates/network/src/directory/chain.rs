//! The rules of the directory over a few statements alone: what a proof rests on that brings its enrolments
//! with it, from the root downwards, and cannot ask the heads log.

use tlog::VerifierKey;

use super::known::Known;
use super::{Agency, Refusal};
use crate::entry::Kind;
use crate::keys::Keys;
use crate::names::Origin;
use crate::root::{RootError, RootNote};

/// What statements prove that were taken one after the other. Never a node's directory: the order of the
/// statements, and that none is missing, is the word of whoever brings them.
#[derive(Clone, Debug)]
pub struct Chain {
    known: Known,
}

impl Chain {
    /// What the root note alone gives: the root.
    ///
    /// # Errors
    /// Only for a root note that [`RootNote::open`] would have refused.
    pub fn new(root: &RootNote) -> Result<Chain, RootError> {
        let keys = Keys::new(root.text().root.clone());
        let keys = keys.ok_or(RootError::Whole("has no key for root or heads from size 0"))?;
        Ok(Chain { known: Known::new(root.text().root_origin()?, keys) })
    }

    /// Takes a statement that was proven to stand at `index` in the log `stater`.
    ///
    /// # Errors
    /// The rule that it breaks; then nothing changes.
    pub fn take(&mut self, stater: &Origin, index: u64, kind: &Kind) -> Result<(), Refusal> {
        self.known.take(stater, index, kind).map(|_| ())
    }

    /// The agency of a log.
    #[must_use]
    pub fn agency(&self, origin: &Origin) -> Option<&Agency> {
        self.known.agencies.get(origin).map(AsRef::as_ref)
    }

    /// The key that signs a log's checkpoint of this size.
    #[must_use]
    pub fn keys_for(&self, origin: &Origin, size: u64) -> Option<&VerifierKey> {
        self.agency(origin).map(|agency| agency.keys.valid_for(size))
    }
}
