//! What the procedures' tables hold, worked out from items as they come to stand: at every node alike, from every log.

use std::collections::BTreeSet;

use super::brief::Brief;
use super::rules::{self, Group, Level, whole_words};
use super::told::Procedure;
use crate::db::Tx;
use crate::documents::fold::Shown;
use crate::{fill, run};

/// Under which name it is remembered what wrote the tables.
pub const MARK: &str = "procedures";

/// Another one when what this file writes, or the rules by which it does, become others.
pub fn version() -> String {
    format!("1-{}", rules::shipped().version)
}

struct Row {
    log: i64,
    item: String,
    told: Procedure,
    title: String,
    groups: BTreeSet<Group>,
}

impl Row {
    fn level(&self, level: Level) -> i64 {
        i64::from(self.told.levels.contains(&level))
    }

    fn group(&self, group: Group) -> i64 {
        i64::from(self.groups.contains(&group))
    }
}

/// Keeps the rows of items that now stand on the pages.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, shown: &[&Shown]) -> sqlx::Result<()> {
    for one in shown.iter().filter(|one| one.again) {
        forget(tx, one.log, &one.item.id.to_string()).await?;
    }
    let rules = rules::shipped();
    let rows: Vec<Row> = shown
        .iter()
        .filter_map(|one| {
            let told = Procedure::of(&one.item)?;
            let groups = rules.groups(&told.audience);
            Some(Row {
                log: one.log,
                item: one.item.id.to_string(),
                title: one.item.title.clone(),
                groups,
                told,
            })
        })
        .collect();
    fill!(
        tx,
        "INSERT INTO procedure (log, item, code, words, field, field_slug, ministry, province, commune, other, people,
           business, organisation, brief)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &rows,
        |row| row.log,
        row.item.clone(),
        row.told.code.clone(),
        whole_words(&row.title).replace(' ', "-"),
        row.told.field.clone(),
        vietnam::text::slug(&row.told.field),
        row.level(Level::Ministry),
        row.level(Level::Province),
        row.level(Level::Commune),
        row.level(Level::Other),
        row.group(Group::People),
        row.group(Group::Business),
        row.group(Group::Organisation),
        serde_json::to_string(&Brief::of(&row.told)).unwrap_or_default()
    )?;
    let events: Vec<(i64, String, &str)> = rows
        .iter()
        .flat_map(|row| {
            let found = rules.events_of(&row.title, &row.told.field, &row.groups);
            found.into_iter().map(|event| (row.log, row.item.clone(), event))
        })
        .collect();
    fill!(
        tx,
        "INSERT INTO procedure_event (log, item, event) VALUES ($1, $2, $3)",
        &events,
        |row| row.0,
        row.1.clone(),
        row.2.to_owned()
    )?;
    Ok(())
}

/// Removes the rows of an item: its text has vanished, or another edition takes its place.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM procedure WHERE log = $1 AND item = $2", log, item.to_owned())?;
    run!(tx, "DELETE FROM procedure_event WHERE log = $1 AND item = $2", log, item.to_owned())?;
    Ok(())
}

/// Removes every row, before all are worked out anew.
///
/// # Errors
/// The database's.
pub async fn clear(tx: &mut Tx) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM procedure")?;
    run!(tx, "DELETE FROM procedure_event")?;
    Ok(())
}
