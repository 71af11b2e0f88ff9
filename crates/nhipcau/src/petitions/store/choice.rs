//! What was suggested for a case, and what somebody chose: how the table of authorities is improved.

use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, one, run};

/// What was suggested, without a word of the case.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The topic's id.
    pub topic: String,
    /// The generic body's id.
    pub agency: String,
    /// The log of that body's portal; empty if it has none, nothing if no body was suggested.
    pub origin: Option<String>,
    /// How sure, in thousandths.
    pub sure: i64,
    /// True if it said that it is not sure.
    pub unsure: bool,
}

/// A choice that somebody made.
pub struct Choice<'a> {
    /// The case.
    pub petition: &'a str,
    /// The log of the agency at which it was made.
    pub log: i64,
    /// Who made it.
    pub account: String,
    /// What was suggested.
    pub offered: &'a Offered,
    /// The log of the agency that was chosen.
    pub chosen: String,
    /// Why, in the clerk's words.
    pub why: &'a str,
}

/// Keeps a choice.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, choice: Choice<'_>) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    let Choice { petition, log, account, offered, chosen, why } = choice;
    let suggested = offered.origin.clone().unwrap_or_default();
    let agreed = i64::from(!suggested.is_empty() && suggested == chosen);
    run!(
        tx,
        "INSERT INTO petition_choice (petition, log, at, account, topic, agency, suggested, sure, unsure, chosen, agreed, why)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (petition, log, at) DO NOTHING",
        petition.to_owned(),
        log,
        now,
        account,
        offered.topic.clone(),
        offered.agency.clone(),
        suggested,
        offered.sure,
        i64::from(offered.unsure),
        chosen,
        agreed,
        why.to_owned()
    )?;
    Ok(())
}

/// How often the agency that was suggested was chosen at an agency since an instant, and how often one was chosen.
///
/// # Errors
/// The database's.
pub async fn agreed(conn: &mut Conn, log: i64, since: i64) -> sqlx::Result<(i64, i64)> {
    one!(
        conn,
        (i64, i64),
        "SELECT CAST(COALESCE(SUM(agreed), 0) AS BIGINT), COUNT(*) FROM petition_choice WHERE log = $1 AND at > $2",
        log,
        since
    )
}

/// A choice as material for the table and the model: what was suggested and chosen, and the question as readers see it.
#[derive(FromRow)]
pub struct Made {
    /// When, in microseconds.
    pub at: i64,
    /// The topic that was suggested first.
    pub topic: String,
    /// The generic body that was suggested first.
    pub agency: String,
    /// How sure, in thousandths.
    pub sure: i64,
    /// The log of the portal that was suggested; empty if there was none.
    pub suggested: String,
    /// The log of the agency that was chosen.
    pub chosen: String,
    /// 1 if both are the same.
    pub agreed: i64,
    /// The question without personal data, as it was approved for readers; empty if it is not published.
    pub question: String,
}

/// The choices since an instant, the oldest first.
///
/// # Errors
/// The database's.
pub async fn made(conn: &mut Conn, since: i64, most: i64) -> sqlx::Result<Vec<Made>> {
    all!(
        conn,
        Made,
        "SELECT c.at, c.topic, c.agency, c.sure, c.suggested, c.chosen, c.agreed, COALESCE(s.question, '') AS question
         FROM petition_choice c LEFT JOIN petition_public s ON s.petition = c.petition
         WHERE c.at > $1 ORDER BY c.at, c.petition LIMIT $2",
        since,
        most
    )
}
