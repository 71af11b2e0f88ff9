//! What bears upon documents of some numbers, gathered for the decision how they stand on a day.
//!
//! Gathered are the standing documents of the numbers, what standing documents do to them, those that do it, and what was
//! done to those: an act that was ended before it took effect did nothing. The rest is decided by `vietnam::documents`.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use network::directory::Directory;
use network::entry::Level;
use network::names::Origin;
use vietnam::documents::{Document, Effect, Facts, Register, Relation, Standing, Status, Which, status_on};
use vietnam::number::DocumentNumber;

use super::store::{self, DocumentRow, RelationRow};
use crate::db::Conn;
use crate::items::Card;

/// How far acts upon acts upon acts are followed.
const DEPTH: usize = 4;
/// What is gathered is bounded, whatever the network says: beyond this many numbers no further acts are followed.
const MOST: usize = 4_000;

/// What is known of some numbers.
#[derive(Debug, Default)]
pub struct Known {
    register: Register,
    /// The keys of all numbers that were asked for: what is drawn from them must be drawn again when one of them changes.
    pub numbers: BTreeSet<String>,
    /// The standing documents, by the key of their number.
    pub documents: HashMap<String, Vec<DocumentRow>>,
    /// What the documents of the numbers that were asked for state.
    pub stated: Vec<RelationRow>,
    /// What standing documents state of those numbers.
    pub naming: Vec<RelationRow>,
}

/// Gathers what bears upon documents of these numbers.
///
/// # Errors
/// The database's.
pub async fn known(
    conn: &mut Conn,
    directory: &Directory,
    numbers: impl IntoIterator<Item = String>,
) -> sqlx::Result<Known> {
    let mut known = Known::default();
    let mut relations: Vec<RelationRow> = Vec::new();
    let mut next: BTreeSet<String> = numbers.into_iter().collect();
    for depth in 0..DEPTH {
        next.retain(|number| !known.numbers.contains(number));
        if next.is_empty() || known.numbers.len() > MOST {
            break;
        }
        let asked: Vec<String> = next.iter().cloned().collect();
        known.numbers.append(&mut next);
        for row in store::of_numbers(conn, &asked).await? {
            known.documents.entry(row.number.clone()).or_default().push(row);
        }
        let (naming, stated) = store::relations(conn, &asked).await?;
        let upon = naming.iter().filter(|row| row.done_to == 0);
        let suffered = stated.iter().filter(|row| row.done_to != 0);
        for row in upon.chain(suffered).filter(|row| RelationRow::bears(row)) {
            next.insert(row.actor_key());
            relations.push(row.clone());
        }
        if depth == 0 {
            (known.naming, known.stated) = (naming, stated);
        }
    }
    // What was not asked for any more is still what the answer depends on.
    known.numbers.append(&mut next);
    let documents = known.documents.values().flat_map(|rows| distinct(rows)).filter_map(|row| row.read());
    let relations = relations.iter().filter(|row| row.may(directory, &known.documents));
    let relations = relations.filter_map(|row| row.read(&known.documents));
    known.register = Register::new(documents.collect::<Vec<_>>(), relations.collect::<Vec<_>>());
    Ok(known)
}

/// One of each document: a portal may carry on what another has published first.
pub fn distinct(rows: &[DocumentRow]) -> Vec<&DocumentRow> {
    let mut seen = BTreeSet::new();
    rows.iter().filter(|row| seen.insert(&row.uniq)).collect()
}

/// A document whose status is asked for; its own row may be missing (it was withdrawn).
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its number, if it has one that can be read.
    pub number: Option<DocumentNumber>,
    /// Who issued it.
    pub agency: String,
    /// Its form.
    pub form: String,
    /// Its dates.
    pub facts: Facts,
}

/// The document whose card this is, if it has days that can be counted.
pub fn subject(kind: &str, card: &Card) -> Option<Subject> {
    // Of what nobody signed nothing is said in law.
    if card.carried.is_some() {
        return None;
    }
    let facts = super::facts_of(card)?;
    let number: Option<DocumentNumber> =
        card.number.as_ref().filter(|_| super::is_document(kind)).and_then(|number| number.parse().ok());
    let form = number.as_ref().map(|number| super::form_of(card.form.as_deref(), number, facts.issued));
    Some(Subject {
        number,
        agency: card.agency.clone().unwrap_or_default(),
        form: form.unwrap_or_default(),
        facts,
    })
}

/// The status where something is known of it: its own days, or what another document did.
pub fn told(standing: &Standing) -> Option<Status> {
    (standing.status != Status::Unknown || !standing.reasons.is_empty()).then_some(standing.status)
}

impl Known {
    /// How a document stands on a day.
    pub fn standing(&self, subject: &Subject, day: Date) -> Standing {
        match &subject.number {
            None => status_on(&subject.facts, &[], day),
            Some(number) => {
                let document = Document {
                    number: number.clone(),
                    form: subject.form.clone(),
                    agency: subject.agency.clone(),
                    facts: subject.facts,
                };
                self.register.standing_of(&document, day)
            }
        }
    }
}

impl DocumentRow {
    fn read(&self) -> Option<Document> {
        let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        Some(Document {
            number: self.printed.parse().ok()?,
            form: self.form.clone(),
            agency: self.agency.clone(),
            facts: super::facts(self.issued.parse().ok(), day(&self.effective), day(&self.expires))?,
        })
    }
}

impl RelationRow {
    /// What is done.
    pub fn effect(&self) -> Option<Effect> {
        self.effect.parse().ok()
    }

    /// True if it can bear upon a status.
    fn bears(row: &RelationRow) -> bool {
        row.effect().is_some_and(|e| e.ends_whole() || e.changes() || e == Effect::Suspends)
    }

    /// The key of the number of the document that acts.
    fn actor_key(&self) -> String {
        match self.done_to {
            0 => self.own.parse::<DocumentNumber>().map(|number| number.key()).unwrap_or_default(),
            _ => self.number.clone(),
        }
    }

    /// Whether its portal may speak of the other document at all: what a commune publishes ends nothing of the State. Of a
    /// document that nobody has published here anybody may speak; it has no page.
    pub fn may(&self, directory: &Directory, documents: &HashMap<String, Vec<DocumentRow>>) -> bool {
        let level = |origin: &str| rank(directory, origin);
        let others = documents.get(&self.number).into_iter().flatten();
        match self.done_to {
            0 => others
                .map(|row| level(&row.origin))
                .min()
                .is_none_or(|highest| level(&self.origin) <= highest),
            // What was done to a document, its own portal may say of it.
            _ => true,
        }
    }

    fn read(&self, documents: &HashMap<String, Vec<DocumentRow>>) -> Option<Relation> {
        let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Date>().ok());
        let own: DocumentNumber = self.own.parse().ok()?;
        let other: DocumentNumber = self.printed.parse().ok()?;
        let which_own = Which { agency: Some(self.own_agency.clone()), issued: self.own_issued.parse().ok() };
        let which_other = self.which(documents);
        let (actor, target, which_actor, which_target) = match self.done_to {
            0 => (own, other, which_own, which_other),
            _ => (other, own, which_other, which_own),
        };
        let (from, until) = (day(&self.starts), day(&self.ends));
        Some(Relation { actor, effect: self.effect()?, target, which_actor, which_target, from, until })
    }

    /// Which of several documents of the other number is meant: the item that is named, else what is said of it, else the
    /// one of the same portal, for thousands of offices number their decisions alike.
    fn which(&self, documents: &HashMap<String, Vec<DocumentRow>>) -> Which {
        let rows = documents.get(&self.number).map_or(&[][..], Vec::as_slice);
        let named = rows.iter().find(|row| {
            Some(&row.origin) == self.other_origin.as_ref() && Some(&row.item) == self.other.as_ref()
        });
        let said = self.agency.is_some() || self.issued.is_some();
        let mut near = rows.iter().filter(|row| !said && row.log == self.log);
        let near = near.next().filter(|_| near.next().is_none());
        match named.or(near) {
            Some(row) => Which { agency: Some(row.agency.clone()), issued: row.issued.parse().ok() },
            None => Which {
                agency: self.agency.clone(),
                issued: self.issued.as_ref().and_then(|day| day.parse().ok()),
            },
        }
    }
}

/// How high a portal's agency stands; strangers stand lowest.
fn rank(directory: &Directory, origin: &str) -> u8 {
    let origin = origin.parse::<Origin>().ok();
    match origin.and_then(|origin| directory.agency(&origin)).map(|agency| agency.level) {
        Some(Level::Central | Level::Ministry) => 0,
        Some(Level::Province) => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_document_is_in_force_from_its_first_day_to_its_last() {
        let card = |effective, expires| Card { effective, expires, ..Card::default() };
        let (first, last) = (Some(date(2026, 7, 1)), Some(date(2026, 12, 31)));
        let status = |card: &Card, day| told(&Known::default().standing(&subject("notice", card)?, day));
        for (day, expected) in [
            (date(2026, 6, 30), Status::NotYet),
            (date(2026, 7, 1), Status::InForce),
            (date(2026, 12, 31), Status::InForce),
            (date(2027, 1, 1), Status::Expired),
        ] {
            assert_eq!(status(&card(first, last), day), Some(expected), "{day}");
        }
        assert_eq!(status(&card(first, None), date(2036, 1, 1)), Some(Status::InForce));
        assert_eq!(status(&card(None, last), date(2026, 7, 1)), None, "nobody knows from when");
    }
}
