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

/// True if `one` is an agency, or took its place.
pub fn speaks_for(directory: &Directory, one: &Origin, agency: &Origin) -> bool {
    one == agency || directory.successor(agency).is_some_and(|heir| heir.origin == *one)
}

impl Known<'_> {
    fn speaks_for(&self, one: &Origin, agency: &Origin) -> bool {
        speaks_for(self.directory, one, agency)
    }

    /// Who owned the case at an epoch, by the public record.
    fn owner_at(&self, record: &Record, epoch: u32) -> Origin {
        let last = record.path.iter().rev().find(|hop| hop.epoch <= epoch);
        last.map_or_else(|| self.named.origin.clone(), |hop| hop.to.clone())
    }

    /// Whether the record, or our own giving it away, bears out that `from` owned the case at an epoch.
    pub fn owned(&self, from: &Origin, epoch: u32) -> Believed {
        let given = match self.desk.map(Desk::stand) {
            Some(Stand::Former { epoch, to }) => Some((*epoch, to)),
            // Its acceptance is on its way, too: whom we offered it may say that it has it.
            Some(Stand::Owner(own)) => own.out.as_ref().map(|out| (out.epoch, &out.to)),
            _ => None,
        };
        if given.is_some_and(|(since, to)| since <= epoch && self.speaks_for(from, to)) {
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
            Letter::Said(said) if said.by_owner() && self.desk.is_some() => {
                match self.owned(from, said.epoch) {
                    // What a former owner said is told by the one who has it now.
                    Believed::No
                        if self.record.is_some_and(|record| self.speaks_for(from, &record.owner)) =>
                    {
                        Believed::Yes
                    }
                    believed => believed,
                }
            }
            Letter::Said(_) | Letter::Heard { .. } => yes(home && self.desk.is_some()),
            Letter::Status(_) => Believed::No,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use network::entry::Level;
    use network::handover::{Said, Status, What};
    use network::names::ContentHash;
    use network::petition::{Hop, State};
    use uuid::Uuid;

    use super::*;
    use crate::agencies::paper::Paper;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    /// Asked at A, owned by B since epoch 2 and by C since epoch 4.
    fn record(named: &Named) -> Record {
        let hop = |epoch, from: &str, to: &str| Hop {
            epoch,
            from: origin(from),
            to: origin(to),
            by: None,
            confirmed: true,
        };
        Record {
            case: named.clone(),
            received: date(2026, 11, 26),
            commitment: ContentHash([0; 32]),
            owner: origin("c.vn/log"),
            epoch: 4,
            category: "phan-anh".into(),
            level: Level::Commune,
            due: date(2026, 12, 26),
            state: State::Open,
            path: vec![hop(2, "a.vn/log", "b.vn/log"), hop(4, "b.vn/log", "c.vn/log")],
            answers: Vec::new(),
            disputed: BTreeSet::new(),
        }
    }

    #[test]
    fn only_the_owner_of_an_epoch_speaks_of_it_and_what_is_not_read_yet_waits() {
        let named = Named { origin: origin("a.vn/log"), code: "PAKN.20261123.0012.00004-K".parse().unwrap() };
        let root = Paper::default().directory();
        let (me, record) = (origin("a.vn/log"), record(&named));
        let desk = Desk::new(me.clone(), named.clone());
        let known =
            Known { named: &named, me: &me, directory: &root, record: Some(&record), desk: Some(&desk) };
        let status = |epoch| {
            Letter::Status(Status {
                epoch,
                seq: 1,
                state: State::Open,
                handing: None,
                heard: BTreeSet::new(),
                about: String::new(),
            })
        };
        let says = |who: &str, epoch| known.believes(&origin(who), &status(epoch));
        assert_eq!(says("b.vn/log", 2), Believed::Yes);
        assert_eq!(says("b.vn/log", 3), Believed::Yes, "offers that were taken back have numbers, too");
        assert_eq!(says("c.vn/log", 4), Believed::Yes);
        assert_eq!(says("b.vn/log", 4), Believed::No);
        assert_eq!(says("d.vn/log", 9), Believed::NotYet);
        let said = |what, epoch| Letter::Said(Said { id: Uuid::nil(), epoch, what, words: String::new() });
        assert_eq!(
            known.believes(&origin("c.vn/log"), &said(What::Tells, 2)),
            Believed::Yes,
            "told after it moved"
        );
        assert_eq!(known.believes(&origin("d.vn/log"), &said(What::Answers, 2)), Believed::No);
        assert_eq!(known.believes(&me, &said(What::Withdraws, 4)), Believed::Yes);
        assert_eq!(known.believes(&origin("c.vn/log"), &said(What::Withdraws, 4)), Believed::No);
        let blind = Known { record: None, ..known };
        assert_eq!(blind.believes(&origin("c.vn/log"), &status(4)), Believed::NotYet);
    }
}
