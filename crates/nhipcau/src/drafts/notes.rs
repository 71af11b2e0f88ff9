//! What was said and done beside a draft: words of those who sent it back, who handed it in, and who wrote it.

use std::collections::BTreeSet;

use sqlx::FromRow;
use uuid::Uuid;

use super::life::{self, Act, SavedBy};
use crate::db::{Conn, Tx};
use crate::{all, run};

/// Who wrote what stands in a draft ([`life::writers`]).
///
/// # Errors
/// The database's.
pub async fn writers(conn: &mut Conn, id: Uuid) -> anyhow::Result<BTreeSet<Uuid>> {
    let acts = all!(
        conn,
        (String, String, i64),
        "SELECT account, act, at FROM draft_note WHERE draft = $1 AND act IN ('submit', 'send-back')",
        id.to_string()
    )?;
    let (mut sent_back, mut handed_in) = (None, Vec::new());
    for (account, act, at) in acts {
        match Act::of(&act) {
            Some(Act::SendBack) => sent_back = sent_back.max(Some(at)),
            _ => handed_in.push((account.parse()?, at)),
        }
    }
    if sent_back.is_none() {
        // Every autosave is a row: what was never sent back needs the names alone.
        let all = all!(
            conn,
            (String,),
            "SELECT DISTINCT account FROM draft_version WHERE draft = $1",
            id.to_string()
        )?;
        return all.into_iter().map(|(account,)| Ok(account.parse()?)).collect();
    }
    let saves = all!(
        conn,
        (String, i64, i64),
        "SELECT account, version, at FROM draft_version WHERE draft = $1",
        id.to_string()
    )?;
    let saves = saves
        .into_iter()
        .map(|(account, version, at)| Ok(SavedBy { account: account.parse()?, version, at }))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(life::writers(&saves, sent_back, &handed_in))
}

/// A word beside a draft.
#[derive(FromRow, Clone, Debug)]
pub struct Note {
    /// When, in microseconds.
    pub at: i64,
    /// Whose name.
    pub name: String,
    /// With which act.
    pub act: String,
    /// What.
    pub text: String,
}

/// Adds a word beside a draft.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, id: Uuid, account: &str, act: &str, text: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO draft_note (draft, at, account, act, text) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (draft, at, account) DO NOTHING",
        id.to_string(),
        now,
        account.to_owned(),
        act.to_owned(),
        text.to_owned()
    )?;
    Ok(())
}

/// The words beside a draft, the newest first; an act that was noted without words is none.
///
/// # Errors
/// The database's.
pub async fn notes(conn: &mut Conn, id: Uuid) -> sqlx::Result<Vec<Note>> {
    all!(
        conn,
        Note,
        "SELECT n.at, COALESCE(a.name, '') AS name, n.act, n.text
         FROM draft_note n LEFT JOIN account a ON a.id = n.account
         WHERE n.draft = $1 AND n.text <> '' ORDER BY n.at DESC",
        id.to_string()
    )
}
