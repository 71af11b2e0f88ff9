//! A whole log in memory: its entries, its tree, its signed checkpoints. What issuers append to and what
//! relays serve from, honestly or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use tlog::{Checkpoint, CheckpointError, Frontier, Hash, Note, SignerKey, VerifierKey, leaf_hash, node_hash};

use crate::bridge::spans;
use crate::follower::Bytes;
use crate::names::Origin;

/// A log and the key that signs it.
#[derive(Debug)]
pub struct Ledger {
    origin: Origin,
    signer: SignerKey,
    verifier: VerifierKey,
    entries: Vec<Bytes>,
    /// `levels[l][i]` is the hash of the perfect subtree of `2^l` leaves that begins at leaf `i * 2^l`.
    levels: Vec<Vec<Hash>>,
    checkpoints: BTreeMap<u64, Arc<Note>>,
}

impl Ledger {
    /// An empty log.
    #[must_use]
    pub fn new(origin: Origin, signer: SignerKey) -> Ledger {
        Ledger {
            verifier: signer.verifier(),
            origin,
            signer,
            entries: Vec::new(),
            levels: Vec::new(),
            checkpoints: BTreeMap::new(),
        }
    }

    /// A second log that has the same past up to `size` and the same key: what a split view is made of.
    ///
    /// # Errors
    /// If the key cannot be taken over.
    pub fn fork(&self, size: u64) -> Result<Ledger, tlog::KeyError> {
        let mut fork = Ledger::new(self.origin.clone(), self.signer.secret_text().parse()?);
        self.entries.iter().take(size as usize).for_each(|entry| fork.append(entry.clone()));
        fork.checkpoints = self.checkpoints.range(..=size).map(|(at, note)| (*at, note.clone())).collect();
        Ok(fork)
    }

    /// Its name.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.verifier
    }

    /// How many entries it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Appends an entry.
    pub fn append(&mut self, entry: Bytes) {
        let mut hash = leaf_hash(&entry);
        self.entries.push(entry);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() % 2 == 1 {
                break;
            }
            hash = node_hash(&row[row.len() - 2], &hash);
        }
    }

    /// Signs the current head, once per size.
    ///
    /// # Errors
    /// What [`Checkpoint::sign`] says.
    pub fn sign(&mut self) -> Result<Arc<Note>, CheckpointError> {
        let size = self.size();
        if let Some(note) = self.checkpoints.get(&size) {
            return Ok(note.clone());
        }
        let root = self.frontier(size).root();
        let checkpoint = Checkpoint { origin: self.origin.to_string(), size, root, extensions: Vec::new() };
        let note = Arc::new(checkpoint.sign(&self.signer)?);
        self.checkpoints.insert(size, note.clone());
        Ok(note)
    }

    /// Puts another form of the checkpoint of a size in its place: with cosignatures.
    pub fn replace_checkpoint(&mut self, size: u64, note: Arc<Note>) {
        self.checkpoints.insert(size, note);
    }

    /// The newest checkpoint of at most this size.
    #[must_use]
    pub fn checkpoint(&self, size: u64) -> Option<(u64, &Arc<Note>)> {
        self.checkpoints.range(..=size).next_back().map(|(size, note)| (*size, note))
    }

    /// Entries of a range; those beyond the end are left out.
    #[must_use]
    pub fn entries(&self, from: u64, to: u64) -> &[Bytes] {
        let end = (to as usize).min(self.entries.len());
        self.entries.get((from as usize).min(end)..end).unwrap_or_default()
    }

    /// The frontier at a size, at most the current one.
    #[must_use]
    pub fn frontier(&self, size: u64) -> Frontier {
        let size = size.min(self.size());
        Frontier::from_parts(size, self.bridge(0, size)).unwrap_or_default()
    }

    /// The hashes of [`spans`].
    #[must_use]
    pub fn bridge(&self, from: u64, to: u64) -> Vec<Hash> {
        let hash = |span: crate::bridge::Span| {
            self.levels.get(usize::from(span.level)).and_then(|row| row.get(span.index as usize)).copied()
        };
        spans(from, to).filter_map(hash).collect()
    }
}
