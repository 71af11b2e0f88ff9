//! Details as forms and front matter name them, one value a name: `deadline`, `downtime.from`, `events[0].at`.
//!
//! The names are those that faults carry, without `details.` before them, so that a fault finds its place in the form.

use serde_json::{Map, Value};

/// Rows of a list that can be named.
const MOST_ROWS: usize = 1_000;
/// Rows that may be left out before one, so that a short text makes no long list.
const MOST_SKIPPED: usize = 50;
const TWICE: &str = "stands twice";
const ROW: &str = "has a row that cannot be: the first is [0], the next [1]";

/// Puts a value where its name says. Rows that nobody names stay empty, and `tidy` drops them.
///
/// # Errors
/// The name is no field's, or another value stands there.
pub fn put(details: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), &'static str> {
    let Some((outer, field)) = name.split_once('.') else {
        return match details.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(TWICE),
        };
    };
    let named = |part: &str| !part.is_empty() && !part.contains(['.', '[', ']']);
    let (outer, row) = match outer.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        Some((list, row)) => (list, Some(row)),
        None => (outer, None),
    };
    if !named(outer) || !named(field) {
        return Err("is no name of a field: deadline, downtime.from, events[0].at");
    }
    let within = match row {
        None => details.entry(outer).or_insert_with(|| Map::new().into()).as_object_mut(),
        Some(row) => {
            let rows = details.entry(outer).or_insert_with(|| Value::Array(Vec::new()));
            let next = rows.as_array().map_or(0, Vec::len);
            let row: usize =
                row.parse().ok().filter(|row| *row < MOST_ROWS && *row <= next + MOST_SKIPPED).ok_or(ROW)?;
            rows.as_array_mut().and_then(|rows| {
                if rows.len() <= row {
                    rows.resize(row + 1, Map::new().into());
                }
                rows[row].as_object_mut()
            })
        }
    };
    match within.ok_or(TWICE)?.insert(field.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(TWICE),
    }
}
