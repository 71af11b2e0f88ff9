//! Editions that are issued, and the content that they and other entries want.
//!
//! What stands in one batch is written together, table by table: a node that was away for a month has a
//! hundred thousand editions to take in.

use std::collections::{BTreeSet, HashMap, HashSet};

use network::entry::{ContentRef, Entry, ItemChange, Kind, Lane};
use network::names::{ContentHash, Domain};
use uuid::Uuid;

use super::{erase, show};
use crate::db::Tx;
use crate::documents::fold as documents;
use crate::items::{State, content, standing};
use crate::logs::ledger::Want;
use crate::{all, fill, maybe, run};

/// An edition as its entry issues it.
pub(super) struct Issue<'a> {
    pub(super) index: u64,
    pub(super) at: i64,
    pub(super) urgent: bool,
    pub(super) item: Uuid,
    pub(super) edition: u32,
    pub(super) change: ItemChange,
    pub(super) content: &'a ContentRef,
    pub(super) files: &'a [ContentRef],
    /// The host from which it was taken, where it is carried.
    pub(super) site: Option<&'a Domain>,
}

impl<'a> Issue<'a> {
    /// The edition that an entry issues, if it issues one.
    pub(super) fn of(index: u64, entry: &'a Entry) -> Option<Issue<'a>> {
        let (item, edition, change, content, files, lane, site) = match &entry.kind {
            Kind::ItemIssued { item, edition, change, content, files, lane } => {
                (item, edition, change, content, files, lane, None)
            }
            Kind::ItemCarried { item, edition, change, content, files, lane, site, .. } => {
                (item, edition, change, content, files, lane, Some(site))
            }
            _ => return None,
        };
        Some(Issue {
            index,
            at: entry.at.as_microsecond(),
            urgent: *lane == Lane::Urgent,
            item: *item,
            edition: *edition,
            change: *change,
            content,
            files,
            site,
        })
    }

    fn files(&self) -> String {
        self.files.iter().map(|file| file.sha256.to_string()).collect::<Vec<_>>().join(" ")
    }
}

/// True for a log of a portal of this node.
async fn ours(tx: &mut Tx, log: i64) -> sqlx::Result<bool> {
    let own = maybe!(tx, (i64,), "SELECT own FROM log WHERE id = $1", log)?;
    Ok(own == Some((1,)))
}

/// Takes in editions of different items, in the order of their entries.
pub(super) async fn issued(tx: &mut Tx, log: i64, issues: &[Issue<'_>]) -> anyhow::Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let orders = orders(tx, log).await?;
    let rows: Vec<Row<'_, '_>> = issues
        .iter()
        .map(|issue| {
            let id = issue.item.to_string();
            let above = orders.get(&id).into_iter().flatten().copied();
            (id, standing(State::Standing, above), issue)
        })
        .collect();
    // An erasure is final; what comes after it under the same id has no effect. Editions count up; an old
    // number says nothing new.
    let touched = fill!(
        tx,
        "INSERT INTO item (log, item, state, edition, idx, first_idx, issued, changed, urgent, shown, kind, card)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '{}')
         ON CONFLICT (log, item) DO UPDATE SET state = excluded.state, edition = excluded.edition,
           idx = excluded.idx, changed = excluded.changed, urgent = excluded.urgent, note = NULL
           WHERE item.state <> 'erased' AND excluded.edition > item.edition",
        &rows,
        |row| log,
        row.0.clone(),
        row.1.word(),
        i64::from(row.2.edition),
        row.2.index as i64,
        row.2.index as i64,
        row.2.at,
        row.2.at,
        i64::from(row.2.urgent)
    )?;
    let rows = if touched == rows.len() as u64 { rows } else { those_that_count(tx, log, rows).await? };
    fill!(
        tx,
        "INSERT INTO edition (log, item, edition, idx, change, at, sha256, media, size, files, site)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &rows,
        |row| log,
        row.0.clone(),
        i64::from(row.2.edition),
        row.2.index as i64,
        row.2.change.word(),
        row.2.at,
        row.2.content.sha256.0.to_vec(),
        row.2.content.media.clone(),
        row.2.content.size as i64,
        row.2.files(),
        row.2.site.map(|site| site.to_string())
    )?;
    if ours(tx, log).await? {
        fill!(
            tx,
            "INSERT INTO last_issue (log, item, idx, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (log, item) DO UPDATE SET idx = excluded.idx, at = excluded.at",
            &rows,
            |row| log,
            row.0.clone(),
            row.2.index as i64,
            row.2.at
        )?;
    }
    // Two names of an item may lead to the same bytes.
    let named: BTreeSet<(ContentHash, &str, u32)> = rows
        .iter()
        .flat_map(|(id, _, issue)| {
            issue.files.iter().map(move |file| (file.sha256, id.as_str(), issue.edition))
        })
        .collect();
    fill!(
        tx,
        "INSERT INTO file (sha256, log, item, edition) VALUES ($1, $2, $3, $4)",
        &named.into_iter().collect::<Vec<_>>(),
        |row| row.0.0.to_vec(),
        log,
        row.1.to_owned(),
        i64::from(row.2)
    )?;
    let (erased, standing): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(_, state, _)| *state == State::Erased);
    for (_, _, issue) in erased {
        erase(tx, log, issue.item, log, issue.index).await?;
    }
    let wanted = standing.iter().flat_map(|(_, _, issue)| {
        let all = std::iter::once(issue.content).chain(issue.files);
        all.map(|content| Wanted { index: issue.index, urgent: issue.urgent, content })
    });
    let here = want(tx, log, &wanted.collect::<Vec<_>>()).await?;
    for (id, _, issue) in standing {
        if here.contains(&(issue.index, issue.content.sha256))
            && let Some(bytes) = content::small(tx.conn(), &issue.content.sha256).await?
        {
            show(tx, &HashMap::from([(issue.content.sha256, bytes.as_slice())])).await?;
        }
        if issue.edition > 1 {
            // What was withdrawn may stand again, before or without a new text.
            documents::touched(tx, log, &id).await?;
        }
        tx.ledger.effects.items.push((log, id));
    }
    Ok(())
}

/// An edition with its item's name and the state in which it stands.
type Row<'a, 'b> = (String, State, &'a Issue<'b>);

/// Those editions that the table of items has taken over; seldom not all of them.
async fn those_that_count<'a, 'b>(
    tx: &mut Tx,
    log: i64,
    rows: Vec<Row<'a, 'b>>,
) -> anyhow::Result<Vec<Row<'a, 'b>>> {
    let mut count = Vec::new();
    for row in rows {
        let now =
            maybe!(tx, (i64,), "SELECT idx FROM item WHERE log = $1 AND item = $2", log, row.0.clone())?;
        if now == Some((row.2.index as i64,)) {
            count.push(row);
        }
    }
    Ok(count)
}

/// The orders that count about items of a log.
async fn orders(tx: &mut Tx, log: i64) -> anyhow::Result<HashMap<String, Vec<State>>> {
    let rows =
        all!(tx, (String, String), "SELECT item, act FROM ordered WHERE log = $1 AND counts = 1", log)?;
    let mut orders: HashMap<String, Vec<State>> = HashMap::new();
    for (item, act) in rows {
        orders.entry(item).or_default().extend(State::of(&act));
    }
    Ok(orders)
}

/// Content that an entry names.
pub(super) struct Wanted<'a> {
    pub(super) index: u64,
    pub(super) urgent: bool,
    pub(super) content: &'a ContentRef,
}

/// Notes that content is needed, as far as it is not here. Returns what is here.
pub(super) async fn want(
    tx: &mut Tx,
    log: i64,
    wanted: &[Wanted<'_>],
) -> anyhow::Result<HashSet<(u64, ContentHash)>> {
    let indices = || wanted.iter().map(|wanted| wanted.index as i64);
    let (Some(first), Some(last)) = (indices().min(), indices().max()) else { return Ok(HashSet::new()) };
    fill!(
        tx,
        "INSERT INTO want (sha256, log, idx, size, media, urgent) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sha256, log, idx) DO NOTHING",
        wanted,
        |wanted| wanted.content.sha256.0.to_vec(),
        log,
        wanted.index as i64,
        wanted.content.size as i64,
        wanted.content.media.clone(),
        i64::from(wanted.urgent)
    )?;
    // A file that stood in an item that was erased may stand in one that is not. Where the entries come in the
    // other order it stays, so it comes back here; else any log could make another's file vanish from the
    // nodes that happen to read it first.
    run!(
        tx,
        "DELETE FROM erased WHERE sha256 IN
           (SELECT w.sha256 FROM want w WHERE w.log = $1 AND w.idx >= $2 AND w.idx <= $3)",
        log,
        first,
        last
    )?;
    let settled = all!(
        tx,
        (i64, Vec<u8>),
        "DELETE FROM want WHERE log = $1 AND idx >= $2 AND idx <= $3
           AND EXISTS (SELECT 1 FROM content c WHERE c.sha256 = want.sha256)
         RETURNING idx, sha256",
        log,
        first,
        last
    )?;
    let settled: HashSet<(u64, ContentHash)> = settled
        .into_iter()
        .filter_map(|(index, hash)| Some((index as u64, ContentHash(hash.try_into().ok()?))))
        .collect();
    let Some(origin) = tx.ledger.origin(log).cloned() else { return Ok(settled) };
    for Wanted { index, urgent, content } in wanted {
        if !settled.contains(&(*index, content.sha256)) {
            tx.ledger.effects.wants.push(Want {
                sha256: content.sha256,
                size: content.size,
                origin: origin.clone(),
                index: *index,
                urgent: *urgent,
            });
        }
    }
    Ok(settled)
}
