//! Letters in the database: what waits, what came, what is carried for others.

use jiff::Timestamp;
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::words::{Lang, number};
use crate::{all, maybe, one, run};

/// What a letter of ours has come to, as it is written down. An empty word: it waits.
pub const HELD: &str = "held";
/// Its recipient refused it for good.
pub const REFUSED: &str = "refused";
/// It is not to be sent any more.
pub const DROPPED: &str = "dropped";

/// A letter that waits.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    /// Its name.
    pub id: String,
    /// The number of the log of the portal that wrote it.
    pub log: i64,
    /// The origin of that log.
    pub sender: String,
    /// For whom.
    pub recipient: String,
}

/// A letter that waits, with its body.
#[derive(Clone, FromRow)]
pub struct Whole {
    /// The origin of the log of the portal that wrote it.
    pub sender: String,
    /// For whom.
    pub recipient: String,
    /// Its kind.
    pub kind: String,
    /// How far heads was known when it was written.
    pub heads: i64,
    /// Its body.
    pub body: Vec<u8>,
}

/// Counts for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Letters of ours that their recipients do not hold yet.
    pub waiting: i64,
    /// When the oldest of them was written, in microseconds.
    pub oldest: Option<i64>,
    /// Letters of others that are carried here.
    pub carried: i64,
    /// Letters that our portals have received.
    pub received: i64,
}

/// The counts as a sentence, and nothing else of any letter.
pub fn sentence(lang: Lang, counts: &Counts, now: Timestamp) -> String {
    let words = lang.letter();
    let mut said = match counts.oldest {
        None => words.none.to_owned(),
        Some(oldest) => {
            let waited = u64::try_from((now.as_microsecond() - oldest) / 1_000).unwrap_or(0);
            words.waiting(counts.waiting, number::duration(lang, waited))
        }
    };
    if counts.carried > 0 {
        said.push(' ');
        said.push_str(&words.carried(counts.carried));
    }
    said
}

/// Every letter that waits, the oldest first.
pub async fn waiting(conn: &mut Conn) -> sqlx::Result<Vec<Waiting>> {
    all!(
        conn,
        Waiting,
        "SELECT o.id, o.log, l.origin AS sender, o.recipient FROM letter_out o JOIN log l ON l.id = o.log
         WHERE o.outcome = '' ORDER BY o.at, o.id"
    )
}

/// A letter that waits.
pub async fn whole(conn: &mut Conn, id: Uuid) -> sqlx::Result<Option<Whole>> {
    maybe!(
        conn,
        Whole,
        "SELECT l.origin AS sender, o.recipient, o.kind, o.heads, o.body FROM letter_out o
         JOIN log l ON l.id = o.log WHERE o.id = $1 AND o.outcome = '' AND o.body IS NOT NULL",
        id.to_string()
    )
}

/// Counts of everything.
pub async fn counts(conn: &mut Conn) -> sqlx::Result<Counts> {
    let (waiting, oldest) =
        one!(conn, (i64, Option<i64>), "SELECT COUNT(*), MIN(at) FROM letter_out WHERE outcome = ''")?;
    let (carried,) = one!(conn, (i64,), "SELECT COUNT(*) FROM letter_relay WHERE receipt = ''")?;
    let (received,) = one!(conn, (i64,), "SELECT COUNT(*) FROM letter_in")?;
    Ok(Counts { waiting, oldest, carried, received })
}

/// What a letter of ours has come to, and when; `None` if there is none of this name.
pub async fn outcome(conn: &mut Conn, id: Uuid) -> sqlx::Result<Option<(String, Option<i64>)>> {
    maybe!(conn, (String, Option<i64>), "SELECT outcome, done FROM letter_out WHERE id = $1", id.to_string())
}

/// Puts a letter into the outbox.
pub(super) async fn put(
    tx: &mut Tx,
    id: Uuid,
    log: i64,
    recipient: &Origin,
    kind: &str,
    body: &[u8],
) -> sqlx::Result<()> {
    let (now, heads) = (tx.ledger.now(), tx.ledger.directory.confirmed() as i64);
    run!(
        tx,
        "INSERT INTO letter_out (id, log, recipient, kind, heads, at, body, outcome, done)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '', NULL) ON CONFLICT (id) DO NOTHING",
        id.to_string(),
        log,
        recipient.to_string(),
        kind.to_owned(),
        heads,
        now,
        body.to_vec()
    )?;
    Ok(())
}

/// A letter has come to its end: its body is not needed any more. False if it had before.
pub(super) async fn end(tx: &mut Tx, id: Uuid, outcome: &'static str) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let ended = run!(
        tx,
        "UPDATE letter_out SET outcome = $1, done = $2, body = NULL WHERE id = $3 AND outcome = ''",
        outcome,
        now,
        id.to_string()
    )?;
    Ok(ended > 0)
}

/// What a portal wrote and nobody holds yet is written by another from now on: the one that took its place.
///
/// # Errors
/// The database's.
pub async fn hand_over(tx: &mut Tx, from: i64, to: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE letter_out SET log = $2 WHERE log = $1 AND outcome = ''", from, to)?;
    Ok(())
}

/// A letter is for another portal now: the one that took the place of its recipient.
pub(super) async fn readdress(tx: &mut Tx, id: Uuid, to: &Origin) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE letter_out SET recipient = $1 WHERE id = $2 AND outcome = ''",
        to.to_string(),
        id.to_string()
    )?;
    Ok(())
}

/// What is held under this name, if anything.
pub(super) async fn held(
    conn: &mut Conn,
    recipient: &Origin,
    sender: &Origin,
    id: Uuid,
) -> sqlx::Result<Option<ContentHash>> {
    let row = maybe!(
        conn,
        (Vec<u8>,),
        "SELECT hash FROM letter_in WHERE recipient = $1 AND sender = $2 AND id = $3",
        recipient.to_string(),
        sender.to_string(),
        id.to_string()
    )?;
    Ok(row.and_then(|(hash,)| hash.try_into().ok()).map(ContentHash))
}

/// Remembers that a letter was received.
pub(super) async fn keep(tx: &mut Tx, letter: &network::letter::Letter) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO letter_in (recipient, sender, id, hash, kind, at) VALUES ($1, $2, $3, $4, $5, $6)",
        letter.to.to_string(),
        letter.from.to_string(),
        letter.id.to_string(),
        letter.hash().0.to_vec(),
        letter.kind.clone(),
        now
    )?;
    Ok(())
}
