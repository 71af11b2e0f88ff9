//! The authority table of this node: what ships, and editions that an administrator of the node's own portal loaded over it.
//!
//! An edition is a whole table, kept with the moment from which it holds, who loaded it and why; rows have days of their own, so that a rule
//! that begins next year stands there before. Nothing is loaded that leaves a topic without a body: every pair of topic and commune resolves,
//! or falls to the catch-all, which counts as unresolved and whose share is printed. The model that ships knows topics, not bodies, so it
//! answers from any edition.

pub mod pages;
mod store;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};

use anyhow::Context;
use arc_swap::ArcSwapOption;
use jiff::civil::Date;
use routing::table::{CATCH_ALL, Coverage, Table, Tables};
use routing::{SHIPPED_MODEL, Suggester};

use crate::db::Db;
use crate::operate::alarms::Alarm;

/// Rows may begin so many years ahead; what lies further is a slip of the pen.
const AHEAD: i16 = 3;

/// An edition that was loaded.
pub struct Edition {
    /// Its number, from 1.
    pub seq: i64,
    /// Its rows as CSV.
    pub authorities: String,
    table: Arc<Table>,
    made: OnceLock<Option<Suggester>>,
}

/// The table that holds.
#[derive(Default)]
pub struct Desk {
    edition: ArcSwapOption<Edition>,
    /// The edition that was loaded last and cannot be read by this version: its number, and why.
    unreadable: Option<(i64, String)>,
}

impl Desk {
    /// What was loaded last, if anything was and this version can read it: a table must not keep the node from starting.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(db: &Db) -> anyhow::Result<Desk> {
        let mut desk = Desk::default();
        if let Some((seq, authorities)) = store::newest(&mut db.read().await?).await? {
            // Read by the rules of its day: what was good then is good.
            match parsed(&authorities, Date::MAX) {
                Ok(table) => desk.put(seq, authorities, table),
                Err(error) => desk.unreadable = Some((seq, error.to_string())),
            }
        }
        Ok(desk)
    }

    /// What calls for a person, if the edition that was loaded last cannot be read: what ships holds in its place.
    pub fn alarm(&self) -> Option<Alarm> {
        let (seq, why) = self.unreadable.as_ref().filter(|_| self.edition.load().is_none())?;
        Some(Alarm {
            about: "authority.unreadable".into(),
            peer: String::new(),
            origin: String::new(),
            detail: format!("{seq}: {why}"),
        })
    }

    fn put(&self, seq: i64, authorities: String, table: Table) {
        let (table, made) = (Arc::new(table), OnceLock::new());
        self.edition.store(Some(Arc::new(Edition { seq, authorities, table, made })));
    }

    /// The number of the edition that was loaded last; 0 for what ships.
    pub fn seq(&self) -> i64 {
        let unreadable = self.unreadable.as_ref().map_or(0, |(seq, _)| *seq);
        self.edition.load().as_ref().map_or(unreadable, |edition| edition.seq)
    }

    /// Its rows as CSV.
    pub fn authorities(&self) -> String {
        let edition = self.edition.load();
        edition.as_ref().map_or(Table::SHIPPED.authorities.to_owned(), |edition| edition.authorities.clone())
    }

    /// The table.
    pub fn table(&self) -> Arc<Table> {
        static SHIPPED: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::shipped().clone()));
        self.edition.load().as_ref().map_or_else(|| SHIPPED.clone(), |edition| edition.table.clone())
    }

    /// What suggests from it; made ready once, which takes a moment.
    pub fn suggester(&self) -> Suggester {
        let Some(edition) = self.edition.load_full() else { return Suggester::shipped() };
        let made = edition.made.get_or_init(|| {
            let made = Suggester::load(Table::clone(&edition.table), SHIPPED_MODEL);
            made.inspect_err(|error| tracing::error!(%error, "the model does not fit the authority table"))
                .ok()
        });
        made.clone().unwrap_or_else(Suggester::shipped)
    }
}

/// Reads rows beside the topics that ship. Signs of conditions that no row has any more are left out.
///
/// # Errors
/// The first fault, with its line.
fn parsed(authorities: &str, today: Date) -> Result<Table, vietnam::DataError> {
    let known = conditions(authorities);
    let conditions = known.as_deref().unwrap_or(Table::SHIPPED.conditions);
    Table::parse(&Tables { authorities, conditions, ..Table::SHIPPED }, today)
}

/// The shipped conditions that a table still has; nothing where that cannot be read.
fn conditions(authorities: &str) -> Option<String> {
    let mut reader = csv::Reader::from_reader(authorities.as_bytes());
    let mut known = BTreeSet::new();
    for row in reader.records() {
        let row = row.ok()?;
        if row.get(4) == Some("yes") {
            known.insert((row.get(0)?.to_owned(), row.get(1)?.to_owned(), row.get(2)?.to_owned()));
        }
    }
    let mut reader = csv::Reader::from_reader(Table::SHIPPED.conditions.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().ok()?).ok()?;
    for row in reader.records() {
        let row = row.ok()?;
        let key = (row.get(0)?.to_owned(), row.get(1)?.to_owned(), row.get(2)?.to_owned());
        if key.0 == "*" || known.contains(&key) {
            writer.write_record(&row).ok()?;
        }
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// The topics for which nobody answers on a day.
pub fn unanswered(table: &Table, day: Date) -> Vec<String> {
    let topics = table.topics().iter().enumerate();
    let open =
        topics.filter(|(at, topic)| topic.id != CATCH_ALL && table.resolve(*at, None, None, day).is_err());
    open.map(|(_, topic)| topic.name.clone()).collect()
}

/// What a table would change.
pub struct Plan {
    /// Its rows as CSV.
    pub authorities: String,
    /// The table.
    pub table: Table,
    /// Rows that are new, as they are written.
    pub added: Vec<String>,
    /// Rows that are no more.
    pub dropped: Vec<String>,
    /// How much of it resolves today.
    pub coverage: Coverage,
}

/// Why a table is not loaded.
#[derive(Debug, PartialEq, Eq)]
pub enum Bad {
    /// It cannot be read: where and why.
    Unread(String),
    /// Nobody would answer for these topics on a day.
    Unanswered(Vec<String>, Date),
}

/// What a table would change of the one that holds; takes a second.
///
/// # Errors
/// Why it cannot be loaded.
pub fn plan(now: &str, authorities: String, today: Date) -> Result<Plan, Bad> {
    let last = today.saturating_add(jiff::Span::new().years(AHEAD));
    let table = parsed(&authorities, last).map_err(|fault| Bad::Unread(fault.to_string()))?;
    // Not only today: no row may end before the one after it begins.
    let turns: BTreeSet<Date> = table
        .rows()
        .iter()
        .flat_map(|row| [Some(row.from), row.to.and_then(|to| to.tomorrow().ok())])
        .flatten()
        .filter(|day| *day > today)
        .chain([today])
        .collect();
    for day in turns {
        let open = unanswered(&table, day);
        if !open.is_empty() {
            return Err(Bad::Unanswered(open, day));
        }
    }
    let lines = |text: &str| -> BTreeSet<Vec<String>> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().flatten();
        rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
    };
    let (before, after) = (lines(now), lines(&authorities));
    let said = |rows: Vec<&Vec<String>>| rows.into_iter().map(|row| row.join(" · ")).collect();
    Ok(Plan {
        added: said(after.difference(&before).collect()),
        dropped: said(before.difference(&after).collect()),
        coverage: table.coverage(today),
        table,
        authorities,
    })
}

/// A row as somebody writes it into the form, in the order of the table's columns.
pub type NewRow = [String; 10];

/// The table with one row more.
///
/// # Errors
/// The table cannot be read.
pub fn with_row(authorities: &str, row: &NewRow) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(row).context("write a row")?;
    let line = String::from_utf8(writer.into_inner().context("write a row")?)?;
    Ok(format!("{}\n{line}", authorities.trim_end()))
}

/// The table in which the row of a number, from 0, ends with a day.
///
/// # Errors
/// The table cannot be read.
pub fn ended(authorities: &str, at: usize, last: Date) -> anyhow::Result<String> {
    let mut reader = csv::Reader::from_reader(authorities.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers()?)?;
    for (n, row) in reader.records().enumerate() {
        let mut cells: Vec<String> = row?.iter().map(str::to_owned).collect();
        if n == at
            && let Some(cell) = cells.get_mut(7)
        {
            *cell = last.to_string();
        }
        writer.write_record(&cells)?;
    }
    Ok(String::from_utf8(writer.into_inner().context("write a row")?)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 26);

    fn row(from: &str, to: &str) -> NewRow {
        let cells = ["ha-tang.chieu-sang", "province", "đèn do tỉnh quản lý", "Sở Xây dựng", "yes"];
        let rest = ["Quyết định 1/2027/QĐ-UBND", from, to, "high", ""];
        std::array::from_fn(|at| cells.iter().chain(&rest).nth(at).unwrap().to_string())
    }

    #[test]
    fn a_row_more_is_one_row_more_and_what_ships_is_whole() {
        let now = Table::SHIPPED.authorities;
        let same = plan(now, now.to_owned(), TODAY).unwrap();
        assert!(same.added.is_empty() && same.dropped.is_empty());
        assert_eq!(same.coverage.missing, 0);
        let next = with_row(now, &row("2027-01-01", "")).unwrap();
        let plan_of_it = plan(now, next, TODAY).unwrap();
        assert_eq!((plan_of_it.added.len(), plan_of_it.dropped.len()), (1, 0));
        assert!(plan_of_it.added[0].contains("Quyết định 1/2027/QĐ-UBND"));
        assert_eq!(plan_of_it.table.rows().len(), same.table.rows().len() + 1);
    }

    #[test]
    fn what_would_leave_a_topic_to_nobody_is_named_with_its_day() {
        let now = Table::SHIPPED.authorities;
        let mut reader = csv::Reader::from_reader(now.as_bytes());
        let first = reader.records().flatten().position(|row| {
            row.get(0) == Some("ha-tang.chieu-sang") && row.get(2) == Some("") && row.get(4) == Some("yes")
        });
        let next = ended(now, first.unwrap(), date(2027, 6, 30)).unwrap();
        // Whoever takes its place begins a month too late.
        let mut late = row("2027-08-01", "");
        late[2].clear();
        let next = with_row(&next, &late).unwrap();
        let Err(Bad::Unanswered(topics, day)) = plan(now, next, TODAY) else { panic!("it is loaded") };
        assert_eq!(day, date(2027, 7, 1));
        assert_eq!(topics.len(), 1, "{topics:?}");
    }

    #[test]
    fn a_fault_is_told_with_its_line() {
        let now = Table::SHIPPED.authorities;
        for bad in [row("2026-13-01", ""), row("2099-01-01", ""), std::array::from_fn(|_| String::new())] {
            let Err(Bad::Unread(why)) = plan(now, with_row(now, &bad).unwrap(), TODAY) else {
                panic!("read")
            };
            assert!(why.contains("authorities.csv"), "{why}");
        }
        assert!(matches!(plan(now, "a,b\n1,2\n".into(), TODAY), Err(Bad::Unread(_))));
    }
}
