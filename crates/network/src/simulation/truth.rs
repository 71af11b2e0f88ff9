//! What is really so: every log in every branch, every content, every item. Nodes never see this; their
//! claims are checked against it.

use std::sync::Arc;

use tlog::Note;
use uuid::Uuid;

use super::Ledger;
use crate::entry::{Entry, EntryError, Kind};
use crate::follower::Bytes;
use crate::names::ContentHash;

/// One log. The second branch, if any, is what its dishonest owner shows to some.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) owner: usize,
    pub(super) branches: Vec<Branch>,
    /// Entries that speak of agencies and scopes.
    pub(super) statements: Vec<u64>,
    /// When each entry of the first branch was appended.
    pub(super) times: Vec<u64>,
}

#[derive(Debug)]
pub(super) struct Branch {
    pub(super) ledger: Ledger,
    pub(super) read: Vec<Arc<Read>>,
}

/// An entry, read once for all.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) entry: Entry,
    /// The checkpoint in a head.
    pub(super) note: Option<Arc<Note>>,
    /// Contents that must be held.
    pub(super) contents: Vec<usize>,
    /// Contents that must vanish.
    pub(super) erases: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Content {
    pub(super) hash: ContentHash,
    pub(super) size: u64,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) log: usize,
    pub(super) edition: u32,
    pub(super) contents: Vec<usize>,
    pub(super) standing: bool,
}

impl Log {
    pub(super) fn new(owner: usize, ledger: Ledger) -> Log {
        Log {
            owner,
            branches: vec![Branch { ledger, read: Vec::new() }],
            statements: Vec::new(),
            times: Vec::new(),
        }
    }

    pub(super) fn ledger(&self, branch: usize) -> &Ledger {
        &self.branches[branch].ledger
    }

    pub(super) fn size(&self) -> u64 {
        self.ledger(0).size()
    }

    /// Appends an entry to a branch, unsigned.
    pub(super) fn append(&mut self, branch: usize, read: Read, now: u64) -> Result<(), EntryError> {
        let bytes: Bytes = read.entry.encode()?.into();
        let index = self.ledger(branch).size();
        if branch == 0 {
            self.times.push(now);
            let statement = matches!(
                read.entry.kind,
                Kind::AgencyEnrolled(_)
                    | Kind::AgencyChanged(_)
                    | Kind::AgencyClosed { .. }
                    | Kind::PortalCarries(_)
                    | Kind::LogSplit { .. }
            );
            if statement {
                self.statements.push(index);
            }
        }
        let branch = &mut self.branches[branch];
        branch.ledger.append(bytes);
        branch.read.push(Arc::new(read));
        Ok(())
    }

    /// The branch, the preferred one first, in which a batch of entries stands just so; compared by
    /// identity, since honest bytes are shared.
    pub(super) fn branch_of(&self, from: u64, entries: &[Bytes], preferred: usize) -> Option<usize> {
        let others = (0..self.branches.len()).filter(|branch| *branch != preferred);
        std::iter::once(preferred).chain(others).find(|branch| {
            let real = self.ledger(*branch).entries(from, from + entries.len() as u64);
            real.len() == entries.len() && real.iter().zip(entries).all(|(a, b)| Arc::ptr_eq(a, b))
        })
    }
}

/// A set of small numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, at: usize, on: bool) {
        if self.0.len() <= at / 64 {
            self.0.resize(at / 64 + 1, 0);
        }
        let bit = 1 << (at % 64);
        if on { self.0[at / 64] |= bit } else { self.0[at / 64] &= !bit }
    }
}
