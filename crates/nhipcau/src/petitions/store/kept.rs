//! What a sender said, and who they are: in tables of their own, gone with an erasure.

use super::super::contact::Contact;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{maybe, run};

/// Keeps what was sent: the place and the words.
///
/// # Errors
/// The database's.
pub async fn keep_words(tx: &mut Tx, id: &str, place: &str, words: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_words (petition, place, words) VALUES ($1, $2, $3)
         ON CONFLICT (petition) DO UPDATE SET place = excluded.place, words = excluded.words",
        id.to_owned(),
        place.to_owned(),
        words.to_owned()
    )?;
    Ok(())
}

/// The place and the words as they were sent; nothing once they are erased.
///
/// # Errors
/// The database's.
pub async fn words(conn: &mut Conn, id: &str) -> sqlx::Result<Option<(String, String)>> {
    maybe!(
        conn,
        (String, String),
        "SELECT place, words FROM petition_words WHERE petition = $1",
        id.to_owned()
    )
}

/// Keeps who sent it, sealed.
///
/// # Errors
/// The database's.
pub async fn keep_contact(tx: &mut Tx, id: &str, sealed: Vec<u8>) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_contact (petition, sealed) VALUES ($1, $2)
         ON CONFLICT (petition) DO UPDATE SET sealed = excluded.sealed",
        id.to_owned(),
        sealed
    )?;
    Ok(())
}

/// Who sent it; nothing if they did not say, it is erased, or it was sealed under another key.
///
/// # Errors
/// The database's.
pub async fn contact(app: &App, conn: &mut Conn, id: &str) -> sqlx::Result<Option<Contact>> {
    let found =
        maybe!(conn, (Vec<u8>,), "SELECT sealed FROM petition_contact WHERE petition = $1", id.to_owned())?;
    Ok(found.and_then(|(sealed,)| Contact::opened(app, id, &sealed)))
}

/// Forgets who sent it.
///
/// # Errors
/// The database's.
pub async fn forget_contact(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_contact WHERE petition = $1", id.to_owned())?;
    crate::petitions::mail::forget(tx, id).await?;
    crate::petitions::verify::forget(tx, id).await
}

/// Forgets all that its sender said and attached, and what was said to them.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, id: &str) -> Result<(), Problem> {
    forget_contact(tx, id).await?;
    run!(tx, "DELETE FROM petition_words WHERE petition = $1", id.to_owned())?;
    run!(tx, "DELETE FROM petition_file WHERE petition = $1", id.to_owned())?;
    run!(tx, "DELETE FROM petition_draft WHERE petition = $1", id.to_owned())?;
    run!(tx, "UPDATE petition_step SET words = '' WHERE petition = $1", id.to_owned())?;
    run!(tx, "DELETE FROM petition_piece WHERE petition = $1", id.to_owned())?;
    crate::petitions::recommend::store::forget(tx, id).await?;
    crate::petitions::ties::store::forget(tx, id).await?;
    run!(tx, "UPDATE petition_choice SET why = '' WHERE petition = $1", id.to_owned())?;
    Ok(())
}
