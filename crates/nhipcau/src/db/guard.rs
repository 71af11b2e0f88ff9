//! One node, one PostgreSQL database: the writer's connection holds an advisory lock for as long as it lives.
//!
//! The server lets go of it when the connection ends, however it ends. A connection that is made anew takes
//! it anew before anything is written through it.

use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres};

use super::shown;

/// The lock's number in a database: `nhipcau` and a zero, as eight bytes.
const NUMBER: i64 = i64::from_be_bytes(*b"nhipcau\0");
/// How long a predecessor that was killed may take to be noticed by the server.
const PATIENCE: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Says who holds the database, before it is opened.
///
/// # Errors
/// Another node holds it and does not let go, or the server cannot be reached.
pub(super) async fn is_free(options: &PgConnectOptions, url: &str) -> anyhow::Result<()> {
    let mut conn = options.connect().await.with_context(|| format!("connect to {}", shown(url)))?;
    for _ in 0..PATIENCE {
        match holder(&mut conn).await? {
            None => {
                conn.close().await?;
                return Ok(());
            }
            Some(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    match holder(&mut conn).await? {
        None => Ok(()),
        Some(who) => bail!(
            "{} is in use by {who}; one database serves one node. Stop that one, or name another database (cơ sở dữ liệu đang được máy chủ khác dùng)",
            shown(url)
        ),
    }
}

/// Who holds the lock, by the name under which it connected.
async fn holder(conn: &mut PgConnection) -> sqlx::Result<Option<String>> {
    let row: Option<(String, Option<String>)> = sqlx::query_as::<Postgres, _>(
        "SELECT a.application_name, host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
           AND l.classid::bigint = $1 AND l.objid::bigint = $2
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .bind((NUMBER >> 32) & 0xffff_ffff)
    .bind(NUMBER & 0xffff_ffff)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(name, host)| format!("{name} ({})", host.unwrap_or_else(|| "this machine".into()))))
}

/// Takes the lock on a fresh connection of the writer.
///
/// # Errors
/// When another node has it.
pub(super) async fn take(conn: &mut PgConnection) -> sqlx::Result<()> {
    for _ in 0..PATIENCE {
        let (taken,): (bool,) = sqlx::query_as::<Postgres, _>("SELECT pg_try_advisory_lock($1)")
            .bind(NUMBER)
            .fetch_one(&mut *conn)
            .await?;
        if taken {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    let who = holder(conn).await?.unwrap_or_else(|| "another node".into());
    Err(sqlx::Error::Configuration(format!("the database is in use by {who}").into()))
}
