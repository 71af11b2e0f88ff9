//! A request that may be repeated without harm: the same caller, the same key, the same answer.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{fill, maybe};

/// A request with an idempotency key.
#[derive(Clone, Debug)]
pub struct Once {
    /// Who asks: the token's name.
    pub token: String,
    /// The caller's idempotency key.
    pub name: String,
    /// SHA-256 of the whole request.
    pub digest: [u8; 32],
}

impl Once {
    /// What it was answered before, if it was.
    ///
    /// # Errors
    /// Refused if the key was used for another request.
    pub async fn answered<T: DeserializeOwned>(&self, conn: &mut Conn) -> Result<Option<T>, Problem> {
        let row = maybe!(
            conn,
            (Vec<u8>, String),
            "SELECT digest, answer FROM request WHERE token = $1 AND name = $2",
            self.token.clone(),
            self.name.clone()
        )?;
        match row {
            None => Ok(None),
            Some((digest, _)) if digest != self.digest => Err(Problem::refused(
                "Khóa Idempotency-Key này đã được dùng cho một yêu cầu khác; hãy dùng khóa mới.",
                "This Idempotency-Key was used for a different request; take a new one.",
            )),
            Some((_, answer)) => Ok(Some(serde_json::from_str(&answer).map_err(anyhow::Error::from)?)),
        }
    }

    /// Remembers the answer, in the transaction that makes it true.
    ///
    /// # Errors
    /// The database's.
    pub async fn remember(self, tx: &mut Tx, answer: &impl Serialize) -> Result<(), Problem> {
        remember_all(tx, &[(&self, answer)]).await
    }

    /// What a repeat has in common with the first request.
    pub fn key(&self) -> (String, String) {
        (self.token.clone(), self.name.clone())
    }
}

/// Remembers answers, in the transaction that makes them true.
///
/// # Errors
/// The database's.
pub async fn remember_all<T: Serialize>(tx: &mut Tx, answers: &[(&Once, &T)]) -> Result<(), Problem> {
    let now = tx.ledger.now();
    let rows = answers.iter().map(|(once, answer)| Ok((once, serde_json::to_string(answer)?)));
    let rows: Vec<_> = rows.collect::<Result<_, serde_json::Error>>().map_err(anyhow::Error::from)?;
    fill!(
        tx,
        "INSERT INTO request (token, name, digest, answer, at) VALUES ($1, $2, $3, $4, $5)",
        &rows,
        |row| row.0.token.clone(),
        row.0.name.clone(),
        row.0.digest.to_vec(),
        row.1.clone(),
        now
    )?;
    Ok(())
}
