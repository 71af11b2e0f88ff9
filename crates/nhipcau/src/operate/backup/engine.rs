//! What is particular to each engine: SQLite copies itself, PostgreSQL has `pg_dump` and `pg_restore`.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use reqwest::Url;
use tokio::process::Command;

use crate::config::Config;
use crate::db::{Place, Reading, shown};

/// Copies the database into `target`, at one moment of it.
pub(super) async fn copy(reading: &Reading, place: &Place, target: &Path) -> anyhow::Result<()> {
    match place {
        Place::Sqlite(_) => reading.copy_to(target).await.context("copy the database"),
        Place::Postgres(url) => {
            let mut dump = tool("pg_dump", url)?;
            dump.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(target);
            run(dump, "pg_dump").await
        }
    }
}

/// Puts a copy into an empty place.
pub(super) async fn put_back(copy: &Path, place: &Place) -> anyhow::Result<()> {
    match place {
        Place::Sqlite(path) => {
            let folder = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
            let whole = tempfile::NamedTempFile::new_in(folder)?;
            std::fs::copy(copy, whole.path()).with_context(|| format!("copy {}", copy.display()))?;
            whole.as_file().sync_all()?;
            whole.persist_noclobber(path).with_context(|| format!("write {}", path.display()))?;
            Ok(())
        }
        Place::Postgres(url) => {
            let mut restore = tool("pg_restore", url)?;
            restore.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
            restore.arg("--dbname").arg(bare(url)?.0).arg(copy);
            run(restore, "pg_restore").await
        }
    }
}

/// Refuses a place that holds a database already.
pub(super) async fn must_be_empty(place: &Place) -> anyhow::Result<()> {
    match place {
        Place::Sqlite(path) => {
            for end in ["", "-wal", "-shm", "-journal"] {
                let file = path.with_file_name(format!(
                    "{}{end}",
                    path.file_name().unwrap_or_default().to_string_lossy()
                ));
                ensure!(
                    !file.exists(),
                    "{} is there already; nothing was overwritten. Move it away, or restore into an empty folder (đã có cơ sở dữ liệu, không ghi đè)",
                    file.display()
                );
            }
            Ok(())
        }
        Place::Postgres(url) => {
            let reading = Reading::open(place).await.with_context(|| {
                format!(
                    "{} must exist and be empty: make it with createdb (hãy tạo cơ sở dữ liệu trống trước)",
                    shown(url)
                )
            })?;
            let schema = reading.schema().await;
            reading.close().await;
            let schema = schema?;
            ensure!(
                schema.empty && schema.applied == 0,
                "{} holds tables already; nothing was overwritten. Name an empty database (cơ sở dữ liệu không trống)",
                shown(url)
            );
            Ok(())
        }
    }
}

/// Whether a backup can be made: the tools that it needs are there.
///
/// # Errors
/// Says which is missing, and what to install.
pub async fn ready(config: &Config) -> anyhow::Result<()> {
    if matches!(config.database, Place::Sqlite(_)) {
        return Ok(());
    }
    for name in ["pg_dump", "pg_restore"] {
        let mut version = Command::new(name);
        version.arg("--version");
        run(version, name).await?;
    }
    Ok(())
}

/// About how many bytes a backup takes: the database and the large contents.
///
/// # Errors
/// The database's.
pub async fn space_needed(reading: &Reading) -> anyhow::Result<u64> {
    let mut conn = reading.read().await?;
    let (files,): (i64,) = crate::one!(
        &mut conn,
        (i64,),
        "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM content WHERE bytes IS NULL"
    )?;
    drop(conn);
    Ok(reading.bytes().await? + files.max(0) as u64)
}

/// A PostgreSQL tool that speaks to this database. The password goes by the environment: arguments are seen by all.
fn tool(name: &str, url: &str) -> anyhow::Result<Command> {
    let (address, password) = bare(url)?;
    let mut command = Command::new(name);
    if name == "pg_dump" {
        command.arg("--dbname").arg(address);
    }
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command.stdin(std::process::Stdio::null());
    Ok(command)
}

/// The address without its password, and the password.
fn bare(url: &str) -> anyhow::Result<(String, Option<String>)> {
    let mut address: Url = url.parse().with_context(|| format!("{} is not an address", shown(url)))?;
    let password = address.password().map(unescaped).transpose()?;
    let _ = address.set_password(None);
    Ok((address.into(), password))
}

/// Text with `%xx` made plain (RFC 3986, 2.1).
fn unescaped(text: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = std::str::from_utf8(&[*high, *low])?.to_owned();
                bytes.push(
                    u8::from_str_radix(&digits, 16).context("the database's password is not well escaped")?,
                );
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Ok(String::from_utf8(bytes)?)
}

async fn run(mut command: Command, name: &str) -> anyhow::Result<()> {
    let output = match command.output().await {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "{name} is not installed; PostgreSQL is backed up with its own tools: apt install postgresql-client (chưa cài {name})"
        ),
        Err(error) => return Err(error).with_context(|| format!("run {name}")),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", said.trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_no_argument() {
        let (address, password) = bare("postgres://nhip:c%E1%BA%A7u%40@db.vn:5432/nhipcau").unwrap();
        assert_eq!(address, "postgres://nhip@db.vn:5432/nhipcau");
        assert_eq!(password.as_deref(), Some("cầu@"));
        assert_eq!(bare("postgres://nhip@db.vn/a").unwrap().1, None);
    }
}
