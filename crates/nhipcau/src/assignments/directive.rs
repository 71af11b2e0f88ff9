//! The tasks of a directive, read from its details. Another node may have written them by another version: what does not fit
//! is left out, never refused.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use network::content::{Item, ItemKind};
use network::names::Origin;
use serde_json::{Map, Value};

use super::addressees::{Addressed, Roll};
use super::restricted::{self, Words};
use crate::items::kinds;

/// More working days than these are no deadline that anybody counts.
const MOST_DAYS: u32 = 366;

/// A directive, as far as it gives tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Which edition this is.
    pub edition: u32,
    /// The day on the document, if it names one.
    pub issued: Option<Date>,
    /// Agencies and groups that it is addressed to, as printed.
    pub addressees: Vec<String>,
    /// Its tasks, in their order.
    pub tasks: Vec<Task>,
}

/// A task, as the directive words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub number: String,
    /// What is to be done.
    pub text: String,
    /// Who is to do it; empty for every addressee.
    pub agency: String,
    /// Until when, wall time in Viet Nam, as the issuer signed it.
    pub due: Option<DateTime>,
    /// Or in how many working days from the day of issue, which each node counts by its own calendar; a signed date prevails.
    pub days: Option<u32>,
    /// Who reads it, if not everybody.
    pub restricted: Option<Readers>,
}

/// Who reads a restricted task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever will have a key when it is issued: it is still a draft.
    ToBe,
    /// These, besides its issuer, each with the name of the key to which it was sealed, where that is known.
    Sealed(Vec<(Origin, Option<String>)>),
}

/// A task with those who are given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The task.
    pub task: Task,
    /// To whom.
    pub to: Addressed,
    /// Who is meant too and cannot read it: they had no key when it was sealed.
    pub without: Vec<Origin>,
}

impl Directive {
    /// The tasks of an item; `None` if it is no directive or gives none. Of restricted ones those that `open` opens, by
    /// their number and sealed words.
    pub fn of(item: &Item, open: &dyn Fn(&str, &[u8]) -> Option<Words>) -> Option<Directive> {
        let details = item.details.as_ref().filter(|_| item.kind == ItemKind::Directive)?;
        Directive::read(&details.0, item.edition, item.issued, open)
    }

    /// The tasks in a directive's details, as [`Directive::of`] reads them.
    pub fn read(
        details: &Map<String, Value>,
        edition: u32,
        issued: Option<Date>,
        open: &dyn Fn(&str, &[u8]) -> Option<Words>,
    ) -> Option<Directive> {
        let rows = |field: &str| {
            let rows = details.get(field).and_then(Value::as_array);
            rows.into_iter().flatten().filter_map(Value::as_object)
        };
        let tasks: Vec<Task> = rows("tasks").filter_map(|row| Task::of(row, open)).collect();
        let addressees = rows("addressees").map(|row| text(row, "name")).filter(|name| !name.is_empty());
        let directive = Directive { edition, issued, addressees: addressees.collect(), tasks };
        (!directive.tasks.is_empty()).then_some(directive)
    }

    /// Its tasks with those whom `issuer` gives them, groups read as of `day` where the document names no day of issue.
    pub fn given(&self, roll: &Roll<'_>, issuer: &Origin, day: Date) -> Vec<Given> {
        let day = self.issued.unwrap_or(day);
        let everybody = self.whom(roll, issuer, day, "");
        let given = |task: &Task| {
            let mut to = match task.agency.as_str() {
                "" => everybody.clone(),
                name => self.whom(roll, issuer, day, name),
            };
            let mut without = Vec::new();
            if let Some(Readers::Sealed(readers)) = &task.restricted {
                let readers: BTreeSet<Origin> = readers.iter().map(|(origin, _)| roll.heir(origin)).collect();
                without = to.agencies.difference(&readers).cloned().collect();
                to.agencies = readers;
            }
            Given { to, without, task: task.clone() }
        };
        self.tasks.iter().map(given).collect()
    }

    /// Whom `issuer` gives a task with this phrase, on a day; without one, every addressee.
    pub fn whom(&self, roll: &Roll<'_>, issuer: &Origin, day: Date, agency: &str) -> Addressed {
        if !agency.is_empty() {
            return roll.expand(agency, issuer, day);
        }
        let mut everybody = Addressed::default();
        for name in &self.addressees {
            everybody.join(roll.expand(name, issuer, day));
        }
        everybody
    }

    /// Numbers that more than one task has.
    pub fn repeated(&self) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        self.tasks.iter().map(|task| task.number.as_str()).filter(|number| !seen.insert(*number)).collect()
    }
}

/// In how many working days a row of tasks is due.
pub(super) fn days(row: &Map<String, Value>) -> Option<u32> {
    row.get("working_days").and_then(Value::as_u64).and_then(|days| u32::try_from(days).ok())
}

impl Task {
    fn of(row: &Map<String, Value>, open: &dyn Fn(&str, &[u8]) -> Option<Words>) -> Option<Task> {
        let number = text(row, "number");
        let task = match restricted::sealed(row) {
            Some(sealed) => {
                let words = open(&number, &sealed)?;
                let keys = words.keys.into_iter().map(Some).chain(std::iter::repeat(None));
                let to =
                    words.to.iter().zip(keys).filter_map(|(origin, key)| Some((origin.parse().ok()?, key)));
                let restricted = Some(Readers::Sealed(to.collect()));
                let due = kinds::minute(&words.due);
                let days = words.working_days.filter(|days| *days <= MOST_DAYS);
                Task { number, text: words.task, agency: words.agency, due, days, restricted }
            }
            None => {
                let due = row.get("due").and_then(Value::as_str).and_then(kinds::minute);
                let days = days(row).filter(|days| *days <= MOST_DAYS);
                let restricted = restricted::is_marked(row).then_some(Readers::ToBe);
                Task { number, text: text(row, "task"), agency: text(row, "agency"), due, days, restricted }
            }
        };
        // Where a draft is shown to others, a restricted task has no words.
        let told = !task.text.is_empty() || task.restricted == Some(Readers::ToBe);
        (!task.number.is_empty() && told).then_some(task)
    }
}

/// A text of a row without blanks around it; empty if there is none.
pub(super) fn text(row: &Map<String, Value>, field: &str) -> String {
    row.get(field).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
