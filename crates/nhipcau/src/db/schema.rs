//! The schema's versions: what the program knows, what a database has, and what lies between them.
//!
//! An empty database gets the schema at once. One that holds data is never changed in passing: `nhipcau
//! upgrade` backs it up first. A database of a newer program is left alone.

use anyhow::{Context, bail};
use sqlx::migrate::Migrator;
use sqlx::{Postgres, Sqlite};

use super::{Conn, Db, Place, Pool, Reading, Step, shown};
use crate::{all, maybe, run};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Where a database stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Versions that the program knows and the database does not have yet, with their names.
    pub pending: Vec<String>,
    /// Versions that the database has and the program does not know: it was made by a newer program.
    pub unknown: Vec<i64>,
    /// How many versions the database has.
    pub applied: usize,
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
        let known = match &self.pool {
            Pool::Sqlite(_) => &SQLITE,
            Pool::Postgres(_) => &POSTGRES,
        };
        let (migrated, begun) = (self.has("_sqlx_migrations").await?, self.has("log").await?);
        let mut conn = self.read().await?;
        let applied = match migrated {
            true => all!(&mut conn, (i64,), "SELECT version FROM _sqlx_migrations")?,
            false => Vec::new(),
        };
        let empty = !begun || maybe!(&mut conn, (i64,), "SELECT id FROM log LIMIT 1")?.is_none();
        drop(conn);
        let applied: Vec<i64> = applied.into_iter().map(|(version,)| version).collect();
        let pending = known.iter().filter(|m| !applied.contains(&m.version));
        Ok(Schema {
            pending: pending.map(|m| format!("{:04} {}", m.version, m.description)).collect(),
            unknown: applied.iter().copied().filter(|v| known.iter().all(|m| m.version != *v)).collect(),
            applied: applied.len(),
            newest: known.iter().map(|m| m.version).max().unwrap_or(0),
            empty,
        })
    }
}

impl Reading {
    async fn has(&self, table: &'static str) -> sqlx::Result<bool> {
        let (has,): (bool,) = match &self.pool {
            Pool::Sqlite(pool) => {
                sqlx::query_as::<Sqlite, _>("SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = $1")
                    .bind(table)
                    .fetch_one(pool)
                    .await?
            }
            Pool::Postgres(pool) => {
                sqlx::query_as::<Postgres, _>("SELECT to_regclass($1) IS NOT NULL")
                    .bind(table)
                    .fetch_one(pool)
                    .await?
            }
        };
        Ok(has)
    }
}

impl Db {
    /// Leaves a word in the database of a stopped node, for its next start.
    ///
    /// # Errors
    /// When it cannot be opened or written.
    pub async fn leave_word(place: &Place, node: &str, name: &str) -> anyhow::Result<()> {
        let (reading, writing) = super::connect(place, node, Step::Migrate).await?;
        let mut conn = match &writing {
            Pool::Sqlite(pool) => Conn::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        };
        run!(
            &mut conn,
            "INSERT INTO meta (name, value) VALUES ($1, 'yes') ON CONFLICT (name) DO NOTHING",
            name.to_owned()
        )?;
        match conn {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Reading { pool: reading }.close().await;
        Reading { pool: writing }.close().await;
        Ok(())
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
