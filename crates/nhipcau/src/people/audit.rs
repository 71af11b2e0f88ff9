//! The audit trail: who did and saw what. Lines are only ever added, in the transaction of what they tell.
//!
//! Each line holds a hash over itself and the line before, so a line that was changed or taken out is found by whoever
//! holds a later one (an export, a backup). It names accounts by id and subjects by reference: no text, no secret.

use network::names::ContentHash;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{all, maybe, run};

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person.
    Account(Uuid),
    /// A command or program with the node's token.
    Token,
    /// Nobody that we know: a failed sign-in.
    Nobody,
}

impl Who {
    /// As it is kept: an account's id, `token`, or empty.
    pub fn text(self) -> String {
        match self {
            Who::Account(id) => id.to_string(),
            Who::Token => "token".to_owned(),
            Who::Nobody => String::new(),
        }
    }
}

/// A line to be added.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who.
    pub who: Who,
    /// Our number for the agency's log.
    pub log: i64,
    /// What, for example `draft.approve`.
    pub act: &'static str,
    /// On what: a reference, an account's id.
    pub subject: String,
    /// Facts beside it; never text that people wrote.
    pub detail: Value,
}

impl Line {
    /// A line without details.
    pub fn new(who: Who, log: i64, act: &'static str, subject: impl Into<String>) -> Line {
        Line { who, log, act, subject: subject.into(), detail: json!({}) }
    }

    /// The same with details.
    pub fn with(self, detail: Value) -> Line {
        Line { detail, ..self }
    }
}

/// A line as it is kept and exported.
#[derive(FromRow, Clone, Debug, Serialize)]
pub struct Kept {
    /// Its number, from 1 without a gap.
    pub seq: i64,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// An account's id, `token`, or empty.
    pub account: String,
    /// Our number for the agency's log.
    #[serde(skip)]
    pub log: i64,
    /// What was done.
    pub act: String,
    /// On what.
    pub subject: String,
    /// JSON.
    pub detail: String,
    /// SHA-256 over the hash before and this line.
    #[serde(serialize_with = "as_hex")]
    pub hash: Vec<u8>,
}

fn as_hex<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

impl Kept {
    /// The hash that this line must have after one with the hash `before`.
    fn due(&self, before: &[u8]) -> [u8; 32] {
        let line = json!([self.seq, self.at, self.account, self.log, self.act, self.subject, self.detail]);
        ContentHash::of(&[before, line.to_string().as_bytes()].concat()).0
    }
}

/// Adds a line, in the transaction of what it tells.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, line: Line) -> sqlx::Result<()> {
    let at = tx.ledger.now();
    let last = maybe!(tx, (i64, Vec<u8>), "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let (seq, before) = last.map_or((1, Vec::new()), |(seq, hash)| (seq + 1, hash));
    let mut kept = Kept {
        seq,
        at,
        account: line.who.text(),
        log: line.log,
        act: line.act.to_owned(),
        subject: line.subject,
        detail: line.detail.to_string(),
        hash: Vec::new(),
    };
    kept.hash = kept.due(&before).to_vec();
    run!(
        tx,
        "INSERT INTO audit (seq, at, account, log, act, subject, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        kept.seq,
        kept.at,
        kept.account,
        kept.log,
        kept.act,
        kept.subject,
        kept.detail,
        kept.hash
    )?;
    Ok(())
}

/// Adds a line in a step of its own: somebody saw something.
///
/// # Errors
/// The database's.
pub async fn saw(app: &App, line: Line) -> Result<(), Problem> {
    app.db
        .write("audit.saw", async move |tx: &mut Tx| -> Result<(), Problem> { Ok(add(tx, line).await?) })
        .await
}

/// Which lines are looked for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// By or about this account.
    pub who: Option<String>,
    /// This act.
    pub act: Option<String>,
    /// Before the line of this number.
    pub before: i64,
}

/// The newest lines of an agency that are looked for, at most `most`.
///
/// # Errors
/// The database's.
pub async fn sought(conn: &mut Conn, log: i64, sought: &Sought, most: i64) -> sqlx::Result<Vec<Kept>> {
    all!(
        conn,
        Kept,
        "SELECT seq, at, account, log, act, subject, detail, hash FROM audit
         WHERE log = $1 AND seq < $2 AND ($3 = '' OR account = $3 OR subject = $3) AND ($4 = '' OR act = $4)
         ORDER BY seq DESC LIMIT $5",
        log,
        sought.before,
        sought.who.clone().unwrap_or_default(),
        sought.act.clone().unwrap_or_default(),
        most
    )
}

/// The lines of an agency after one of that number, oldest first, at most `most`.
///
/// # Errors
/// The database's.
pub async fn after(conn: &mut Conn, log: i64, seq: i64, most: i64) -> sqlx::Result<Vec<Kept>> {
    all!(
        conn,
        Kept,
        "SELECT seq, at, account, log, act, subject, detail, hash FROM audit
         WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        log,
        seq,
        most
    )
}

/// The acts that an agency's trail tells of.
///
/// # Errors
/// The database's.
pub async fn acts(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<String>> {
    let acts = all!(conn, (String,), "SELECT DISTINCT act FROM audit WHERE log = $1 ORDER BY act", log)?;
    Ok(acts.into_iter().map(|(act,)| act).collect())
}

/// The number of the first line that is missing or was changed; `None` if the whole trail is as it was written.
///
/// # Errors
/// The database's.
pub async fn broken(conn: &mut Conn) -> sqlx::Result<Option<i64>> {
    const STEP: i64 = 1_000;
    let (mut last, mut before) = (0, Vec::new());
    loop {
        let lines = all!(
            conn,
            Kept,
            "SELECT seq, at, account, log, act, subject, detail, hash FROM audit
             WHERE seq > $1 ORDER BY seq LIMIT $2",
            last,
            STEP
        )?;
        if lines.is_empty() {
            return Ok(None);
        }
        for line in lines {
            if line.seq != last + 1 || line.hash != line.due(&before) {
                return Ok(Some(last + 1));
            }
            (last, before) = (line.seq, line.hash);
        }
    }
}
