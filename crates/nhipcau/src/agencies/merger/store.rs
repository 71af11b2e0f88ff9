//! Mergers in the database: plans, who proposed and confirmed them, the steps that are done.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Plan, State};
use crate::db::{Conn, Tx};
use crate::opinions::store as opinions;
use crate::peers::letters::store as letters;
use crate::{all, maybe, one, run};

/// A merger as it is kept.
#[derive(Clone, Debug)]
pub struct Merger {
    /// Its id.
    pub id: Uuid,
    /// Our number for the log of the agency that states it.
    pub log: i64,
    /// Its plan.
    pub plan: Plan,
    /// Who proposed it: an account's id, or `token`.
    pub proposer: String,
    /// When, in microseconds.
    pub proposed: i64,
    /// Who confirmed it.
    pub confirmer: Option<String>,
    /// When all was done, or it was dropped.
    pub ended: Option<i64>,
    /// What holds it up: in Vietnamese, a line feed, in English; empty if nothing does.
    pub trouble: String,
}

impl Merger {
    /// How far it has come.
    pub fn state(&self) -> State {
        match (&self.confirmer, self.ended) {
            (Some(_), Some(_)) => State::Done,
            (Some(_), None) => State::UnderWay,
            (None, None) => State::Proposed,
            (None, Some(_)) => State::Dropped,
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    plan: String,
    proposer: String,
    proposed: i64,
    confirmer: Option<String>,
    ended: Option<i64>,
    trouble: String,
}

impl TryFrom<Row> for Merger {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Merger> {
        Ok(Merger {
            id: row.id.parse()?,
            log: row.log,
            plan: serde_json::from_str(&row.plan)?,
            proposer: row.proposer,
            proposed: row.proposed,
            confirmer: row.confirmer,
            ended: row.ended,
            trouble: row.trouble,
        })
    }
}

/// The mergers that an agency has stated or is to state, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Merger>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, plan, proposer, proposed, confirmer, ended, trouble FROM merger
         WHERE log = $1 ORDER BY proposed DESC, id DESC",
        log
    )?;
    rows.into_iter().map(Merger::try_from).collect()
}

/// A merger of an agency.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Merger>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, plan, proposer, proposed, confirmer, ended, trouble FROM merger
         WHERE log = $1 AND id = $2",
        log,
        id.to_string()
    )?;
    row.map(Merger::try_from).transpose()
}

/// All that are confirmed and not done, oldest first.
///
/// # Errors
/// The database's.
pub async fn under_way(conn: &mut Conn) -> anyhow::Result<Vec<Merger>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, plan, proposer, proposed, confirmer, ended, trouble FROM merger
         WHERE confirmer IS NOT NULL AND ended IS NULL ORDER BY proposed, id"
    )?;
    rows.into_iter().map(Merger::try_from).collect()
}

/// Keeps a proposal.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, id: Uuid, log: i64, plan: &Plan, proposer: String) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO merger (id, log, plan, proposer, proposed, trouble) VALUES ($1, $2, $3, $4, $5, '')",
        id.to_string(),
        log,
        serde_json::to_string(plan)?,
        proposer,
        now
    )?;
    Ok(())
}

/// Notes who confirmed it, with the plan as it is then.
///
/// # Errors
/// The database's.
pub async fn confirm(tx: &mut Tx, id: Uuid, plan: &Plan, confirmer: String) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE merger SET plan = $1, confirmer = $2, confirmed = $3 WHERE id = $4 AND confirmer IS NULL",
        serde_json::to_string(plan)?,
        confirmer,
        now,
        id.to_string()
    )?;
    Ok(())
}

/// Notes that all is done, or that it was dropped.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE merger SET ended = $1, trouble = '' WHERE id = $2", now, id.to_string())?;
    Ok(())
}

/// Notes what holds it up, or that nothing does any more.
///
/// # Errors
/// The database's.
pub async fn trouble(tx: &mut Tx, id: Uuid, why: String) -> sqlx::Result<()> {
    run!(tx, "UPDATE merger SET trouble = $1 WHERE id = $2", why, id.to_string())?;
    Ok(())
}

/// The steps that are done: which, when, with what outcome.
///
/// # Errors
/// The database's.
pub async fn done(conn: &mut Conn, id: Uuid) -> sqlx::Result<Vec<(i64, i64, String)>> {
    all!(
        conn,
        (i64, i64, String),
        "SELECT step, at, outcome FROM merger_step WHERE merger = $1 ORDER BY step",
        id.to_string()
    )
}

/// Notes that a step is done. False if it was before.
///
/// # Errors
/// The database's.
pub async fn step(tx: &mut Tx, id: Uuid, step: i64, outcome: String) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let fresh = run!(
        tx,
        "INSERT INTO merger_step (merger, step, at, outcome) VALUES ($1, $2, $3, $4)
         ON CONFLICT (merger, step) DO NOTHING",
        id.to_string(),
        step,
        now,
        outcome
    )?;
    Ok(fresh == 1)
}

/// How many drafts of new items, and of next editions, an agency has open.
///
/// # Errors
/// The database's.
pub async fn drafts(conn: &mut Conn, log: i64) -> sqlx::Result<(u64, u64)> {
    let (fresh, all): (i64, i64) = one!(
        conn,
        (i64, i64),
        "SELECT COALESCE(SUM(CASE WHEN base = 0 THEN 1 ELSE 0 END), 0), COUNT(*) FROM draft
         WHERE log = $1 AND stage IN ('draft', 'review', 'approved', 'scheduled')",
        log
    )?;
    Ok((fresh as u64, (all - fresh) as u64))
}

/// How many people have a role at an agency.
///
/// # Errors
/// The database's.
pub async fn people(conn: &mut Conn, log: i64) -> sqlx::Result<u64> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(DISTINCT account) FROM appointment WHERE log = $1", log)?;
    Ok(count as u64)
}

/// How many items of a log lie sealed until their hour.
///
/// # Errors
/// The database's.
pub async fn sealed(conn: &mut Conn, log: i64) -> sqlx::Result<u64> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(*) FROM sealed WHERE log = $1 AND opened IS NULL", log)?;
    Ok(count as u64)
}

/// Moves what is not finished to the agency that takes the place: open drafts of new items, to be written on and checked
/// there (no approval goes along), rounds of opinions, questions of others, letters that nobody holds yet. Returns
/// how many drafts.
///
/// # Errors
/// The database's.
pub async fn hand_over(tx: &mut Tx, from: i64, to: i64) -> sqlx::Result<u64> {
    let moved = unfinished(tx, from, to).await?;
    opinions::hand_over(tx, from, to).await?;
    letters::hand_over(tx, from, to).await?;
    Ok(moved)
}

async fn unfinished(tx: &mut Tx, from: i64, to: i64) -> sqlx::Result<u64> {
    run!(
        tx,
        "DELETE FROM approval WHERE draft IN (SELECT id FROM draft WHERE log = $1 AND base = 0
           AND stage IN ('draft', 'review', 'approved', 'scheduled'))",
        from
    )?;
    run!(
        tx,
        "UPDATE draft SET log = $2, stage = 'draft' WHERE log = $1 AND base = 0
           AND stage IN ('draft', 'review', 'approved', 'scheduled')",
        from,
        to
    )
}

/// Nothing of a log is issued any more when it ends: what was scheduled is a draft again, without approvals.
///
/// # Errors
/// The database's.
pub async fn unschedule(tx: &mut Tx, log: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM approval WHERE draft IN (SELECT id FROM draft WHERE log = $1 AND stage = 'scheduled')",
        log
    )?;
    run!(tx, "UPDATE draft SET stage = 'draft' WHERE log = $1 AND stage = 'scheduled'", log)?;
    Ok(())
}
