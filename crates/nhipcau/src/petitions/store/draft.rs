//! Answers before they are given, and what readers see of those that were.

use sqlx::FromRow;

use super::Case;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// An answer that waits, and the texts that readers would see.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Draft {
    /// Who wrote it.
    pub account: String,
    /// What its sender is to read.
    pub answer: String,
    /// 1 if readers are to see it, too.
    pub open: i64,
    /// The question as readers would see it.
    pub question: String,
    /// The answer as readers would see it.
    pub reply: String,
}

/// The answer that is being written.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Draft>> {
    maybe!(
        conn,
        Draft,
        "SELECT account, answer, open, question, reply FROM petition_draft WHERE petition = $1",
        id.to_owned()
    )
}

/// Keeps it.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, id: &str, draft: &Draft) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_draft (petition, account, at, answer, open, question, reply) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (petition) DO UPDATE SET account = excluded.account, at = excluded.at, answer = excluded.answer,
           open = excluded.open, question = excluded.question, reply = excluded.reply",
        id.to_owned(),
        draft.account.clone(),
        now,
        draft.answer.clone(),
        draft.open,
        draft.question.clone(),
        draft.reply.clone()
    )?;
    Ok(())
}

/// The answer is given, or begun anew: none is being written.
///
/// # Errors
/// The database's.
pub async fn done(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_draft WHERE petition = $1", id.to_owned())?;
    Ok(())
}

/// Readers see it from now on.
///
/// # Errors
/// The database's.
pub async fn publish(tx: &mut Tx, case: &Case, draft: &Draft) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_public (petition, log, at, question, reply) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (petition) DO UPDATE SET log = excluded.log, at = excluded.at, question = excluded.question,
           reply = excluded.reply",
        case.id.clone(),
        case.owner,
        now,
        draft.question.clone(),
        draft.reply.clone()
    )?;
    Ok(())
}

/// Readers see it no more.
///
/// # Errors
/// The database's.
pub async fn unpublish(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_public WHERE petition = $1", id.to_owned())?;
    Ok(())
}

/// What readers see of a petition.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    /// Its code.
    pub code: String,
    /// The word of its kind.
    pub sort: String,
    /// The code of its commune.
    pub place: String,
    /// The log of the agency that answered.
    pub log: i64,
    /// When it was registered, in microseconds.
    pub registered: i64,
    /// When it was answered.
    pub at: i64,
    /// The question, without personal data.
    pub question: String,
    /// The answer, without personal data.
    pub reply: String,
}

/// The answered petitions of an agency that readers see, the newest first, before an instant.
///
/// # Errors
/// The database's.
pub async fn shown(conn: &mut Conn, log: i64, before: i64, most: i64) -> sqlx::Result<Vec<Shown>> {
    all!(
        conn,
        Shown,
        "SELECT p.code, COALESCE(NULLIF(p.kind, ''), p.sort) AS sort, p.place, s.log, p.registered, s.at, s.question, s.reply
         FROM petition_public s JOIN petition p ON p.id = s.petition
         WHERE s.log = $1 AND s.at < $2 ORDER BY s.at DESC LIMIT $3",
        log,
        before,
        most
    )
}

/// What readers see of the petition of an id.
///
/// # Errors
/// The database's.
pub async fn shown_of(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Shown>> {
    maybe!(
        conn,
        Shown,
        "SELECT p.code, COALESCE(NULLIF(p.kind, ''), p.sort) AS sort, p.place, s.log, p.registered, s.at, s.question, s.reply
         FROM petition_public s JOIN petition p ON p.id = s.petition WHERE p.id = $1",
        id.to_owned()
    )
}

/// What readers see of one.
///
/// # Errors
/// The database's.
pub async fn shown_one(conn: &mut Conn, code: &str) -> sqlx::Result<Option<Shown>> {
    maybe!(
        conn,
        Shown,
        "SELECT p.code, COALESCE(NULLIF(p.kind, ''), p.sort) AS sort, p.place, s.log, p.registered, s.at, s.question, s.reply
         FROM petition_public s JOIN petition p ON p.id = s.petition WHERE p.code = $1",
        code.to_owned()
    )
}
