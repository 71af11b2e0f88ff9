//! The reading half of a database: opened by the node beside its writer, and by the commands that look at a
//! node's data without changing them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Postgres, Sqlite};

use super::{Conn, Place, Pool, shown};

/// The reading half. Cheap to clone.
#[derive(Clone)]
pub struct Reading {
    pub(super) pool: Pool,
}

impl Reading {
    /// Opens a database to look at it. It must exist; nothing in it is changed, nor its schema.
    ///
    /// # Errors
    /// When it is not there or cannot be read; the text names the place.
    pub async fn open(place: &Place) -> anyhow::Result<Reading> {
        let pool = match place {
            Place::Sqlite(path) => {
                if !path.exists() {
                    bail!("there is no database at {}", path.display());
                }
                let mut log = path.as_os_str().to_owned();
                log.push("-wal");
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .read_only(true)
                    // Without a write-ahead log nobody writes: then not even the engine leaves a trace.
                    .immutable(!Path::new(&log).exists())
                    .busy_timeout(Duration::from_secs(10));
                let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await;
                Pool::Sqlite(pool.with_context(|| format!("open the database {}", path.display()))?)
            }
            Place::Postgres(url) => {
                let pool = PgPoolOptions::new()
                    .max_connections(2)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect(url)
                    .await;
                Pool::Postgres(pool.with_context(|| format!("connect to {}", shown(url)))?)
            }
        };
        Ok(Reading { pool })
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

    /// Writes a consistent copy of an SQLite database to `target`, also while a node writes to it.
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
            Pool::Postgres(_) => bail!("PostgreSQL is backed up by pg_dump"),
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
                    sqlx::query_as::<Sqlite, _>("PRAGMA quick_check(20)").fetch_all(pool).await?;
                Ok(rows.into_iter().map(|(row,)| row).filter(|row| row != "ok").collect())
            }
            Pool::Postgres(pool) => {
                // What the server itself has found; the logs and contents are recomputed by `doctor` anyway.
                let (failures,): (i64,) = sqlx::query_as::<Postgres, _>(
                    "SELECT COALESCE(SUM(checksum_failures), 0)::bigint FROM pg_stat_database
                     WHERE datname = current_database()",
                )
                .fetch_one(pool)
                .await?;
                Ok((failures > 0).then(|| format!("{failures} checksum failures")).into_iter().collect())
            }
        }
    }

    /// How many bytes the database takes.
    ///
    /// # Errors
    /// The database's.
    pub async fn bytes(&self) -> sqlx::Result<u64> {
        let (bytes,): (i64,) = match &self.pool {
            Pool::Sqlite(pool) => {
                sqlx::query_as::<Sqlite, _>(
                    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
                )
                .fetch_one(pool)
                .await?
            }
            Pool::Postgres(pool) => {
                sqlx::query_as::<Postgres, _>("SELECT pg_database_size(current_database())")
                    .fetch_one(pool)
                    .await?
            }
        };
        Ok(bytes.max(0) as u64)
    }

    /// Closes the connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}
