//! Many documents and their relations, from which the acts upon each are gathered.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::{Act, Doubt, Effect, Facts, Standing, status_on};
use crate::number::DocumentNumber;
use crate::text::slug;

/// A document known to a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub number: DocumentNumber,
    /// The name of its form: `Thông tư`. Tells documents of one number apart.
    pub form: String,
    /// Who issued it: `Bộ Tài chính`; empty if unknown. Tells documents of one number apart.
    pub agency: String,
    /// Its dates.
    pub facts: Facts,
}

/// Which of the documents that bear a number is meant, as far as a source says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Which {
    /// Who issued it. `Bộ trưởng Bộ Tài chính` is taken for `BỘ TÀI CHÍNH`.
    pub agency: Option<String>,
    /// Its day of issue.
    pub issued: Option<Date>,
}

impl Which {
    /// True if nothing that is said speaks against the document.
    #[must_use]
    pub fn fits(&self, document: &Document) -> bool {
        let agency = self.agency.as_ref().is_none_or(|named| {
            let (named, own) = (slug(named), slug(&document.agency));
            named.is_empty() || own.is_empty() || named.ends_with(&own) || own.ends_with(&named)
        });
        agency && self.issued.is_none_or(|day| day == document.facts.issued)
    }
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
    /// Which document of the number acts.
    pub which_actor: Which,
    /// Upon which document of the number.
    pub which_target: Which,
    /// The first day of the effect, if the source names one; else it is the actor's first day in force.
    pub from: Option<Date>,
    /// The first day without it again: the end of a suspension.
    pub until: Option<Date>,
}

impl Relation {
    /// A relation of which a source says no more than the numbers.
    #[must_use]
    pub fn new(actor: DocumentNumber, effect: Effect, target: DocumentNumber) -> Relation {
        let (which_actor, which_target) = (Which::default(), Which::default());
        Relation { actor, effect, target, which_actor, which_target, from: None, until: None }
    }
}

/// Documents and relations, both ways. Relations are known by number, as sources give them, and by agency and day of issue
/// where they say so; where several documents may be meant, what was done to one is doubtful and said so.
#[derive(Clone, Debug, Default)]
pub struct Register {
    documents: HashMap<DocumentNumber, Vec<Document>>,
    done_by: HashMap<DocumentNumber, BTreeSet<Relation>>,
    done_to: HashMap<DocumentNumber, BTreeSet<Relation>>,
}

/// What was done to a document: for sure, and perhaps.
type Acts = (Vec<Act>, Vec<Doubt>);

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
        for relation in relations {
            register.done_by.entry(relation.actor.clone()).or_default().insert(relation.clone());
            register.done_to.entry(relation.target.clone()).or_default().insert(relation);
        }
        register
    }

    /// The documents of a number: usually one.
    #[must_use]
    pub fn documents(&self, number: &DocumentNumber) -> &[Document] {
        self.documents.get(number).map_or(&[], Vec::as_slice)
    }

    /// What a document does to others.
    pub fn done_by(&self, number: &DocumentNumber) -> impl Iterator<Item = &Relation> {
        self.done_by.get(number).into_iter().flatten()
    }

    /// What others do to a document.
    pub fn done_to(&self, number: &DocumentNumber) -> impl Iterator<Item = &Relation> {
        self.done_to.get(number).into_iter().flatten()
    }

    /// How every document of a number stands on a day.
    #[must_use]
    pub fn standing(&self, number: &DocumentNumber, day: Date) -> Vec<(&Document, Standing)> {
        self.documents(number).iter().map(|document| (document, self.standing_of(document, day))).collect()
    }

    /// How a document stands on a day. An act by a document that was ended before it ever took effect is left out.
    #[must_use]
    pub fn standing_of(&self, document: &Document, day: Date) -> Standing {
        let (acts, perhaps) = self.acts(document, &mut BTreeSet::new());
        let mut standing = status_on(&document.facts, &acts, day);
        standing.doubts.extend(perhaps);
        standing
    }

    /// `visited` breaks circles, which only faulty sources have.
    fn acts(&self, document: &Document, visited: &mut BTreeSet<DocumentNumber>) -> Acts {
        let number = &document.number;
        if !visited.insert(number.clone()) {
            return (Vec::new(), Vec::new());
        }
        let (mut acts, mut perhaps): (Vec<Act>, Vec<Doubt>) = (Vec::new(), Vec::new());
        for relation in self.done_to(number).filter(|relation| relation.which_target.fits(document)) {
            let effect = relation.effect;
            if !(effect.ends_whole() || effect.changes() || effect == Effect::Suspends) {
                continue;
            }
            let mut act = Act::new(effect, relation.actor.clone());
            (act.from, act.until) = (relation.from, relation.until);
            let actors: Vec<&Document> =
                self.documents(&relation.actor).iter().filter(|d| relation.which_actor.fits(d)).collect();
            if let [actor] = actors[..] {
                act.issued = Some(actor.facts.issued);
                act.from = act.from.or_else(|| actor.facts.in_force_from());
                if act.from.is_some_and(|from| self.ended_before(actor, from, visited)) {
                    continue;
                }
            }
            let meant = self.documents(number).iter().filter(|d| relation.which_target.fits(d)).count();
            match acts.iter_mut().find(|other| (other.effect, &other.by) == (act.effect, &act.by)) {
                _ if meant > 1 => perhaps.push(Doubt::WhichOfSeveral(act)),
                // The same from two sources, one of which knows more.
                Some(same) if same.from.is_none() || act.from.is_none() => {
                    same.from = same.from.or(act.from);
                    same.issued = same.issued.or(act.issued);
                    same.until = same.until.or(act.until);
                }
                Some(same) if *same == act => {}
                _ => acts.push(act),
            }
        }
        visited.remove(number);
        let sure = |act: &Act| acts.iter().any(|other| (other.effect, &other.by) == (act.effect, &act.by));
        perhaps.retain(|doubt| !matches!(doubt, Doubt::WhichOfSeveral(act) if sure(act)));
        (acts, perhaps)
    }

    /// True if a document had lost its force on the day on which it was to take effect.
    fn ended_before(&self, actor: &Document, from: Date, visited: &mut BTreeSet<DocumentNumber>) -> bool {
        self.acts(actor, visited).0.iter().any(|act| {
            act.effect.ends_whole()
                && act.from.is_some_and(|ended| ended <= from)
                && act.issued.is_none_or(|issued| issued >= actor.facts.issued)
        })
    }
}
