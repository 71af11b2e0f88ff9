//! Putting a backup back: everything is checked first, nothing is overwritten, the database comes last.
//!
//! After it the node asks its neighbours what it had signed since, and takes the tail back before it signs again; the
//! database is marked, so that it waits for an answer even if it does not remember that anybody ever had one.

use std::path::Path;

use anyhow::{bail, ensure};

use super::make::copy;
use super::manifest::{FILE as MANIFEST, Manifest, check};
use super::{Teller, database_file, engine};
use crate::config::{Config, FILE};
use crate::db::{Db, Place, Reading};
use crate::logs::startup::RESTORED;

/// What was put back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The backup.
    pub manifest: Manifest,
    /// True if the keys are in place.
    pub keys: bool,
}

/// Checks a backup and puts it into `folder`. What is there of configuration, root note and keys stays.
///
/// # Errors
/// The backup is not whole, the place holds a database, or the two are of different engines; then nothing was written.
pub async fn restore(source: &Path, folder: &Path, mut tell: impl Teller) -> anyhow::Result<Restored> {
    let manifest = check(source, &mut tell)?;
    let there = folder.join(FILE).exists();
    // Before anything is written: what the configuration will say.
    let text = std::fs::read_to_string(if there { folder } else { source }.join(FILE))?;
    let file: crate::config::File = toml::from_str(&text)?;
    let config = match there {
        true => Config::read(folder)?,
        false => file.check(folder)?,
    };
    ensure!(
        config.name.to_string() == manifest.node,
        "{} is the configuration of {}, the backup is of {}; nothing was written",
        folder.join(FILE).display(),
        config.name,
        manifest.node
    );
    let engine = if matches!(config.database, Place::Sqlite(_)) { "sqlite" } else { "postgres" };
    if engine != manifest.engine {
        bail!(
            "the backup is of {}, the configuration names {engine}; name a database of the same kind (hai loại cơ sở dữ liệu khác nhau)",
            manifest.engine
        );
    }
    if engine == "sqlite" {
        let copied = Place::Sqlite(source.join(database_file(&config.database)));
        let reading = Reading::open(&copied).await?;
        let schema = reading.schema().await;
        reading.close().await;
        schema?.not_newer(&copied)?;
    }
    engine::must_be_empty(&config.database).await?;
    engine::ready(&config).await?;
    let of = manifest.parts.len() as u64;
    for (done, part) in (1..).zip(&manifest.parts) {
        let target = match part.path.split_once('/') {
            Some(("content", rest)) => config.content.join(rest),
            Some(("keys", rest)) => config.keys.join(rest),
            _ if part.path == "root.note" => config.root.clone(),
            _ if part.path == FILE || part.path == "admin.token" => folder.join(&part.path),
            _ => continue, // The database comes last.
        };
        if !target.exists() {
            copy(&source.join(&part.path), &target)?;
        }
        tell("restore", done, of);
    }
    let database = source.join(database_file(&config.database));
    ensure!(database.exists(), "{} names no database", source.join(MANIFEST).display());
    engine::put_back(&database, &config.database).await?;
    // The copy itself is the backup of an older version, so it is brought up to date here.
    Db::leave_word(&config.database, config.name.as_str(), RESTORED).await?;
    Ok(Restored { keys: config.keys.join("cosigner.key").exists(), manifest })
}
