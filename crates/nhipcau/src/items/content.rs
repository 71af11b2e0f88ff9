//! Content by its SHA-256: what entries point to. Small pieces live in the database, large ones in files.
//!
//! A file is written and synced before the row that names it is committed, and removed after the row
//! is gone, so no crash can leave a row without its bytes. What was erased never comes back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use network::content::{ANNEX_TYPE, NOTE_TYPE};
use network::names::ContentHash;
use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, among, annexes, fill, maybe, one};

/// Above this many bytes content lives in a file.
pub const IN_DATABASE: usize = 64 * 1024;
/// The most bytes that one piece may have.
pub const MOST: u64 = 256 << 20;

/// Whether content is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Here,
    /// It is not (yet).
    Absent,
    /// It was erased by law and must not come back.
    Erased,
}

/// A piece whose bytes do not match its hash any more.
#[derive(Debug, thiserror::Error)]
#[error("content {0} does not match its hash any more; run nhipcau doctor")]
pub struct Damaged(pub ContentHash);

/// A piece of content as it is served.
pub enum Stored {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Its file.
    File(PathBuf),
}

/// What the database says of a piece.
#[derive(FromRow)]
pub struct Row {
    /// Media type.
    pub media: String,
    /// Size in bytes.
    pub size: i64,
    /// Its bytes, if they are in the database.
    pub bytes: Option<Vec<u8>>,
}

/// The folder of large content.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    fn path(&self, sha256: &ContentHash) -> PathBuf {
        self.0.join(Folder::below(sha256))
    }

    /// Writes and syncs a large piece before its row is committed. Small ones are left to the row.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn keep(&self, sha256: &ContentHash, bytes: &[u8]) -> anyhow::Result<()> {
        if bytes.len() <= IN_DATABASE {
            return Ok(());
        }
        let path = self.path(sha256);
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        let bytes = bytes.to_vec();
        tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            use std::io::Write;
            std::fs::create_dir_all(&folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&folder)?;
            file.write_all(&bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            std::fs::File::open(&folder)?.sync_all()?;
            Ok(())
        })
        .await?
        .with_context(|| format!("keep content {sha256}; is the disk full?"))
    }

    /// Removes a piece's file. That there is none is no fault.
    pub async fn remove(&self, sha256: &ContentHash) {
        let path = self.path(sha256);
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::error!(path = %path.display(), %error, "erased content is still on the disk; remove this file");
        }
    }

    /// Finds a piece and its media type.
    ///
    /// # Errors
    /// The database's, or a file that is missing.
    pub async fn find(
        &self,
        conn: &mut Conn,
        sha256: &ContentHash,
    ) -> anyhow::Result<Option<(String, u64, Stored)>> {
        let row =
            maybe!(conn, Row, "SELECT media, size, bytes FROM content WHERE sha256 = $1", sha256.0.to_vec())?;
        Ok(row.map(|row| {
            let stored = match row.bytes {
                Some(bytes) => Stored::Bytes(bytes),
                None => Stored::File(self.path(sha256)),
            };
            (row.media, row.size as u64, stored)
        }))
    }

    /// The bytes of a piece, which match its hash: what a disk has damaged is not shown.
    ///
    /// # Errors
    /// The database's, or a damaged or missing file.
    pub async fn read(&self, conn: &mut Conn, sha256: &ContentHash) -> anyhow::Result<Option<Vec<u8>>> {
        let bytes = match self.find(conn, sha256).await? {
            None => return Ok(None),
            Some((_, _, Stored::Bytes(bytes))) => bytes,
            Some((_, _, Stored::File(path))) => {
                tokio::fs::read(&path).await.with_context(|| format!("read content {}", path.display()))?
            }
        };
        if ContentHash::of(&bytes) != *sha256 {
            return Err(Damaged(*sha256).into());
        }
        Ok(Some(bytes))
    }

    /// The bytes of many pieces, as [`Folder::read`] gives those of one; what is not here is left out.
    ///
    /// # Errors
    /// As [`Folder::read`].
    pub async fn read_all(
        &self,
        conn: &mut Conn,
        asked: &[ContentHash],
    ) -> anyhow::Result<HashMap<ContentHash, Vec<u8>>> {
        let rows = among!(
            conn,
            (Vec<u8>, Option<Vec<u8>>),
            "SELECT sha256, bytes FROM content WHERE sha256 IN ($1)",
            asked,
            |hash| hash.0.to_vec()
        )?;
        let mut all = HashMap::new();
        for (hash, bytes) in rows {
            let hash = ContentHash(hash.try_into().map_err(|_| anyhow!("a stored hash is none"))?);
            let bytes = match bytes {
                Some(bytes) if ContentHash::of(&bytes) == hash => Some(bytes),
                Some(_) => return Err(Damaged(hash).into()),
                None => self.read(conn, &hash).await?,
            };
            all.extend(bytes.map(|bytes| (hash, bytes)));
        }
        Ok(all)
    }

    /// The paths of large pieces, as they lie below the folder.
    pub fn below(sha256: &ContentHash) -> PathBuf {
        let name = sha256.to_string();
        Path::new(&name[..2]).join(&name)
    }
}

/// Whether a piece is here.
///
/// # Errors
/// The database's.
pub async fn state(conn: &mut Conn, sha256: &ContentHash) -> sqlx::Result<Presence> {
    let (here, erased): (i64, i64) = one!(
        conn,
        (i64, i64),
        "SELECT (SELECT COUNT(*) FROM content WHERE sha256 = $1), (SELECT COUNT(*) FROM erased WHERE sha256 = $1)",
        sha256.0.to_vec()
    )?;
    Ok(match (here, erased) {
        (0, 0) => Presence::Absent,
        (0, _) => Presence::Erased,
        _ => Presence::Here,
    })
}

/// Which of many pieces are here.
///
/// # Errors
/// The database's.
pub async fn here(conn: &mut Conn, asked: &[ContentHash]) -> sqlx::Result<HashSet<ContentHash>> {
    let found = among!(conn, (Vec<u8>,), "SELECT sha256 FROM content WHERE sha256 IN ($1)", asked, |hash| {
        hash.0.to_vec()
    })?;
    Ok(hashes(found))
}

/// The bytes of a piece that is in the database itself; `None` if it is absent or large.
///
/// # Errors
/// The database's.
pub async fn small(conn: &mut Conn, sha256: &ContentHash) -> sqlx::Result<Option<Vec<u8>>> {
    let row =
        maybe!(conn, Row, "SELECT media, size, bytes FROM content WHERE sha256 = $1", sha256.0.to_vec())?;
    Ok(row.and_then(|row| row.bytes))
}

/// A piece that has come: its hash, media type and bytes.
pub struct Piece<'a> {
    /// Its hash.
    pub sha256: ContentHash,
    /// Media type.
    pub media: &'a str,
    /// Its bytes; large ones must have been kept by [`Folder::keep`] before.
    pub bytes: &'a [u8],
}

/// Records one piece, as [`arrive_all`] does. Returns false if it was erased meanwhile.
///
/// # Errors
/// When the bytes do not match, or the database fails.
pub async fn arrive(tx: &mut Tx, sha256: ContentHash, media: String, bytes: &[u8]) -> anyhow::Result<bool> {
    let kept = arrive_all(tx, &[Piece { sha256, media: &media, bytes }]).await?;
    Ok(kept.contains(&sha256))
}

/// Records content whose bytes match their hashes (checked here once more), settles what waited for it, and
/// lets it stand on the pages. Returns what is kept now: what was erased meanwhile is not.
///
/// # Errors
/// When bytes do not match, or the database fails.
pub async fn arrive_all(tx: &mut Tx, pieces: &[Piece<'_>]) -> anyhow::Result<HashSet<ContentHash>> {
    if let Some(wrong) = pieces.iter().find(|piece| ContentHash::of(piece.bytes) != piece.sha256) {
        bail!("content does not match its hash {}", wrong.sha256);
    }
    let asked: Vec<ContentHash> = pieces.iter().map(|piece| piece.sha256).collect();
    let here = here(tx.conn(), &asked).await?;
    let erased =
        hashes(among!(tx, (Vec<u8>,), "SELECT sha256 FROM erased WHERE sha256 IN ($1)", &asked, |hash| {
            hash.0.to_vec()
        })?);
    let mut kept = here;
    let (mut new, mut stands) = (Vec::new(), Vec::new());
    for piece in pieces.iter().filter(|piece| !erased.contains(&piece.sha256)) {
        stands.push(piece);
        if kept.insert(piece.sha256) {
            new.push(piece);
        }
    }
    let now = tx.ledger.now();
    fill!(
        tx,
        "INSERT INTO content (sha256, media, size, bytes, stored) VALUES ($1, $2, $3, $4, $5)",
        &new,
        |piece| piece.sha256.0.to_vec(),
        piece.media.to_owned(),
        piece.bytes.len() as i64,
        (piece.bytes.len() <= IN_DATABASE).then(|| piece.bytes.to_vec()),
        now
    )?;
    tx.ledger.effects.content.extend(new.iter().map(|piece| piece.sha256));
    let waited = among!(
        tx,
        (i64, i64, Vec<u8>),
        "DELETE FROM want WHERE sha256 IN ($1) RETURNING log, idx, sha256",
        &stands,
        |piece| piece.sha256.0.to_vec()
    )?;
    let waited: BTreeSet<(i64, i64, Vec<u8>)> = waited.into_iter().collect();
    let notes = stands.iter().filter(|piece| piece.media == NOTE_TYPE).map(|piece| piece.sha256.0.to_vec());
    let notes: HashSet<Vec<u8>> = notes.collect();
    let papers = stands.iter().filter(|piece| piece.media == "application/pdf");
    let papers: HashSet<Vec<u8>> = papers.map(|piece| piece.sha256.0.to_vec()).collect();
    let beside = stands.iter().filter(|piece| piece.media == ANNEX_TYPE).map(|piece| piece.sha256.0.to_vec());
    let beside: HashSet<Vec<u8>> = beside.collect();
    for (log, index, hash) in &waited {
        if beside.contains(hash) {
            annexes::store::came(tx, *log, *index).await?;
        }
        if papers.contains(hash) {
            // The page that says who signed the paper was drawn without it.
            let attached =
                all!(tx, (String,), "SELECT item FROM edition WHERE log = $1 AND idx = $2", *log, *index)?;
            tx.ledger.effects.items.extend(attached.into_iter().map(|(item,)| (*log, item)));
        }
        if notes.contains(hash) {
            // The page that gives the reason was drawn without it.
            let explained = all!(
                tx,
                (String,),
                "SELECT item FROM item WHERE log = $1 AND note = $2",
                *log,
                hash.clone()
            )?;
            tx.ledger.effects.items.extend(explained.into_iter().map(|(item,)| (*log, item)));
        }
    }
    let logs: BTreeSet<i64> = waited.into_iter().map(|(log, _, _)| log).collect();
    tx.ledger.effects.settled.extend(logs);
    let stands: HashMap<ContentHash, &[u8]> =
        stands.into_iter().map(|piece| (piece.sha256, piece.bytes)).collect();
    super::fold::show(tx, &stands).await?;
    Ok(kept)
}

fn hashes(rows: Vec<(Vec<u8>,)>) -> HashSet<ContentHash> {
    rows.into_iter().filter_map(|(hash,)| hash.try_into().ok().map(ContentHash)).collect()
}
