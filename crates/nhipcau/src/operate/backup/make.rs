//! Making a backup beside a running node, or of a stopped one.
//!
//! The database is copied at one moment of it, then the large contents, whose files never change. If something was
//! erased meanwhile, the copy may still hold it, so it is made anew: when the manifest is written, nothing that had
//! been erased by then is in the backup. What is erased later stays in it, as in any copy; delete old ones.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use network::names::ContentHash;

use super::manifest::{Manifest, Part, Stood, measure};
use super::{Teller, database_file, engine};
use crate::clock::Clock;
use crate::config::{Config, FILE};
use crate::db::{Conn, Place, Reading};
use crate::items::content::{self, Folder, Presence};
use crate::logs::store;
use crate::{all, one};

/// Erasures during a backup make it begin anew; so many times.
const TRIES: usize = 20;

/// What is to be copied.
#[derive(Clone, Debug)]
pub struct Wants {
    /// A folder that does not exist yet.
    pub target: PathBuf,
    /// The keys and the token too.
    pub with_keys: bool,
}

/// Makes a backup. What was begun and could not be finished is removed.
///
/// # Errors
/// The target exists, the disk is full, a tool is missing, or the database cannot be read.
pub async fn make(
    config: &Config,
    reading: &Reading,
    clock: &Clock,
    wants: &Wants,
    mut tell: impl Teller,
) -> anyhow::Result<Manifest> {
    let target = &wants.target;
    if target.exists() {
        bail!(
            "{} exists already; name a new folder, so that no backup is overwritten (thư mục đã có, hãy đặt tên khác)",
            target.display()
        );
    }
    std::fs::create_dir_all(target).with_context(|| format!("create {}", target.display()))?;
    restrict(target)?;
    let made = copied(config, reading, clock, wants, &mut tell).await;
    if made.is_err()
        && let Err(error) = std::fs::remove_dir_all(target)
    {
        tracing::warn!(target = %target.display(), %error, "a backup that was not finished is left there; remove it");
    }
    made
}

async fn copied(
    config: &Config,
    reading: &Reading,
    clock: &Clock,
    wants: &Wants,
    tell: &mut impl Teller,
) -> anyhow::Result<Manifest> {
    let target = &wants.target;
    let engine = match config.database {
        Place::Sqlite(_) => "sqlite",
        Place::Postgres(_) => "postgres",
    };
    let database = target.join(database_file(&config.database));
    for _ in 0..TRIES {
        let mut manifest =
            Manifest::new(config.name.to_string(), clock.now().to_string(), engine, wants.with_keys);
        let before = erased(&mut reading.read().await?).await?;
        if database.exists() {
            std::fs::remove_file(&database)?;
        }
        tell("database", 0, 1);
        engine::copy(reading, &config.database, &database).await?;
        tell("database", 1, 1);
        contents(config, reading, target, &mut manifest, tell).await?;
        let mut conn = reading.read().await?;
        if erased(&mut conn).await? != before {
            continue;
        }
        for head in store::every(&mut conn).await?.into_iter().filter(|head| head.own) {
            manifest.logs.push(Stood { origin: head.origin.to_string(), size: head.size });
        }
        drop(conn);
        manifest.parts.push(part(target, Path::new(database_file(&config.database)))?);
        files(config, wants, &mut manifest)?;
        manifest.parts.sort_by(|a, b| a.path.cmp(&b.path));
        manifest.write(target)?;
        return Ok(manifest);
    }
    bail!("erasures went on during {TRIES} tries; back up again when they are done")
}

/// How many contents have been erased so far: it only grows.
async fn erased(conn: &mut Conn) -> anyhow::Result<i64> {
    let (count,): (i64,) = one!(conn, (i64,), "SELECT COUNT(*) FROM erased")?;
    Ok(count)
}

/// Copies the large contents, and removes from the copy what has been erased since an earlier try.
async fn contents(
    config: &Config,
    reading: &Reading,
    target: &Path,
    manifest: &mut Manifest,
    tell: &mut impl Teller,
) -> anyhow::Result<()> {
    let folder = Folder(config.content.clone());
    let mut conn = reading.read().await?;
    let rows = all!(&mut conn, (Vec<u8>,), "SELECT sha256 FROM content WHERE bytes IS NULL ORDER BY sha256")?;
    drop(conn);
    let of = rows.len() as u64;
    let hashes = rows.into_iter().filter_map(|(bytes,)| bytes.try_into().ok().map(ContentHash));
    let mut kept = std::collections::BTreeSet::new();
    for (done, hash) in (1..).zip(hashes) {
        let relative = Path::new("content").join(Folder::below(&hash));
        let path = target.join(&relative);
        if !path.exists() {
            copy(&folder.0.join(Folder::below(&hash)), &path)?;
        }
        match path.exists().then(|| part(target, &relative)).transpose()? {
            Some(part) if part.sha256 == hash.to_string() => {
                kept.insert(path);
                manifest.parts.push(part);
            }
            _ => {
                let _ = std::fs::remove_file(&path);
                let mut conn = reading.read().await?;
                if content::state(&mut conn, &hash).await? == Presence::Here {
                    manifest.lacking.push(hash.to_string());
                }
            }
        }
        tell("content", done, of);
    }
    for folder in std::fs::read_dir(target.join("content")).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            if !kept.contains(&file.path()) {
                std::fs::remove_file(file.path())?;
            }
        }
    }
    Ok(())
}

/// Configuration and root note; keys and token if they are asked for.
fn files(config: &Config, wants: &Wants, manifest: &mut Manifest) -> anyhow::Result<()> {
    let target = &wants.target;
    let mut pairs = vec![
        (config.folder.join(FILE), PathBuf::from(FILE)),
        (config.root.clone(), PathBuf::from("root.note")),
    ];
    if wants.with_keys {
        pairs.push((config.folder.join("admin.token"), PathBuf::from("admin.token")));
        for key in
            std::fs::read_dir(&config.keys).with_context(|| format!("read {}", config.keys.display()))?
        {
            let key = key?;
            pairs.push((key.path(), Path::new("keys").join(key.file_name())));
        }
    }
    for (from, to) in pairs {
        copy(&from, &target.join(&to))?;
        if !target.join(&to).exists() {
            bail!("{} is missing; the node could not be put back without it", from.display());
        }
        manifest.parts.push(part(target, &to)?);
    }
    Ok(())
}

/// Copies a file and its mode, durably. That there is none is no fault here.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    match std::fs::copy(from, to) {
        Ok(_) => {
            std::fs::File::open(to)?.sync_all()?;
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("copy {} to {}", from.display(), to.display())),
    }
}

fn part(target: &Path, relative: &Path) -> anyhow::Result<Part> {
    let (size, sha256) = measure(&target.join(relative))?;
    let pieces: Vec<_> = relative.components().map(|piece| piece.as_os_str().to_string_lossy()).collect();
    Ok(Part { path: pieces.join("/"), size, sha256 })
}

/// A backup holds drafts and receipts of people: it is nobody else's to read.
#[cfg(unix)]
fn restrict(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("keep {} from other users", path.display()))
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}
