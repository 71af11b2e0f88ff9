//! The database: SQLite (embedded, the default) or PostgreSQL 15+, behind one text of SQL.
//!
//! Reading is a short read-only transaction (`Db::read`), so a page never sees half a step.
//! Writing is a closure sent to the one writer (`Db::write`, see `writer`), which commits what
//! waits together. Statements are written with the macros `all!`, `one!`, `maybe!`, `run!` and `fill!`:
//! they bind the same text to whichever engine is open; one test finds every statement in the
//! source and prepares it on both.

#[doc(hidden)]
pub mod many;
mod writer;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub use writer::{Tx, WriteError};

use crate::logs::ledger::Sealer;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Where the data live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// One file on this machine.
    Sqlite(std::path::PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Place, Self::Err> {
        Ok(if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Place::Postgres(text.to_owned())
        } else {
            Place::Sqlite(text.strip_prefix("sqlite://").unwrap_or(text).into())
        })
    }
}

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// An open transaction on whichever engine is in use.
pub enum Conn {
    /// SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Conn {
    /// Itself; lets the macros take a `Conn` and a `Tx` alike.
    pub fn conn(&mut self) -> &mut Conn {
        self
    }
}

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    writer: writer::Writer,
}

impl Db {
    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// When the place cannot be opened, or a migration fails; the text names the place.
    pub async fn open(place: &Place, sealer: Sealer) -> anyhow::Result<Db> {
        let (pool, writing) = connect(place).await?;
        let writer = writer::Writer::start(writing, sealer)?;
        Ok(Db { pool, writer })
    }

    /// A read-only transaction: one consistent view until it is dropped.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> sqlx::Result<Conn> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Conn::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => {
                Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Carries out `step` in the writer's transaction and answers once it is durable.
    ///
    /// Either all of the step's writes and log entries are committed, or none. The step does no
    /// other I/O. Nothing it returns is seen by anyone before the commit.
    ///
    /// # Errors
    /// The step's own refusal, or [`WriteError`] when the commit failed.
    pub async fn write<T, E, F>(&self, name: &'static str, step: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<WriteError> + Send + 'static,
    {
        self.writer.write(name, step).await
    }

    /// Writes a consistent copy of an SQLite database to `target`.
    ///
    /// # Errors
    /// When the copy fails, or the engine is PostgreSQL (its own `pg_dump` does that).
    pub async fn copy_to(&self, target: &Path) -> anyhow::Result<()> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                let target = target.to_str().context("the backup's path is not valid text")?;
                sqlx::query_as::<Sqlite, (i64,)>("VACUUM INTO $1")
                    .bind(target.to_owned())
                    .fetch_optional(pool)
                    .await?;
                Ok(())
            }
            Pool::Postgres(_) => anyhow::bail!("PostgreSQL is backed up by pg_dump"),
        }
    }

    /// After an erasure: no copy of the erased bytes stays in the write-ahead log or in free pages.
    ///
    /// # Errors
    /// When the engine refuses; the next erasure or start tries again.
    pub async fn scrub(&self) -> sqlx::Result<()> {
        match &self.pool {
            // `secure_delete` has overwritten the pages; the log that still holds the old ones is emptied.
            Pool::Sqlite(_) => self.writer.scrub().await,
            Pool::Postgres(pool) => {
                sqlx::raw_sql("VACUUM content").execute(pool).await?;
                Ok(())
            }
        }
    }

    /// Asks the engine to check its own pages. Returns what it found wrong, in its own words.
    ///
    /// # Errors
    /// When the check itself cannot run.
    pub async fn self_check(&self) -> sqlx::Result<Vec<String>> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                let rows: Vec<(String,)> =
                    sqlx::query_as::<Sqlite, _>("PRAGMA quick_check").fetch_all(pool).await?;
                Ok(rows.into_iter().map(|(row,)| row).filter(|row| row != "ok").collect())
            }
            Pool::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Stops the writer after what it has begun, and closes the connections.
    pub async fn close(&self) {
        self.writer.stop().await;
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// Schema versions that the program knows and the database does not have yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn pending_migrations(place: &Place) -> anyhow::Result<Vec<String>> {
    let known: Vec<(i64, String)> = match place {
        Place::Sqlite(_) => &SQLITE,
        Place::Postgres(_) => &POSTGRES,
    }
    .iter()
    .map(|m| (m.version, format!("{:04} {}", m.version, m.description)))
    .collect();
    let applied: Vec<(i64,)> = match place {
        Place::Sqlite(path) if !path.exists() => Vec::new(),
        Place::Sqlite(path) => {
            let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path)).await?;
            let rows =
                sqlx::query_as::<Sqlite, _>("SELECT version FROM _sqlx_migrations").fetch_all(&pool).await;
            pool.close().await;
            rows.unwrap_or_default()
        }
        Place::Postgres(url) => {
            let pool = PgPool::connect(url).await.with_context(|| format!("connect to {}", shown(url)))?;
            let rows =
                sqlx::query_as::<Postgres, _>("SELECT version FROM _sqlx_migrations").fetch_all(&pool).await;
            pool.close().await;
            rows.unwrap_or_default()
        }
    };
    Ok(known.into_iter().filter(|(v, _)| !applied.iter().any(|(a,)| a == v)).map(|(_, name)| name).collect())
}

/// A database address without its password, fit for a message.
pub fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

async fn connect(place: &Place) -> anyhow::Result<(Pool, Pool)> {
    match place {
        Place::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
            }
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // A receipt promises durability: every commit is on the disk before it is told.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                .foreign_keys(false)
                .pragma("secure_delete", "ON")
                .pragma("cache_size", "-8192")
                .pragma("journal_size_limit", "67108864");
            let open = |most| SqlitePoolOptions::new().max_connections(most).min_connections(0);
            let writing = open(1)
                .connect_with(options.clone())
                .await
                .with_context(|| format!("open the database {}", path.display()))?;
            SQLITE.run(&writing).await.with_context(|| format!("migrate {}", path.display()))?;
            let reading = open(4).connect_with(options.read_only(true).create_if_missing(false)).await?;
            Ok((Pool::Sqlite(reading), Pool::Sqlite(writing)))
        }
        Place::Postgres(url) => {
            let reading = PgPoolOptions::new()
                .max_connections(8)
                .acquire_timeout(Duration::from_secs(10))
                .connect(url)
                .await
                .with_context(|| format!("connect to {}", shown(url)))?;
            let writing = PgPoolOptions::new().max_connections(1).connect(url).await?;
            POSTGRES.run(&writing).await.with_context(|| format!("migrate {}", shown(url)))?;
            Ok((Pool::Postgres(reading), Pool::Postgres(writing)))
        }
    }
}

#[macro_export]
#[doc(hidden)]
macro_rules! on_engine {
    ($c:expr, |$conn:ident, $engine:ident| $body:expr) => {
        match $c.conn() {
            $crate::db::Conn::Sqlite(tx) => {
                type $engine = sqlx::Sqlite;
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Conn::Postgres(tx) => {
                type $engine = sqlx::Postgres;
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// `all!(conn, Row, "SELECT …", a, b)`: every row.
#[macro_export]
macro_rules! all {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            sqlx::query_as::<Engine, $row>($sql)$(.bind($arg))*.fetch_all(conn).await
        })
    }};
}

/// `maybe!(conn, Row, "SELECT …", a)`: the first row, if any.
#[macro_export]
macro_rules! maybe {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            sqlx::query_as::<Engine, $row>($sql)$(.bind($arg))*.fetch_optional(conn).await
        })
    }};
}

/// `one!(conn, Row, "SELECT …", a)`: the one row; no row is an error.
#[macro_export]
macro_rules! one {
    ($c:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            sqlx::query_as::<Engine, $row>($sql)$(.bind($arg))*.fetch_one(conn).await
        })
    }};
}

/// `run!(conn, "UPDATE …", a)`: carries it out; returns how many rows it touched.
#[macro_export]
macro_rules! run {
    ($c:expr, $sql:expr $(, $arg:expr)* $(,)?) => {{
        $crate::on_engine!($c, |conn, Engine| {
            #[allow(clippy::disallowed_methods, reason = "this macro is the door to it")]
            let query = sqlx::query::<Engine>($sql);
            query$(.bind($arg))*.execute(conn).await.map(|done| done.rows_affected())
        })
    }};
}
