//! Many documents and their relations, from which the acts upon each are gathered.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::{Act, Doubt, Effect, Facts, Standing, status_on};
use crate::number::DocumentNumber;

/// A document known to a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub number: DocumentNumber,
    /// The name of its form: `Thông tư`. Tells documents of one number apart.
    pub form: String,
    /// Its dates.
    pub facts: Facts,
}

/// One document acts upon another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    /// The number of the document that acts.
    pub actor: DocumentNumber,
    /// What it does.
    pub effect: Effect,
    /// The number of the document upon which it acts.
    pub target: DocumentNumber,
}

/// Documents and relations, both ways. Relations are known by number alone, as sources give them; where several documents bear
/// a number, what was done to it is doubtful and said so.
#[derive(Clone, Debug, Default)]
pub struct Register {
    documents: HashMap<DocumentNumber, Vec<Document>>,
    done_by: HashMap<DocumentNumber, BTreeSet<(Effect, DocumentNumber)>>,
    done_to: HashMap<DocumentNumber, BTreeSet<(Effect, DocumentNumber)>>,
}

impl Register {
    /// A register of these. A relation given twice, as by both documents' pages, is one.
    #[must_use]
    pub fn new(
        documents: impl IntoIterator<Item = Document>,
        relations: impl IntoIterator<Item = Relation>,
    ) -> Register {
        let mut register = Register::default();
        for document in documents {
            register.documents.entry(document.number.clone()).or_default().push(document);
        }
        for Relation { actor, effect, target } in relations {
            register.done_by.entry(actor.clone()).or_default().insert((effect, target.clone()));
            register.done_to.entry(target).or_default().insert((effect, actor));
        }
        register
    }

    /// The documents of a number: usually one.
    #[must_use]
    pub fn documents(&self, number: &DocumentNumber) -> &[Document] {
        self.documents.get(number).map_or(&[], Vec::as_slice)
    }

    /// What a document does to others.
    pub fn done_by(&self, number: &DocumentNumber) -> impl Iterator<Item = (Effect, &DocumentNumber)> {
        self.done_by.get(number).into_iter().flatten().map(|(effect, other)| (*effect, other))
    }

    /// What others do to a document.
    pub fn done_to(&self, number: &DocumentNumber) -> impl Iterator<Item = (Effect, &DocumentNumber)> {
        self.done_to.get(number).into_iter().flatten().map(|(effect, other)| (*effect, other))
    }

    /// The acts upon a number that may matter to its status, with the days of those who acted. An act by a document that was
    /// ended before it ever took effect is left out.
    #[must_use]
    pub fn acts_upon(&self, number: &DocumentNumber) -> Vec<Act> {
        self.acts(number, &mut BTreeSet::new())
    }

    /// How every document of a number stands on a day.
    #[must_use]
    pub fn standing(&self, number: &DocumentNumber, day: Date) -> Vec<(&Document, Standing)> {
        let acts = self.acts_upon(number);
        let documents = self.documents(number);
        let sure = if documents.len() == 1 { acts.as_slice() } else { &[] };
        documents
            .iter()
            .map(|document| {
                let mut standing = status_on(&document.facts, sure, day);
                if documents.len() > 1 {
                    standing.doubts.extend(acts.iter().cloned().map(Doubt::WhichOfSeveral));
                }
                (document, standing)
            })
            .collect()
    }

    /// `visited` breaks circles, which only faulty sources have.
    fn acts(&self, number: &DocumentNumber, visited: &mut BTreeSet<DocumentNumber>) -> Vec<Act> {
        if !visited.insert(number.clone()) {
            return Vec::new();
        }
        let mut acts = Vec::new();
        for (effect, by) in self.done_to(number) {
            if !(effect.ends_whole() || effect.changes() || effect == Effect::Suspends) {
                continue;
            }
            let mut act = Act::new(effect, by.clone());
            if let [actor] = self.documents(by) {
                let from = actor.facts.in_force_from();
                act.issued = Some(actor.facts.issued);
                act.from = from;
                if from.is_some_and(|from| self.ended_before(actor, from, visited)) {
                    continue;
                }
            }
            acts.push(act);
        }
        visited.remove(number);
        acts
    }

    /// True if a document had lost its force on the day on which it was to take effect.
    fn ended_before(&self, actor: &Document, from: Date, visited: &mut BTreeSet<DocumentNumber>) -> bool {
        self.acts(&actor.number, visited).iter().any(|act| {
            act.effect.ends_whole()
                && act.from.is_some_and(|ended| ended <= from)
                && act.issued.is_none_or(|issued| issued >= actor.facts.issued)
        })
    }
}
