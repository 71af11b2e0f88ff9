//! The two schemas agree, and a migration keeps what was there before it.

use std::collections::BTreeMap;

use futures::FutureExt;
use nhipcau::db::{Place, Reading};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::world::{at_server, drop_database, migrations, new_database};

/// Tables with their columns: name, type, whether it may be null.
type Schema = BTreeMap<String, Vec<Column>>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
    nullable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
    Bytes,
}

impl Kind {
    fn of(word: &str) -> Kind {
        match word.to_ascii_uppercase().as_str() {
            "INTEGER" | "BIGINT" => Kind::Integer,
            "TEXT" => Kind::Text,
            "BLOB" | "BYTEA" => Kind::Bytes,
            other => panic!("a column of the type {other}; give both engines one that the other knows"),
        }
    }
}

/// A connection to either engine, as these tests need it.
enum Engine {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[allow(clippy::disallowed_methods, reason = "what a test asks a schema is no statement of the program")]
impl Engine {
    async fn migrate(&mut self, migrator: &Migrator, to: i64) {
        match self {
            Engine::Sqlite(conn) => migrator.run_to(to, conn).await.unwrap(),
            Engine::Postgres(conn) => migrator.run_to(to, conn).await.unwrap(),
        }
    }

    async fn say(&mut self, sql: &str) {
        let text = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Engine::Sqlite(conn) => drop(sqlx::raw_sql(text).execute(conn).await.expect(sql)),
            Engine::Postgres(conn) => drop(sqlx::raw_sql(text).execute(conn).await.expect(sql)),
        }
    }

    async fn count(&mut self, sql: &str) -> i64 {
        let text = sqlx::AssertSqlSafe(sql.to_owned());
        let (count,): (i64,) = match self {
            Engine::Sqlite(conn) => sqlx::query_as(text).fetch_one(conn).await.expect(sql),
            Engine::Postgres(conn) => sqlx::query_as(text).fetch_one(conn).await.expect(sql),
        };
        count
    }

    /// What the engine itself says of its tables.
    async fn schema(&mut self) -> Schema {
        let rows: Vec<(String, String, String, i64)> = match self {
            Engine::Sqlite(conn) => sqlx::query_as(
                "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' ORDER BY m.name, c.cid",
            )
            .fetch_all(conn)
            .await
            .unwrap(),
            Engine::Postgres(conn) => sqlx::query_as(
                "SELECT table_name::TEXT, column_name::TEXT, data_type::TEXT,
                        CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END::BIGINT
                 FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
            )
            .fetch_all(conn)
            .await
            .unwrap(),
        };
        let mut schema = Schema::new();
        for (table, name, kind, full) in rows.into_iter().filter(|row| row.0 != "_sqlx_migrations") {
            let column = Column { name, kind: Kind::of(&kind), nullable: full == 0 };
            schema.entry(table).or_default().push(column);
        }
        schema
    }

    /// Indexes by name, with their table and columns; those that keys make are left out.
    async fn indexes(&mut self) -> Vec<String> {
        let rows: Vec<(String,)> = match self {
            Engine::Sqlite(conn) => {
                sqlx::query_as("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
                    .fetch_all(conn)
                    .await
                    .unwrap()
            }
            Engine::Postgres(conn) => sqlx::query_as(
                "SELECT replace(indexdef, ' USING btree', '') FROM pg_indexes i WHERE schemaname = 'public'
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
            )
            .fetch_all(conn)
            .await
            .unwrap(),
        };
        let mut indexes: Vec<String> =
            rows.into_iter().map(|(sql,)| sql.replace("ON public.", "ON ")).collect();
        indexes.sort();
        indexes
    }

    /// The primary key of each table, in the order of its columns.
    async fn keys(&mut self) -> Vec<(String, String)> {
        match self {
            Engine::Sqlite(conn) => sqlx::query_as(
                "SELECT m.name, (SELECT group_concat(name, ',') FROM
                   (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk))
                 FROM sqlite_master m WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' ORDER BY m.name",
            )
            .fetch_all(conn)
            .await
            .unwrap(),
            Engine::Postgres(conn) => sqlx::query_as(
                "SELECT c.conrelid::regclass::TEXT, string_agg(a.attname::TEXT, ',' ORDER BY k.place)
                 FROM pg_constraint c CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k(number, place)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
                 WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace AND c.conrelid::regclass::TEXT <> '_sqlx_migrations'
                 GROUP BY 1 ORDER BY 1",
            )
            .fetch_all(conn)
            .await
            .unwrap(),
        }
    }
}

async fn sqlite(file: &std::path::Path) -> Engine {
    let url = format!("sqlite://{}?mode=rwc", file.display());
    Engine::Sqlite(SqliteConnection::connect(&url).await.unwrap())
}

/// An empty database on PostgreSQL, if there is a server.
async fn postgres() -> Option<(String, Engine)> {
    let url = new_database().await?;
    let name = url.rsplit_once('/').unwrap().1;
    at_server(format!("DROP DATABASE {name} WITH (FORCE)")).await;
    at_server(format!("CREATE DATABASE {name}")).await;
    let conn = PgConnection::connect(&url).await.unwrap();
    Some((url, Engine::Postgres(conn)))
}

/// The value of column `at` in row `row`, distinct for each: as it is written in SQL.
fn value(kind: Kind, at: usize, row: usize) -> String {
    let number = 1_000 * (row + 1) + at;
    match kind {
        Kind::Integer => number.to_string(),
        Kind::Text => format!("'Dòng ''{number}'''"),
        Kind::Bytes => format!("decode('{number:08x}', 'hex')"),
    }
}

/// A row that was written under one version of the schema.
struct Row {
    table: String,
    values: Vec<(String, Option<String>)>,
}

impl Row {
    fn new(table: &str, columns: &[Column], row: usize, sqlite: bool) -> Row {
        let values = columns.iter().enumerate().map(|(at, column)| {
            // Every second row has its nullable columns empty.
            let null = column.nullable && row % 2 == 1;
            let text = value(column.kind, at, row);
            let text = match text.strip_prefix("decode('") {
                Some(hex) if sqlite => format!("x'{}'", &hex[..8]),
                _ => text,
            };
            (column.name.clone(), (!null).then_some(text))
        });
        Row { table: table.to_owned(), values: values.collect() }
    }

    fn insert(&self) -> String {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<&str> = self.values.iter().map(|(_, v)| v.as_deref().unwrap_or("NULL")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.table, names.join(", "), values.join(", "))
    }

    fn count(&self) -> String {
        let same = |(name, value): &(String, Option<String>)| match value {
            Some(value) => format!("{name} = {value}"),
            None => format!("{name} IS NULL"),
        };
        let conditions: Vec<String> = self.values.iter().map(same).collect();
        format!("SELECT COUNT(*) FROM {} WHERE {}", self.table, conditions.join(" AND "))
    }
}

/// Applies the migrations one by one, filling every table as soon as it is there; after each step every
/// row of before is there once, with every value it had.
async fn keeps_what_is_there(engine: &mut Engine, migrator: &Migrator) {
    let mut rows: Vec<Row> = Vec::new();
    for migration in migrator.iter() {
        engine.migrate(migrator, migration.version).await;
        for row in &rows {
            let found = engine.count(&row.count()).await;
            assert_eq!(found, 1, "after {:04}: {}", migration.version, row.count());
        }
        let sqlite = matches!(engine, Engine::Sqlite(_));
        for (table, columns) in engine.schema().await {
            let known = rows.iter().filter(|row| row.table == table).count();
            // Also into tables that were there: under this version they take these columns.
            for number in known..known + 2 {
                let row = Row::new(&table, &columns, number, sqlite);
                engine.say(&row.insert()).await;
                rows.push(row);
            }
        }
    }
    assert!(rows.len() >= 30, "only {} rows were written", rows.len());
    for row in &rows {
        assert_eq!(engine.count(&row.count()).await, 1, "at the end: {}", row.count());
    }
}

/// The migrations that the program would still make.
async fn pending(place: Place) -> Vec<String> {
    let reading = Reading::open(&place).await.unwrap();
    let schema = reading.schema().await.unwrap();
    reading.close().await;
    schema.pending
}

#[tokio::test]
async fn migrations_keep_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.db");
    let mut on_sqlite = sqlite(&file).await;
    keeps_what_is_there(&mut on_sqlite, &migrations("sqlite").await).await;
    let left = pending(Place::Sqlite(file)).await;
    assert!(left.is_empty(), "the program would not take this database as its own: {left:?}");
    let Some((url, mut on_postgres)) = postgres().await else {
        println!("skipped: PostgreSQL (set NHIPCAU_TEST_POSTGRES)");
        return;
    };
    keeps_what_is_there(&mut on_postgres, &migrations("postgres").await).await;
    let left = pending(Place::Postgres(url.clone())).await;
    assert!(left.is_empty(), "the program would not take this database as its own: {left:?}");
    if let Engine::Postgres(conn) = on_postgres {
        conn.close().await.unwrap();
    }
    drop_database(&url).await;
}

#[tokio::test]
async fn a_migration_that_loses_a_row_or_a_value_is_found_out() {
    use sqlx::SqlSafeStr;
    use sqlx::migrate::{Migration, MigrationType};
    let step = |version, sql: &'static str| {
        Migration::new(version, "step".into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    for loss in [
        "DELETE FROM a WHERE n = 2000",
        "UPDATE a SET t = upper(t)",
        "DROP TABLE a; CREATE TABLE a (n INTEGER NOT NULL, t TEXT)",
    ] {
        let many =
            (0..15).map(|n| format!("CREATE TABLE x{n} (n INTEGER NOT NULL) STRICT;")).collect::<String>();
        let first: &'static str = format!("{many} CREATE TABLE a (n INTEGER NOT NULL, t TEXT) STRICT").leak();
        let migrator = Migrator::with_migrations(vec![step(1, first), step(2, loss)]);
        let mut engine = Engine::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap());
        let kept = std::panic::AssertUnwindSafe(keeps_what_is_there(&mut engine, &migrator)).catch_unwind();
        assert!(kept.await.is_err(), "{loss} went unnoticed");
    }
}

#[tokio::test]
async fn the_two_schemas_agree() {
    let folder = tempfile::tempdir().unwrap();
    let mut sqlite = sqlite(&folder.path().join("new.db")).await;
    sqlite.migrate(&migrations("sqlite").await, i64::MAX).await;
    let (schema, indexes, keys) = (sqlite.schema().await, sqlite.indexes().await, sqlite.keys().await);
    assert!(schema.len() >= 15, "{:?}", schema.keys());
    let text = |engine: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let names = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(text("sqlite"), text("postgres"), "a migration has no twin");
    // Without a server the texts must do: the same but for the words for types.
    let plain = |migrator: Migrator| -> Vec<String> {
        let words = |m: &sqlx::migrate::Migration| {
            let sql = m.sql.as_str().replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
            let same = sql.split("-- In each engine's own words:").next().unwrap();
            same.replace(" STRICT, WITHOUT ROWID", "").replace(" STRICT", "")
        };
        migrator.iter().map(words).collect()
    };
    assert_eq!(plain(migrations("sqlite").await), plain(migrations("postgres").await));
    let Some((url, mut postgres)) = postgres().await else {
        println!("skipped: PostgreSQL (set NHIPCAU_TEST_POSTGRES)");
        return;
    };
    postgres.migrate(&migrations("postgres").await, i64::MAX).await;
    assert_eq!(postgres.schema().await, schema);
    assert_eq!(postgres.indexes().await, indexes);
    assert_eq!(postgres.keys().await, keys);
    if let Engine::Postgres(conn) = postgres {
        conn.close().await.unwrap();
    }
    drop_database(&url).await;
}
