//! Proofs: an entry's place in its log, and the enrolments that lead from its log's key to the root note.

use std::collections::BTreeMap;

use anyhow::Context;
use network::directory::Directory;
use network::entry::{Entry, Kind};
use network::names::{Domain, Origin};
use serde::{Deserialize, Serialize};
use tlog::{Hash, Note, TileId, TlogProof, inclusion_proof, tiles_needed_for_inclusion};

use super::store::{self, Head};
use crate::db::Conn;

/// What stands in a proof's `extra`, besides what the specification asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extra {
    /// Version; 1.
    pub v: u32,
    /// The exact bytes of the entry.
    pub entry: String,
    /// From the entry's log up to the root's: each log's enrolment and its proof in the parent's log.
    pub enrolments: Vec<Step>,
    /// The root note.
    pub root: String,
    /// True if the keys are those of a demonstration.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// One enrolment and its proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The exact bytes of the enrolment's entry.
    pub entry: String,
    /// Its proof in the parent's log, without `extra`.
    pub proof: String,
    /// What the parent stated of the child later and the proof rests on: new keys, another domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Statement>,
}

/// A later statement of the parent and its proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// The exact bytes of the entry.
    pub entry: String,
    /// Its proof in the parent's log, without `extra`.
    pub proof: String,
}

/// The hashes of the tiles that a proof needs, loaded before.
///
/// # Errors
/// The database's, or damaged hashes.
pub async fn tiles(
    conn: &mut Conn,
    log: i64,
    ids: Vec<TileId>,
) -> anyhow::Result<BTreeMap<TileId, Vec<Hash>>> {
    let mut tiles = BTreeMap::new();
    for id in ids {
        tiles.insert(id, store::tile(conn, log, id).await?);
    }
    Ok(tiles)
}

/// The root of a log at a size up to its own.
///
/// # Errors
/// The database's, or damaged hashes.
pub async fn root_at(conn: &mut Conn, head: &Head, size: u64) -> anyhow::Result<Hash> {
    if size == head.size {
        return Ok(head.root);
    }
    let tiles = tiles(conn, head.id, tlog::tiles_needed_for_root(size)).await?;
    tlog::root_from_reader(&tiles, size)
        .map_err(|e| anyhow::anyhow!("the root of {} at size {size}: {e}", head.origin))
}

/// The proof that entry `index` stands in a log, under the newest checkpoint that is here.
///
/// # Errors
/// When the log is shorter, or its stored hashes are damaged.
pub async fn of_entry(conn: &mut Conn, head: &Head, index: u64) -> anyhow::Result<TlogProof> {
    let size = head.checkpoint_size;
    let tiles = tiles(conn, head.id, tiles_needed_for_inclusion(index, size)).await?;
    let proof = inclusion_proof(&tiles, index, size)
        .map_err(|e| anyhow::anyhow!("prove entry {index} of {}: {e}", head.origin))?;
    let checkpoint =
        Note::parse(&head.checkpoint).context("the stored checkpoint is damaged; run nhipcau doctor")?;
    Ok(TlogProof { extra: None, index, proof, checkpoint })
}

/// The whole proof of an entry: its place, and the enrolments up to the root note.
///
/// # Errors
/// When something on the way is not here yet.
pub async fn whole(
    conn: &mut Conn,
    directory: &Directory,
    head: &Head,
    index: u64,
    demo: bool,
) -> anyhow::Result<TlogProof> {
    let mut proof = of_entry(conn, head, index).await?;
    let entry = store::entry(conn, head.id, index).await?.context("the entry is not here")?;
    let mut enrolments = Vec::new();
    let mut child = head.origin.clone();
    let mut below: Option<Domain> = None;
    while child != *directory.root() {
        let parent = directory.agency(&child).context("the log is not enrolled yet")?.enroller.clone();
        let above = store::by_origin(conn, parent.as_str()).await?.context("the parent's log is not here")?;
        let mut stated = stated(conn, &above, &child, below.as_ref()).await?.into_iter();
        let (at, entry, domain) = stated.next().context("the enrolment is not here")?;
        let proof = of_entry(conn, &above, at).await?.to_string();
        let mut changes = Vec::new();
        for (at, entry, _) in stated {
            changes.push(Statement { entry, proof: of_entry(conn, &above, at).await?.to_string() });
        }
        enrolments.push(Step { entry, proof, changes });
        (child, below) = (parent, Some(domain));
    }
    let root = directory.root_note().note().to_string();
    let extra = Extra { v: 1, entry: String::from_utf8(entry)?, enrolments, root, demo };
    proof.extra = Some(serde_json::to_vec(&extra)?);
    Ok(proof)
}

/// What `parent` stated of `child` and a proof rests on: its enrolment first, then its new keys, and the
/// domain under which `below` was enrolled, if that is a later one. Each with its index and the domain.
async fn stated(
    conn: &mut Conn,
    parent: &Head,
    child: &Origin,
    below: Option<&Domain>,
) -> anyhow::Result<Vec<(u64, String, Domain)>> {
    let facts = crate::all!(
        conn,
        (i64, Vec<u8>),
        "SELECT f.idx, e.body FROM fact f JOIN entry e ON e.log = f.log AND e.idx = f.idx WHERE f.log = $1 ORDER BY f.idx",
        parent.id
    )?;
    let mut stated: Vec<(u64, String, Domain)> = Vec::new();
    for (index, body) in facts {
        let Ok(entry) = Entry::decode(&body) else { continue };
        let wanted = match (&entry.kind, stated.first()) {
            (Kind::AgencyEnrolled(enrolment), None) if enrolment.origin == *child => {
                Some(enrolment.domain.clone())
            }
            (Kind::AgencyChanged(change), Some((_, _, first))) if change.origin == *child => {
                let names = |domain: &Domain| below.is_some_and(|below| below.lies_under(domain));
                let moved = change.domain.clone().filter(|domain| !names(first) && names(domain));
                moved.or_else(|| change.key.as_ref().map(|_| first.clone()))
            }
            _ => None,
        };
        if let Some(domain) = wanted {
            stated.push((index as u64, String::from_utf8(body)?, domain));
        }
    }
    Ok(stated)
}
