//! Both engines: every statement is valid on each, and the two schemas agree.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

/// The SQL of every `all!`, `maybe!`, `one!`, `run!` and `fill!` in the source.
fn statements() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("db/mod.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for name in ["all!(", "maybe!(", "one!(", "run!(", "fill!("] {
                    for (at, _) in text.match_indices(name) {
                        let before = text[..at].chars().next_back().unwrap_or(' ');
                        if before.is_alphanumeric() || before == '_' {
                            continue;
                        }
                        let rest = &text[at..];
                        let start = rest.find('"').unwrap() + 1;
                        let end = start + rest[start..].find('"').unwrap();
                        found.push((path.display().to_string(), rest[start..end].to_owned()));
                    }
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn migrations(engine: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect()
}

#[tokio::test]
async fn every_statement_is_valid_on_both_engines() {
    let statements = statements();
    assert!(statements.len() > 60, "only {} statements were found", statements.len());
    let mut sqlite = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(migrations("sqlite"))).execute(&mut sqlite).await.unwrap();
    for (file, sql) in &statements {
        let text = sqlx::AssertSqlSafe(sql.clone());
        (&mut sqlite)
            .prepare(sqlx::SqlSafeStr::into_sql_str(text))
            .await
            .unwrap_or_else(|e| panic!("{file}: {sql}\n{e}"));
    }
    let Ok(url) = std::env::var("NHIPCAU_TEST_POSTGRES") else {
        println!("skipped: PostgreSQL (set NHIPCAU_TEST_POSTGRES)");
        return;
    };
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE SCHEMA statements; SET search_path TO statements")
        .execute(&mut postgres)
        .await
        .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(migrations("postgres"))).execute(&mut postgres).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut postgres).await.unwrap();
    for (file, sql) in &statements {
        let text = sqlx::AssertSqlSafe(sql.clone());
        (&mut postgres)
            .prepare(sqlx::SqlSafeStr::into_sql_str(text))
            .await
            .unwrap_or_else(|e| panic!("{file}: {sql}\n{e}"));
    }
    sqlx::raw_sql("ROLLBACK; DROP SCHEMA statements CASCADE").execute(&mut postgres).await.unwrap();
}

/// Tables with their columns, types and whether they may be null, in one engine's words or the other's.
fn schema(sql: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    for part in sql.split("CREATE TABLE ").skip(1) {
        let (name, rest) = part.split_once(" (").unwrap();
        let body = rest.split_once("\n)").unwrap().0;
        let columns = body
            .lines()
            .map(|line| {
                line.trim().trim_end_matches(',').replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB")
            })
            .filter(|line| !line.is_empty() && !line.starts_with("--"))
            .collect();
        tables.insert(name.to_owned(), columns);
    }
    tables
}

#[test]
fn the_two_schemas_agree() {
    let (sqlite, postgres) = (schema(&migrations("sqlite")), schema(&migrations("postgres")));
    assert!(sqlite.len() >= 15);
    assert_eq!(sqlite, postgres);
    let indexes = |sql: &str| {
        sql.lines().filter(|l| l.starts_with("CREATE INDEX")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(indexes(&migrations("sqlite")), indexes(&migrations("postgres")));
}
