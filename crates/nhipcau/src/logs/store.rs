//! Logs in the database: heads, entries, hashes of full tiles.

use std::sync::Arc;

use anyhow::Context;
use network::names::Origin;
use sqlx::FromRow;
use tlog::{EMPTY_ROOT, Frontier, Hash, TILE_WIDTH, TileId};

use crate::db::Conn;
use crate::{all, fill, maybe, one, run};

/// Where a log stands here.
#[derive(Clone, Debug)]
pub struct Head {
    /// Our number for it.
    pub id: i64,
    /// Its name.
    pub origin: Origin,
    /// True if we hold its key.
    pub own: bool,
    /// Entries that are here.
    pub size: u64,
    /// The root at that size.
    pub root: Hash,
    /// The newest signed checkpoint whose entries are all here; empty while there is none.
    pub checkpoint: Arc<str>,
    /// Its size; what is served and cosigned goes up to here.
    pub checkpoint_size: u64,
    /// A verified newer checkpoint while a catch-up towards it is under way; else empty.
    pub pending: Arc<str>,
    /// When it last grew, by our clock, in microseconds.
    pub changed: i64,
    /// Since when it is frozen because of a split view.
    pub frozen: Option<i64>,
    /// The size at which it ended because its agency was merged or divided, if it is ours.
    pub ended: Option<u64>,
    frontier: Vec<u8>,
}

impl Head {
    /// The right edge of the tree.
    ///
    /// # Errors
    /// When the stored bytes are damaged.
    pub fn frontier(&self) -> anyhow::Result<Frontier> {
        Frontier::from_bytes(&self.frontier)
            .with_context(|| format!("the stored frontier of {} is damaged; run nhipcau doctor", self.origin))
    }
}

#[derive(FromRow)]
struct HeadRow {
    id: i64,
    origin: String,
    own: i64,
    size: i64,
    root: Vec<u8>,
    frontier: Vec<u8>,
    checkpoint: String,
    checkpoint_size: i64,
    pending: String,
    changed: i64,
    frozen: Option<i64>,
    ended: Option<i64>,
}

impl TryFrom<HeadRow> for Head {
    type Error = anyhow::Error;
    fn try_from(row: HeadRow) -> anyhow::Result<Head> {
        Ok(Head {
            id: row.id,
            origin: row.origin.parse().with_context(|| format!("log {} has a damaged name", row.id))?,
            own: row.own != 0,
            size: row.size as u64,
            root: hash(row.root)?,
            checkpoint: row.checkpoint.into(),
            checkpoint_size: row.checkpoint_size as u64,
            pending: row.pending.into(),
            changed: row.changed,
            frozen: row.frozen,
            ended: row.ended.map(|size| size as u64),
            frontier: row.frontier,
        })
    }
}

/// 32 stored bytes as a hash.
///
/// # Errors
/// When there are not 32.
pub fn hash(bytes: Vec<u8>) -> anyhow::Result<Hash> {
    Ok(Hash(bytes.try_into().map_err(|_| anyhow::anyhow!("a stored hash is damaged; run nhipcau doctor"))?))
}

/// The head of a log by our number.
///
/// # Errors
/// The database's.
pub async fn head(conn: &mut Conn, id: i64) -> anyhow::Result<Option<Head>> {
    maybe!(conn, HeadRow, "SELECT id, origin, own, size, root, frontier, checkpoint, checkpoint_size, pending, changed, frozen, ended FROM log WHERE id = $1", id)?
        .map(Head::try_from)
        .transpose()
}

/// The head of a log by name.
///
/// # Errors
/// The database's.
pub async fn by_origin(conn: &mut Conn, origin: &str) -> anyhow::Result<Option<Head>> {
    maybe!(
        conn,
        HeadRow,
        "SELECT id, origin, own, size, root, frontier, checkpoint, checkpoint_size, pending, changed, frozen, ended FROM log WHERE origin = $1",
        origin.to_owned()
    )?
    .map(Head::try_from)
    .transpose()
}

/// The head of a log by the hash of its name, as mirrors address it.
///
/// # Errors
/// The database's.
pub async fn by_hash(conn: &mut Conn, origin_hash: &str) -> anyhow::Result<Option<Head>> {
    maybe!(
        conn,
        HeadRow,
        "SELECT id, origin, own, size, root, frontier, checkpoint, checkpoint_size, pending, changed, frozen, ended FROM log WHERE origin_hash = $1",
        origin_hash.to_owned()
    )?
    .map(Head::try_from)
    .transpose()
}

/// Every log that is here.
///
/// # Errors
/// The database's.
pub async fn every(conn: &mut Conn) -> anyhow::Result<Vec<Head>> {
    all!(conn, HeadRow, "SELECT id, origin, own, size, root, frontier, checkpoint, checkpoint_size, pending, changed, frozen, ended FROM log ORDER BY id")?
        .into_iter()
        .map(Head::try_from)
        .collect()
}

/// Adds an empty log, or finds the one that is there. Returns our number for it.
///
/// # Errors
/// The database's.
pub async fn ensure(conn: &mut Conn, origin: &Origin, own: bool, now: i64) -> anyhow::Result<i64> {
    if let Some(head) = by_origin(conn, origin.as_str()).await? {
        if own && !head.own {
            run!(conn, "UPDATE log SET own = 1 WHERE id = $1", head.id)?;
        }
        return Ok(head.id);
    }
    let (last,): (i64,) = one!(conn, (i64,), "SELECT COALESCE(MAX(id), 0) FROM log")?;
    run!(
        conn,
        "INSERT INTO log (id, origin, origin_hash, own, size, root, frontier, checkpoint, checkpoint_size, pending, changed)
         VALUES ($1, $2, $3, $4, 0, $5, $6, '', 0, '', $7)",
        last + 1,
        origin.to_string(),
        origin.mirror_path(),
        i64::from(own),
        EMPTY_ROOT.0.to_vec(),
        Frontier::new().to_bytes(),
        now
    )?;
    Ok(last + 1)
}

/// Stops a log for good: a split view was proven.
///
/// # Errors
/// The database's.
pub async fn freeze(conn: &mut Conn, id: i64, now: i64) -> sqlx::Result<u64> {
    run!(conn, "UPDATE log SET frozen = $1 WHERE id = $2 AND frozen IS NULL", now, id)
}

/// Writes entries from index `from` on, each with its leaf hash.
pub(super) async fn add_entries(
    conn: &mut Conn,
    log: i64,
    from: u64,
    entries: &[(Hash, Arc<[u8]>)],
) -> sqlx::Result<()> {
    let rows: Vec<_> = (from..).zip(entries).collect();
    fill!(
        conn,
        "INSERT INTO entry (log, idx, leaf, body) VALUES ($1, $2, $3, $4)",
        &rows,
        |row| log,
        row.0 as i64,
        row.1.0.0.to_vec(),
        row.1.1.to_vec()
    )?;
    Ok(())
}

/// Writes hashes of full tiles: level, index, hash.
pub(super) async fn add_tiles(conn: &mut Conn, log: i64, full: &[(i64, i64, Hash)]) -> sqlx::Result<()> {
    fill!(
        conn,
        "INSERT INTO tile (log, level, idx, hash) VALUES ($1, $2, $3, $4)",
        full,
        |row| log,
        row.0,
        row.1,
        row.2.0.to_vec()
    )?;
    Ok(())
}

/// The exact bytes of entries `from..to`, as many of them as are here, in order.
///
/// # Errors
/// The database's.
pub async fn entries(conn: &mut Conn, log: i64, from: u64, to: u64) -> sqlx::Result<Vec<Vec<u8>>> {
    let rows = all!(
        conn,
        (Vec<u8>,),
        "SELECT body FROM entry WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
        log,
        from as i64,
        to as i64
    )?;
    Ok(rows.into_iter().map(|(body,)| body).collect())
}

/// One entry's exact bytes.
///
/// # Errors
/// The database's.
pub async fn entry(conn: &mut Conn, log: i64, index: u64) -> sqlx::Result<Option<Vec<u8>>> {
    let row =
        maybe!(conn, (Vec<u8>,), "SELECT body FROM entry WHERE log = $1 AND idx = $2", log, index as i64)?;
    Ok(row.map(|(body,)| body))
}

/// The hashes of a tile; fewer than its width if the log is shorter.
///
/// # Errors
/// The database's, or damaged hashes.
pub async fn tile(conn: &mut Conn, log: i64, id: TileId) -> anyhow::Result<Vec<Hash>> {
    let from = (id.index * TILE_WIDTH) as i64;
    let to = from + i64::from(id.width);
    let rows = if id.level == 0 {
        all!(
            conn,
            (Vec<u8>,),
            "SELECT leaf FROM entry WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
            log,
            from,
            to
        )?
    } else {
        all!(
            conn,
            (Vec<u8>,),
            "SELECT hash FROM tile WHERE log = $1 AND level = $2 AND idx >= $3 AND idx < $4 ORDER BY idx",
            log,
            i64::from(id.level),
            from,
            to
        )?
    };
    rows.into_iter().map(|(bytes,)| hash(bytes)).collect()
}
