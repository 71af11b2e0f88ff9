//! The tasks of a directive, read from its details. Another node may have written them by another version: what does not fit
//! is left out, never refused.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use network::content::{Item, ItemKind};
use network::names::Origin;
use serde_json::{Map, Value};

use super::addressees::{Addressed, Roll};
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
}

/// A task with those who are given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The task.
    pub task: Task,
    /// To whom.
    pub to: Addressed,
}

impl Directive {
    /// The tasks of an item; `None` if it is no directive or gives none.
    pub fn of(item: &Item) -> Option<Directive> {
        let details = item.details.as_ref().filter(|_| item.kind == ItemKind::Directive)?;
        Directive::read(&details.0, item.edition, item.issued)
    }

    /// The tasks in a directive's details.
    pub fn read(details: &Map<String, Value>, edition: u32, issued: Option<Date>) -> Option<Directive> {
        let rows = |field: &str| {
            let rows = details.get(field).and_then(Value::as_array);
            rows.into_iter().flatten().filter_map(Value::as_object)
        };
        let tasks: Vec<Task> = rows("tasks").filter_map(Task::of).collect();
        let addressees = rows("addressees").map(|row| text(row, "name")).filter(|name| !name.is_empty());
        let directive = Directive { edition, issued, addressees: addressees.collect(), tasks };
        (!directive.tasks.is_empty()).then_some(directive)
    }

    /// Its tasks with those whom `issuer` gives them, groups read as of `day` where the document names no day of issue.
    pub fn given(&self, roll: &Roll<'_>, issuer: &Origin, day: Date) -> Vec<Given> {
        let day = self.issued.unwrap_or(day);
        let mut everybody = Addressed::default();
        for name in &self.addressees {
            everybody.join(roll.expand(name, issuer, day));
        }
        let to = |task: &Task| match task.agency.as_str() {
            "" => everybody.clone(),
            name => roll.expand(name, issuer, day),
        };
        self.tasks.iter().map(|task| Given { to: to(task), task: task.clone() }).collect()
    }

    /// Numbers that more than one task has.
    pub fn repeated(&self) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        self.tasks.iter().map(|task| task.number.as_str()).filter(|number| !seen.insert(*number)).collect()
    }
}

impl Task {
    fn of(row: &Map<String, Value>) -> Option<Task> {
        let due = row.get("due").and_then(Value::as_str).and_then(kinds::minute);
        let days = row.get("working_days").and_then(Value::as_u64).and_then(|days| u32::try_from(days).ok());
        let task = Task {
            number: text(row, "number"),
            text: text(row, "task"),
            agency: text(row, "agency"),
            days: days.filter(|days| *days <= MOST_DAYS),
            due,
        };
        (!task.number.is_empty() && !task.text.is_empty()).then_some(task)
    }
}

fn text(row: &Map<String, Value>, field: &str) -> String {
    row.get(field).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
