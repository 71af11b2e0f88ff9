//! Many rows by one statement: a statement costs microseconds before it writes its first row, and a
//! catch-up writes hundreds of thousands of rows.

/// How many rows one statement writes: the largest that fits. Few sizes, so that few texts are prepared.
const STEPS: [usize; 5] = [256, 64, 16, 4, 1];

/// Divides rows into groups that have one of the [`STEPS`] as their length.
pub fn steps<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let most = STEPS.into_iter().find(|step| *step <= rest.len())?;
        let (these, later) = rest.split_at(most);
        rest = later;
        Some(these)
    })
}

/// Divides the values of a list into groups that have one of the [`STEPS`] as their length: what is missing to one is the last value
/// again, which a list may hold twice, so that three values take one statement and not three.
pub fn padded<T>(values: &[T]) -> impl Iterator<Item = Vec<&T>> {
    values.chunks(STEPS[0]).map(|these| {
        let size = STEPS.into_iter().rev().find(|step| *step >= these.len()).unwrap_or(STEPS[0]);
        these.iter().chain(these.last().into_iter().cycle()).take(size).collect()
    })
}

/// How a statement of many values marks their places. SQLite looks for the name of each of its `$1`, `$2`, …
/// among all of them, which takes longer than the statement once there are hundreds; PostgreSQL knows no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// `?`, in the order in which they are bound.
    Plain,
    /// `$1`, `$2`, …
    Numbered,
}

impl Marks {
    /// How the engine of this name wants them.
    pub fn of(engine: &str) -> Marks {
        if engine == "SQLite" { Marks::Plain } else { Marks::Numbered }
    }

    fn put(self, text: &mut String, number: usize) {
        match self {
            Marks::Plain => text.push('?'),
            Marks::Numbered => text.push_str(&format!("${number}")),
        }
    }
}

/// The statement for `rows` rows, made of the one for a single row: `… VALUES ($1, $2) …`.
pub fn repeated(sql: &str, rows: usize, marks: Marks) -> String {
    let start = sql.find("VALUES (").map_or(sql.len(), |at| at + "VALUES ".len());
    let end = sql[start..].find(')').map_or(sql.len(), |at| start + at + 1);
    let (before, group, after) = (&sql[..start], &sql[start..end], &sql[end..]);
    let width = group.matches('$').count();
    let mut text = before.to_owned();
    for row in 0..rows {
        if row > 0 {
            text.push_str(", ");
        }
        let mut pieces = group.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for (at, piece) in pieces.enumerate() {
            marks.put(&mut text, row * width + at + 1);
            text.push_str(piece.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
    }
    text.push_str(after);
    text
}

/// The statement for a list of `values`, made of the one for a single value: `… IN ($1) …`, once or several times.
pub fn listed(sql: &str, values: usize, marks: Marks) -> String {
    const ONE: &str = "IN ($1)";
    // Marks without numbers would have to be bound once for each time that the list stands there.
    let marks = if sql.matches(ONE).count() > 1 { Marks::Numbered } else { marks };
    let mut list = String::from("IN (");
    for at in 1..=values {
        if at > 1 {
            list.push_str(", ");
        }
        marks.put(&mut list, at);
    }
    list.push(')');
    sql.replace(ONE, &list)
}

/// One statement for many rows. It is written for one row, `INSERT INTO t (a, b) VALUES ($1, $2) …`, each
/// value bound once and in order. Returns how many rows it touched.
#[macro_export]
macro_rules! fill {
    ($c:expr, $sql:expr, $rows:expr, |$one:ident| $($arg:expr),+ $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            async {
                let mut touched = 0;
                let marks = $crate::db::many::Marks::of(<Engine as sqlx::Database>::NAME);
                for these in $crate::db::many::steps($rows) {
                    let text = sqlx::AssertSqlSafe($crate::db::many::repeated($sql, these.len(), marks));
                    #[allow(clippy::disallowed_methods, reason = "this macro is a door to it")]
                    let mut query = sqlx::query::<Engine>(text);
                    for $one in these {
                        query = query$(.bind($arg))+;
                    }
                    touched += query.execute(&mut *conn).await?.rows_affected();
                }
                Ok::<u64, sqlx::Error>(touched)
            }
            .await
        })
    }};
}

/// One statement for a list. It is written for one value, `… WHERE a IN ($1) …`, which is its only one and may stand there
/// several times.
#[macro_export]
macro_rules! among {
    ($c:expr, $row:ty, $sql:expr, $list:expr, |$one:ident| $arg:expr $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            async {
                let mut answers: Vec<$row> = Vec::new();
                let marks = $crate::db::many::Marks::of(<Engine as sqlx::Database>::NAME);
                for these in $crate::db::many::padded($list) {
                    let text = sqlx::AssertSqlSafe($crate::db::many::listed($sql, these.len(), marks));
                    let mut query = sqlx::query_as::<Engine, $row>(text);
                    for $one in these {
                        query = query.bind($arg);
                    }
                    answers.extend(query.fetch_all(&mut *conn).await?);
                }
                Ok::<Vec<$row>, sqlx::Error>(answers)
            }
            .await
        })
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_in_few_sizes_with_its_last_value_repeated() {
        let groups = |many: u32| {
            let values: Vec<u32> = (0..many).collect();
            padded(&values).map(|group| (group.len(), **group.last().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(groups(0), []);
        assert_eq!(groups(1), [(1, 0)]);
        assert_eq!(groups(3), [(4, 2)]);
        assert_eq!(groups(17), [(64, 16)]);
        assert_eq!(groups(300), [(256, 255), (64, 299)]);
    }

    #[test]
    fn rows_go_in_few_sizes_and_none_is_lost() {
        let rows: Vec<u32> = (0..343).collect();
        let sizes: Vec<usize> = steps(&rows).map(<[u32]>::len).collect();
        assert_eq!(sizes, [256, 64, 16, 4, 1, 1, 1]);
        assert_eq!(steps(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(steps::<u32>(&[]).count(), 0);
    }

    #[test]
    fn a_statement_is_repeated_with_numbers_that_go_on() {
        let one = "INSERT INTO t (a, b, c) VALUES ($1, $2, 0) ON CONFLICT (a) DO NOTHING";
        assert_eq!(repeated(one, 1, Marks::Numbered), one);
        assert_eq!(
            repeated(one, 2, Marks::Plain),
            "INSERT INTO t (a, b, c) VALUES (?, ?, 0), (?, ?, 0) ON CONFLICT (a) DO NOTHING"
        );
        assert_eq!(
            repeated(one, 3, Marks::Numbered),
            "INSERT INTO t (a, b, c) VALUES ($1, $2, 0), ($3, $4, 0), ($5, $6, 0) ON CONFLICT (a) DO NOTHING"
        );
    }

    #[test]
    fn a_list_takes_the_place_of_its_one_value() {
        let one = "SELECT a FROM t WHERE a IN ($1) ORDER BY a";
        assert_eq!(listed(one, 1, Marks::Numbered), one);
        assert_eq!(listed(one, 2, Marks::Plain), "SELECT a FROM t WHERE a IN (?, ?) ORDER BY a");
        assert_eq!(listed(one, 3, Marks::Numbered), "SELECT a FROM t WHERE a IN ($1, $2, $3) ORDER BY a");
        let twice = "SELECT a FROM t WHERE a IN ($1) OR b IN ($1)";
        assert_eq!(listed(twice, 2, Marks::Plain), "SELECT a FROM t WHERE a IN ($1, $2) OR b IN ($1, $2)");
    }
}
