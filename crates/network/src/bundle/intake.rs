//! Taking one log of a bundle in: what a follower proves of a neighbour, proven of a file.
//!
//! The log's key signs the checkpoint; each part, put on the frontier that the bundle brings, leads to its root; where
//! the two histories meet, the bundle's must be ours. Only then is an entry handed out. A bundle whose own history is
//! proven and is not ours shows that the log was split, and the evidence is handed out instead.

use std::sync::Arc;

use tlog::{
    Checkpoint, Frontier, Hash, MAX_FRONTIER_SIZE, Note, VerifierKey, leaf_hash, root_of_tile,
    verify_cosignature,
};

use crate::bridge::{Span, root_beyond, spans};
use crate::entry::MAX_ENTRY;
use crate::follower::{Batch, Bytes, Split};
use crate::keys::Keys;
use crate::names::Origin;

/// Cosignatures that are kept (protocol §3).
const MAX_COSIGNATURES: usize = 15;

/// What a part, or the end of a log, leads to.
#[derive(Clone, Debug)]
pub enum Step {
    /// Nothing that is not here.
    Known,
    /// To be applied in one transaction.
    Apply(Batch),
}

/// Why a log of a bundle is not taken in.
#[derive(Clone, Debug)]
pub enum Unfit {
    /// The checkpoint is not one of this log and size.
    Claim,
    /// No key of the log that is valid for this size has signed the checkpoint.
    Signature,
    /// What the bundle holds begins after what is here.
    Gap {
        /// Entries here.
        have: u64,
        /// The first entry of the bundle.
        from: u64,
    },
    /// The part that begins here does not lead to the signed root: it was altered.
    NotProven {
        /// Its first entry.
        from: u64,
    },
    /// The bundle ends before the log's size.
    CutOff {
        /// The first entry that is missing.
        at: u64,
    },
    /// Two signed checkpoints contradict each other; the log must be frozen.
    Forked(Box<Split>),
    /// The bundle's history is signed and is not ours, while ours has no signed checkpoint of that size to hold
    /// against it: a catch-up is under way.
    Differs,
}

/// Takes one log of a bundle in.
#[derive(Debug)]
pub struct Intake {
    origin: Origin,
    claim: Checkpoint,
    note: Arc<Note>,
    theirs: Frontier,
    ours: Frontier,
    held: Option<(Checkpoint, Arc<Note>)>,
    /// True once the two histories were found to be one.
    met: bool,
}

impl Intake {
    /// Begins with the bundle's frontier and checkpoint of `size`, our frontier, and the checkpoint that is held here.
    /// Whoever holds more than `size` compares by its own tiles instead.
    ///
    /// # Errors
    /// The checkpoint proves nothing, or the bundle begins too late.
    pub fn open(
        origin: &Origin,
        (theirs, size, note): (Frontier, u64, &Note),
        keys: &Keys,
        cosigners: &[VerifierKey],
        (ours, held): (Frontier, Option<Arc<Note>>),
    ) -> Result<Intake, Unfit> {
        let claim = Checkpoint::of(note).map_err(|_| Unfit::Claim)?;
        let of_this = *origin == *claim.origin.as_str() && claim.extensions.is_empty() && claim.size == size;
        if !of_this || size > MAX_FRONTIER_SIZE || size == 0 {
            return Err(Unfit::Claim);
        }
        let key = keys.valid_for(size);
        note.verified_by(key).map_err(|_| Unfit::Signature)?;
        if theirs.size() > ours.size() {
            return Err(Unfit::Gap { have: ours.size(), from: theirs.size() });
        }
        let held = held.and_then(|note| Some((Checkpoint::of(&note).ok()?, note)));
        let note = Arc::new(kept(note, key, cosigners));
        Ok(Intake { origin: origin.clone(), claim, note, theirs, ours, held, met: false })
    }

    /// The next part.
    ///
    /// # Errors
    /// It is not proven, or proves that the log was split.
    pub fn part(&mut self, from: u64, entries: &[Bytes], bridge: &[Hash]) -> Result<Step, Unfit> {
        let unproven = Unfit::NotProven { from };
        if from != self.theirs.size() || entries.iter().any(|entry| entry.len() > MAX_ENTRY) {
            return Err(unproven);
        }
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let meets = self.ours.size().checked_sub(from).filter(|skip| *skip <= leaves.len() as u64);
        let mut next = self.theirs.clone();
        let mut at_ours = (meets == Some(0)).then(|| next.clone());
        for (done, leaf) in (1..).zip(&leaves) {
            next.push(*leaf);
            if meets == Some(done) {
                at_ours = Some(next.clone());
            }
        }
        if root_beyond(&next, self.claim.size, bridge) != Some(self.claim.root) {
            return Err(unproven);
        }
        if !self.met
            && let Some(theirs) = at_ours
        {
            let skip = (theirs.size() - from) as usize;
            self.meet(&theirs, &leaves[skip..], bridge)?;
        }
        self.theirs = next;
        let Some(skip) = meets.filter(|skip| (*skip as usize) < leaves.len()) else { return Ok(Step::Known) };
        let skip = skip as usize;
        self.ours = self.theirs.clone();
        let (new, leaves) = (entries[skip..].to_vec(), leaves[skip..].to_vec());
        Ok(Step::Apply(self.batch(from + skip as u64, new, leaves)))
    }

    /// After the last part.
    ///
    /// # Errors
    /// Parts are missing, or there were none and the frontier is not that of the checkpoint.
    pub fn close(mut self) -> Result<Step, Unfit> {
        let size = self.claim.size;
        if self.theirs.size() != size {
            return Err(Unfit::CutOff { at: self.theirs.size() });
        }
        if !self.met {
            let theirs = self.theirs.clone();
            if theirs.root() != self.claim.root {
                return Err(Unfit::NotProven { from: size });
            }
            self.meet(&theirs, &[], &[])?;
        }
        let newer = self.held.as_ref().is_none_or(|(held, note)| {
            held.size < size || (held.size == size && note.signatures.len() < self.note.signatures.len())
        });
        // What the parts brought was handed out with the checkpoint; this is for a checkpoint that says more.
        Ok(if newer { Step::Apply(self.batch(size, Vec::new(), Vec::new())) } else { Step::Known })
    }

    /// The history of the bundle, proven, at our size: is it ours?
    fn meet(&mut self, theirs: &Frontier, leaves: &[Hash], bridge: &[Hash]) -> Result<(), Unfit> {
        if *theirs == self.ours {
            self.met = true;
            return Ok(());
        }
        let Some((_, held)) = self.held.as_ref().filter(|(held, _)| held.size == theirs.size()) else {
            return Err(Unfit::Differs);
        };
        let mut hashes = Vec::new();
        if theirs.size() < self.claim.size {
            hashes.extend_from_slice(theirs.hashes());
            hashes.extend(widest(theirs.size(), leaves, self.claim.size, bridge));
        }
        Err(Unfit::Forked(Box::new(Split {
            origin: self.origin.clone(),
            a: held.clone(),
            b: self.note.clone(),
            bridge: hashes,
        })))
    }

    fn batch(&self, from: u64, entries: Vec<Bytes>, leaves: Vec<Hash>) -> Batch {
        Batch {
            origin: self.origin.clone(),
            from,
            entries,
            leaves,
            frontier: self.ours.clone(),
            root: self.ours.root(),
            checkpoint: self.note.clone(),
            checkpoint_size: self.claim.size,
            peer: None,
        }
    }
}

/// The hashes of [`spans`]`(from, size)`, from the leaves that follow `from` and the bridge from their end.
fn widest(from: u64, leaves: &[Hash], size: u64, bridge: &[Hash]) -> Vec<Hash> {
    let to = from + leaves.len() as u64;
    let mut rest = leaves;
    let mut row: Vec<(Span, Hash)> = Vec::new();
    let mut put = |mut span: Span, mut hash: Hash| {
        while let Some((left, left_hash)) = row.last().copied()
            && left.level == span.level
            && left.index % 2 == 0
            && left.index + 1 == span.index
        {
            row.pop();
            span = Span { level: span.level + 1, index: left.index / 2 };
            hash = tlog::node_hash(&left_hash, &hash);
        }
        row.push((span, hash));
    };
    for span in spans(from, to) {
        let (run, after) = rest.split_at((1_usize << span.level).min(rest.len()));
        put(span, root_of_tile(run));
        rest = after;
    }
    for (span, hash) in spans(to, size).zip(bridge) {
        put(span, *hash);
    }
    row.into_iter().map(|(_, hash)| hash).collect()
}

/// The note with the log's signature and the cosignatures that verify, and nothing else.
fn kept(note: &Note, key: &VerifierKey, cosigners: &[VerifierKey]) -> Note {
    let by = |key: &VerifierKey| {
        let (id, name) = (key.id(), key.name().to_owned());
        note.signatures.iter().filter(move |line| line.key_id == id && line.name == name).cloned()
    };
    let verified = cosigners.iter().filter(|key| verify_cosignature(note, key).is_ok());
    let lines = by(key).chain(verified.take(MAX_COSIGNATURES).flat_map(by));
    Note { text: note.text.clone(), signatures: lines.collect() }
}
