//! Mails that were taken, in the database: by a mark of their Message-ID, without a word of them.

use sqlx::FromRow;

use super::super::store::Case;
use crate::db::{Conn, Tx};
use crate::{maybe, run};

/// A mail is remembered so long, in microseconds: no relay repeats one after that. 400 days.
const KEPT: i64 = 400 * 86_400_000_000;

/// A mail that was taken.
#[derive(FromRow)]
pub struct Row {
    /// Its id here.
    pub id: String,
    /// A hash of its Message-ID.
    pub mark: Vec<u8>,
    /// A hash of the Message-ID of our answer; empty if none was sent.
    pub answer: Vec<u8>,
    /// The portal that it was written to.
    pub portal: String,
    /// The petition that it became, or belongs to; empty if there is none.
    pub petition: String,
    /// The address that is answered, sealed; empty if none is.
    pub sealed: Vec<u8>,
    /// What is answered.
    pub told: String,
}

/// True if a mail was taken before.
///
/// # Errors
/// The database's.
pub async fn known(conn: &mut Conn, mark: &[u8]) -> sqlx::Result<bool> {
    let found = maybe!(conn, (String,), "SELECT id FROM petition_mail WHERE mark = $1", mark.to_vec())?;
    Ok(found.is_some())
}

/// The petition about which a mail of ours was, by its Message-ID's hash, or that of a mail of its sender.
///
/// # Errors
/// The database's.
pub async fn answered(conn: &mut Conn, mark: &[u8]) -> sqlx::Result<Option<Case>> {
    maybe!(
        conn,
        Case,
        "SELECT p.* FROM petition_mail m JOIN petition p ON p.id = m.petition WHERE m.answer = $1 OR m.mark = $1 LIMIT 1",
        mark.to_vec()
    )
}

/// Remembers a mail; false if it was taken before. What was taken very long ago is forgotten, and the addresses of those whose answer
/// has left.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, row: &Row) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    run!(tx, "DELETE FROM petition_mail WHERE at < $1", now - KEPT)?;
    run!(
        tx,
        "UPDATE petition_mail SET sealed = $1, told = '' WHERE told <> ''
           AND NOT EXISTS (SELECT 1 FROM mailing m WHERE m.request = $2 || petition_mail.id AND m.sent = 0)",
        Vec::<u8>::new(),
        super::ABOUT.to_owned()
    )?;
    let done = run!(
        tx,
        "INSERT INTO petition_mail (id, mark, answer, portal, petition, sealed, told, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (mark) DO NOTHING",
        row.id.clone(),
        row.mark.clone(),
        row.answer.clone(),
        row.portal.clone(),
        row.petition.clone(),
        row.sealed.clone(),
        row.told.clone(),
        now
    )?;
    Ok(done == 1)
}

/// One of an id.
///
/// # Errors
/// The database's.
pub async fn one(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Row>> {
    maybe!(
        conn,
        Row,
        "SELECT id, mark, answer, portal, petition, sealed, told FROM petition_mail WHERE id = $1",
        id.to_owned()
    )
}

/// An answer waits to be sent.
///
/// # Errors
/// The database's.
pub async fn mail(tx: &mut Tx, mailing: String, id: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO mailing (id, subscriber, request, made, due, attempts, sent) VALUES ($1, '', $2, $3, $3, 0, 0)",
        mailing,
        format!("{}{id}", super::ABOUT),
        now
    )?;
    Ok(())
}

/// Forgets the address of whoever wrote about a petition.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_mail SET sealed = $1, told = '' WHERE petition = $2",
        Vec::<u8>::new(),
        petition.to_owned()
    )?;
    Ok(())
}
