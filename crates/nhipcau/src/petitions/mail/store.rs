//! Mails that were taken, in the database: by a mark of their Message-ID, without a word of them.

use sqlx::FromRow;

use super::super::store::Case;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

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
    /// The first part of the Message-ID of our answer to a mail that became a petition; empty of others, and where nothing was answered.
    pub thread: String,
    /// 1 if nobody knew of which kind the petition is.
    pub unsure: i64,
    /// 1 if it became nothing and its sender was not told, 2 if it became a petition and its sender was not told; 0 otherwise.
    pub lost: i64,
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
        "SELECT p.* FROM petition p WHERE p.id IN (SELECT petition FROM petition_mail WHERE answer = $1 OR mark = $1)
           OR p.id IN (SELECT petition FROM petition_notice WHERE answer = $1) LIMIT 1",
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
        super::letter::ABOUT.to_owned()
    )?;
    let done = run!(
        tx,
        "INSERT INTO petition_mail (id, mark, answer, portal, petition, sealed, told, at, thread, unsure, lost)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (mark) DO NOTHING",
        row.id.clone(),
        row.mark.clone(),
        row.answer.clone(),
        row.portal.clone(),
        row.petition.clone(),
        row.sealed.clone(),
        row.told.clone(),
        now,
        row.thread.clone(),
        row.unsure,
        row.lost
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
        "SELECT id, mark, answer, portal, petition, sealed, told, thread, unsure, lost FROM petition_mail WHERE id = $1",
        id.to_owned()
    )
}

/// The mail that became a petition; nothing if that did not come by mail.
///
/// # Errors
/// The database's.
pub async fn first(conn: &mut Conn, petition: &str) -> sqlx::Result<Option<Row>> {
    maybe!(
        conn,
        Row,
        "SELECT id, mark, answer, portal, petition, sealed, told, thread, unsure, lost FROM petition_mail
         WHERE petition = $1 AND thread <> ''",
        petition.to_owned()
    )
}

/// True if a petition came by mail.
///
/// # Errors
/// The database's.
pub async fn became(conn: &mut Conn, petition: &str) -> sqlx::Result<bool> {
    let found = maybe!(
        conn,
        (String,),
        "SELECT m.id FROM petition_mail m WHERE m.petition = $1 AND (m.thread <> '' OR m.unsure = 1 OR m.lost = 2) LIMIT 1",
        petition.to_owned()
    )?;
    Ok(found.is_some())
}

/// True if a petition came by mail and nobody has said of which kind it is.
///
/// # Errors
/// The database's.
pub async fn is_unsure(conn: &mut Conn, petition: &str) -> sqlx::Result<bool> {
    let found = maybe!(
        conn,
        (String,),
        "SELECT m.id FROM petition_mail m JOIN petition p ON p.id = m.petition
         WHERE m.petition = $1 AND m.unsure = 1 AND p.kind = ''",
        petition.to_owned()
    )?;
    Ok(found.is_some())
}

/// How many mails to a portal since an instant became nothing, and how many became petitions, without a word to their senders.
///
/// # Errors
/// The database's.
pub async fn lost(conn: &mut Conn, portal: &str, since: i64) -> sqlx::Result<(i64, i64)> {
    let rows = all!(
        conn,
        (i64, i64),
        "SELECT lost, COUNT(*) FROM petition_mail WHERE portal = $1 AND lost > 0 AND at > $2 GROUP BY lost",
        portal.to_owned(),
        since
    )?;
    let of = |which| rows.iter().find(|(lost, _)| *lost == which).map_or(0, |(_, many)| *many);
    Ok((of(1), of(2)))
}

/// Somebody is to be told of a step.
///
/// # Errors
/// The database's.
pub async fn wait(tx: &mut Tx, petition: &str, seq: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_notice (petition, seq, mailing, answer) VALUES ($1, $2, '', $3)
         ON CONFLICT (petition, seq) DO NOTHING",
        petition.to_owned(),
        seq,
        Vec::<u8>::new()
    )?;
    Ok(())
}

/// The steps of which somebody is to be told, in their order.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn, most: i64) -> sqlx::Result<Vec<(String, i64)>> {
    all!(
        conn,
        (String, i64),
        "SELECT petition, seq FROM petition_notice WHERE mailing = '' ORDER BY petition, seq LIMIT $1",
        most
    )
}

/// One is on its way by a mailing, whose Message-ID has a hash; false if it was before.
///
/// # Errors
/// The database's.
pub async fn goes(
    tx: &mut Tx,
    (petition, seq): (&str, i64),
    mailing: &str,
    answer: Vec<u8>,
) -> sqlx::Result<bool> {
    let done = run!(
        tx,
        "UPDATE petition_notice SET mailing = $1, answer = $2 WHERE petition = $3 AND seq = $4 AND mailing = ''",
        mailing.to_owned(),
        answer,
        petition.to_owned(),
        seq
    )?;
    Ok(done == 1)
}

/// A mail waits to be sent; `request` says what it is about.
///
/// # Errors
/// The database's.
pub async fn mail(tx: &mut Tx, mailing: String, request: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO mailing (id, subscriber, request, made, due, attempts, sent) VALUES ($1, '', $2, $3, $3, 0, 0)",
        mailing,
        request.to_owned(),
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
