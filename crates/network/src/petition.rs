//! Whose a petition is, by the public record: what the entries of all logs about one case say together (protocol §2).
//!
//! Logs are not ordered among each other, so [`Record::of`] gives the same for any order of what it is told; epochs order
//! the life of a case. A case is its new owner's from the moment at which *its* log says so (that is when it accepted); the
//! former owner's log confirms it as soon as it has heard. Promised:
//!
//! * there is one owner, whatever anybody claims;
//! * what nobody who owned the case at that epoch said has no effect: an answer, a closing, a passing on;
//! * a claim that the former owner does not confirm is shown as such, gives way to one that is confirmed, and counts for
//!   nothing beside another claim or where that owner has answered: those who claim are named in [`Record::disputed`].
//!
//! Refused: order by time of day, and judging who should own it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::entry::{Case, ContentRef, Kind, Level, Outcome, Passed, Registered};
use crate::names::{ContentHash, Origin};

/// How far one successor after the other is asked for.
const MOST_SUCCESSORS: usize = 16;

/// One entry about a case, and where it stands. Only entries that count are told: not those after a log's last honest size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The log.
    pub log: Origin,
    /// Its place there.
    pub index: u64,
    /// What it says.
    pub kind: Kind,
}

/// What everybody may know of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The case.
    pub case: Case,
    /// The day from which its days are counted.
    pub received: Date,
    /// The hash of a salt and of what was written.
    pub commitment: ContentHash,
    /// Who answers for it: the log that was given it. If that is closed, its successor does.
    pub owner: Origin,
    /// Since which epoch.
    pub epoch: u32,
    /// What it is about, as its owner says.
    pub category: String,
    /// The level that must answer, as its owner says.
    pub level: Level,
    /// The last day for an answer.
    pub due: Date,
    /// How it stands.
    pub state: State,
    /// How it came to its owner, the earliest first.
    pub path: Vec<Hop>,
    /// Its answers, the earliest first: at most one in each epoch.
    pub answers: Vec<Answer>,
    /// Logs that claim to own it, and are not believed.
    pub disputed: BTreeSet<Origin>,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// An answer is due.
    Open,
    /// It is answered, and may still be opened again.
    Answered,
    /// It has ended.
    Closed(Outcome),
}

/// A passing on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The epoch that it began.
    pub epoch: u32,
    /// Who owned it.
    pub from: Origin,
    /// Who took it.
    pub to: Origin,
    /// Who decided so, if neither of both.
    pub by: Option<Origin>,
    /// The former owner says so, too.
    pub confirmed: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// In which epoch.
    pub epoch: u32,
    /// The log that says so.
    pub log: Origin,
    /// The entry there.
    pub index: u64,
    /// Its text with personal data masked, where it is published.
    pub content: Option<ContentRef>,
}

impl Record {
    /// Works out how a case stands. `None` while its registration is not among what is told. `successor` says which log
    /// took the place of a closed one.
    #[must_use]
    pub fn of(
        case: &Case,
        told: &[Statement],
        successor: impl Fn(&Origin) -> Option<Origin>,
    ) -> Option<Record> {
        // The same entry may be told twice, and in any order.
        let mut told: Vec<&Statement> =
            told.iter().filter(|said| said.kind.petition(&said.log).as_ref() == Some(case)).collect();
        told.sort_by(|a, b| (&a.log, a.index).cmp(&(&b.log, b.index)));
        told.dedup_by(|a, b| (&a.log, a.index) == (&b.log, b.index));
        let reader = Reader { told: &told, successor: &successor };
        let mut record = reader.registered(case)?;
        loop {
            reader.stand(&mut record);
            if !reader.next(&mut record) {
                break;
            }
        }
        record.disputed = reader.disputed(&record.path);
        Some(record)
    }
}

struct Reader<'a> {
    told: &'a [&'a Statement],
    successor: &'a dyn Fn(&Origin) -> Option<Origin>,
}

impl<'a> Reader<'a> {
    fn registered(&self, case: &Case) -> Option<Record> {
        let of = |said: &&'a Statement| match &said.kind {
            Kind::PetitionRegistered(registered) => Some(registered),
            _ => None,
        };
        let Registered { category, level, received, due, commitment, .. } = self.told.iter().find_map(of)?;
        Some(Record {
            case: case.clone(),
            received: *received,
            commitment: *commitment,
            owner: case.origin.clone(),
            epoch: 1,
            category: category.clone(),
            level: *level,
            due: *due,
            state: State::Open,
            path: Vec::new(),
            answers: Vec::new(),
            disputed: BTreeSet::new(),
        })
    }

    /// True if `log` is `owner`, or took its place.
    fn speaks_for(&self, log: &Origin, owner: &Origin) -> bool {
        let mut seat = Some(owner.clone());
        for _ in 0..MOST_SUCCESSORS {
            match seat {
                Some(at) if at == *log => return true,
                Some(at) => seat = (self.successor)(&at),
                None => return false,
            }
        }
        false
    }

    /// What the owner said in its epoch: the first answer, then how it ended.
    fn stand(&self, record: &mut Record) {
        let given: Vec<&Passed> = self.claims(record).collect();
        let own = |said: &&&'a Statement| {
            self.speaks_for(&said.log, &record.owner) && !self.gave_away_before(said, &given)
        };
        let answer = self.told.iter().filter(own).find_map(|said| match &said.kind {
            Kind::PetitionAnswered(answered) if answered.epoch == record.epoch => Some(Answer {
                epoch: record.epoch,
                log: said.log.clone(),
                index: said.index,
                content: answered.content.clone(),
            }),
            _ => None,
        });
        let end = self.told.iter().filter(own).find_map(|said| match &said.kind {
            Kind::PetitionClosed(closed) if closed.epoch == record.epoch => Some(closed.outcome),
            _ => None,
        });
        if answer.is_some() {
            record.state = State::Answered;
        }
        record.answers.extend(answer);
        if let Some(outcome) = end {
            record.state = State::Closed(outcome);
        }
    }

    /// Goes on to the next epoch; false if there is none.
    fn next(&self, record: &mut Record) -> bool {
        let again = self.told.iter().filter_map(|said| match &said.kind {
            Kind::PetitionReopened(reopened)
                if reopened.epoch > record.epoch
                    && record.state != State::Open
                    && self.speaks_for(&said.log, &record.owner) =>
            {
                Some(reopened)
            }
            _ => None,
        });
        let again = again.min_by_key(|reopened| reopened.epoch);
        let claims: Vec<&Passed> = self.claims(record).collect();
        // A case that was answered or has ended is opened again before it is passed on.
        if record.state != State::Open {
            let Some(again) = again else { return false };
            (record.epoch, record.due, record.state) = (again.epoch, again.due, State::Open);
            return true;
        }
        let confirmed = claims.iter().filter(|claim| self.confirms(claim)).min_by_key(|claim| claim.epoch);
        // Of claims that nobody confirms, one alone is believed.
        let alone = || {
            let first = claims.iter().min_by_key(|claim| claim.epoch)?;
            claims.iter().all(|claim| claim.to == first.to).then_some(first)
        };
        let Some(claim) = confirmed.or_else(alone) else { return false };
        record.path.push(Hop {
            epoch: claim.epoch,
            from: claim.from.clone(),
            to: claim.to.clone(),
            by: claim.by.clone(),
            confirmed: self.confirms(claim),
        });
        (record.owner, record.epoch, record.due) = (claim.to.clone(), claim.epoch, claim.due);
        (record.category, record.level) = (claim.category.clone(), claim.level);
        true
    }

    /// What is claimed to have been taken from the owner, by whoever says to have taken it.
    fn claims(&self, record: &Record) -> impl Iterator<Item = &'a Passed> {
        self.told.iter().filter_map(move |said| match &said.kind {
            Kind::PetitionPassed(passed)
                if passed.epoch > record.epoch
                    && said.log == passed.to
                    && self.speaks_for(&passed.from, &record.owner) =>
            {
                Some(passed)
            }
            _ => None,
        })
    }

    /// True if the same log had confirmed before that one of these took the case.
    fn gave_away_before(&self, said: &Statement, claims: &[&Passed]) -> bool {
        self.told.iter().filter(|other| other.log == said.log && other.index < said.index).any(|other| {
            matches!(&other.kind, Kind::PetitionPassed(passed) if other.log != passed.to
                && claims.iter().any(|claim| (claim.epoch, &claim.to) == (passed.epoch, &passed.to)))
        })
    }

    /// Who claims to have taken the case, beside those who have.
    fn disputed(&self, path: &[Hop]) -> BTreeSet<Origin> {
        let claims = self.told.iter().filter_map(|said| match &said.kind {
            Kind::PetitionPassed(passed) if said.log == passed.to => Some((passed.epoch, &passed.to)),
            _ => None,
        });
        let known = |claim: &(u32, &Origin)| path.iter().any(|hop| (hop.epoch, &hop.to) == *claim);
        claims.filter(|claim| !known(claim)).map(|(_, to)| to.clone()).collect()
    }

    /// True if who gave it away says so, too. Who took that one's place need not say it twice.
    fn confirms(&self, claim: &Passed) -> bool {
        if self.speaks_for(&claim.to, &claim.from) {
            return true;
        }
        self.told.iter().any(|said| match &said.kind {
            Kind::PetitionPassed(passed) => {
                (passed.epoch, &passed.to) == (claim.epoch, &claim.to)
                    && said.log != claim.to
                    && self.speaks_for(&said.log, &claim.from)
            }
            _ => false,
        })
    }
}
