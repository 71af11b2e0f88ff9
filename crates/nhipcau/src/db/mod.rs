//! The database: SQLite (embedded, the default) or PostgreSQL 15+, behind one text of SQL.
//!
//! Reading is a short read-only transaction (`Db::read`), so a page never sees half a step.
//! Writing is a closure sent to the one writer (`Db::write`, see `writer`), which commits what
//! waits together. Statements are written with the macros `all!`, `one!`, `maybe!`, `run!` and `fill!`:
//! they bind the same text to whichever engine is open; one test finds every statement in the
//! source and prepares it on both.

mod guard;
#[doc(hidden)]
pub mod many;
mod reading;
pub mod schema;
pub mod trouble;
mod writer;

use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub use reading::Reading;
pub use writer::{Tx, WriteError};

use crate::logs::ledger::Sealer;
use trouble::{Refusal, Troubles};

/// The tables that hold what an erasure takes away, each written anew by PostgreSQL.
const HOLD_WORDS: [&str; 14] = [
    "VACUUM (FULL) content",
    "VACUUM (FULL) item",
    "VACUUM (FULL) document",
    "VACUUM (FULL) relation",
    "VACUUM (FULL) answer",
    "VACUUM (FULL) draft",
    "VACUUM (FULL) draft_version",
    "VACUUM (FULL) draft_file",
    "VACUUM (FULL) draft_copy",
    "VACUUM (FULL) upload",
    "VACUUM (FULL) draft_note",
    "VACUUM (FULL) ending",
    "VACUUM (FULL) source_aside",
    "VACUUM (FULL) channel_delivery",
];

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
    reading: Reading,
    writer: writer::Writer,
    /// What keeps the engine from working, in memory.
    pub troubles: Troubles,
}

impl Db {
    /// Opens the database and starts the writer. An empty one gets its schema; one of another version is refused.
    ///
    /// # Errors
    /// When the place cannot be opened, is another node's, or has another version's schema; the text names the
    /// place and the cure.
    pub async fn open(place: &Place, sealer: Sealer) -> anyhow::Result<Db> {
        let (reading, writing) = connect(place, sealer.keys.node().as_str(), Step::Open).await?;
        let troubles = Troubles::default();
        let writer = writer::Writer::start(writing, sealer, troubles.clone())?;
        Ok(Db { reading: Reading { pool: reading }, writer, troubles })
    }

    /// Brings an older schema up to date. Back the data up before.
    ///
    /// # Errors
    /// As [`Db::open`], or when a migration fails; then none of its own changes are kept.
    pub async fn migrate(place: &Place, node: &str) -> anyhow::Result<()> {
        let (reading, writing) = connect(place, node, Step::Migrate).await?;
        Reading { pool: reading }.close().await;
        Reading { pool: writing }.close().await;
        Ok(())
    }

    /// The reading half.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// A read-only transaction: one consistent view until it is dropped.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> sqlx::Result<Conn> {
        self.reading.read().await
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
        E: Refusal,
    {
        self.writer.write(name, step).await
    }

    /// After an erasure: no copy of the erased bytes stays in the write-ahead log or in free pages. False while a
    /// reader that began before still holds them; ask again.
    ///
    /// # Errors
    /// When the engine refuses; the next erasure or start tries again.
    pub async fn scrub(&self) -> sqlx::Result<bool> {
        match &self.reading.pool {
            // `secure_delete` has overwritten the pages; the log that still holds the old ones is emptied.
            Pool::Sqlite(_) => self.writer.scrub().await,
            Pool::Postgres(pool) => {
                // Only a table that is written anew holds nothing of what was deleted from it. That stops writers
                // for as long as it takes, which an erasure by law is worth.
                for table in HOLD_WORDS {
                    sqlx::raw_sql(table).execute(pool).await?;
                }
                Ok(true)
            }
        }
    }

    /// Stops the writer after what it has begun, and closes the connections.
    pub async fn close(&self) {
        // The last connection to close empties SQLite's write-ahead log; one that only reads could not.
        self.reading.close().await;
        self.writer.stop().await;
    }
}

/// A database address without its password, fit for a message.
pub fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

/// What a database is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// To be served: its schema must be this program's.
    Open,
    /// To be brought up to date.
    Migrate,
}

/// Opens the reading and the writing connections; `node` is the name under which a server knows us.
async fn connect(place: &Place, node: &str, step: Step) -> anyhow::Result<(Pool, Pool)> {
    let writing = match place {
        Place::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
            }
            let writing = sqlite_pool(1).connect_with(writes(sqlite(path))).await;
            Pool::Sqlite(writing.with_context(|| format!("open the database {}", path.display()))?)
        }
        Place::Postgres(url) => {
            let options = postgres(url, node)?;
            guard::is_free(&options, url).await?;
            let writing = PgPoolOptions::new()
                .max_connections(1)
                // The connection holds the lock on the database; it is not given up for being old or idle.
                .idle_timeout(None)
                .max_lifetime(None)
                .after_connect(|conn, _| Box::pin(guard::take(conn)))
                .connect_with(options)
                .await;
            Pool::Postgres(writing.with_context(|| format!("connect to {}", shown(url)))?)
        }
    };
    let schema = Reading { pool: writing.clone() }.schema().await?;
    match step {
        Step::Open => schema.fits(place)?,
        Step::Migrate => schema.not_newer(place)?,
    }
    schema::migrate(&writing, place).await?;
    let reading = match place {
        Place::Sqlite(path) => {
            let options = sqlite(path).read_only(true).create_if_missing(false);
            Pool::Sqlite(sqlite_pool(4).connect_with(options).await?)
        }
        Place::Postgres(url) => {
            let options = PgPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(10));
            Pool::Postgres(options.connect_with(postgres(url, node)?).await?)
        }
    };
    Ok((reading, writing))
}

fn sqlite(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A receipt promises durability: every commit is on the disk before it is told.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(false)
        // Rows come over a channel; a bundle of 256 entries is to fit into it.
        .row_buffer_size(256)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-4096")
        .pragma("journal_size_limit", "67108864")
}

/// The writer remembers more pages than readers do, and moves them from the log to their places less often: what
/// arrives in a catch-up lies all over the indexes of hashes, and a page that changes ten times is to be written
/// to its place once.
fn writes(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.pragma("cache_size", "-24576").pragma("wal_autocheckpoint", "8192")
}

fn sqlite_pool(most: u32) -> SqlitePoolOptions {
    // There is no line that could have broken: nothing is asked of a connection before it is used.
    SqlitePoolOptions::new().max_connections(most).min_connections(0).test_before_acquire(false)
}

fn postgres(url: &str, node: &str) -> anyhow::Result<PgConnectOptions> {
    let options: PgConnectOptions =
        url.parse().with_context(|| format!("{} is not a PostgreSQL address", shown(url)))?;
    // PostgreSQL keeps 63 bytes of it.
    Ok(options.application_name(&format!("nhipcau {node}").chars().take(60).collect::<String>()))
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
