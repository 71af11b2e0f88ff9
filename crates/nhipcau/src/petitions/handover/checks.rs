//! Whose word counts about a case: by the directory, and by the public record in the logs. Pure.

use network::directory::Directory;
use network::entry::Case as Named;
use network::handover::{Desk, Letter, Stand};
use network::names::Origin;
use network::petition::Record;

/// What is done with a letter about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Believed {
    /// It is heard.
    Yes,
    /// Not yet: the log that would bear it out has not been read so far. Whoever wrote it sends it again.
    NotYet,
    /// It says what its writer has no right to say.
    No,
}

/// What is known of a case and of who is who.
pub(super) struct Known<'a> {
    pub named: &'a Named,
    pub me: &'a Origin,
    pub directory: &'a Directory,
    pub record: Option<&'a Record>,
    pub desk: Option<&'a Desk>,
}

impl Known<'_> {
    /// True if `one` is an agency, or took its place.
    fn speaks_for(&self, one: &Origin, agency: &Origin) -> bool {
        one == agency || self.directory.successor(agency).is_some_and(|heir| heir.origin == *one)
    }

    /// Who owned the case at an epoch, by the public record.
    fn owner_at(&self, record: &Record, epoch: u32) -> Origin {
        let last = record.path.iter().rev().find(|hop| hop.epoch <= epoch);
        last.map_or_else(|| self.named.origin.clone(), |hop| hop.to.clone())
    }

    /// True if the record, or our own giving it away, bears out that `from` owned the case at an epoch.
    fn owned(&self, from: &Origin, epoch: u32) -> Believed {
        if let Some(Stand::Former { epoch: since, to }) = self.desk.map(Desk::stand)
            && *since <= epoch
            && self.speaks_for(from, to)
        {
            return Believed::Yes;
        }
        match self.record {
            None => Believed::NotYet,
            Some(record) if self.speaks_for(from, &self.owner_at(record, epoch)) => Believed::Yes,
            Some(record) if record.epoch < epoch => Believed::NotYet,
            Some(_) => Believed::No,
        }
    }

    /// Whether a letter is heard.
    pub fn believes(&self, from: &Origin, letter: &Letter) -> Believed {
        let home = self.speaks_for(from, &self.named.origin);
        let yes = |holds: bool| if holds { Believed::Yes } else { Believed::No };
        match letter {
            Letter::Offer(offer) => {
                if !self.speaks_for(self.me, &offer.to) || !self.speaks_for(&offer.home, &self.named.origin) {
                    return Believed::No;
                }
                self.owned(from, offer.epoch - 1)
            }
            Letter::Cancel { epoch, .. } => match self.desk.and_then(|desk| desk.offers().get(epoch)) {
                Some(_) => Believed::Yes,
                None => self.owned(from, epoch - 1),
            },
            // The machine hears these of whom it asked, and of nobody else.
            Letter::Accept { .. } | Letter::Refuse { .. } => yes(self.desk.is_some()),
            Letter::Decide(question) => match self.directory.is_ancestor(self.me, from) {
                true => self.owned(from, question.epoch - 1),
                false => Believed::No,
            },
            Letter::Decided { .. } => yes(self.directory.is_ancestor(from, self.me)),
            Letter::Status(status) if self.desk.is_some() => self.owned(from, status.epoch),
            Letter::Said(said) if said.by_owner() && self.desk.is_some() => match self.owned(from, said.epoch) {
                // What a former owner said is told by the one who has it now.
                Believed::No if self.record.is_some_and(|record| self.speaks_for(from, &record.owner)) => {
                    Believed::Yes
                }
                believed => believed,
            },
            Letter::Said(_) | Letter::Heard { .. } => yes(home && self.desk.is_some()),
            Letter::Status(_) => Believed::No,
        }
    }
}
