//! Every statement of the program is prepared on both engines, with as many values as it asks for.

use std::path::Path;

use sqlx::{
    Connection, Either, Executor, PgConnection, Row as _, SqlSafeStr, SqliteConnection, Statement as _,
};

use super::sources::{Engine, Found, Statement, in_files, in_folder};
use crate::world::{drop_database, migrations, new_database};

/// Statements meant for one engine alone; architecture allows fewer than ten.
const MOST_OF_ONE_ENGINE: usize = 9;

/// Calls of `sqlx` past the macros: the engines' own housekeeping (their checks, sizes, tables and locks), and the
/// macros' insides.
const MOST_DIRECT: usize = 12;

fn program() -> Found {
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn sample(code: &str) -> Found {
    in_files(&[("sample.rs".to_owned(), code.to_owned())])
}

/// What SQLite has against a statement.
async fn on_sqlite(sqlite: &mut SqliteConnection, statement: &Statement) -> Option<String> {
    if statement.only == Some(Engine::Postgres) {
        return None;
    }
    match sqlite.prepare(sqlx::AssertSqlSafe(statement.sql.clone()).into_sql_str()).await {
        Err(error) => Some(error.to_string()),
        Ok(prepared) => miscounted(prepared.parameters().map(|p| p.map_left(<[_]>::len)), statement),
    }
}

/// What PostgreSQL has against a statement.
async fn on_postgres(postgres: &mut PgConnection, statement: &Statement) -> Option<String> {
    if statement.only == Some(Engine::Sqlite) {
        return None;
    }
    match postgres.prepare(sqlx::AssertSqlSafe(statement.sql.clone()).into_sql_str()).await {
        Err(error) => Some(error.to_string()),
        Ok(prepared) => miscounted(prepared.parameters().map(|p| p.map_left(<[_]>::len)), statement),
    }
}

fn miscounted(asked: Option<Either<usize, usize>>, statement: &Statement) -> Option<String> {
    let asked = asked.map_or(0, |asked| asked.into_inner());
    (asked != statement.values).then(|| format!("asks for {asked} values and is given {}", statement.values))
}

async fn sqlite() -> SqliteConnection {
    let mut sqlite = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    migrations("sqlite").await.run(&mut sqlite).await.unwrap();
    sqlite
}

fn told(statement: &Statement, why: &str) -> String {
    format!("{}: {}\n    {why}", statement.file, statement.sql)
}

/// How SQLite goes about a statement, step by step.
#[allow(clippy::disallowed_methods, reason = "a plan is asked of one engine, whatever the statement")]
async fn plan(sqlite: &mut SqliteConnection, sql: &str) -> String {
    let asked = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(asked).fetch_all(sqlite).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_asks_for_one_kind_of_items_reads_no_others() {
    let mut sqlite = sqlite().await;
    let program = program();
    let by_kind = |statement: &&Statement| {
        statement.sql.starts_with("SELECT") && statement.sql.contains("i.kind = $1 AND i.state = 'standing'")
    };
    let mut seen = 0;
    for statement in program.statements.iter().filter(by_kind) {
        let plan = plan(&mut sqlite, &statement.sql).await;
        assert!(plan.contains("INDEX item_kind (kind=? AND state=?"), "{}", told(statement, &plan));
        seen += 1;
    }
    assert!(seen >= 2, "{seen}");
}

#[tokio::test]
async fn every_statement_is_valid_on_both_engines() {
    let program = program();
    assert!(program.faults.is_empty(), "{}", program.faults.join("\n"));
    let mut sqlite = sqlite().await;
    let mut wrong = Vec::new();
    for statement in &program.statements {
        wrong.extend(on_sqlite(&mut sqlite, statement).await.map(|why| told(statement, &why)));
    }
    assert!(wrong.is_empty(), "on SQLite:\n{}", wrong.join("\n"));
    let Some(url) = new_database().await else {
        println!("skipped: PostgreSQL (set NHIPCAU_TEST_POSTGRES)");
        return;
    };
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    for statement in &program.statements {
        wrong.extend(on_postgres(&mut postgres, statement).await.map(|why| told(statement, &why)));
    }
    postgres.close().await.unwrap();
    drop_database(&url).await;
    assert!(wrong.is_empty(), "on PostgreSQL:\n{}", wrong.join("\n"));
}

#[test]
fn no_statement_is_missed_and_few_are_of_one_engine() {
    let program = program();
    // The same count by another way: the macros' names in the text. A comment that names one with its
    // parenthesis would be counted here and not there; write such a comment otherwise.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let named = count_in_text(&folder);
    assert_eq!(program.statements.len(), named, "the sources name {named} calls");
    assert!(named > 80, "only {named} statements; has the finder lost sight of the sources?");
    let of_one = program.statements.iter().filter(|s| s.only.is_some()).count();
    assert!(of_one <= MOST_OF_ONE_ENGINE, "{of_one} statements are meant for one engine alone");
    let direct = &program.direct;
    assert!(direct.len() <= MOST_DIRECT, "past the macros, unchecked: {direct:?}");
    assert!(
        direct.iter().all(|(file, _)| file.contains("/src/db/")),
        "only src/db may speak to sqlx directly: {direct:?}"
    );
}

fn count_in_text(folder: &Path) -> usize {
    let count = |path: &Path| {
        if path.is_dir() {
            return count_in_text(path);
        }
        // Where the macros are defined, their own documentation names them.
        if path.extension().is_none_or(|e| e != "rs")
            || path.ends_with("db/mod.rs")
            || path.ends_with("db/many.rs")
        {
            return 0;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let calls = |name: &str| {
            let whole = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            text.match_indices(name).filter(|(at, _)| whole(*at)).count()
        };
        ["all!(", "among!(", "fill!(", "maybe!(", "one!(", "run!("].into_iter().map(calls).sum()
    };
    std::fs::read_dir(folder).unwrap().map(|entry| count(&entry.unwrap().path())).sum()
}

#[test]
fn the_finder_sees_through_comments_strings_macros_and_constants() {
    let found = sample(
        r####"
        //! Not a call: `run!(tx, "DELETE FROM nothing")`.
        const LATEST: &str = "SELECT 1";
        const UPSERT_SQLITE: &str = concat!("INSERT ", "OR IGNORE INTO log (id) VALUES ($1)");
        const UPSERT_POSTGRES: &str = "INSERT INTO log (id) VALUES ($1) ON CONFLICT DO NOTHING";
        async fn work(tx: &mut Tx) -> sqlx::Result<()> {
            let quoted = "run!(tx, nothing)";
            run!(tx, "UPDATE log SET origin = '\"' WHERE id = $1", id)?;
            run!(tx, r#"SELECT "a", $1"#, list.iter().collect::<Map<_, _>>(),)?;
            tokio::select! {
                row = async { one!(tx, (i64, String), LATEST) } => row,
                row = maybe!(tx, (i64,), concat!("SELECT ", "2")) => row,
            }
            crate::all!(tx, Row, crate::sql::UPSERT_SQLITE, id)?;
            fill!(tx, "INSERT INTO fact (log, idx) VALUES ($1, $2)", &rows, |row| row.0, row.1,)?;
            among!(tx, (i64,), "SELECT idx FROM fact WHERE log IN ($1)", &logs, |log| log.0)?;
            all!(tx, Row, Self::UPSERT_POSTGRES, id)?;
            one != all;
        }
        "####,
    );
    assert_eq!(found.faults, Vec::<String>::new());
    let statements: Vec<_> = found.statements.iter().map(|s| (s.sql.as_str(), s.values, s.only)).collect();
    assert_eq!(
        statements,
        [
            ("UPDATE log SET origin = '\"' WHERE id = $1", 1, None),
            ("SELECT \"a\", $1", 1, None),
            ("SELECT 1", 0, None),
            ("SELECT 2", 0, None),
            ("INSERT OR IGNORE INTO log (id) VALUES ($1)", 1, Some(Engine::Sqlite)),
            ("INSERT INTO fact (log, idx) VALUES ($1, $2)", 2, None),
            ("SELECT idx FROM fact WHERE log IN ($1)", 1, None),
            ("INSERT INTO log (id) VALUES ($1) ON CONFLICT DO NOTHING", 1, Some(Engine::Postgres)),
        ]
    );
}

#[test]
fn a_statement_that_cannot_be_looked_at_is_a_fault() {
    for hidden in [
        "run!(tx, sql)",
        "run!(tx, &format!(\"DELETE FROM {table}\"), id)",
        "all!(tx, Row, if old { \"SELECT 1\" } else { \"SELECT 2\" })",
        "one!(tx, (i64,), statement())",
        "maybe!(tx, Row, UNKNOWN_CONSTANT, id)",
        "run!(tx, concat!(\"SELECT \", stringify!(1)))",
        "run!(tx)",
    ] {
        let found = sample(&format!("fn f() {{ if x {{ {hidden}; }} }}"));
        assert_eq!((found.statements.len(), found.faults.len()), (0, 1), "{hidden}: {found:?}");
        assert!(found.faults[0].contains("sample.rs"), "{hidden}: {found:?}");
    }
    let direct = sample("fn f() { sqlx::query_as::<Sqlite, _>(\"SELECT 1\").fetch_all(pool); }").direct;
    assert_eq!(direct, [("sample.rs".to_owned(), "query_as".to_owned())]);
}

#[tokio::test]
async fn a_broken_statement_is_caught_on_each_engine() {
    let broken = sample(
        r#"fn f() {
            run!(tx, "UPDATE log SET nonsense = 1");
            run!(tx, "SELEC 1");
            run!(tx, "SELECT id FROM log WHERE id = $1");
            run!(tx, "SELECT id FROM log WHERE id = $1", a, b);
        }"#,
    )
    .statements;
    assert_eq!(broken.len(), 4);
    let mut sqlite = sqlite().await;
    for statement in &broken {
        assert!(on_sqlite(&mut sqlite, statement).await.is_some(), "SQLite took {}", statement.sql);
    }
    let Some(url) = new_database().await else {
        println!("skipped: PostgreSQL (set NHIPCAU_TEST_POSTGRES)");
        return;
    };
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    for statement in &broken {
        assert!(on_postgres(&mut postgres, statement).await.is_some(), "PostgreSQL took {}", statement.sql);
    }
    // One engine's own way of speaking is refused by the other.
    let own = sample(r#"fn f() { run!(tx, "SELECT typeof(id) FROM log"); }"#).statements;
    assert_eq!(on_sqlite(&mut sqlite, &own[0]).await, None);
    assert!(on_postgres(&mut postgres, &own[0]).await.is_some());
    postgres.close().await.unwrap();
    drop_database(&url).await;
}
