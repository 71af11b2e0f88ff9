//! Briefs in the database: those that were approved, as they were.

use sqlx::FromRow;

use super::figures::Fact;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// A brief that was approved.
#[derive(Clone, Debug, FromRow)]
pub struct Approved {
    /// `2026-W48`.
    pub week: String,
    /// What it says, as JSON.
    pub says: String,
    /// The name of who approved it, as it was.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
}

/// Cases that a week's brief may count: registered before its end, and open, or registered or answered since its beginning; both in
/// microseconds.
///
/// # Errors
/// The database's.
pub async fn facts(conn: &mut Conn, from: i64, end: i64) -> sqlx::Result<Vec<Fact>> {
    all!(
        conn,
        Fact,
        "SELECT p.code, p.owner, COALESCE(NULLIF(p.kind, ''), p.sort) AS sort, p.urgent, p.state, p.due, p.registered, p.answered, p.rating, COALESCE(r.level, '') AS level,
           COALESCE(r.log, 0) AS filed
         FROM petition p LEFT JOIN petition_recommendation r ON r.petition = p.id
         WHERE p.registered < $1 AND p.state <> 'withdrawn'
           AND (p.registered >= $2 OR p.answered >= $2 OR p.state IN ('new', 'work', 'asked', 'review'))
         ORDER BY p.registered, p.code",
        end,
        from
    )
}

/// Keeps a brief that is approved now; false if that week's was approved before.
///
/// # Errors
/// The database's.
pub async fn approve(tx: &mut Tx, log: i64, brief: &Approved, account: &str) -> sqlx::Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO petition_brief (log, week, says, account, name, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (log, week) DO NOTHING",
        log,
        brief.week.clone(),
        brief.says.clone(),
        account.to_owned(),
        brief.name.clone(),
        brief.at
    )?;
    Ok(done > 0)
}

/// The brief of a week, if it was approved.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, log: i64, week: &str) -> sqlx::Result<Option<Approved>> {
    maybe!(
        conn,
        Approved,
        "SELECT week, says, name, at FROM petition_brief WHERE log = $1 AND week = $2",
        log,
        week.to_owned()
    )
}

/// The newest briefs of an agency that were approved.
///
/// # Errors
/// The database's.
pub async fn newest(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Approved>> {
    all!(
        conn,
        Approved,
        "SELECT week, says, name, at FROM petition_brief WHERE log = $1 ORDER BY week DESC LIMIT $2",
        log,
        most
    )
}
