//! What one transaction does to logs: entries appended, heads moved, checkpoints signed at its end.
//!
//! [`append`] writes an entry of a log of ours; [`extend`] writes a verified batch of somebody
//! else's. Both hand each entry to the same fold. The head moves by compare-and-swap when the
//! transaction is sealed, so two writers can never both extend one head.

use std::collections::{BTreeMap, btree_map};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, bail};
use arc_swap::ArcSwap;
use network::directory::Directory;
use network::entry::{Entry, Lane};
use network::follower::Batch;
use network::keys::Keys;
use network::names::Origin;
use tlog::{Checkpoint, Frontier, Hash, Note, leaf_hash};
use tokio::sync::broadcast;

pub use super::effects::{Added, Effects, News, Want};
use super::keys::{Keyring, Signing};
use super::store::{self, Head};
use crate::clock::Clock;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::web::pages::Pages;
use crate::words::Lang;
use crate::{agencies, items, run, search};

struct Staged {
    origin: Origin,
    own: bool,
    before: u64,
    frontier: Frontier,
    entries: Vec<Arc<[u8]>>,
    /// The checkpoint that came with a mirrored log's entries; for a log of ours one is made when sealed.
    given: Option<Given>,
    urgent: bool,
    /// Nothing is appended any more.
    ended: bool,
}

#[derive(Clone)]
struct Given {
    note: Arc<str>,
    /// False while it speaks of entries that are still to come.
    complete: bool,
}

/// The logs that one transaction touches, and what it will tell after its commit.
pub struct Ledger {
    staged: BTreeMap<i64, Staged>,
    /// What else the commit will make visible.
    pub effects: Effects,
    /// Who is who, as far as it counts by now.
    pub directory: Arc<Directory>,
    keys: Arc<Keyring>,
    clock: Clock,
}

/// A point that a refused step is rolled back to.
pub(crate) struct Mark {
    staged: BTreeMap<i64, (Frontier, usize, Option<Given>, bool)>,
    lengths: [usize; 9],
}

impl Ledger {
    /// The time at which this transaction happens, in microseconds.
    pub fn now(&self) -> i64 {
        self.clock.micros()
    }

    /// The name of a log that this transaction appends to.
    pub fn origin(&self, log: i64) -> Option<&Origin> {
        self.staged.get(&log).map(|staged| &staged.origin)
    }

    pub(crate) fn mark(&self) -> Mark {
        let e = &self.effects;
        Mark {
            staged: self
                .staged
                .iter()
                .map(|(id, s)| (*id, (s.frontier.clone(), s.entries.len(), s.given.clone(), s.ended)))
                .collect(),
            lengths: [
                e.items.len(),
                e.wants.len(),
                e.content.len(),
                e.erased.len(),
                e.receipts.len(),
                e.settled.len(),
                e.documents.len(),
                e.opened.len(),
                e.letters.len(),
            ],
        }
    }

    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.staged.retain(|id, _| mark.staged.contains_key(id));
        for (id, (frontier, length, given, ended)) in mark.staged {
            if let Some(staged) = self.staged.get_mut(&id) {
                staged.frontier = frontier;
                staged.entries.truncate(length);
                staged.given = given;
                staged.ended = ended;
            }
        }
        let e = &mut self.effects;
        e.items.truncate(mark.lengths[0]);
        e.wants.truncate(mark.lengths[1]);
        e.content.truncate(mark.lengths[2]);
        e.erased.truncate(mark.lengths[3]);
        e.receipts.truncate(mark.lengths[4]);
        e.settled.truncate(mark.lengths[5]);
        e.documents.truncate(mark.lengths[6]);
        e.opened.truncate(mark.lengths[7]);
        e.letters.truncate(mark.lengths[8]);
    }

    /// False for an entry beyond the last honest size of a log that this transaction touches.
    fn is_honest(&self, log: i64, index: u64) -> bool {
        self.origin(log).is_none_or(|origin| self.directory.is_honest(origin, index))
    }

    async fn staged(&mut self, conn: &mut Conn, log: i64) -> anyhow::Result<&mut Staged> {
        if let btree_map::Entry::Vacant(slot) = self.staged.entry(log) {
            let head: Head =
                store::head(conn, log).await?.with_context(|| format!("log {log} is not here"))?;
            let staged = Staged {
                own: head.own,
                ended: head.ended.is_some(),
                before: head.size,
                frontier: head.frontier()?,
                origin: head.origin,
                entries: Vec::new(),
                given: None,
                urgent: false,
            };
            slot.insert(staged);
        }
        self.staged.get_mut(&log).context("just put there")
    }
}

/// Appends `entry` to a log of ours, carries out what it says, and returns its index.
///
/// # Errors
/// Refused in words when the log may not sign now; otherwise the database's own errors.
pub async fn append(tx: &mut Tx, log: i64, entry: &Entry) -> Result<u64, Problem> {
    append_all(tx, log, &[entry]).await
}

/// Appends entries to a log of ours, carries out what they say, and returns the index of the first.
///
/// # Errors
/// Refused in words when the log may not sign now; otherwise the database's own errors.
pub async fn append_all(tx: &mut Tx, log: i64, entries: &[&Entry]) -> Result<u64, Problem> {
    let encoded = entries.iter().map(|entry| entry.encode().map(Arc::from));
    let bytes: Vec<Arc<[u8]>> =
        encoded.collect::<Result<_, _>>().map_err(|e| Problem::invalid("entry", e.to_string()))?;
    let (conn, ledger) = tx.parts();
    let (keys, directory) = (ledger.keys.clone(), ledger.directory.clone());
    let staged = ledger.staged(conn, log).await?;
    match keys.state(staged.origin.as_str()) {
        Some(Signing::Allowed) => {}
        Some(Signing::Waiting) => return Err(Problem::not_yet_signing(&staged.origin)),
        Some(Signing::Frozen) => return Err(Problem::frozen(&staged.origin)),
        None => return Err(Problem::NotFound("log")),
    }
    let first = staged.frontier.size();
    keys.ready(&staged.origin, directory.keys(&staged.origin), first + bytes.len() as u64)?;
    if staged.ended || !directory.is_honest(&staged.origin, first) {
        return Err(ended(&directory, &staged.origin));
    }
    // A checkpoint of before these entries is of no use any more; a new one is signed when the log is sealed.
    staged.given = None;
    staged.urgent |= entries.iter().any(|entry| is_urgent(entry));
    push(conn, log, staged, &bytes).await?;
    let indexed: Vec<(u64, &Entry)> = (first..).zip(entries.iter().copied()).collect();
    fold(tx, log, &indexed).await?;
    Ok(first)
}

/// The refusal of a log whose agency was merged or divided.
fn ended(directory: &Directory, origin: &Origin) -> Problem {
    let heirs = directory.heirs(origin);
    let names = |lang| -> Vec<String> {
        heirs.iter().map(|heir| agencies::name(Some(heir), lang, heir.domain.as_str())).collect()
    };
    let (vi, en) = (names(Lang::Vi).join(", "), names(Lang::En).join(", "));
    Problem::refused(
        format!(
            "Sổ {origin} đã khóa vì cơ quan đã kết thúc; từ nay việc này làm tại cổng của cơ quan kế thừa. {vi}"
        ),
        format!(
            "{origin} is closed because the agency has ended; from now on this is done at its successor's portal. {en}"
        ),
    )
}

/// How many entries a log has, with those that this transaction has appended.
///
/// # Errors
/// The database's; the log is not here.
pub async fn size(tx: &mut Tx, log: i64) -> anyhow::Result<u64> {
    let (conn, ledger) = tx.parts();
    Ok(ledger.staged(conn, log).await?.frontier.size())
}

/// Ends a log of ours: nothing is appended to it any more. Returns the size at which it ended.
///
/// # Errors
/// The database's; the log is not here.
pub async fn end(tx: &mut Tx, log: i64) -> anyhow::Result<u64> {
    let (conn, ledger) = tx.parts();
    let staged = ledger.staged(conn, log).await?;
    staged.ended = true;
    let size = staged.frontier.size();
    run!(conn, "UPDATE log SET ended = $1 WHERE id = $2 AND ended IS NULL", size as i64, log)?;
    Ok(size)
}

/// Applies a verified batch of somebody else's log in index order. Returns false, changing nothing,
/// if the log has moved on since the batch was made (another source was quicker).
///
/// # Errors
/// When the batch does not lead to its own frontier, or the database fails.
pub async fn extend(tx: &mut Tx, log: i64, batch: &Batch) -> anyhow::Result<bool> {
    let (conn, ledger) = tx.parts();
    let staged = ledger.staged(conn, log).await?;
    if staged.frontier.size() != batch.from {
        return Ok(false);
    }
    // What cannot be read is kept as it is and has no effect: the log's owner wrote it.
    let read: Vec<Option<Entry>> = batch.entries.iter().map(|bytes| Entry::decode(bytes).ok()).collect();
    staged.urgent |= read.iter().flatten().any(is_urgent);
    push(conn, log, staged, &batch.entries).await?;
    if staged.frontier != batch.frontier {
        bail!("a batch of {} does not lead to the frontier that was verified", staged.origin);
    }
    staged.given = Some(Given { note: batch.checkpoint.to_string().into(), complete: batch.complete() });
    let read: Vec<(u64, &Entry)> =
        (batch.from..).zip(&read).filter_map(|(index, entry)| Some((index, entry.as_ref()?))).collect();
    fold(tx, log, &read).await?;
    Ok(true)
}

/// Keeps a checkpoint of a log of ours with the cosignatures that it has got since, so that followers get
/// them too. Changes nothing if the log is not ours or has grown on.
///
/// # Errors
/// When the note is no checkpoint, or the database fails.
pub async fn cosigned(tx: &mut Tx, note: &Note) -> anyhow::Result<()> {
    let claim = Checkpoint::of(note)?;
    let (conn, ledger) = tx.parts();
    let Some(head) = store::by_origin(conn, &claim.origin).await?.filter(|head| head.own) else {
        return Ok(());
    };
    let staged = ledger.staged(conn, head.id).await?;
    if staged.frontier.size() == claim.size && staged.frontier.root() == claim.root {
        staged.given = Some(Given { note: note.to_string().into(), complete: true });
    }
    Ok(())
}

fn is_urgent(entry: &Entry) -> bool {
    entry.kind.lane() == Lane::Urgent
}

/// Puts entries at the end of a log.
async fn push(conn: &mut Conn, log: i64, staged: &mut Staged, entries: &[Arc<[u8]>]) -> sqlx::Result<()> {
    let from = staged.frontier.size();
    let (mut rows, mut full) = (Vec::with_capacity(entries.len()), Vec::new());
    for bytes in entries {
        let leaf = leaf_hash(bytes);
        staged.frontier.push_with(leaf, |level, index, hash| {
            if level > 0 && level % 8 == 0 {
                full.push((i64::from(level / 8), index as i64, hash));
            }
        });
        rows.push((leaf, bytes.clone()));
    }
    store::add_entries(conn, log, from, &rows).await?;
    store::add_tiles(conn, log, &full).await?;
    staged.entries.extend_from_slice(entries);
    Ok(())
}

/// Carries out what entries say, in the order of their indices. The same for our own logs and for those of
/// others.
async fn fold(tx: &mut Tx, log: i64, entries: &[(u64, &Entry)]) -> anyhow::Result<()> {
    // What a closed log says beyond its last honest size is kept as evidence and has no effect.
    let honest = entries.partition_point(|(index, _)| tx.ledger.is_honest(log, *index));
    items::fold::fold(tx, log, &entries[..honest]).await?;
    agencies::fold::fold(tx, log, entries).await
}

/// Signs what a transaction appended, and tells the rest of the program after its commit.
#[derive(Clone)]
pub struct Sealer {
    /// The node's secrets.
    pub keys: Arc<Keyring>,
    /// The time.
    pub clock: Clock,
    /// Who is who, as committed.
    pub directory: Arc<ArcSwap<Directory>>,
    /// Rendered pages.
    pub pages: Arc<Pages>,
    /// Where commits are told.
    pub told: broadcast::Sender<Arc<Effects>>,
}

impl Sealer {
    /// A ledger for one transaction.
    pub(crate) fn open(&self) -> Ledger {
        Ledger {
            staged: BTreeMap::new(),
            effects: Effects::default(),
            directory: self.directory.load_full(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Moves every touched head, signing those of our own logs once each.
    pub(crate) async fn seal(&self, tx: &mut Tx) -> anyhow::Result<()> {
        let now = self.clock.micros();
        let (conn, ledger) = tx.parts();
        items::seen::note(conn, &ledger.effects.items, now).await?;
        for (log, staged) in std::mem::take(&mut ledger.staged) {
            if staged.entries.is_empty() && staged.given.is_none() {
                continue;
            }
            let size = staged.frontier.size();
            let root = staged.frontier.root();
            let given = match staged.given {
                Some(given) => given,
                None => {
                    let known = ledger.directory.keys(&staged.origin);
                    Given { note: self.sign(&staged.origin, size, root, known)?, complete: true }
                }
            };
            let (checkpoint, pending) = if given.complete { (&*given.note, "") } else { ("", &*given.note) };
            let moved = run!(
                conn,
                "UPDATE log SET size = $1, root = $2, frontier = $3, changed = $4, pending = $5,
                   checkpoint = CASE WHEN $6 = '' THEN checkpoint ELSE $6 END,
                   checkpoint_size = CASE WHEN $6 = '' THEN checkpoint_size ELSE $1 END
                 WHERE id = $7 AND size = $8",
                size as i64,
                root.0.to_vec(),
                staged.frontier.to_bytes(),
                now,
                pending.to_owned(),
                checkpoint.to_owned(),
                log,
                staged.before as i64
            )?;
            if moved != 1 {
                bail!("the head of {} was moved by somebody else; nothing was written", staged.origin);
            }
            ledger.effects.added.push(Added {
                log,
                origin: staged.origin,
                from: staged.before,
                entries: staged.entries,
                checkpoint: given.complete.then_some(given.note),
                frontier: staged.frontier,
                own: staged.own,
                urgent: staged.urgent,
                flow: OnceLock::new(),
            });
        }
        Ok(search::store::note(conn, &ledger.effects.items).await?)
    }

    fn sign(&self, origin: &Origin, size: u64, root: Hash, known: Option<&Keys>) -> anyhow::Result<Arc<str>> {
        let head = Checkpoint { origin: origin.to_string(), size, root, extensions: Vec::new() };
        Ok(self.keys.sign(&head, known)?.to_string().into())
    }

    /// Tells what is durable now. Nobody listening is no fault.
    pub(crate) fn publish(&self, ledger: Ledger) {
        // First the pages: who reads again after the answer to a step finds what the step did.
        self.pages.changed(ledger.effects.tags());
        if !ledger.effects.erased.is_empty() {
            self.pages.forget();
        }
        let _ = self.told.send(Arc::new(ledger.effects));
    }
}
