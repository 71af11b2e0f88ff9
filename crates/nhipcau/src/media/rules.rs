//! What can be read of captions: dated values of `data/rules/captions.csv`. No law sets them; an editor is told, and may keep what they wrote.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    name: String,
    value: u64,
    since: Date,
    until: Option<Date>,
    #[serde(rename = "source")]
    _source: String,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut table = csv::Reader::from_reader(include_str!("../../../../data/rules/captions.csv").as_bytes());
    // A test holds every row that ships to its type.
    table.deserialize().flatten().collect()
});

/// What can be read, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readable {
    /// Characters a second.
    pub speed: u64,
    /// Characters in all lines together.
    pub chars: u64,
    /// As short as a caption may stand, in milliseconds.
    pub least: u64,
    /// As long as one may stand, in milliseconds.
    pub most: u64,
}

impl Readable {
    /// The values that hold on a day; what no row says bounds nothing.
    pub fn on(day: Date) -> Readable {
        let value = |name: &str| {
            let holds = |row: &&Row| row.since <= day && row.until.is_none_or(|until| day <= until);
            ROWS.iter().filter(|row| row.name == name).find(holds).map(|row| row.value)
        };
        Readable {
            speed: value("chars_per_second").unwrap_or(u64::MAX),
            chars: value("line_chars").unwrap_or(u64::MAX).saturating_mul(value("lines").unwrap_or(1)),
            least: value("least_millis").unwrap_or(0),
            most: value("most_millis").unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_table_is_read_whole() {
        let table = include_str!("../../../../data/rules/captions.csv");
        let rows: Result<Vec<Row>, _> = csv::Reader::from_reader(table.as_bytes()).deserialize().collect();
        assert_eq!(rows.unwrap().len(), 5);
        let today = Readable::on(Date::constant(2026, 11, 27));
        assert_eq!(today, Readable { speed: 17, chars: 84, least: 833, most: 7_000 });
        assert_eq!(Readable::on(Date::constant(2010, 1, 1)).speed, u64::MAX);
    }
}
