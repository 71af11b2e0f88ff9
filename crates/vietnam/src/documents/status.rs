//! The decision: is a document in force on a day, and why?
//!
//! Facts in, one standing out. What is not known is said ([`Status::Unknown`], [`Doubt`]), never guessed: an act without a day
//! makes the time after it unknown, not the act undone. That an act was itself repealed later does not bring the ended
//! document back (Law 64/2025/QH15 on the promulgation of legal documents); one that never took effect did nothing, and its
//! caller leaves it out, as [`super::Register`] does.

use jiff::civil::{Date, date};

use super::Effect;
use crate::number::DocumentNumber;

/// No document of the State is older.
const FIRST_DAY: Date = date(1945, 9, 2);

/// A document's own dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The day of issue.
    pub issued: Date,
    /// The first day in force, if it is known.
    pub effective: Option<Date>,
    /// The first day on which it is no more in force, if it sets one itself.
    pub expires: Option<Date>,
}

impl Facts {
    /// The first day in force, never before the day of issue; nothing if it is not known. Gazette pages write 1900-01-01 for
    /// an unknown day.
    #[must_use]
    pub fn in_force_from(&self) -> Option<Date> {
        self.effective.filter(|day| *day >= FIRST_DAY).map(|day| day.max(self.issued))
    }
}

/// What another document did to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    /// What it did.
    pub effect: Effect,
    /// The number of the document that did it.
    pub by: DocumentNumber,
    /// The day of issue of that document, if known.
    pub issued: Option<Date>,
    /// The first day of the effect, if known.
    pub from: Option<Date>,
    /// The first day without it again: the end of a suspension.
    pub until: Option<Date>,
}

impl Act {
    /// An act whose days are not known yet.
    #[must_use]
    pub fn new(effect: Effect, by: DocumentNumber) -> Act {
        Act { effect, by, issued: None, from: None, until: None }
    }

    /// The act with the first day of its effect.
    #[must_use]
    pub fn on(self, from: Date) -> Act {
        Act { from: Some(from), ..self }
    }

    /// The earliest day on which it can have had effect; nothing if even that is unknown.
    fn earliest(&self) -> Option<Date> {
        let year = self.by.year().map(|year| date(year.get(), 1, 1));
        self.from.or(self.issued).or(year)
    }

    fn covers(&self, day: Date) -> bool {
        self.from.is_some_and(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// The legal status of a document on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Not issued or not in force yet.
    NotYet,
    /// In force as issued.
    InForce,
    /// In force, but amended, or without force in part: read it together with what changed it.
    InForceChanged,
    /// Suspended.
    Suspended,
    /// Out of force by its own terms.
    Expired,
    /// Repealed.
    Repealed,
    /// Replaced by another document.
    Replaced,
    /// Out of force by another document, the source does not say how: replaced, repealed, annulled or suspended.
    Ended,
    /// Not knowable from what is known.
    Unknown,
}

/// What a status rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its own day of issue lies ahead.
    IssuedOn(Date),
    /// Its own first day in force.
    EffectiveOn(Date),
    /// Its own end.
    ExpiredOn(Date),
    /// What another document did.
    Act(Act),
}

/// What should be looked at by a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// The first day in force is not known.
    NoEffectiveDay,
    /// The first day in force lies before the day of issue; counted from the day of issue.
    EffectiveBeforeIssue(Date),
    /// An act whose first day is not known.
    ActWithoutDay(Act),
    /// An act by a document that is older than this one: the source has them the wrong way round. Left out.
    ActOlderThanDocument(Act),
    /// Several documents bear this number, and the source names the target by number alone. Left out.
    WhichOfSeveral(Act),
}

/// How a document stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The day.
    pub day: Date,
    /// The status.
    pub status: Status,
    /// What it rests on, the decisive one first.
    pub reasons: Vec<Reason>,
    /// What remains doubtful.
    pub doubts: Vec<Doubt>,
    /// The next day on which the status may be another, as far as is known: until then this answer may be kept.
    pub next: Option<Date>,
}

/// How a document stands on a day, by its own dates and by what others did to it.
#[must_use]
pub fn status_on(facts: &Facts, acts: &[Act], day: Date) -> Standing {
    let mut doubts = Vec::new();
    let effective = effective_day(facts, &mut doubts);
    let (older, acts): (Vec<&Act>, Vec<&Act>) =
        acts.iter().partition(|act| act.issued.is_some_and(|issued| issued < facts.issued));
    doubts.extend(older.into_iter().map(|act| Doubt::ActOlderThanDocument(act.clone())));
    let undated = |act: &&&Act| act.from.is_none() && (decides(act.effect) || act.effect.changes());
    doubts.extend(acts.iter().filter(undated).map(|act| Doubt::ActWithoutDay((*act).clone())));

    let (status, reasons) = decide(facts, effective, &acts, day);
    Standing { day, status, reasons, doubts, next: next_change(facts, effective, &acts, day) }
}

fn effective_day(facts: &Facts, doubts: &mut Vec<Doubt>) -> Option<Date> {
    let from = facts.in_force_from();
    match facts.effective {
        _ if from.is_none() => doubts.push(Doubt::NoEffectiveDay),
        Some(day) if day < facts.issued => doubts.push(Doubt::EffectiveBeforeIssue(day)),
        _ => {}
    }
    from
}

/// True if the effect can take the document's force as a whole.
fn decides(effect: Effect) -> bool {
    effect.ends_whole() || effect == Effect::Suspends
}

fn decide(facts: &Facts, effective: Option<Date>, acts: &[&Act], day: Date) -> (Status, Vec<Reason>) {
    if day < facts.issued {
        return (Status::NotYet, vec![Reason::IssuedOn(facts.issued)]);
    }
    let ending =
        acts.iter().filter(|act| act.effect.ends_whole() && act.covers(day)).min_by_key(|act| act.from);
    let expired = facts.expires.filter(|end| *end <= day);
    match (ending, expired) {
        (Some(act), expired) if expired.is_none() || act.from < expired => {
            let status = match act.effect {
                Effect::Replaces => Status::Replaced,
                Effect::Repeals => Status::Repealed,
                _ => Status::Ended,
            };
            return (status, vec![Reason::Act((*act).clone())]);
        }
        (_, Some(end)) => return (Status::Expired, vec![Reason::ExpiredOn(end)]),
        _ => {}
    }
    // Somebody ended or suspended it, and nobody knows from when.
    let perhaps = acts.iter().find(|act| {
        decides(act.effect) && act.from.is_none() && act.earliest().is_none_or(|earliest| earliest <= day)
    });
    if let Some(act) = perhaps {
        return (Status::Unknown, vec![Reason::Act((*act).clone())]);
    }
    let Some(effective) = effective else { return (Status::Unknown, Vec::new()) };
    if day < effective {
        return (Status::NotYet, vec![Reason::EffectiveOn(effective)]);
    }
    let covering = |wanted: &dyn Fn(Effect) -> bool| -> Vec<Reason> {
        let mut found: Vec<&Act> =
            acts.iter().copied().filter(|act| wanted(act.effect) && act.covers(day)).collect();
        found.sort_by_key(|act| std::cmp::Reverse(act.from));
        found.into_iter().map(|act| Reason::Act(act.clone())).collect()
    };
    let suspended = covering(&|effect| effect == Effect::Suspends);
    if !suspended.is_empty() {
        return (Status::Suspended, suspended);
    }
    let mut changed = covering(&Effect::changes);
    let status = if changed.is_empty() { Status::InForce } else { Status::InForceChanged };
    changed.push(Reason::EffectiveOn(effective));
    (status, changed)
}

/// The first day after `day` on which anything begins or ends.
fn next_change(facts: &Facts, effective: Option<Date>, acts: &[&Act], day: Date) -> Option<Date> {
    let of_acts = acts
        .iter()
        .filter(|act| decides(act.effect) || act.effect.changes())
        .flat_map(|act| [act.from.or_else(|| act.earliest()), act.until]);
    [Some(facts.issued), effective, facts.expires]
        .into_iter()
        .chain(of_acts)
        .flatten()
        .filter(|d| *d > day)
        .min()
}
