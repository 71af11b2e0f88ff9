//! Embargo in the fold: what is sealed lies here unread, and stands as if issued once its opening has come.
//!
//! Nothing of a sealing is an item: no list, feed, search or page can find it. The commitment decides whether an opening
//! counts, and it stands in the log, so every node decides alike, whatever has come to it of the ciphertexts. What lies
//! here is read here; what does not is wanted like the content of any issue, from whoever has read it. A ciphertext
//! vanishes as soon as nothing needs it: its key stands in the log for ever.

use network::entry::{ContentRef, Entry, Kind, Lane};
use network::names::{ContentHash, Origin};
use network::sealing::{SealKey, Sealed, Sealing, Unopened};
use sqlx::FromRow;
use uuid::Uuid;

use super::erase::{named_elsewhere, vanish};
use super::issued::{Issue, Wanted, issued, want};
use super::orders;
use crate::db::{Conn, Tx};
use crate::items::State;
use crate::items::content::{self, IN_DATABASE, Piece, Presence};
use crate::logs::store as logs;
use crate::operate::alarms::{self, Alarm};
use crate::peers::contents;
use crate::{all, maybe, run};

/// A sealing as it is remembered.
#[derive(FromRow, Clone, Debug)]
pub struct Row {
    idx: i64,
    item: String,
    edition: i64,
    change: String,
    urgent: i64,
    commitment: Vec<u8>,
    pieces: String,
    opened: Option<i64>,
}

impl Row {
    /// The ciphertexts, in their places.
    pub fn pieces(&self) -> impl Iterator<Item = ContentHash> {
        self.pieces.split(' ').filter_map(|hash| hash.parse().ok())
    }

    fn sealing(&self, origin: Origin) -> anyhow::Result<Sealing> {
        let commitment = self.commitment.as_slice().try_into();
        Ok(Sealing {
            of: Sealed { origin, item: self.item.parse()?, edition: u32::try_from(self.edition)? },
            files: self.pieces().count().saturating_sub(1),
            commitment: ContentHash(commitment.map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?),
        })
    }
}

/// An edition lies sealed from now. An earlier sealing of the item is void.
pub(super) async fn sealed(tx: &mut Tx, log: i64, index: u64, kind: &Kind) -> anyhow::Result<()> {
    let Kind::ItemSealed { item, edition, change, lane, content, files, commitment } = kind else {
        return Ok(());
    };
    let id = item.to_string();
    void(tx, log, &id, (log, index)).await?;
    let known = maybe!(
        tx,
        (String, i64),
        "SELECT state, edition FROM item WHERE log = $1 AND item = $2",
        log,
        id.clone()
    )?;
    // What could not stand if it were opened is not even fetched.
    let late = known
        .is_some_and(|(state, now)| State::of(&state) == Some(State::Erased) || now >= i64::from(*edition));
    if late {
        return Ok(());
    }
    let pieces: Vec<&ContentRef> = std::iter::once(content).chain(files).collect();
    let urgent = *lane == Lane::Urgent;
    run!(
        tx,
        "INSERT INTO sealed (log, idx, item, edition, change, urgent, commitment, pieces)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        log,
        index as i64,
        id.clone(),
        i64::from(*edition),
        change.word(),
        i64::from(urgent),
        commitment.0.to_vec(),
        pieces.iter().map(|piece| piece.sha256.to_string()).collect::<Vec<_>>().join(" ")
    )?;
    if orders(tx, log, &id).await?.contains(&State::Erased) {
        return Ok(());
    }
    let wanted: Vec<_> = pieces.into_iter().map(|content| Wanted { index, urgent, content }).collect();
    want(tx, log, &wanted).await?;
    Ok(())
}

/// The key is out: the edition stands, if it is what was sealed. Anything else shows nothing and is an alarm.
pub(super) async fn opened(tx: &mut Tx, log: i64, index: u64, at: i64, kind: &Kind) -> anyhow::Result<()> {
    let Kind::ItemOpened { item, edition, key, content, files } = kind else { return Ok(()) };
    let id = item.to_string();
    let Some(origin) = logs::head(tx.conn(), log).await?.map(|head| head.origin) else { return Ok(()) };
    let row = maybe!(
        tx,
        Row,
        "SELECT idx, item, edition, change, urgent, commitment, pieces, opened FROM sealed
         WHERE log = $1 AND item = $2 AND edition = $3 AND opened IS NULL",
        log,
        id,
        i64::from(*edition)
    )?;
    let Some(row) = row else {
        return alarm(tx, "embargo.unsealed", &origin, format!("entry {index}")).await;
    };
    let sealing = row.sealing(origin.clone())?;
    if !sealing.is_opened_by(key, content, files) {
        return alarm(tx, "embargo.other", &origin, format!("entry {index}")).await;
    }
    let change = row.change.parse().map_err(|why: String| anyhow::anyhow!(why))?;
    let issue = Issue {
        index,
        at,
        urgent: row.urgent != 0,
        item: *item,
        edition: *edition,
        change,
        content,
        files,
        site: None,
    };
    issued(tx, log, &[issue]).await?;
    let (mut read, mut large, mut proven) = (Vec::new(), Vec::new(), Vec::new());
    let names: Vec<&ContentRef> = std::iter::once(content).chain(files).collect();
    for ((place, sealed), named) in (0..).zip(row.pieces()).zip(names) {
        match lies(tx.conn(), &sealed).await? {
            Lies::Here(bytes) => match key.open(&sealing.of, place, &bytes, named) {
                Ok(bytes) => {
                    proven.push(sealed);
                    read.push((named, bytes));
                }
                Err(why) => damaged(tx, &origin, index, why).await?,
            },
            Lies::InFile => large.push(named.sha256),
            Lies::Absent => {}
        }
    }
    let pieces = read.iter().filter(|(_, bytes)| bytes.len() <= IN_DATABASE);
    let pieces: Vec<Piece<'_>> =
        pieces.map(|(named, bytes)| Piece { sha256: named.sha256, media: &named.media, bytes }).collect();
    content::arrive_all(tx, &pieces).await?;
    if large.is_empty() {
        return done(tx, log, &row, (log, index), &proven).await;
    }
    // Read after the commit, from the disk: nobody is asked for it unless that fails.
    tx.ledger.effects.wants.retain(|want| want.index != index || !large.contains(&want.sha256));
    tx.ledger.effects.opened.push((log, index));
    run!(tx, "UPDATE sealed SET opened = $1 WHERE log = $2 AND idx = $3", index as i64, log, row.idx)?;
    Ok(())
}

enum Lies {
    Here(Vec<u8>),
    InFile,
    Absent,
}

async fn lies(conn: &mut Conn, sealed: &ContentHash) -> sqlx::Result<Lies> {
    Ok(match content::small(conn, sealed).await? {
        Some(bytes) => Lies::Here(bytes),
        None if content::state(conn, sealed).await? == Presence::Here => Lies::InFile,
        None => Lies::Absent,
    })
}

/// A ciphertext that holds something else than was committed to: its text is wanted from whoever has it.
async fn damaged(tx: &mut Tx, origin: &Origin, index: u64, why: Unopened) -> anyhow::Result<()> {
    alarm(tx, "embargo.damaged", origin, format!("entry {index}: {why}")).await
}

async fn alarm(tx: &mut Tx, about: &str, origin: &Origin, detail: String) -> anyhow::Result<()> {
    tracing::warn!(about, %origin, detail, "alarm");
    let alarm = Alarm { about: about.into(), peer: String::new(), origin: origin.to_string(), detail };
    Ok(alarms::raise(tx, &alarm).await?)
}

/// What an opening has still to read from large ciphertexts.
pub struct Rest {
    /// The sealing.
    pub of: Sealed,
    /// The key.
    pub key: SealKey,
    /// Place, ciphertext, and what it must hold.
    pub pieces: Vec<(u32, ContentHash, ContentRef)>,
}

/// Openings with large pieces that are still to be read.
///
/// # Errors
/// The database's.
pub async fn unread(conn: &mut Conn) -> sqlx::Result<Vec<(i64, u64)>> {
    let rows =
        all!(conn, (i64, i64), "SELECT log, opened FROM sealed WHERE opened IS NOT NULL ORDER BY log, idx")?;
    Ok(rows.into_iter().map(|(log, index)| (log, index as u64)).collect())
}

/// What is still to be read of one; `None` if that is done, or void.
///
/// # Errors
/// The database's.
pub async fn rest(conn: &mut Conn, log: i64, index: u64) -> anyhow::Result<Option<Rest>> {
    let Some(row) = reading(conn, log, index).await? else { return Ok(None) };
    let Some(head) = logs::head(conn, log).await? else { return Ok(None) };
    let entry = logs::entry(conn, log, index).await?.and_then(|bytes| Entry::decode(&bytes).ok());
    let Some(Kind::ItemOpened { key, content, files, .. }) = entry.map(|entry| entry.kind) else {
        return Ok(None);
    };
    let of = row.sealing(head.origin)?.of;
    let mut pieces = Vec::new();
    for ((place, sealed), named) in (0..).zip(row.pieces()).zip(std::iter::once(content).chain(files)) {
        if content::state(conn, &named.sha256).await? == Presence::Absent {
            pieces.push((place, sealed, named));
        }
    }
    Ok(Some(Rest { of, key, pieces }))
}

async fn reading(conn: &mut Conn, log: i64, index: u64) -> sqlx::Result<Option<Row>> {
    maybe!(
        conn,
        Row,
        "SELECT idx, item, edition, change, urgent, commitment, pieces, opened FROM sealed WHERE log = $1 AND opened = $2",
        log,
        index as i64
    )
}

/// All that could be read of an opening is read, from the ciphertexts `of`: all vanish. What was not read is wanted from
/// others.
///
/// # Errors
/// The database's.
pub async fn is_read(tx: &mut Tx, log: i64, index: u64, of: &[ContentHash]) -> anyhow::Result<()> {
    match reading(tx.conn(), log, index).await? {
        Some(row) => done(tx, log, &row, (log, index), of).await,
        None => Ok(()),
    }
}

/// A sealing is over; `read` of its ciphertexts were read under its key, at their places.
async fn done(tx: &mut Tx, log: i64, row: &Row, by: (i64, u64), read: &[ContentHash]) -> anyhow::Result<()> {
    run!(tx, "DELETE FROM want WHERE log = $1 AND idx = $2", log, row.idx)?;
    run!(tx, "DELETE FROM sealed WHERE log = $1 AND idx = $2", log, row.idx)?;
    for hash in row.pieces() {
        drop_piece(tx, log, &row.item, hash, by, read.contains(&hash)).await?;
    }
    if let Some(index) = row.opened {
        let wants = contents::wanted_by(tx.conn(), log, index as u64).await?;
        tx.ledger.effects.wants.extend(wants);
    }
    Ok(())
}

/// Lets a ciphertext vanish. What was read under the sealing's key is a ciphertext and nobody's file: then only other
/// sealings are asked whether they name it, and the hour does not wait for a search through every edition.
async fn drop_piece(
    tx: &mut Tx,
    log: i64,
    item: &str,
    hash: ContentHash,
    by: (i64, u64),
    read: bool,
) -> anyhow::Result<()> {
    let named = match read {
        true => sealed_elsewhere(tx, &hash).await?,
        false => named_elsewhere(tx, log, item, &hash).await?,
    };
    if !named {
        vanish(tx, hash, by).await?;
    }
    Ok(())
}

async fn sealed_elsewhere(tx: &mut Tx, hash: &ContentHash) -> sqlx::Result<bool> {
    let other =
        maybe!(tx, (i64,), "SELECT idx FROM sealed WHERE pieces LIKE $1 LIMIT 1", format!("%{hash}%"))?;
    Ok(other.is_some())
}

async fn of_item(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<Vec<Row>> {
    all!(
        tx,
        Row,
        "SELECT idx, item, edition, change, urgent, commitment, pieces, opened FROM sealed WHERE log = $1 AND item = $2",
        log,
        item.to_owned()
    )
}

/// No sealing of the item is ever opened from now on: its ciphertexts vanish. Returns whether there was one.
pub(super) async fn void(tx: &mut Tx, log: i64, item: &str, by: (i64, u64)) -> anyhow::Result<bool> {
    let rows = of_item(tx, log, item).await?;
    for row in &rows {
        done(tx, log, row, by, &[]).await?;
    }
    Ok(!rows.is_empty())
}

/// An ancestor has ordered the item's erasure: its ciphertexts vanish. The sealing is remembered, for the order stands in
/// another log and may be read before or after the opening: either way the item comes to stand as an erased one.
pub(super) async fn emptied(tx: &mut Tx, log: i64, item: &str, by: (i64, u64)) -> anyhow::Result<()> {
    for row in of_item(tx, log, item).await? {
        run!(tx, "DELETE FROM want WHERE log = $1 AND idx = $2", log, row.idx)?;
        for hash in row.pieces() {
            drop_piece(tx, log, item, hash, by, false).await?;
        }
    }
    Ok(())
}

/// A log that was closed opens nothing any more.
///
/// # Errors
/// The database's.
pub async fn void_all(tx: &mut Tx, log: i64, honest: u64) -> anyhow::Result<()> {
    let items = all!(tx, (String,), "SELECT DISTINCT item FROM sealed WHERE log = $1", log)?;
    for (item,) in items {
        void(tx, log, &item, (log, honest.saturating_sub(1))).await?;
    }
    Ok(())
}

/// How many editions lie sealed here, by the number of their log.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn) -> sqlx::Result<Vec<(i64, i64)>> {
    all!(conn, (i64, i64), "SELECT log, COUNT(*) FROM sealed WHERE opened IS NULL GROUP BY log ORDER BY log")
}

/// True if an edition of the item lies sealed here.
///
/// # Errors
/// The database's.
pub async fn waits(conn: &mut Conn, log: i64, item: Uuid) -> sqlx::Result<bool> {
    let row = maybe!(
        conn,
        (i64,),
        "SELECT idx FROM sealed WHERE log = $1 AND item = $2 AND opened IS NULL LIMIT 1",
        log,
        item.to_string()
    )?;
    Ok(row.is_some())
}
