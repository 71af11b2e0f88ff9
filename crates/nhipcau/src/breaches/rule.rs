//! Within how many hours a breach is told to the authority, and when people are reminded: dated data with its legal basis.

use jiff::civil::Date;
use serde::Deserialize;

/// What holds on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Hours from the moment at which it was noticed.
    pub hours: u32,
    /// Hours before the end at which people are reminded.
    pub remind: Vec<u32>,
    /// The law.
    pub basis: String,
}

#[derive(Deserialize)]
struct Row {
    hours: u32,
    remind: String,
    from: Date,
    until: Option<Date>,
    legal_basis: String,
}

/// The rule that holds on a day, by the table that ships (a test reads every row); none before the law.
pub fn on(day: Date) -> Option<Rule> {
    rows(include_str!("../../../../data/rules/breach.csv"))
        .into_iter()
        .flatten()
        .find(|row| row.from <= day && row.until.is_none_or(|until| day < until))
        .and_then(|row| {
            let remind = row.remind.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
            Some(Rule { hours: row.hours, remind, basis: row.legal_basis })
        })
}

fn rows(table: &str) -> csv::Result<Vec<Row>> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_row_that_ships_is_a_rule_with_its_basis() {
        for row in rows(include_str!("../../../../data/rules/breach.csv")).unwrap() {
            let rule = on(row.from).unwrap();
            assert!(rule.hours > 0 && !rule.remind.is_empty() && !rule.basis.is_empty());
            assert!(rule.remind.iter().all(|hours| *hours < rule.hours));
        }
        assert_eq!(on(jiff::civil::date(2026, 11, 26)).unwrap().hours, 72);
        assert_eq!(on(jiff::civil::date(2025, 12, 31)), None);
    }
}
