//! Rounds of opinions in the database: what our portals ask; `requests` holds what is asked of them.

mod requests;

use jiff::civil::Date;
use network::names::{ContentHash, Origin};
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::letters::Answered;
use crate::calendar::Stated;
use crate::db::{Conn, Tx};
use crate::{all, run};

pub use requests::{Request, answer, files, open_requests, request, requests};
pub(super) use requests::{asker, ended, reminded_of, take};

/// A round of a portal as its list shows it.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    /// The draft.
    pub draft: String,
    /// Its title now.
    pub title: String,
    /// The last day for an answer.
    pub due: String,
    /// When it was sent, in microseconds.
    pub at: i64,
    /// When it was taken back.
    pub cancelled: Option<i64>,
    /// From which day working days are counted.
    pub since: Option<String>,
    /// How many.
    pub days: Option<i64>,
    /// How many agencies it asks.
    pub asked: i64,
    /// How many of them have answered.
    pub answered: i64,
}

impl Listed {
    /// How its deadline is stated while it waits, if in working days.
    pub fn stated(&self) -> Option<Stated> {
        stated(self.since.as_deref(), self.days, self.at, None)
    }
}

/// A round that a portal of ours began.
#[derive(Clone, Debug, FromRow)]
pub struct Round {
    /// Its id.
    pub id: String,
    /// The draft.
    pub draft: String,
    /// What an approval of the draft would have bound to when it was sent.
    pub hash: Vec<u8>,
    /// What is asked.
    pub question: String,
    /// The last day for an answer, `2026-11-30`.
    pub due: String,
    /// When it was sent, in microseconds.
    pub at: i64,
    /// When it was taken back.
    pub cancelled: Option<i64>,
    /// From which day working days are counted.
    pub since: Option<String>,
    /// How many.
    pub days: Option<i64>,
}

impl Round {
    /// How its deadline is stated, if in working days; it is closed once it was taken back or everybody has answered.
    pub fn stated(&self, places: &[&Place]) -> Option<Stated> {
        let ended = |place: &&Place| place.answered.or(place.erased);
        let all: Option<Vec<i64>> = places.iter().map(ended).collect();
        let last = all.and_then(|all| all.into_iter().max());
        stated(self.since.as_deref(), self.days, self.at, self.cancelled.or(last))
    }
}

fn stated(since: Option<&str>, days: Option<i64>, opened: i64, closed: Option<i64>) -> Option<Stated> {
    let (since, days) = (since?.parse().ok()?, u32::try_from(days?).ok()?);
    Some(Stated { since, days, opened, closed })
}

/// Whom a round asks, and what they say.
#[derive(Clone, Debug, FromRow)]
pub struct Place {
    /// The round.
    pub round: String,
    /// The agency's log.
    pub agency: String,
    /// The letter by which it was asked.
    pub letter: String,
    /// The word of its opinion; empty before there is one.
    pub verdict: String,
    /// In words.
    pub words: String,
    /// Who said so.
    pub who: String,
    /// When the answer came, in microseconds.
    pub answered: Option<i64>,
    /// When it was last reminded.
    pub reminded: Option<i64>,
    /// When it confirmed that its copy is gone.
    pub erased: Option<i64>,
    /// 1 if it holds the letter by which it was asked.
    pub held: i64,
}

/// Begins a round.
pub async fn begin(
    tx: &mut Tx,
    round: Uuid,
    log: i64,
    account: Uuid,
    draft: (Uuid, i64, ContentHash),
    (question, due): (&str, Date),
    (since, days): (Date, u32),
) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO opinion_round (id, log, draft, version, hash, question, due, account, at, cancelled, since,
           days)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11)",
        round.to_string(),
        log,
        draft.0.to_string(),
        draft.1,
        draft.2.0.to_vec(),
        question.to_owned(),
        due.to_string(),
        account.to_string(),
        now,
        since.to_string(),
        i64::from(days)
    )?;
    Ok(())
}

/// Adds whom it asks.
pub async fn ask(tx: &mut Tx, round: Uuid, agency: &Origin, letter: Uuid) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO opinion_place (round, agency, letter, verdict, words, who, said, answered, reminded, erased)
         VALUES ($1, $2, $3, '', '', '', 0, NULL, NULL, NULL)",
        round.to_string(),
        agency.to_string(),
        letter.to_string()
    )?;
    Ok(())
}

/// The rounds of a draft, the newest first.
pub async fn of_draft(conn: &mut Conn, draft: Uuid) -> sqlx::Result<Vec<Round>> {
    all!(
        conn,
        Round,
        "SELECT id, draft, hash, question, due, at, cancelled, since, days FROM opinion_round WHERE draft = $1
         ORDER BY at DESC, id",
        draft.to_string()
    )
}

/// What was said of a draft in rounds that stand, for the audit trail: by whom, what, and whether of this hash.
pub async fn said(conn: &mut Conn, draft: Uuid, hash: &ContentHash) -> sqlx::Result<Vec<Value>> {
    let rows = all!(
        conn,
        (String, String, String, Vec<u8>),
        "SELECT p.round, p.agency, p.verdict, r.hash FROM opinion_place p JOIN opinion_round r ON r.id = p.round
         WHERE r.draft = $1 AND r.cancelled IS NULL ORDER BY r.at, p.agency",
        draft.to_string()
    )?;
    let row = |(round, agency, verdict, of): (String, String, String, Vec<u8>)| json!({ "round": round, "agency": agency, "verdict": verdict, "same": of == hash.0 });
    Ok(rows.into_iter().map(row).collect())
}

/// The rounds of a portal, the newest first. One whose draft was erased has no page any more and is left out.
pub async fn of_portal(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Listed>> {
    all!(
        conn,
        Listed,
        "SELECT r.draft, d.title, r.due, r.at, r.cancelled, r.since, r.days, COUNT(p.agency) AS asked,
                COUNT(CASE WHEN p.verdict <> '' THEN 1 END) AS answered
         FROM opinion_round r JOIN draft d ON d.id = r.draft AND d.log = r.log
         LEFT JOIN opinion_place p ON p.round = r.id
         WHERE r.log = $1 GROUP BY r.id, r.draft, d.title, r.due, r.at, r.cancelled, r.since, r.days
         ORDER BY r.at DESC, r.id LIMIT $2",
        log,
        most
    )
}

/// Whom the rounds of a draft ask, in the order of their names.
pub async fn places_of(conn: &mut Conn, draft: Uuid) -> sqlx::Result<Vec<Place>> {
    all!(
        conn,
        Place,
        "SELECT p.round, p.agency, p.letter, p.verdict, p.words, p.who, p.answered, p.reminded, p.erased,
                CASE WHEN o.outcome = 'held' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS held
         FROM opinion_round r JOIN opinion_place p ON p.round = r.id LEFT JOIN letter_out o ON o.id = p.letter
         WHERE r.draft = $1 ORDER BY p.agency",
        draft.to_string()
    )
}

/// The rounds of a portal that stand and were stated in working days, whoever has answered.
pub async fn open_rounds(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Round>> {
    all!(
        conn,
        Round,
        "SELECT id, draft, hash, question, due, at, cancelled, since, days FROM opinion_round
         WHERE log = $1 AND cancelled IS NULL AND days IS NOT NULL AND EXISTS (SELECT 1 FROM opinion_place p
           WHERE p.round = opinion_round.id AND p.verdict = '' AND p.erased IS NULL) ORDER BY at, id",
        log
    )
}

/// Whom a round of a portal asks, in the order of their names.
pub async fn places(conn: &mut Conn, log: i64, round: Uuid) -> sqlx::Result<Vec<Place>> {
    all!(
        conn,
        Place,
        "SELECT p.round, p.agency, p.letter, p.verdict, p.words, p.who, p.answered, p.reminded, p.erased,
                CASE WHEN o.outcome = 'held' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS held
         FROM opinion_place p JOIN opinion_round r ON r.id = p.round LEFT JOIN letter_out o ON o.id = p.letter
         WHERE r.log = $1 AND p.round = $2 ORDER BY p.agency",
        log,
        round.to_string()
    )
}

/// Keeps an answer, unless a later one is there or the draft's words were forgotten. True if it is news. An answer from
/// the future is one of now: nobody's later word is shut out by a clock that runs ahead.
pub(super) async fn answered(tx: &mut Tx, place: &Place, said: Answered) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let kept = run!(
        tx,
        "UPDATE opinion_place SET verdict = $1, words = $2, who = $3, said = $4, answered = $5
         WHERE round = $6 AND agency = $7 AND said < $4 AND erased IS NULL
           AND EXISTS (SELECT 1 FROM opinion_round r WHERE r.id = $6 AND r.question <> '')",
        said.verdict.word(),
        said.words,
        said.who,
        said.said.min(now),
        now,
        place.round.clone(),
        place.agency.clone()
    )?;
    Ok(kept > 0)
}

/// Notes that an agency was reminded.
pub async fn reminded(tx: &mut Tx, place: &Place) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE opinion_place SET reminded = $1 WHERE round = $2 AND agency = $3",
        now,
        place.round.clone(),
        place.agency.clone()
    )?;
    Ok(())
}

/// Notes that a copy is gone.
pub(super) async fn confirmed(tx: &mut Tx, place: &Place) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let noted = run!(
        tx,
        "UPDATE opinion_place SET erased = $1 WHERE round = $2 AND agency = $3 AND erased IS NULL",
        now,
        place.round.clone(),
        place.agency.clone()
    )?;
    Ok(noted > 0)
}

/// Takes a round back. False if it was before.
pub async fn cancel(tx: &mut Tx, round: Uuid) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let cancelled = run!(
        tx,
        "UPDATE opinion_round SET cancelled = $1 WHERE id = $2 AND cancelled IS NULL",
        now,
        round.to_string()
    )?;
    Ok(cancelled > 0)
}

/// Forgets the words of a draft's rounds; that they were asked, of whom and when, stays. Returns the rounds, each with
/// our number for the log that began it.
pub async fn forget(tx: &mut Tx, draft: &str) -> sqlx::Result<Vec<(String, i64)>> {
    let rounds =
        all!(tx, (String, i64), "SELECT id, log FROM opinion_round WHERE draft = $1", draft.to_owned())?;
    run!(
        tx,
        "UPDATE opinion_place SET words = '' WHERE round IN (SELECT id FROM opinion_round WHERE draft = $1)",
        draft.to_owned()
    )?;
    run!(tx, "UPDATE opinion_round SET question = '' WHERE draft = $1", draft.to_owned())?;
    Ok(rounds)
}

/// What a portal asked and was asked is another's from now on: the one that took its place. A question that both
/// were asked stays with the latter. The rounds of drafts that stay with the closed log stay with them.
///
/// # Errors
/// The database's.
pub async fn hand_over(tx: &mut Tx, from: i64, to: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE opinion_round SET log = $2
         WHERE log = $1 AND draft IN (SELECT id FROM draft WHERE log = $2)",
        from,
        to
    )?;
    run!(
        tx,
        "DELETE FROM opinion_request
         WHERE log = $1 AND round IN (SELECT round FROM opinion_request WHERE log = $2)",
        from,
        to
    )?;
    run!(tx, "UPDATE opinion_request SET log = $2 WHERE log = $1", from, to)?;
    Ok(())
}
