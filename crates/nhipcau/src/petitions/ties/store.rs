//! What hangs together, in the database.

use sqlx::FromRow;

use super::super::life::State;
use super::{FOLLOWS, PART, afar, far};
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{all, maybe, run};

/// A tie between two cases, and the other one as seen from either side.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Tied {
    /// The one that follows, or is a part.
    pub petition: String,
    /// `follows` or `part`.
    pub sort: String,
    /// The one that is followed, or has parts.
    pub lead: String,
    /// The code of the other one.
    pub code: String,
    /// The word of its state.
    pub state: String,
    /// The log of the agency that answers for it.
    pub owner: i64,
    /// The last day for its answer as it was counted last.
    pub due: String,
}

impl Tied {
    /// Where the other one stands.
    pub fn state(&self) -> State {
        State::of(&self.state)
    }

    /// True if a case follows the one of this id.
    pub fn follows(&self, lead: &str) -> bool {
        self.sort == FOLLOWS && self.lead == lead
    }

    /// True if a case is a part of the one of this id.
    pub fn is_part_of(&self, whole: &str) -> bool {
        self.sort == PART && self.lead == whole
    }
}

/// The ties of a case that hold, with the case at their other end; by its code.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, id: &str) -> sqlx::Result<Vec<Tied>> {
    all!(
        conn,
        Tied,
        "SELECT t.petition, t.sort, t.lead, p.code, p.state, p.owner, p.due FROM petition_tie t
         JOIN petition p ON p.id = CASE WHEN t.petition = $1 THEN t.lead ELSE t.petition END
         WHERE t.ended = 0 AND (t.petition = $1 OR t.lead = $1) ORDER BY p.code",
        id.to_owned()
    )
}

/// Ties a case to another.
///
/// # Errors
/// The database's.
pub async fn tie(tx: &mut Tx, id: &str, sort: &str, lead: &str, account: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_tie (petition, at, sort, lead, account, ended) VALUES ($1, $2, $3, $4, $5, 0)",
        id.to_owned(),
        now,
        sort.to_owned(),
        lead.to_owned(),
        account.to_owned()
    )?;
    Ok(())
}

/// A case follows no other any more.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE petition_tie SET ended = $1 WHERE petition = $2 AND sort = 'follows' AND ended = 0",
        now,
        id.to_owned()
    )?;
    Ok(())
}

/// What an agency is asked to say to an answer.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Help {
    /// Its id.
    pub id: String,
    /// The case.
    pub petition: String,
    /// The log of the agency that has the case.
    pub asker: i64,
    /// The log of the agency that is asked.
    pub log: i64,
    /// Since when, in microseconds.
    pub at: i64,
    /// Its day.
    pub due: String,
    /// What is asked.
    pub question: String,
    /// What was said; empty while nothing was.
    pub said: String,
    /// Who said it: an account's id.
    pub account: String,
    /// When it was said, in microseconds; 0 if it was not.
    pub answered: i64,
    /// When it was taken back, in microseconds; 0 if it was not.
    pub ended: i64,
    /// Of a case that is at another node, where `petition` is empty: its code.
    pub code: String,
    /// Of such a case: the log of the portal at which it was asked.
    pub origin: String,
    /// Of such a case, while something is to be said: the place in its sender's words.
    pub place: String,
    /// See `place`: the code of the commune.
    pub commune: String,
    /// See `place`: what was sent.
    pub words: String,
    /// When an agency at another node was asked again, in microseconds; 0 if it was not.
    pub again: i64,
}

impl Help {
    /// True while something is to be said.
    pub fn is_open(&self) -> bool {
        self.answered == 0 && self.ended == 0
    }

    /// True if the case is at another node.
    pub fn is_far(&self) -> bool {
        self.petition.is_empty()
    }
}

/// What others were asked for a case, the oldest first.
///
/// # Errors
/// The database's.
pub async fn helps(conn: &mut Conn, id: &str) -> sqlx::Result<Vec<Help>> {
    all!(conn, Help, "SELECT * FROM petition_help WHERE petition = $1 ORDER BY at, id", id.to_owned())
}

/// One of an id.
///
/// # Errors
/// The database's.
pub async fn help(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Help>> {
    maybe!(conn, Help, "SELECT * FROM petition_help WHERE id = $1", id.to_owned())
}

/// What an agency is asked, what is to be said first, and by its day.
///
/// # Errors
/// The database's.
pub async fn asked_of(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Help>> {
    all!(
        conn,
        Help,
        "SELECT * FROM petition_help WHERE log = $1 AND ended = 0
         ORDER BY CASE WHEN answered = 0 THEN 0 ELSE 1 END, due, at LIMIT $2",
        log,
        most
    )
}

/// Asks an agency.
///
/// # Errors
/// The database's.
pub async fn ask_help(tx: &mut Tx, help: &Help) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_help (id, petition, asker, log, at, due, question, said, account, answered, ended)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 0, 0)",
        help.id.clone(),
        help.petition.clone(),
        help.asker,
        help.log,
        now,
        help.due.clone(),
        help.question.clone()
    )?;
    Ok(())
}

/// An agency has said its part. False, changing nothing, if it said it before or is asked no more.
///
/// # Errors
/// The database's.
pub async fn say_help(tx: &mut Tx, id: &str, said: &str, account: &str) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let done = run!(
        tx,
        "UPDATE petition_help SET said = $1, account = $2, answered = $3, place = '', words = '' WHERE id = $4 AND answered = 0 AND ended = 0",
        said.to_owned(),
        account.to_owned(),
        now,
        id.to_owned()
    )?;
    Ok(done == 1)
}

/// Keeps what an agency of another node asks.
///
/// # Errors
/// The database's.
pub async fn lay(tx: &mut Tx, help: &Help) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_help (id, petition, asker, log, at, due, question, said, account, answered, ended, code, origin, place,
           commune, words)
         VALUES ($1, '', $2, $3, $4, $5, $6, '', '', 0, 0, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
        help.id.clone(),
        help.asker,
        help.log,
        now,
        help.due.clone(),
        help.question.clone(),
        help.code.clone(),
        help.origin.clone(),
        help.place.clone(),
        help.commune.clone(),
        help.words.clone()
    )?;
    Ok(())
}

/// An agency of another node asks no more: what was read for it is forgotten.
///
/// # Errors
/// The database's.
pub async fn over(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE petition_help SET ended = $1, question = '', place = '', words = '' WHERE id = $2 AND answered = 0 AND ended = 0",
        now,
        id.to_owned()
    )?;
    Ok(())
}

/// What agencies of other nodes were asked before an instant, and have neither said nor been asked again since then.
///
/// # Errors
/// The database's.
pub async fn silent(conn: &mut Conn, since: i64) -> sqlx::Result<Vec<Help>> {
    all!(
        conn,
        Help,
        "SELECT h.* FROM petition_help h JOIN log l ON l.id = h.log
         WHERE l.own = 0 AND h.petition <> '' AND h.answered = 0 AND h.ended = 0 AND h.at <= $1 AND h.again <= $1
         ORDER BY h.at LIMIT 500",
        since
    )
}

/// An agency at another node is asked again now.
///
/// # Errors
/// The database's.
pub async fn asked_again(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE petition_help SET again = $1 WHERE id = $2", now, id.to_owned())?;
    Ok(())
}

/// What others were asked for a case and have not said is asked no more.
///
/// # Errors
/// The database's.
pub async fn end_help(tx: &mut Tx, id: &str) -> Result<(), Problem> {
    for help in helps(tx.conn(), id).await? {
        far::ends(tx, &help).await?;
    }
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE petition_help SET ended = $1 WHERE petition = $2 AND ended = 0 AND answered = 0",
        now,
        id.to_owned()
    )?;
    Ok(())
}

/// The code of the whole of a case, and those of its parts, as far as they are cases of this node.
///
/// # Errors
/// The database's.
pub async fn parts(conn: &mut Conn, id: &str) -> sqlx::Result<(Option<String>, Vec<String>)> {
    let tied = of(conn, id).await?.into_iter().filter(|tie| tie.sort == PART);
    let (parts, whole): (Vec<Tied>, Vec<Tied>) = tied.partition(|tie| tie.lead == id);
    let code = |tie: Tied| tie.code;
    Ok((whole.into_iter().map(code).next(), parts.into_iter().map(code).collect()))
}

/// Forgets what was asked and said of a case.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, id: &str) -> Result<(), Problem> {
    end_help(tx, id).await?;
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE petition_help SET question = '', said = '', ended = CASE WHEN ended = 0 THEN $1 ELSE ended END WHERE petition = $2",
        now,
        id.to_owned()
    )?;
    Ok(afar::store::forget(tx, id).await?)
}
