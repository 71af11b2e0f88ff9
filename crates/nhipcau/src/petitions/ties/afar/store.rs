//! Splits between nodes, in the database.

use network::split::Stage;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// The parts were asked for.
pub const ASKED: &str = "asked";
/// They are registered.
pub const PARTED: &str = "parted";
/// They are not registered.
pub const REFUSED: &str = "refused";

/// A case that was split between nodes, at either end.
#[derive(Clone, Debug, Default, FromRow, Serialize, Deserialize)]
pub struct Split {
    /// Its name.
    pub id: String,
    /// The whole; empty while it travels.
    #[serde(skip)]
    pub petition: String,
    /// 1 where the whole was asked, 0 at its owner.
    pub home: i64,
    /// Who split it: an account's id; empty where nobody of this node did.
    #[serde(skip)]
    pub account: String,
    /// When, in microseconds.
    pub at: i64,
    /// `asked`, `parted`, `refused` or, once it was forgotten, `over`.
    pub state: String,
    /// The word of the reason for which it was refused.
    pub why: String,
    /// That of the last list.
    pub version: i64,
    /// When the owner asked last, in microseconds.
    #[serde(skip)]
    pub again: i64,
    /// 1 while a part stands otherwise than the last list says.
    #[serde(skip)]
    pub stale: i64,
}

/// A part of one.
#[derive(Clone, Debug, Default, FromRow, Serialize, Deserialize)]
pub struct Part {
    /// Its number, from 1.
    pub n: i64,
    /// What it asks; at the owner, until it is registered.
    pub words: String,
    /// The log of the agency that is to answer it, or answers for it.
    pub agency: String,
    /// Its code; empty until that is known.
    pub code: String,
    /// The word of where it stands.
    pub stage: String,
    /// What was answered.
    pub answer: String,
}

impl Part {
    /// Where it stands: an answer is due unless something else is known.
    pub fn stage(&self) -> Stage {
        self.stage.parse().unwrap_or(Stage::Open)
    }
}

/// The split of a name.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Split>> {
    maybe!(conn, Split, "SELECT * FROM petition_split WHERE id = $1", id.to_owned())
}

/// The splits of a case, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, petition: &str) -> sqlx::Result<Vec<Split>> {
    all!(
        conn,
        Split,
        "SELECT * FROM petition_split WHERE petition = $1 ORDER BY at DESC, id",
        petition.to_owned()
    )
}

/// The parts of a split.
///
/// # Errors
/// The database's.
pub async fn parts(conn: &mut Conn, id: &str) -> sqlx::Result<Vec<Part>> {
    all!(
        conn,
        Part,
        "SELECT n, words, agency, code, stage, answer FROM petition_split_part WHERE split = $1 ORDER BY n",
        id.to_owned()
    )
}

/// The parts of a case that are not cases tied to it at this node: they are registered, or to be registered, at another.
///
/// # Errors
/// The database's.
pub async fn elsewhere(conn: &mut Conn, petition: &str) -> sqlx::Result<Vec<Part>> {
    all!(
        conn,
        Part,
        "SELECT x.n, x.words, x.agency, x.code, x.stage, x.answer FROM petition_split_part x
         JOIN petition_split s ON s.id = x.split
         WHERE s.petition = $1 AND s.state IN ('asked', 'parted') AND NOT EXISTS (
           SELECT 1 FROM petition_tie t JOIN petition p ON p.id = t.petition
           WHERE t.lead = $1 AND t.sort = 'part' AND t.ended = 0 AND p.code = x.code)
         ORDER BY s.at, x.n",
        petition.to_owned()
    )
}

/// The code of the whole of which a case of this node is a part, if its agency or another of this node split that.
///
/// # Errors
/// The database's.
pub async fn whole(conn: &mut Conn, petition: &str) -> sqlx::Result<Option<String>> {
    let found = maybe!(
        conn,
        (String,),
        "SELECT w.code FROM petition c JOIN petition_split_part x ON x.code = c.code
         JOIN petition_split s ON s.id = x.split AND s.state = 'parted' AND s.home = 0
         JOIN petition w ON w.id = s.petition WHERE c.id = $1 AND c.code <> ''",
        petition.to_owned()
    )?;
    Ok(found.map(|(code,)| code))
}

/// Writes a split down with its parts. One that is known stays, but where the whole was asked counts more than what its owner knew.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, split: &Split, parts: &[Part]) -> sqlx::Result<()> {
    let added = run!(
        tx,
        "INSERT INTO petition_split (id, petition, home, account, at, state, why, version, again, stale)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET home = excluded.home, state = excluded.state, version = excluded.version, stale = excluded.stale
         WHERE petition_split.home < excluded.home",
        split.id.clone(),
        split.petition.clone(),
        split.home,
        split.account.clone(),
        split.at,
        split.state.clone(),
        split.why.clone(),
        split.version,
        split.again,
        split.stale
    )?;
    if added == 1 {
        for part in parts {
            say(tx, &split.id, part).await?;
        }
    }
    Ok(())
}

/// Writes down how a split stands.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, split: &Split) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_split SET state = $1, why = $2, version = $3, again = $4, stale = $5 WHERE id = $6",
        split.state.clone(),
        split.why.clone(),
        split.version,
        split.again,
        split.stale,
        split.id.clone()
    )?;
    Ok(())
}

/// Writes down how a part stands.
///
/// # Errors
/// The database's.
pub async fn say(tx: &mut Tx, id: &str, part: &Part) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition_split_part (split, n, words, agency, code, stage, answer) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (split, n) DO UPDATE SET words = excluded.words, agency = excluded.agency, code = excluded.code,
           stage = excluded.stage, answer = excluded.answer",
        id.to_owned(),
        part.n,
        part.words.clone(),
        part.agency.clone(),
        part.code.clone(),
        part.stage.clone(),
        part.answer.clone()
    )?;
    Ok(())
}

/// A case stands otherwise: if it is a part, the whole's owner at another node is to hear of it.
///
/// # Errors
/// The database's.
pub async fn changed(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_split SET stale = 1 WHERE home = 1 AND state = 'parted' AND petition IN (
           SELECT lead FROM petition_tie WHERE petition = $1 AND sort = 'part' AND ended = 0)",
        petition.to_owned()
    )?;
    Ok(())
}

/// The splits of which an owner at another node is to hear.
///
/// # Errors
/// The database's.
pub async fn stale(conn: &mut Conn) -> sqlx::Result<Vec<Split>> {
    all!(conn, Split, "SELECT * FROM petition_split WHERE stale = 1 ORDER BY at, id LIMIT 500")
}

/// The splits of owners of this node that have not asked since an instant, and whose whole waits for what they would hear.
///
/// # Errors
/// The database's.
pub async fn silent(conn: &mut Conn, since: i64) -> sqlx::Result<Vec<Split>> {
    all!(
        conn,
        Split,
        "SELECT s.* FROM petition_split s JOIN petition p ON p.id = s.petition JOIN log l ON l.id = p.owner AND l.own = 1
         WHERE s.home = 0 AND s.state IN ('asked', 'parted') AND s.again <= $1 AND p.state NOT IN ('closed', 'withdrawn')
           AND (s.state = 'asked' OR EXISTS (SELECT 1 FROM petition_split_part x WHERE x.split = s.id AND x.stage <> 'ended'))
         ORDER BY s.again LIMIT 500",
        since
    )
}

/// What the refused splits of a case asked is not needed any more.
///
/// # Errors
/// The database's.
pub async fn forget_refused(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_split_part SET words = '' WHERE split IN (
           SELECT id FROM petition_split WHERE petition = $1 AND state = 'refused')",
        petition.to_owned()
    )?;
    Ok(())
}

/// Forgets what was asked in the parts of a case and what was answered. At its owner the split is over; where the whole was asked it stands
/// as it is, so that nothing is registered again.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, petition: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE petition_split_part SET words = '', answer = '' WHERE split IN (SELECT id FROM petition_split WHERE petition = $1)",
        petition.to_owned()
    )?;
    run!(
        tx,
        "UPDATE petition_split SET state = 'over' WHERE petition = $1 AND home = 0",
        petition.to_owned()
    )?;
    Ok(())
}
