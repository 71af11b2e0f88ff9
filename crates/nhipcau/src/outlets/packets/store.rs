//! Pushed packets in the database, and what receivers have said of them.

use anyhow::Context;
use channels::Stage;
use edxml::{Act, Code};
use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{Outlet, told};
use super::Packet;
use crate::db::{Conn, Tx};
use crate::open::cursor::Place;
use crate::{all, maybe, one, run};

/// The most statuses of one packet: whoever says more says nothing.
const MOST: i64 = 200;
/// So far ahead of ours a receiver's clock may be, in microseconds.
const AHEAD: i64 = 86_400_000_000;

#[derive(FromRow)]
struct Row {
    id: String,
    outlet: String,
    log: i64,
    item: String,
    edition: i64,
    act: String,
    state: String,
    again: i64,
    seen: i64,
    round: i64,
    doubt: i64,
    code: String,
    said_at: i64,
    cause: String,
    made: i64,
    changed: i64,
}

impl TryFrom<Row> for Packet {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Packet> {
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == row.state);
        Ok(Packet {
            id: row.id.parse()?,
            outlet: row.outlet.parse()?,
            log: row.log,
            item: row.item.parse()?,
            edition: row.edition,
            act: Act::of(&row.act),
            stage: stage.with_context(|| format!("unknown stored state {}", row.state))?,
            again: row.again == 1,
            seen: row.seen,
            round: row.round,
            doubt: row.doubt == 1,
            code: Code::of(&row.code),
            said_at: row.said_at,
            cause: row.cause,
            made: row.made,
            changed: row.changed,
        })
    }
}

fn read(rows: Vec<Row>) -> anyhow::Result<Vec<Packet>> {
    rows.into_iter().map(Packet::try_from).collect()
}

/// The packets of an item to all receivers, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_item(conn: &mut Conn, log: i64, item: Uuid) -> anyhow::Result<Vec<Packet>> {
    read(all!(
        conn,
        Row,
        "SELECT id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed
         FROM outlet_packet WHERE log = $1 AND item = $2 ORDER BY made, id",
        log,
        item.to_string()
    )?)
}

/// Those to one receiver.
///
/// # Errors
/// The database's.
pub(super) async fn history(
    conn: &mut Conn,
    outlet: Uuid,
    log: i64,
    item: Uuid,
) -> anyhow::Result<Vec<Packet>> {
    let mut all = of_item(conn, log, item).await?;
    all.retain(|one| one.outlet == outlet);
    Ok(all)
}

/// A packet.
///
/// # Errors
/// The database's.
pub(super) async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Packet>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed
         FROM outlet_packet WHERE id = $1",
        id.to_string()
    )?;
    row.map(Packet::try_from).transpose()
}

/// What a receiver is to be sent next: the oldest that is queued, unless an earlier one of its document is unconfirmed.
///
/// # Errors
/// The database's.
pub(super) async fn next(conn: &mut Conn, outlet: Uuid) -> anyhow::Result<Option<Packet>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed
         FROM outlet_packet p WHERE outlet = $1 AND state = 'queued'
           AND NOT EXISTS (SELECT 1 FROM outlet_packet q
                           WHERE q.log = p.log AND q.item = p.item AND q.outlet = p.outlet AND q.state = 'unconfirmed')
         ORDER BY made, id LIMIT 1",
        outlet.to_string()
    )?;
    row.map(Packet::try_from).transpose()
}

/// What a person must look at: the newest packet of a document, where it failed or nobody knows; what changed last first.
///
/// # Errors
/// The database's.
pub async fn troubled(conn: &mut Conn, outlet: Uuid, most: i64) -> anyhow::Result<Vec<Packet>> {
    read(all!(
        conn,
        Row,
        "SELECT id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed
         FROM outlet_packet p WHERE outlet = $1 AND state IN ('failed', 'unconfirmed')
           AND NOT EXISTS (SELECT 1 FROM outlet_packet q WHERE q.log = p.log AND q.item = p.item AND q.outlet = p.outlet
                           AND q.made > p.made AND q.state NOT IN ('queued', 'failed'))
         ORDER BY changed DESC, id LIMIT $2",
        outlet.to_string(),
        most
    )?)
}

/// Moves the walk of an outlet, unless somebody has moved it meanwhile: then false, and nothing may be queued by it.
///
/// # Errors
/// The database's.
pub(super) async fn walked(tx: &mut Tx, outlet: &Outlet, to: &Place) -> sqlx::Result<bool> {
    let moved = run!(
        tx,
        "UPDATE outlet SET place = $1 WHERE id = $2 AND place = $3 AND next > 0",
        told(to),
        outlet.id.to_string(),
        told(&outlet.place)
    )?;
    Ok(moved > 0)
}

/// Queues a packet, behind as many as were queued before it in the same step.
///
/// # Errors
/// The database's.
pub(super) async fn add(tx: &mut Tx, packet: &Packet, behind: i64) -> sqlx::Result<()> {
    let now = tx.ledger.now() + behind;
    run!(
        tx,
        "INSERT INTO outlet_packet
           (id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed)
         VALUES ($1, $2, $3, $4, $5, '', 'queued', $6, $7, 1, 0, '', 0, '', $8, $8)",
        packet.id.to_string(),
        packet.outlet.to_string(),
        packet.log,
        packet.item.to_string(),
        packet.edition,
        i64::from(packet.again),
        packet.seen,
        now
    )?;
    Ok(())
}

/// Notes where the walk has met the item of a packet, and of which edition it is to be if it is still queued.
///
/// # Errors
/// The database's.
pub(super) async fn met(tx: &mut Tx, id: Uuid, edition: i64, seen: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE outlet_packet SET seen = $1, edition = CASE state WHEN 'queued' THEN $2 ELSE edition END WHERE id = $3",
        seen,
        edition,
        id.to_string()
    )?;
    Ok(())
}

/// Forgets a packet that was queued and is not due any more.
///
/// # Errors
/// The database's.
pub(super) async fn drop(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM outlet_packet WHERE id = $1 AND state = 'queued'", id.to_string())?;
    Ok(())
}

/// Keeps that a packet is being sent; false if it is not to be any more, or the receiver is paused or gone.
///
/// # Errors
/// The database's.
pub(super) async fn begun(tx: &mut Tx, packet: &Packet, act: Act, edition: i64) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let begun = run!(
        tx,
        "UPDATE outlet_packet SET state = 'sent', doubt = 1, act = $1, edition = $2, code = '', said_at = 0, cause = '', changed = $3
         WHERE id = $4 AND state = 'queued' AND outlet IN (SELECT id FROM outlet WHERE next > 0)",
        act.number(),
        edition,
        now,
        packet.id.to_string()
    )?;
    Ok(begun > 0)
}

/// A call is over. What it says of the packet counts only if no status came by the door meanwhile.
///
/// # Errors
/// The database's.
pub(super) async fn over(tx: &mut Tx, id: Uuid, stage: Stage, cause: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE outlet_packet SET state = $1, cause = $2, changed = $3 WHERE id = $4 AND state = 'sent' AND doubt = 1",
        stage.word(),
        cause.to_owned(),
        now,
        id.to_string()
    )?;
    run!(tx, "UPDATE outlet_packet SET doubt = 0 WHERE id = $1", id.to_string())?;
    Ok(())
}

/// The packets of an outlet whose calls were interrupted: nobody knows whether they arrived.
///
/// # Errors
/// The database's.
pub(super) async fn interrupted(conn: &mut Conn, outlet: Uuid) -> anyhow::Result<Vec<Packet>> {
    read(all!(
        conn,
        Row,
        "SELECT id, outlet, log, item, edition, act, state, again, seen, round, doubt, code, said_at, cause, made, changed
         FROM outlet_packet WHERE outlet = $1 AND doubt = 1",
        outlet.to_string()
    )?)
}

/// A receiver has taken a call.
///
/// # Errors
/// The database's.
pub(super) async fn reached(tx: &mut Tx, outlet: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE outlet SET at = $1, failures = 0, trouble = '' WHERE id = $2", now, outlet.to_string())?;
    Ok(())
}

/// What a receiver says of a packet.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// The hash of its bytes.
    pub(super) sha256: ContentHash,
    /// The status.
    pub(super) code: Code,
    /// In its own words.
    pub(super) words: String,
    /// When, as it says, in microseconds; 0 if it does not say.
    pub(super) at: i64,
}

/// Lays a status beside its packet and lets it count, unless it is older than the one that does. What came by the door and was heard before
/// changes nothing; an answer to a call always counts.
///
/// # Errors
/// The database's.
pub(super) async fn says(tx: &mut Tx, id: Uuid, said: &Said, answers: bool) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    // A clock that is far ahead would let nothing count that comes later.
    let at = if said.at > now + AHEAD { 0 } else { said.at };
    let Some(packet) = of_id(tx.conn(), id).await? else { return Ok(()) };
    let (count,) = one!(tx, (i64,), "SELECT COUNT(*) FROM outlet_status WHERE packet = $1", id.to_string())?;
    let mut new = 0;
    if count < MOST {
        new = run!(
            tx,
            "INSERT INTO outlet_status (packet, sha256, code, said, said_at, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (packet, sha256) DO NOTHING",
            id.to_string(),
            said.sha256.0.to_vec(),
            said.code.number(),
            said.words.clone(),
            at,
            now
        )?;
    }
    let older = at > 0 && at < packet.said_at;
    if older || (new == 0 && !answers) {
        return Ok(());
    }
    run!(
        tx,
        "UPDATE outlet_packet SET state = $1, code = $2, said_at = $3, cause = '', changed = $4 WHERE id = $5",
        super::stage(said.code).word(),
        said.code.number(),
        at,
        now,
        id.to_string()
    )?;
    Ok(())
}

/// A status as it is told: its number, the receiver's words, when it was so as that says (0 if not), when it came.
pub(super) type Told = (String, String, i64, i64);

/// What was said of a packet, in the order in which it came.
///
/// # Errors
/// The database's.
pub(super) async fn said_of(conn: &mut Conn, id: Uuid) -> sqlx::Result<Vec<Told>> {
    all!(
        conn,
        Told,
        "SELECT code, said, said_at, at FROM outlet_status WHERE packet = $1 ORDER BY at, said_at, code",
        id.to_string()
    )
}

/// A person has said how an unconfirmed or failed packet stands: it is there, or is to be sent (once more).
///
/// # Errors
/// The database's.
pub(super) async fn settled(tx: &mut Tx, id: Uuid, stage: Stage, cause: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    let again = i64::from(stage == Stage::Queued);
    run!(
        tx,
        "UPDATE outlet_packet SET state = $1, cause = $2, round = round + $3, changed = $4 WHERE id = $5",
        stage.word(),
        cause.to_owned(),
        again,
        now,
        id.to_string()
    )?;
    Ok(())
}

/// An outlet is taken away, and with it all that it was sent.
///
/// # Errors
/// The database's.
pub(in crate::outlets) async fn forget(tx: &mut Tx, outlet: Uuid) -> sqlx::Result<()> {
    let id = outlet.to_string();
    run!(
        tx,
        "DELETE FROM outlet_status WHERE packet IN (SELECT id FROM outlet_packet WHERE outlet = $1)",
        id.clone()
    )?;
    run!(tx, "DELETE FROM outlet_packet WHERE outlet = $1", id)?;
    Ok(())
}

/// An item is erased: no word that receivers have said of it stays.
///
/// # Errors
/// The database's.
pub async fn erased(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE outlet_status SET said = '' WHERE packet IN (SELECT id FROM outlet_packet WHERE log = $1 AND item = $2)",
        log,
        item.to_owned()
    )?;
    Ok(())
}
