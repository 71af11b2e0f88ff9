//! Reading the shipped tables: CSV with a header, an error that names file and line.
//!
//! A cell is checked where it is read; past this module nothing is a bare string that should be a code or a day.

use jiff::civil::Date;
use serde::de::DeserializeOwned;

/// A table of data that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {what}")]
pub struct DataError {
    /// The table, for example `units/communes.csv`.
    pub file: &'static str,
    /// The line in it, from 1; the header is line 1.
    pub line: u64,
    /// What is wrong, and what was expected.
    pub what: String,
}

/// The rows of a table, each with its line number.
pub(crate) fn rows<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<(u64, T)>, DataError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let fallback = index as u64 + 2;
        let row = row.map_err(|error: csv::Error| DataError {
            file,
            line: error.position().map_or(fallback, csv::Position::line),
            what: error.to_string(),
        })?;
        rows.push((fallback, row));
    }
    Ok(rows)
}

/// Gives a cell's error the place where it stands.
pub(crate) fn at<T, E: ToString>(file: &'static str, line: u64, cell: Result<T, E>) -> Result<T, DataError> {
    cell.map_err(|error| DataError { file, line, what: error.to_string() })
}

/// A day as `2025-07-01`, or nothing for an empty cell.
pub(crate) fn day(cell: &str) -> Result<Option<Date>, String> {
    match cell {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("`{text}` is not a day such as 2025-07-01")),
    }
}
