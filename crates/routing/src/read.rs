//! Reading tables: CSV with a header, every error with its file and line.

use serde::de::DeserializeOwned;
use vietnam::DataError;

/// The rows of a table, each with its line.
pub(crate) fn rows<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<(u64, T)>, DataError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().cloned().map_err(|error| fault(file, 1, error))?;
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                rows.push((
                    line,
                    record.deserialize(Some(&headers)).map_err(|error| fault(file, line, error))?,
                ));
            }
            Err(error) => return Err(fault(file, line, error)),
        }
    }
}

/// A fault of a table at a line.
pub(crate) fn fault(file: &'static str, line: u64, what: impl ToString) -> DataError {
    DataError { file, line, what: what.to_string() }
}
