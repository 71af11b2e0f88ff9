//! The entries that shape the directory: noted when they are applied, given to the fold again at start.

use std::collections::BTreeMap;

use network::directory::Directory;
use network::entry::{Entry, Kind};
use network::names::Origin;
use network::root::RootNote;
use sqlx::FromRow;
use tlog::Note;

use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::{all, fill, maybe, run};

/// The name under which the newest heads checkpoint with a quorum is remembered.
pub const CONFIRMED: &str = "heads confirmed";
/// The name under which the first place in heads is remembered that is not settled yet.
pub const SETTLED: &str = "heads settled";

/// True for entries that shape the directory.
pub fn shapes(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::AgencyEnrolled(_) | Kind::AgencyChanged(_) | Kind::AgencyClosed { .. } | Kind::PortalCarries(_)
    )
}

/// Notes the entries that shape the directory. Other kinds do nothing here.
///
/// # Errors
/// The database's.
pub async fn fold(tx: &mut Tx, log: i64, entries: &[(u64, &Entry)]) -> anyhow::Result<()> {
    let facts: Vec<u64> =
        entries.iter().filter(|(_, entry)| shapes(&entry.kind)).map(|(index, _)| *index).collect();
    fill!(tx, "INSERT INTO fact (log, idx) VALUES ($1, $2)", &facts, |index| log, *index as i64)?;
    Ok(())
}

#[derive(FromRow)]
struct Fact {
    origin: String,
    idx: i64,
    place: Option<i64>,
    body: Vec<u8>,
}

/// The directory as the database knows it, and the first place in heads that is not settled: everything
/// before it speaks of entries that are here, so the next start need not read it again.
///
/// # Errors
/// The database's, or damaged entries.
pub async fn rebuild(conn: &mut Conn, root: &RootNote) -> anyhow::Result<(Directory, u64)> {
    let mut directory = Directory::new(root)?;
    let facts = all!(
        conn,
        Fact,
        "SELECT l.origin, f.idx, f.place, e.body FROM fact f JOIN log l ON l.id = f.log
         JOIN entry e ON e.log = f.log AND e.idx = f.idx ORDER BY f.log, f.idx"
    )?;
    // What has no place yet may find it in any head; then none of them is settled.
    let mut open = false;
    for fact in facts {
        let origin: Origin = fact.origin.parse()?;
        let entry = Entry::decode(&fact.body)?;
        open |= fact.place.is_none() && !matches!(entry.kind, Kind::PortalCarries(_));
        directory.note(&origin, fact.idx as u64, &entry, fact.place.map(|p| p as u64));
    }
    let mut read = BTreeMap::new();
    for head in logs::every(conn).await? {
        directory.has_read(&head.origin, head.size);
        read.insert(head.origin, head.size);
    }
    let mut settled = remembered(conn, SETTLED).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    if let Some(heads) = logs::by_origin(conn, directory.heads().as_str()).await? {
        let mut from = settled;
        while from < heads.size {
            let to = heads.size.min(from + 4096);
            for (offset, body) in logs::entries(conn, heads.id, from, to).await?.iter().enumerate() {
                if let Ok(Entry { kind: Kind::Head { origin, size, .. }, .. }) = Entry::decode(body) {
                    directory.head(from + offset as u64, &origin, size);
                    open |= read.get(&origin).is_some_and(|here| *here < size);
                }
                if !open {
                    settled = from + offset as u64 + 1;
                }
            }
            from = to;
        }
    }
    if let Some(note) = remembered(conn, CONFIRMED).await? {
        // Remembered only after it had been accepted, by the same root note or one before it.
        if let Err(why) = directory.confirm(&Note::parse(&note)?) {
            tracing::warn!(%why, "the remembered heads checkpoint no longer has a quorum; a new one is awaited");
        }
    }
    Ok((directory, settled))
}

/// A remembered fact about this node.
///
/// # Errors
/// The database's.
pub async fn remembered(conn: &mut Conn, name: &str) -> sqlx::Result<Option<String>> {
    Ok(maybe!(conn, (String,), "SELECT value FROM meta WHERE name = $1", name.to_owned())?
        .map(|(value,)| value))
}

/// Remembers a fact about this node.
///
/// # Errors
/// The database's.
pub async fn remember(conn: &mut Conn, name: &str, value: String) -> sqlx::Result<()> {
    run!(
        conn,
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name.to_owned(),
        value
    )?;
    Ok(())
}
