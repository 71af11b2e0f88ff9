//! Templates in the database.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// A text to answer with.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub words: String,
}

/// The templates of an agency, by name.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Template>> {
    all!(
        conn,
        Template,
        "SELECT id, name, words FROM petition_template WHERE log = $1 ORDER BY name, id",
        log
    )
}

/// One of an agency.
///
/// # Errors
/// The database's.
pub async fn one(conn: &mut Conn, log: i64, id: &str) -> sqlx::Result<Option<Template>> {
    maybe!(
        conn,
        Template,
        "SELECT id, name, words FROM petition_template WHERE log = $1 AND id = $2",
        log,
        id.to_owned()
    )
}

/// Keeps one, new or changed.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, log: i64, template: &Template, account: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_template (id, log, name, words, account, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, words = excluded.words, account = excluded.account,
           at = excluded.at WHERE petition_template.log = excluded.log",
        template.id.clone(),
        log,
        template.name.clone(),
        template.words.clone(),
        account.to_owned(),
        now
    )?;
    Ok(())
}

/// Drops one.
///
/// # Errors
/// The database's.
pub async fn drop(tx: &mut Tx, log: i64, id: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM petition_template WHERE log = $1 AND id = $2", log, id.to_owned())?;
    Ok(())
}
