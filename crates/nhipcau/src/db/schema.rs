//! The schema's versions: what the program knows, what a database has, and what lies between them.
//!
//! An empty database gets the schema at once. One that holds data is never changed in passing: `nhipcau
//! upgrade` backs it up first. A database of a newer program is left alone.

use anyhow::{Context, bail};
use sqlx::migrate::Migrator;
use sqlx::{Postgres, Sqlite};

use super::{Place, Pool, Reading, shown};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Where a database stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Versions that the program knows and the database does not have yet, with their names.
    pub pending: Vec<String>,
    /// Versions that the database has and the program does not know: it was made by a newer program.
    pub unknown: Vec<i64>,
    /// The newest version that the program knows.
    pub newest: i64,
    /// True if the database holds no log: there is nothing that a migration could harm.
    pub empty: bool,
}

impl Schema {
    /// Whether the program may open the database as it is.
    ///
    /// # Errors
    /// Says which of the two is older, and what to do.
    pub fn fits(&self, place: &Place) -> anyhow::Result<()> {
        self.not_newer(place)?;
        if !self.empty && !self.pending.is_empty() {
            bail!(
                "{} has the schema of an older version; {} step(s) wait. Run `nhipcau upgrade --dir …`: it backs up first, then migrates (hãy chạy nhipcau upgrade: sao lưu trước, rồi chuyển đổi)",
                shown_place(place),
                self.pending.len()
            );
        }
        Ok(())
    }

    /// Refuses a database that a newer program made.
    ///
    /// # Errors
    /// Names its version, and what to do.
    pub fn not_newer(&self, place: &Place) -> anyhow::Result<()> {
        let Some(newest) = self.unknown.iter().max() else { return Ok(()) };
        bail!(
            "{} was made by a newer version (schema {newest:04}; this program knows up to {:04}). Install that version again, or restore the backup from before the upgrade; nothing was changed (cơ sở dữ liệu thuộc phiên bản mới hơn)",
            shown_place(place),
            self.newest
        )
    }
}

/// A place fit for a message.
pub fn shown_place(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(url) => shown(url),
    }
}

impl Reading {
    /// Where this database stands. Changes nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn schema(&self) -> anyhow::Result<Schema> {
        let (known, applied, empty) = match &self.pool {
            Pool::Sqlite(pool) => {
                let has = async |table: &'static str| {
                    sqlx::query_as::<Sqlite, (i64,)>("SELECT COUNT(*) FROM sqlite_master WHERE name = $1")
                        .bind(table)
                        .fetch_one(pool)
                        .await
                        .map(|(n,)| n > 0)
                };
                let applied: Vec<(i64,)> = match has("_sqlx_migrations").await? {
                    true => {
                        sqlx::query_as::<Sqlite, _>("SELECT version FROM _sqlx_migrations")
                            .fetch_all(pool)
                            .await?
                    }
                    false => Vec::new(),
                };
                let rows: Option<(i64,)> = match has("log").await? {
                    true => {
                        sqlx::query_as::<Sqlite, _>("SELECT id FROM log LIMIT 1").fetch_optional(pool).await?
                    }
                    false => None,
                };
                (&SQLITE, applied, rows.is_none())
            }
            Pool::Postgres(pool) => {
                let has = async |table: &'static str| {
                    sqlx::query_as::<Postgres, (bool,)>("SELECT to_regclass($1) IS NOT NULL")
                        .bind(table)
                        .fetch_one(pool)
                        .await
                        .map(|(has,)| has)
                };
                let applied: Vec<(i64,)> = match has("_sqlx_migrations").await? {
                    true => {
                        sqlx::query_as::<Postgres, _>("SELECT version FROM _sqlx_migrations")
                            .fetch_all(pool)
                            .await?
                    }
                    false => Vec::new(),
                };
                let rows: Option<(i64,)> = match has("log").await? {
                    true => {
                        sqlx::query_as::<Postgres, _>("SELECT id FROM log LIMIT 1")
                            .fetch_optional(pool)
                            .await?
                    }
                    false => None,
                };
                (&POSTGRES, applied, rows.is_none())
            }
        };
        let applied: Vec<i64> = applied.into_iter().map(|(version,)| version).collect();
        let pending = known.iter().filter(|m| !applied.contains(&m.version));
        Ok(Schema {
            pending: pending.map(|m| format!("{:04} {}", m.version, m.description)).collect(),
            unknown: applied.iter().copied().filter(|v| known.iter().all(|m| m.version != *v)).collect(),
            newest: known.iter().map(|m| m.version).max().unwrap_or(0),
            empty,
        })
    }
}

/// Brings the schema up to date on an open connection.
pub(super) async fn migrate(pool: &Pool, place: &Place) -> anyhow::Result<()> {
    let done = match pool {
        Pool::Sqlite(pool) => SQLITE.run(pool).await,
        Pool::Postgres(pool) => POSTGRES.run(pool).await,
    };
    done.with_context(|| format!("migrate {}", shown_place(place)))
}
