//! Verifications in the database: one for each petition, the newest mail's.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{maybe, run};

/// A verification.
#[derive(FromRow)]
pub struct Row {
    /// What its link and its digits are marks of.
    pub id: String,
    /// Of which petition.
    pub petition: String,
    /// The portal that asks.
    pub portal: String,
    /// A hash of the address.
    pub mark: Vec<u8>,
    /// When the mail was made, in microseconds.
    pub asked: i64,
    /// How often its digits were tried.
    pub tries: i64,
    /// When it was proven; 0 if it was not.
    pub verified: i64,
}

/// That of a petition.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, petition: &str) -> sqlx::Result<Option<Row>> {
    maybe!(
        conn,
        Row,
        "SELECT id, petition, portal, mark, asked, tries, verified FROM petition_verification WHERE petition = $1",
        petition.to_owned()
    )
}

/// That of a mail which is still good, made after `since`.
///
/// # Errors
/// The database's.
pub async fn of_mail(conn: &mut Conn, id: &str, since: i64) -> sqlx::Result<Option<Row>> {
    maybe!(
        conn,
        Row,
        "SELECT id, petition, portal, mark, asked, tries, verified FROM petition_verification WHERE id = $1 AND asked > $2",
        id.to_owned(),
        since
    )
}

/// Asks for a proof; what was asked before counts no more.
///
/// # Errors
/// The database's.
pub async fn ask(tx: &mut Tx, petition: &str, portal: &str, id: &str, mark: Vec<u8>) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_verification (petition, id, portal, mark, asked, tries, verified) VALUES ($1, $2, $3, $4, $5, 0, 0)
         ON CONFLICT (petition) DO UPDATE SET id = excluded.id, portal = excluded.portal, mark = excluded.mark,
           asked = excluded.asked, tries = 0, verified = 0",
        petition.to_owned(),
        id.to_owned(),
        portal.to_owned(),
        mark,
        now
    )?;
    Ok(())
}

/// A mail about it waits to be sent.
///
/// # Errors
/// The database's.
pub async fn mail(tx: &mut Tx, mailing: String, id: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO mailing (id, subscriber, request, made, due, attempts, sent) VALUES ($1, '', $2, $3, $3, 0, 0)",
        mailing,
        format!("{}{id}", super::letter::ABOUT),
        now
    )?;
    Ok(())
}

/// The digits were tried.
///
/// # Errors
/// The database's.
pub async fn tried(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(tx, "UPDATE petition_verification SET tries = tries + 1 WHERE petition = $1", petition.to_owned())?;
    Ok(())
}

/// It is proven, if it was asked for after `since`, or was proven before.
///
/// # Errors
/// The database's.
pub async fn proven(tx: &mut Tx, id: &str, since: i64) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let done = run!(
        tx,
        "UPDATE petition_verification SET verified = CASE WHEN verified > 0 THEN verified ELSE $1 END WHERE id = $2 AND asked > $3",
        now,
        id.to_owned(),
        since
    )?;
    Ok(done == 1)
}

/// Forgets it, with the contact.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_verification WHERE petition = $1", petition.to_owned())?;
    Ok(())
}

/// The language and the code of a petition.
///
/// # Errors
/// The database's.
pub async fn spoken(conn: &mut Conn, petition: &str) -> sqlx::Result<Option<(String, String)>> {
    maybe!(conn, (String, String), "SELECT lang, code FROM petition WHERE id = $1", petition.to_owned())
}
