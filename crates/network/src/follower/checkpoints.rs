//! Checkpoints and rumours: what a log claims, what its signature proves, and what it contradicts.

use std::sync::Arc;

use tlog::{Checkpoint, EMPTY_ROOT, Hash, Note, NoteError, VerifierKey};

use super::log::{Log, Signed};
use super::timers::Timer;
use super::{Follower, PeerId, Split, Trouble};
use crate::bridge::contradict;
use crate::memo::Memo;
use crate::names::Origin;

/// Signature lines of the log itself that are kept: two while a key changes.
const MAX_OWN_SIGNATURES: usize = 4;
/// Cosignatures that are kept (protocol §3).
const MAX_COSIGNATURES: usize = 15;

impl Follower {
    /// Takes a checkpoint from anywhere; `peer` answers for it.
    pub(super) fn checkpoint(&mut self, at: usize, note: &Arc<Note>, peer: Option<PeerId>) {
        let log = &self.logs[at];
        let Some(claim) = log.claim(note) else {
            let origin = log.origin.clone();
            peer.into_iter().for_each(|peer| self.fault(peer, Trouble::Malformed, Some(&origin)));
            return;
        };
        if claim.size == 0 {
            return;
        }
        let known = log.signed_at(claim.size).map(|signed| signed.root);
        match known {
            Some(root) if root == claim.root => self.more_cosignatures(at, note, &claim),
            _ if known.is_none() && claim.size < log.size() && !self.may_compare_own(at) => {}
            _ => {
                let Some(signed) = self.verified(at, note, &claim, peer) else { return };
                let log = &mut self.logs[at];
                if known.is_some() {
                    self.contradicts(at, signed);
                } else if signed.size < log.size() {
                    self.compare_own(at, signed);
                } else if signed.size == log.size() {
                    self.same_size(at, signed);
                } else {
                    log.add_target(signed);
                }
            }
        }
        self.advance(at);
    }

    /// The checkpoint with the signatures that are to be kept, if the log signed it.
    fn verified(
        &mut self,
        at: usize,
        note: &Arc<Note>,
        claim: &Checkpoint,
        peer: Option<PeerId>,
    ) -> Option<Signed> {
        let log = &mut self.logs[at];
        let origin = log.origin.clone();
        match self.memo.signed(note, log.keys.valid_for(claim.size)) {
            Ok(()) => {
                let note = kept(&self.memo, log, note);
                Some(Signed { size: claim.size, root: claim.root, note })
            }
            Err(NoteError::Missing(_)) => {
                // The log may sign with a key that the directory will know in a moment.
                log.keyless = Some(note.clone());
                self.alarm(Trouble::UnknownKey, peer, Some(&origin));
                None
            }
            Err(_) => {
                peer.into_iter().for_each(|peer| self.fault(peer, Trouble::BadSignature, Some(&origin)));
                None
            }
        }
    }

    /// A checkpoint at the log's size, which was reached as part of a longer catch-up.
    pub(super) fn same_size(&mut self, at: usize, signed: Signed) {
        let log = &self.logs[at];
        if signed.root == log.frontier.root() {
            if log.in_flight.is_none() {
                self.record(at, signed);
            }
        } else if let Some(proven) = log.proven.clone() {
            self.compare(at, signed, proven, None);
        }
    }

    /// Cosignatures of heads come after the checkpoint itself; a checkpoint that only has more of them is
    /// stored anew, without entries.
    fn more_cosignatures(&mut self, at: usize, note: &Arc<Note>, claim: &Checkpoint) {
        let log = &mut self.logs[at];
        if log.cosigners.is_empty() {
            return;
        }
        let Some(held) = log.signed_at(claim.size).cloned() else { return };
        let new = |held: &Note| {
            let lines = note.signatures.iter().filter(|line| {
                held.signatures.iter().all(|old| old.key_id != line.key_id || old.name != line.name)
            });
            lines.cloned().collect::<Vec<_>>()
        };
        let lines = new(&held.note);
        if lines.is_empty() {
            return;
        }
        let mut more = (*held.note).clone();
        more.signatures.extend(lines);
        let more = kept(&self.memo, log, &more);
        if more.signatures.len() == held.note.signatures.len() {
            return;
        }
        let signed = Signed { note: more, ..held };
        if let Some(target) = log.targets.iter_mut().find(|target| target.size == signed.size) {
            target.note = signed.note;
        } else if signed.size == log.size() && log.in_flight.is_none() {
            self.record(at, signed);
        }
    }

    /// What heads says of a log: checked at once if we have that size, otherwise the flow has a while to
    /// bring it.
    pub(super) fn head(&mut self, origin: &Origin, size: u64, root: Hash, note: Arc<Note>) {
        let Some(at) = self.followed(origin) else { return };
        let log = &self.logs[at];
        match log.signed_at(size) {
            Some(signed) if signed.root == root => {}
            None if size > log.size() => self.hear_of(at, size, root, note),
            None if size == 0 && root == EMPTY_ROOT => {}
            _ => self.checkpoint(at, &note, None),
        }
    }

    /// Something larger is said to exist: the flow has a while to bring it.
    pub(super) fn hear_of(&mut self, at: usize, size: u64, root: Hash, note: Arc<Note>) {
        let log = &mut self.logs[at];
        if log.rumour.as_ref().is_none_or(|(known, _, _)| *known < size) {
            log.rumour = Some((size, root, note));
        }
        if log.patience.is_none() {
            let until = self.now + self.dice.around(self.settings.patience);
            log.patience = Some(until);
            self.timers.at(until, Timer::Patience(at));
        }
    }

    /// After a step forward: a rumour that we have caught up with must agree with what we have.
    pub(super) fn check_rumour(&mut self, at: usize) {
        let log = &mut self.logs[at];
        let size = log.size();
        let Some((said, root, note)) = log.rumour.take_if(|(said, _, _)| *said <= size) else { return };
        log.patience = None;
        if log.signed_at(said).is_none_or(|signed| signed.root != root) {
            self.checkpoint(at, &note, None);
        }
    }

    pub(super) fn patience_ends(&mut self, at: usize) {
        let log = &mut self.logs[at];
        if log.patience.is_none_or(|until| until > self.now) || !log.is_followed() {
            return;
        }
        log.patience = None;
        let Some((size, root, note)) = log.rumour.clone() else { return };
        if log.in_flight.is_some() || log.pull.is_some() || log.comparing.is_some() {
            // On its way; look again later.
            self.hear_of(at, size, root, note);
            return;
        }
        log.rumour = None;
        let Some(claim) = log.claim(&note) else { return };
        if log.signed_at(size).is_none() {
            let Some(signed) = self.verified(at, &note, &claim, None) else { return };
            self.logs[at].add_target(signed);
        }
        let (_, active) = self.sources(&self.logs[at].origin.clone());
        self.pull(at, active);
    }

    /// Published evidence freezes the log if both checkpoints are signed and contradict each other.
    pub(super) fn split_shown(&mut self, split: Split) {
        let Some(at) = self.followed(&split.origin) else { return };
        let log = &self.logs[at];
        let signed = |note: &Arc<Note>| {
            let claim = log.claim(note)?;
            self.memo.signed(note, log.keys.valid_for(claim.size)).ok()?;
            Some(claim)
        };
        let (Some(a), Some(b)) = (signed(&split.a), signed(&split.b)) else { return };
        if contradict(&a, &b, &split.bridge) {
            let as_signed = |claim: Checkpoint, note| Signed { size: claim.size, root: claim.root, note };
            self.freeze(at, as_signed(a, split.a), as_signed(b, split.b), split.bridge);
        }
    }
}

/// A copy of the note with the log's own signatures and the cosignatures that verify, and nothing else: a
/// relay could fill a note with any number of others.
fn kept(memo: &Memo, log: &Log, note: &Note) -> Arc<Note> {
    let verified = log.claim(note).map(|claim| log.keys.valid_for(claim.size).id());
    let mut own: Vec<_> = note.signatures.iter().filter(|line| log.origin == line.name.as_str()).collect();
    own.sort_by_key(|line| Some(line.key_id) != verified);
    own.truncate(MAX_OWN_SIGNATURES);
    let cosigned = log.cosigners.iter().filter(|key| {
        note.signatures.iter().any(|line| line.key_id == key.id() && line.name == key.name())
            && memo.cosigned(note, key).is_ok()
    });
    let cosigners: Vec<&VerifierKey> = cosigned.take(MAX_COSIGNATURES).collect();
    let by_cosigner = note
        .signatures
        .iter()
        .filter(|line| cosigners.iter().any(|key| line.key_id == key.id() && line.name == key.name()));
    Arc::new(Note {
        text: note.text.clone(),
        signatures: own.into_iter().chain(by_cosigner).cloned().collect(),
    })
}
