//! Writing a bundle: what is here and signed, from the sizes that the reader has.
//!
//! A part, a tile, a content at a time; no transaction stays open between them, for entries never change. Content
//! that was erased meanwhile is not in it.

use std::collections::HashSet;

use anyhow::Context;
use axum::body::Bytes;
use network::bridge::{bridge, tiles_needed};
use network::bundle::{Header, Listed, Writer, rank};
use network::directory::Directory;
use network::entry::Entry;
use network::flow::FlowRequest;
use network::names::{ContentHash, Origin};
use tlog::{Checkpoint, Frontier, Note, TILE_WIDTH};
use tokio::sync::mpsc;

use crate::agencies::fold;
use crate::db::{Conn, Reading};
use crate::items::content::{self, Folder};
use crate::logs::proof;
use crate::logs::store::{self, Head};
use crate::problem::Problem;

/// How much anybody may ask for at once; the node's administrator may have all.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Entries, over all logs.
    pub entries: u64,
    /// Bytes of content; what does not fit is left out and can be fetched later.
    pub content: u64,
}

impl Bound {
    /// For readers: about a month of a nation.
    pub const READER: Bound = Bound { entries: 200_000, content: 512 << 20 };
    /// For the administrator.
    pub const NONE: Bound = Bound { entries: u64::MAX, content: u64::MAX };
}

struct Log {
    id: i64,
    origin: Origin,
    from: u64,
    size: u64,
    note: String,
}

/// What a bundle will hold.
pub struct Plan {
    /// Its first record.
    pub header: Header,
    logs: Vec<Log>,
    bound: Bound,
}

/// What a bundle came to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// Entries.
    pub entries: u64,
    /// Contents.
    pub contents: u64,
    /// Contents that its entries name and that it does not hold.
    pub lacking: u64,
}

/// Works out what a bundle holds for who has the sizes of `wants`.
///
/// # Errors
/// Nothing is asked for, a log is not here, or it is more than the bound; or the database's.
pub async fn plan(
    conn: &mut Conn,
    directory: &Directory,
    wants: &FlowRequest,
    (node, made): (String, String),
    bound: Bound,
) -> Result<Plan, Problem> {
    let mut logs = Vec::new();
    for head in store::every(conn).await? {
        let stated = wants.logs.iter().find(|(origin, _)| *origin == head.origin).map(|(_, size)| *size);
        let Some(from) = stated.or(wants.all.then_some(0)) else { continue };
        let (size, note) = signed(conn, directory, &head).await?;
        if head.frozen.is_some() || size == 0 || from > size {
            continue;
        }
        logs.push(Log { id: head.id, origin: head.origin, from, size, note });
    }
    for (origin, _) in wants.logs.iter().filter(|_| !wants.all) {
        if store::by_origin(conn, origin.as_str()).await?.is_none() {
            return Err(Problem::NotFound("log"));
        }
    }
    if logs.is_empty() {
        return Err(Problem::refused(
            "Không có gì để xuất: máy chủ này chưa có sổ nào được hỏi đến.",
            "There is nothing to export: none of the logs that are asked for is here yet.",
        ));
    }
    let entries: u64 = logs.iter().map(|log| log.size - log.from).sum();
    if entries > bound.entries {
        let most = bound.entries;
        return Err(Problem::refused(
            format!(
                "{entries} mục là quá nhiều cho một tệp ({most}). Hãy nêu phần đã có (--since) hoặc từng sổ (--log), hoặc dùng mã quản trị."
            ),
            format!(
                "{entries} entries are too many for one bundle ({most}). Say what you have (--since) or which logs (--log), or use the administrator's token."
            ),
        ));
    }
    let depth = |log: &Log| {
        rank(&log.origin, directory.root(), directory.heads(), directory.ancestors(&log.origin).count())
    };
    logs.sort_by_key(depth);
    let listed = |log: &Log| Listed { origin: log.origin.clone(), from: log.from, size: log.size };
    let header =
        Header { node, made, root: directory.root().clone(), logs: logs.iter().map(listed).collect() };
    Ok(Plan { header, logs, bound })
}

/// The newest checkpoint that a stranger can make use of. Of heads that is the newest with a quorum.
async fn signed(conn: &mut Conn, directory: &Directory, head: &Head) -> anyhow::Result<(u64, String)> {
    if head.origin == *directory.heads()
        && let Some(note) = fold::remembered(conn, fold::CONFIRMED).await?
        && let Ok(claim) =
            Note::parse(&note).map_err(anyhow::Error::from).and_then(|n| Ok(Checkpoint::of(&n)?))
        && claim.size <= head.checkpoint_size
    {
        return Ok((claim.size, note));
    }
    Ok((head.checkpoint_size, head.checkpoint.to_string()))
}

/// Where the records of a bundle go; an error in the end tells that it was broken off.
pub type Out = mpsc::Sender<std::io::Result<Bytes>>;

async fn put(out: &Out, bytes: Vec<u8>) -> anyhow::Result<()> {
    out.send(Ok(bytes.into())).await.map_err(|_| anyhow::anyhow!("nobody reads on"))
}

/// Writes the bundle, record by record.
///
/// # Errors
/// When the store is damaged, or nobody reads on.
pub async fn write(reading: &Reading, folder: &Folder, plan: Plan, out: &Out) -> anyhow::Result<Given> {
    let mut given = Given::default();
    let (mut writer, first) = Writer::open(&plan.header);
    put(out, first).await?;
    for log in &plan.logs {
        let mut conn = reading.read().await?;
        let hashes = spans(&mut conn, log, 0, log.from).await?;
        let frontier = Frontier::from_parts(log.from, hashes)?;
        drop(conn);
        put(out, writer.log(&log.origin, &frontier, log.size, &log.note)).await?;
        let mut from = log.from;
        while from < log.size {
            let (to, entries) = entries(reading, log, from).await?;
            let mut conn = reading.read().await?;
            let bridge = spans(&mut conn, log, to, log.size).await?;
            drop(conn);
            put(out, writer.part(from, &entries, &bridge)?).await?;
            given.entries += entries.len() as u64;
            from = to;
        }
    }
    let mut seen: HashSet<ContentHash> = HashSet::new();
    let mut left = plan.bound.content;
    for log in &plan.logs {
        let mut from = log.from;
        while from < log.size {
            let (to, entries) = entries(reading, log, from).await?;
            for entry in entries.iter().filter_map(|bytes| Entry::decode(bytes).ok()) {
                for wanted in entry.kind.contents() {
                    if !seen.insert(wanted.sha256) {
                        continue;
                    }
                    let mut conn = reading.read().await?;
                    if content::state(&mut conn, &wanted.sha256).await? == content::Presence::Erased {
                        continue;
                    }
                    let bytes = match wanted.size <= left {
                        true => folder.read(&mut conn, &wanted.sha256).await?,
                        false => None,
                    };
                    drop(conn);
                    let Some(bytes) = bytes else {
                        given.lacking += 1;
                        continue;
                    };
                    left = left.saturating_sub(bytes.len() as u64);
                    given.contents += 1;
                    put(out, writer.content(&wanted.sha256, &bytes)).await?;
                }
            }
            from = to;
        }
    }
    put(out, writer.close()).await?;
    Ok(given)
}

async fn entries(reading: &Reading, log: &Log, from: u64) -> anyhow::Result<(u64, Vec<Vec<u8>>)> {
    let to = ((from / TILE_WIDTH + 1) * TILE_WIDTH).min(log.size);
    let mut conn = reading.read().await?;
    let entries = store::entries(&mut conn, log.id, from, to).await?;
    anyhow::ensure!(
        entries.len() as u64 == to - from,
        "entries {from} to {to} of {} are not all here; run nhipcau doctor",
        log.origin
    );
    Ok((to, entries))
}

async fn spans(conn: &mut Conn, log: &Log, from: u64, to: u64) -> anyhow::Result<Vec<tlog::Hash>> {
    let tiles = proof::tiles(conn, log.id, tiles_needed(from, to, log.size)).await?;
    bridge(&tiles, from, to, log.size)
        .map_err(|e| anyhow::anyhow!("{e}"))
        .with_context(|| format!("the stored hashes of {} are damaged; run nhipcau doctor", log.origin))
}
