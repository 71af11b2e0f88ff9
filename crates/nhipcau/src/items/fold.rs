//! What an entry does to the items of its log, in index order.
//!
//! `item.issued`, `.carried`, `.withdrawn` and `.erased` act on items of their own log only; the last by index
//! decides. `item.ordered` acts on an item of a log below the one that says it, and is kept when it
//! comes before its item. An erasure takes every edition and file that nothing else still shows. `item.sealed` and
//! `.opened` are an issue in two entries (`sealed`); whatever ends the item between them ends the sealing.

mod annexed;
mod answered;
mod erase;
mod issued;
pub mod sealed;

use std::collections::{BTreeMap, HashMap, HashSet};

use network::content::Item;
use network::entry::{Act, ContentRef, Entry, Kind, Lane};
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use self::answered::answered;
use self::erase::erase;
use self::issued::{Issue, Wanted, issued, want};
use super::{Card, Carried, State, standing};
use crate::channels;
use crate::db::Tx;
use crate::documents::fold::{self as documents, Shown};
use crate::drafts;
use crate::logs::store as logs;
use crate::petitions::handover::store as petitions;
use crate::reach;
use crate::{all, among, fill, maybe, run};

/// Carries out what entries of a log say about items. Other kinds do nothing here.
///
/// # Errors
/// The database's.
pub async fn fold(tx: &mut Tx, log: i64, entries: &[(u64, &Entry)]) -> anyhow::Result<()> {
    // Editions of different items in a row are taken in together; nothing overtakes anything.
    let mut issues: Vec<Issue<'_>> = Vec::new();
    let mut items = HashSet::new();
    // Whose log it is: asked once for all of its entries that speak of petitions.
    let of_petitions = entries.iter().any(|(_, entry)| is_petition(&entry.kind));
    let origin = if of_petitions { logs::head(tx.conn(), log).await?.map(|head| head.origin) } else { None };
    for (index, entry) in entries {
        let issue = Issue::of(*index, entry);
        if issue.as_ref().is_none_or(|issue| !items.insert(issue.item)) {
            issued(tx, log, &issues).await?;
            issues.clear();
            items = issue.iter().map(|issue| issue.item).collect();
        }
        match issue {
            Some(issue) => issues.push(issue),
            None if is_petition(&entry.kind) => petition(tx, (log, origin.as_ref()), *index, entry).await?,
            None => act(tx, log, *index, entry).await?,
        }
    }
    issued(tx, log, &issues).await
}

/// Carries out what one entry says that issues nothing.
async fn act(tx: &mut Tx, log: i64, index: u64, entry: &Entry) -> anyhow::Result<()> {
    let at = entry.at.as_microsecond();
    let urgent = entry.kind.lane() == Lane::Urgent;
    match &entry.kind {
        Kind::ItemSealed { .. } => sealed::sealed(tx, log, index, &entry.kind).await,
        Kind::ItemOpened { .. } => sealed::opened(tx, log, index, at, &entry.kind).await,
        Kind::ItemWithdrawn { item, mode, note, .. } => {
            sealed::void(tx, log, &item.to_string(), (log, index)).await?;
            if let Some(content) = note {
                want(tx, log, &[Wanted { index, urgent, content }]).await?;
            }
            ends(tx, log, index, at, *item, (*mode).into(), note.as_ref()).await
        }
        Kind::ItemErased { item, basis, .. } => {
            want(tx, log, &[Wanted { index, urgent, content: basis }]).await?;
            if sealed::void(tx, log, &item.to_string(), (log, index)).await? {
                never_stood(tx, log, index, at, *item).await?;
            }
            ends(tx, log, index, at, *item, State::Erased, Some(basis)).await?;
            erase(tx, log, *item, log, index).await
        }
        Kind::ItemOrdered { origin, item, act, basis } => {
            want(tx, log, &[Wanted { index, urgent: true, content: basis }]).await?;
            ordered(tx, (log, index, at), origin, *item, *act, basis).await
        }
        Kind::ItemAlone { item, edition, note } => {
            want(tx, log, &[Wanted { index, urgent: true, content: note }]).await?;
            drafts::alone::note(tx, (log, index, at), *item, *edition, note).await
        }
        Kind::AnnexIssued(annex) => annexed::issued(tx, (log, index, at), annex).await,
        Kind::AnnexWithdrawn { annex, note } => annexed::withdrawn(tx, log, index, *annex, note).await,
        Kind::MeasureReported(said) => Ok(reach::store::note(tx, log, index, said).await?),
        kind => answered(tx, (log, index, at), kind).await,
    }
}

/// True for what the public record of a petition is made of.
fn is_petition(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::PetitionRegistered(_)
            | Kind::PetitionPassed(_)
            | Kind::PetitionAnswered(_)
            | Kind::PetitionReopened(_)
            | Kind::PetitionClosed(_)
    )
}

/// The public record of a petition is kept as it stands, and read as a whole (`network::petition`).
async fn petition(
    tx: &mut Tx,
    (log, origin): (i64, Option<&Origin>),
    index: u64,
    entry: &Entry,
) -> anyhow::Result<()> {
    match origin.and_then(|origin| entry.kind.petition(origin)) {
        Some(case) => petitions::note(tx, log, index, &case, entry).await,
        None => Ok(()),
    }
}

async fn orders(tx: &mut Tx, log: i64, item: &str) -> anyhow::Result<Vec<State>> {
    let rows = all!(
        tx,
        (String,),
        "SELECT act FROM ordered WHERE log = $1 AND item = $2 AND counts = 1",
        log,
        item.to_owned()
    )?;
    Ok(rows.iter().filter_map(|(act,)| State::of(act)).collect())
}

/// What was erased while it lay sealed is final like any erasure: the item is there as an erased one.
async fn never_stood(tx: &mut Tx, log: i64, index: u64, at: i64, item: Uuid) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO item (log, item, state, edition, idx, first_idx, issued, changed, urgent, shown, kind, card)
         VALUES ($1, $2, $3, 0, $4, $4, $5, $5, 0, 0, '', '{}') ON CONFLICT (log, item) DO NOTHING",
        log,
        item.to_string(),
        State::Gone.word(),
        index as i64,
        at
    )?;
    Ok(())
}

/// The issuer's own last word about an item that no longer stands.
async fn ends(
    tx: &mut Tx,
    log: i64,
    index: u64,
    at: i64,
    item: Uuid,
    state: State,
    note: Option<&ContentRef>,
) -> anyhow::Result<()> {
    let id = item.to_string();
    let state = standing(state, orders(tx, log, &id).await?);
    run!(
        tx,
        "UPDATE item SET state = $1, idx = $2, changed = $3, note = $4
         WHERE log = $5 AND item = $6 AND state <> 'erased'",
        state.word(),
        index as i64,
        at,
        note.map(|n| n.sha256.0.to_vec()),
        log,
        id.clone()
    )?;
    documents::touched(tx, log, &id).await?;
    if state != State::Standing {
        channels::queue::ended(tx, log, &id).await?;
    }
    tx.ledger.effects.items.push((log, id));
    Ok(())
}

async fn ordered(
    tx: &mut Tx,
    (by, index, at): (i64, u64, i64),
    origin: &Origin,
    item: Uuid,
    act: Act,
    basis: &ContentRef,
) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    let log = logs::ensure(tx.conn(), origin, false, now).await?;
    run!(
        tx,
        "INSERT INTO ordered (log, item, act, by_log, by_idx, counts, at, note) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
        log,
        item.to_string(),
        State::from(act).word(),
        by,
        index as i64,
        at,
        basis.sha256.0.to_vec()
    )?;
    weigh_orders(tx).await
}

#[derive(FromRow)]
struct Open {
    log: i64,
    origin: String,
    item: String,
    act: String,
    by_log: i64,
    by_origin: String,
    by_idx: i64,
    at: i64,
    note: Option<Vec<u8>>,
}

/// Lets the orders count whose giver is an ancestor of the item's log, as far as the directory knows
/// by now. Those of strangers are kept without effect.
///
/// # Errors
/// The database's.
pub async fn weigh_orders(tx: &mut Tx) -> anyhow::Result<()> {
    let open = all!(
        tx,
        Open,
        "SELECT o.log, l.origin, o.item, o.act, o.by_log, b.origin AS by_origin, o.by_idx, o.at, o.note
         FROM ordered o JOIN log l ON l.id = o.log JOIN log b ON b.id = o.by_log WHERE o.counts = 0"
    )?;
    for order in open {
        let (Ok(origin), Ok(by)) = (order.origin.parse::<Origin>(), order.by_origin.parse::<Origin>()) else {
            continue;
        };
        let directory = &tx.ledger.directory;
        if !directory.is_ancestor(&by, &origin) || !directory.is_honest(&by, order.by_idx as u64) {
            continue;
        }
        run!(
            tx,
            "UPDATE ordered SET counts = 1 WHERE log = $1 AND item = $2 AND by_log = $3 AND by_idx = $4",
            order.log,
            order.item.clone(),
            order.by_log,
            order.by_idx
        )?;
        carry_out(tx, order).await?;
    }
    Ok(())
}

async fn carry_out(tx: &mut Tx, order: Open) -> anyhow::Result<()> {
    let (Some(state), Ok(item)) = (State::of(&order.act), Uuid::try_parse(&order.item)) else {
        return Ok(());
    };
    if state == State::Erased {
        sealed::emptied(tx, order.log, &order.item, (order.by_log, order.by_idx as u64)).await?;
    }
    let known = maybe!(
        tx,
        (String,),
        "SELECT state FROM item WHERE log = $1 AND item = $2",
        order.log,
        order.item.clone()
    )?;
    let Some((known,)) = known else { return Ok(()) };
    if State::of(&known).is_some_and(|now| now < state) {
        run!(
            tx,
            "UPDATE item SET state = $1, changed = $2, note = $3 WHERE log = $4 AND item = $5",
            state.word(),
            order.at,
            order.note,
            order.log,
            order.item.clone()
        )?;
        documents::touched(tx, order.log, &order.item).await?;
        channels::queue::ended(tx, order.log, &order.item).await?;
        tx.ledger.effects.items.push((order.log, order.item));
    }
    if state == State::Erased {
        erase(tx, order.log, item, order.by_log, order.by_idx as u64).await
    } else {
        Ok(())
    }
}

#[derive(FromRow)]
struct Waiting {
    log: i64,
    item: String,
    edition: i64,
    shown: i64,
    sha256: Vec<u8>,
    site: Option<String>,
}

/// Content has come: whatever newest editions it is now stand on the pages.
///
/// # Errors
/// The database's.
pub async fn show(tx: &mut Tx, came: &HashMap<ContentHash, &[u8]>) -> anyhow::Result<()> {
    let asked: Vec<&ContentHash> = came.keys().collect();
    let waiting = among!(
        tx,
        Waiting,
        "SELECT e.log, e.item, e.edition, i.shown, e.sha256, e.site FROM edition e JOIN item i ON i.log = e.log AND i.item = e.item
         WHERE e.sha256 IN ($1) AND i.state <> 'erased' AND e.edition > i.shown ORDER BY e.edition",
        &asked,
        |hash| hash.0.to_vec()
    )?;
    // Of several editions that came together the newest stands.
    let mut shown: BTreeMap<(i64, String), (i64, ContentHash, String, String)> = BTreeMap::new();
    let mut stand: BTreeMap<(i64, String), Shown> = BTreeMap::new();
    for row in waiting {
        let hash =
            ContentHash(row.sha256.try_into().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?);
        let Some(bytes) = came.get(&hash) else { continue };
        let item = match Item::parse(bytes) {
            Ok(item) => item,
            Err(faults) => {
                // The issuer's own origin refuses such text; from elsewhere it is kept and not shown.
                tracing::warn!(%hash, fault = %faults.first().map(ToString::to_string).unwrap_or_default(), "an item cannot be shown");
                continue;
            }
        };
        if item.id.to_string() != row.item || i64::from(item.edition) != row.edition {
            continue; // Somebody's document under another's name.
        }
        if Carried::of(&item).map(|carried| carried.site) != row.site {
            continue; // What is carried must not pass for what its issuer signed, nor the other way round.
        }
        let card = serde_json::to_string(&Card::from(&item))?;
        let key = (row.log, row.item);
        shown.insert(key.clone(), (row.edition, hash, item.kind.to_string(), card));
        stand.insert(key, Shown { log: row.log, item, again: row.shown > 0 });
    }
    let rows: Vec<_> = shown.into_iter().collect();
    // The rows are there: an update of many at once, as both engines can say it.
    fill!(
        tx,
        "INSERT INTO item (log, item, state, edition, idx, first_idx, issued, changed, urgent, shown, sha256, kind, card)
         VALUES ($1, $2, '', 0, 0, 0, 0, 0, 0, $3, $4, $5, $6)
         ON CONFLICT (log, item) DO UPDATE SET shown = excluded.shown, sha256 = excluded.sha256,
           kind = excluded.kind, card = excluded.card",
        &rows,
        |row| row.0.0,
        row.0.1.clone(),
        row.1.0,
        row.1.1.0.to_vec(),
        row.1.2.clone(),
        row.1.3.clone()
    )?;
    super::tables::keep(tx, &stand.into_values().collect::<Vec<_>>()).await?;
    tx.ledger.effects.items.extend(rows.into_iter().map(|(item, _)| item));
    Ok(())
}
