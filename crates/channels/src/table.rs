//! Tables of dated facts, compiled in.

use jiff::civil::Date;
use serde::de::DeserializeOwned;

/// The rows of a table, each of which is as its type says: a test holds every table that ships to it.
///
/// # Errors
/// The row that is not, and why.
pub(crate) fn rows<T: DeserializeOwned>(table: &str) -> Result<Vec<T>, csv::Error> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().collect()
}

/// True on the days on which a row holds: from `since` on, through `until`.
pub(crate) fn holds(since: Date, until: Option<Date>, day: Date) -> bool {
    since <= day && until.is_none_or(|until| day <= until)
}
