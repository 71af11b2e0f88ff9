//! What others ask our portals for opinions on.

use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::stated;
use crate::calendar::Stated;
use crate::db::{Conn, Tx};
use crate::opinions::letters::Asked;
use crate::{all, maybe, run};

/// What another agency asks a portal of ours.
#[derive(Clone, FromRow)]
pub struct Request {
    /// The round.
    pub round: String,
    /// Who asks.
    pub asker: String,
    /// What an approval of the draft would bind to.
    pub hash: Vec<u8>,
    /// What is asked.
    pub question: String,
    /// The last day for an answer.
    pub due: String,
    /// When it came, in microseconds.
    pub at: i64,
    /// The draft as JSON; empty once it is gone.
    pub written: String,
    /// When the asker last reminded us.
    pub reminded: Option<i64>,
    /// `cancelled`, `erased`; empty while it stands.
    pub ended: String,
    /// The word of our opinion; empty before there is one.
    pub verdict: String,
    /// In words.
    pub words: String,
    /// When we answered.
    pub answered: Option<i64>,
    /// From which day working days are counted.
    pub since: Option<String>,
    /// How many.
    pub days: Option<i64>,
}

impl Request {
    /// How its deadline is stated, if in working days; it is closed once we have answered.
    pub fn stated(&self) -> Option<Stated> {
        stated(self.since.as_deref(), self.days, self.at, self.answered)
    }
}

/// What is asked of a portal in working days and awaits its answer.
pub async fn open_requests(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Request>> {
    all!(
        conn,
        Request,
        "SELECT round, asker, hash, question, due, at, written, reminded, ended, verdict, words, answered, since, days
         FROM opinion_request WHERE log = $1 AND ended = '' AND verdict = '' AND days IS NOT NULL ORDER BY at, round",
        log
    )
}

/// Keeps a question, unless it was taken back before it came.
pub(in crate::opinions) async fn take(
    tx: &mut Tx,
    log: i64,
    asker: &Origin,
    said: Asked,
    files: Vec<u8>,
) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    let hash: ContentHash = said.hash.parse().unwrap_or(ContentHash([0; 32]));
    run!(
        tx,
        "INSERT INTO opinion_request (log, round, asker, hash, question, due, at, written, files, reminded, ended,
           verdict, words, account, answered, since, days)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, '', '', '', '', NULL, $10, $11) ON CONFLICT (log, round) DO NOTHING",
        log,
        said.round.to_string(),
        asker.to_string(),
        hash.0.to_vec(),
        said.question,
        said.due.to_string(),
        now,
        serde_json::to_string(&said.written)?,
        files,
        said.since.map(|day| day.to_string()),
        said.days.map(i64::from)
    )?;
    Ok(())
}

/// Who asked a question that a portal has.
pub(in crate::opinions) async fn asker(
    conn: &mut Conn,
    log: i64,
    round: Uuid,
) -> sqlx::Result<Option<String>> {
    let row = maybe!(
        conn,
        (String,),
        "SELECT asker FROM opinion_request WHERE log = $1 AND round = $2",
        log,
        round.to_string()
    )?;
    Ok(row.map(|(asker,)| asker))
}

/// The end of a question: its text and files go. One that has not come yet will not be kept. False if it is another's.
pub(in crate::opinions) async fn ended(
    tx: &mut Tx,
    log: i64,
    asker: &Origin,
    round: Uuid,
    how: &'static str,
) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let ended = run!(
        tx,
        "INSERT INTO opinion_request (log, round, asker, hash, question, due, at, written, files, reminded, ended,
           verdict, words, account, answered)
         VALUES ($1, $2, $3, $4, '', '', $5, '', $6, NULL, $7, '', '', '', NULL)
         ON CONFLICT (log, round) DO UPDATE SET question = '', written = '', files = excluded.files,
           ended = excluded.ended, words = ''
         WHERE opinion_request.asker = excluded.asker",
        log,
        round.to_string(),
        asker.to_string(),
        vec![0_u8; 32],
        now,
        Vec::<u8>::new(),
        how
    )?;
    Ok(ended > 0)
}

/// The asker waits. False if there is no such question of it.
pub(in crate::opinions) async fn reminded_of(
    tx: &mut Tx,
    log: i64,
    asker: &Origin,
    round: Uuid,
) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let noted = run!(
        tx,
        "UPDATE opinion_request SET reminded = $1 WHERE log = $2 AND round = $3 AND asker = $4 AND ended = ''",
        now,
        log,
        round.to_string(),
        asker.to_string()
    )?;
    Ok(noted > 0)
}

/// What is asked of a portal: what awaits an answer first, by its day. What was taken back before it came is not there.
pub async fn requests(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Request>> {
    all!(
        conn,
        Request,
        "SELECT round, asker, hash, question, due, at, written, reminded, ended, verdict, words, answered, since, days
         FROM opinion_request WHERE log = $1 AND due <> ''
         ORDER BY CASE WHEN ended = '' AND verdict = '' THEN 0 ELSE 1 END, due, at DESC LIMIT $2",
        log,
        most
    )
}

/// One of them.
pub async fn request(conn: &mut Conn, log: i64, round: Uuid) -> sqlx::Result<Option<Request>> {
    maybe!(
        conn,
        Request,
        "SELECT round, asker, hash, question, due, at, written, reminded, ended, verdict, words, answered, since, days
         FROM opinion_request WHERE log = $1 AND round = $2",
        log,
        round.to_string()
    )
}

/// The files of one of them, one behind the other.
pub async fn files(conn: &mut Conn, log: i64, round: Uuid) -> sqlx::Result<Option<Vec<u8>>> {
    let row = maybe!(
        conn,
        (Vec<u8>,),
        "SELECT files FROM opinion_request WHERE log = $1 AND round = $2",
        log,
        round.to_string()
    )?;
    Ok(row.map(|(files,)| files))
}

/// Notes our answer. False if the question does not stand any more.
pub async fn answer(
    tx: &mut Tx,
    log: i64,
    round: Uuid,
    verdict: &'static str,
    words: &str,
    account: Uuid,
) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let noted = run!(
        tx,
        "UPDATE opinion_request SET verdict = $1, words = $2, account = $3, answered = $4
         WHERE log = $5 AND round = $6 AND ended = ''",
        verdict,
        words.to_owned(),
        account.to_string(),
        now,
        log,
        round.to_string()
    )?;
    Ok(noted > 0)
}
