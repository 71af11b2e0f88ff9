//! Petitions in the database: the case, its path, its words, its files.

use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use super::clock::{Set, waited};
use super::life::State;
use super::rules::Clock;
use super::ties::afar::store as afar;
use crate::calendar::WorkingTime;
use crate::db::{Conn, Tx};
use crate::words::date;
use crate::{all, maybe, one, run};

pub mod choice;
pub mod draft;
mod kept;
pub mod knocks;
pub mod steps;

pub use kept::{contact, forget, forget_contact, keep_contact, keep_words, words};

/// A petition.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Case {
    /// Its id; stands in no page.
    pub id: String,
    /// Its code.
    pub code: String,
    /// The log of the portal at which it was asked.
    pub asked: i64,
    /// The entry in that log.
    pub idx: i64,
    /// The log of the agency that answers for it.
    pub owner: i64,
    /// Since when, in microseconds.
    pub owned: i64,
    /// The word of its kind.
    pub sort: String,
    /// The code of its commune; empty if it names none.
    pub place: String,
    /// The word of how its sender appears.
    pub mode: String,
    /// The language in which it was sent.
    pub lang: String,
    /// The hash of its secret.
    pub secret: Vec<u8>,
    /// A hash of the form by which it came.
    pub once: Vec<u8>,
    /// What stands before its words in the commitment.
    pub salt: Vec<u8>,
    /// What stands in the log for what was sent.
    pub commitment: Vec<u8>,
    /// 1 if its words make one think of danger.
    pub urgent: i64,
    /// The word of its state.
    pub state: String,
    /// Counts its steps: what was changed meanwhile is not overwritten.
    pub version: i64,
    /// Grows whenever it is handed over or reopened, from 1.
    pub epoch: i64,
    /// Who has taken it on: an account's id, or empty.
    pub handler: String,
    /// When it was registered, in microseconds.
    pub registered: i64,
    /// From when its clock runs, in microseconds.
    pub clock_from: i64,
    /// Of how many days; 0 where no rule sets it.
    pub clock_days: i64,
    /// `working` or `calendar`.
    pub clock_unit: String,
    /// Days for extensions, and for waiting that is over.
    pub added: i64,
    /// How often it was extended.
    pub extended: i64,
    /// Since when its sender is waited for; 0 if nobody is.
    pub paused: i64,
    /// How often it was given back.
    pub bounced: i64,
    /// The last day for the answer as it was counted last; empty if no rule sets one.
    pub due: String,
    /// When it was answered last; 0 if it was not.
    pub answered: i64,
    /// When it was reopened; 0 if it was not.
    pub reopened: i64,
    /// When it ended; 0 if it did not.
    pub closed: i64,
    /// How its sender rated it; empty if they did not.
    pub rating: String,
    /// The log to which it is being handed over; empty if it is not.
    pub handing: String,
    /// The word of the kind that a clerk has made of it; empty while that is `sort`, as which it was registered.
    pub kind: String,
}

impl Case {
    /// The word of its kind as it is handled.
    pub fn kind(&self) -> &str {
        if self.kind.is_empty() { &self.sort } else { &self.kind }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        State::of(&self.state)
    }

    /// Who has taken it on.
    pub fn handler(&self) -> Option<Uuid> {
        Uuid::try_parse(&self.handler).ok()
    }

    /// The clock of its answer.
    pub fn clock(&self) -> Set {
        let count = |days: i64| u32::try_from(days).unwrap_or(0);
        Set {
            from: self.clock_from,
            days: count(self.clock_days),
            working: self.clock_unit == "working",
            added: count(self.added),
            paused: (self.paused > 0).then_some(self.paused),
        }
    }

    /// Its sender is waited for no more: the days of waiting that the rule does not count are added.
    pub fn stop_waiting(&mut self, time: &WorkingTime, now: i64) {
        if self.paused > 0 {
            let more = Clock::of("more", date::day(crate::clock::instant(self.paused)));
            let working = self.clock().working;
            self.added += i64::from(waited(time, working, self.paused, now, more.as_ref()));
            self.paused = 0;
        }
    }

    /// Counts the last day for the answer anew, by the calendar that holds.
    pub fn count(&mut self, time: &WorkingTime, now: i64) {
        self.due = self.last_day(time, now).map(|day| day.to_string()).unwrap_or_default();
    }

    /// The last day for the answer, by the calendar that holds.
    pub fn last_day(&self, time: &WorkingTime, now: i64) -> Option<Date> {
        let more = Clock::of("more", date::day(crate::clock::instant(self.registered)));
        self.clock().due(time, more.as_ref(), now)
    }
}

/// The petition of a code.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, code: &str) -> sqlx::Result<Option<Case>> {
    maybe!(conn, Case, "SELECT * FROM petition WHERE code = $1", code.to_owned())
}

/// The petition of an id.
///
/// # Errors
/// The database's.
pub async fn of_id(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Case>> {
    maybe!(conn, Case, "SELECT * FROM petition WHERE id = $1", id.to_owned())
}

/// The open cases of an agency with their words, the newest first: id, code, commune, words.
///
/// # Errors
/// The database's.
pub async fn open_words(
    conn: &mut Conn,
    log: i64,
    most: i64,
) -> sqlx::Result<Vec<(String, String, String, String)>> {
    all!(
        conn,
        (String, String, String, String),
        "SELECT p.id, p.code, p.place, w.words FROM petition p JOIN petition_words w ON w.petition = p.id
         WHERE p.owner = $1 AND p.state IN ('new', 'work', 'asked', 'review') ORDER BY p.registered DESC LIMIT $2",
        log,
        most
    )
}

/// The petition that came by a form.
///
/// # Errors
/// The database's.
pub async fn by_once(conn: &mut Conn, once: &[u8]) -> sqlx::Result<Option<Case>> {
    maybe!(conn, Case, "SELECT * FROM petition WHERE once = $1", once.to_vec())
}

/// The petition of a code at an agency that has it or had it.
///
/// # Errors
/// The database's.
pub async fn held(conn: &mut Conn, code: &str, log: i64) -> sqlx::Result<Option<Case>> {
    maybe!(
        conn,
        Case,
        "SELECT p.* FROM petition p JOIN petition_holder h ON h.petition = p.id WHERE p.code = $1 AND h.log = $2",
        code.to_owned(),
        log
    )
}

/// The petitions to which an agency owes an answer: those that speak of danger first, then those that are due first.
///
/// # Errors
/// The database's.
pub async fn open_at(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Case>> {
    all!(
        conn,
        Case,
        "SELECT * FROM petition WHERE owner = $1 AND state IN ('new', 'work', 'asked', 'review')
         ORDER BY urgent DESC, CASE WHEN due = '' THEN 1 ELSE 0 END, due, registered LIMIT $2",
        log,
        most
    )
}

/// The petitions that are over at an agency, or are with another by now, the newest first.
///
/// # Errors
/// The database's.
pub async fn done_at(conn: &mut Conn, log: i64, most: i64) -> sqlx::Result<Vec<Case>> {
    all!(
        conn,
        Case,
        "SELECT p.* FROM petition p JOIN petition_holder h ON h.petition = p.id
         WHERE h.log = $1 AND (p.owner <> $1 OR p.state IN ('answered', 'closed', 'withdrawn'))
         ORDER BY p.registered DESC LIMIT $2",
        log,
        most
    )
}

/// Every petition of an agency of this node that is owed an answer, or may still be reopened.
///
/// # Errors
/// The database's.
pub async fn all_running(conn: &mut Conn) -> sqlx::Result<Vec<Case>> {
    all!(
        conn,
        Case,
        "SELECT p.* FROM petition p JOIN log l ON l.id = p.owner AND l.own = 1
         WHERE p.state IN ('new', 'work', 'asked', 'review', 'answered') ORDER BY p.registered, p.id"
    )
}

/// The next number of a day at a body.
///
/// # Errors
/// The database's.
pub async fn next_number(tx: &mut Tx, unit: &str, day: Date) -> sqlx::Result<u32> {
    let (last,) = one!(
        tx,
        (i64,),
        "SELECT COALESCE(MAX(number), 0) FROM petition WHERE unit = $1 AND day = $2",
        unit.to_owned(),
        day.to_string()
    )?;
    Ok(u32::try_from(last).unwrap_or(u32::MAX).saturating_add(1))
}

/// Writes down a petition that nobody has taken on: asked here, or come from another node.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, case: &Case, (day, unit, number): (Date, &str, u32)) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO petition (id, code, day, unit, number, asked, idx, owner, owned, sort, place, mode, lang, secret, salt,
           once, commitment, urgent, state, version, epoch, handler, registered, clock_from, clock_days, clock_unit, added, extended, paused,
           bounced, due, answered, reopened, closed, rating, kind)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'new', 1, $19, '', $20, $21, $22, $23,
           0, 0, 0, $24, $25, 0, $26, 0, '', $27)",
        case.id.clone(),
        case.code.clone(),
        day.to_string(),
        unit.to_owned(),
        i64::from(number),
        case.asked,
        case.idx,
        case.owner,
        case.owned,
        case.sort.clone(),
        case.place.clone(),
        case.mode.clone(),
        case.lang.clone(),
        case.secret.clone(),
        case.salt.clone(),
        case.once.clone(),
        case.commitment.clone(),
        case.urgent,
        case.epoch,
        case.registered,
        case.clock_from,
        case.clock_days,
        case.clock_unit.clone(),
        case.bounced,
        case.due.clone(),
        case.reopened,
        case.kind.clone()
    )?;
    Ok(())
}

/// An agency may look at a petition from now on.
///
/// # Errors
/// The database's.
pub async fn hold(tx: &mut Tx, id: &str, log: i64) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO petition_holder (petition, log, since) VALUES ($1, $2, $3) ON CONFLICT (petition, log) DO NOTHING",
        id.to_owned(),
        log,
        now
    )?;
    Ok(())
}

/// A petition opens with another secret from now: the one that its sender has had all the time, known here by its hash.
///
/// # Errors
/// The database's.
pub async fn opens_with(tx: &mut Tx, id: &str, secret: Vec<u8>) -> sqlx::Result<()> {
    run!(tx, "UPDATE petition SET secret = $1 WHERE id = $2", secret, id.to_owned())?;
    Ok(())
}

/// When an agency got a petition first, in microseconds.
///
/// # Errors
/// The database's.
pub async fn held_since(conn: &mut Conn, id: &str, log: i64) -> sqlx::Result<Option<i64>> {
    let found = maybe!(
        conn,
        (i64,),
        "SELECT since FROM petition_holder WHERE petition = $1 AND log = $2",
        id.to_owned(),
        log
    )?;
    Ok(found.map(|(since,)| since))
}

/// Writes down where a petition stands now, in a step in which nobody else can have changed it.
///
/// # Errors
/// It was changed all the same; the database's.
pub async fn save_within(tx: &mut Tx, case: &Case) -> anyhow::Result<()> {
    anyhow::ensure!(save(tx, case).await?, "petition {} was changed within a transaction", case.code);
    Ok(())
}

/// Writes down where a petition stands now. False, changing nothing, if it was changed by somebody else meanwhile.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, case: &Case) -> sqlx::Result<bool> {
    let saved = run!(
        tx,
        "UPDATE petition SET owner = $1, owned = $2, state = $3, handler = $4, clock_from = $5, clock_days = $6, clock_unit = $7,
           added = $8, extended = $9, paused = $10, bounced = $11, due = $12, answered = $13, reopened = $14, closed = $15,
           rating = $16, epoch = $19, handing = $20, kind = $21, version = version + 1
         WHERE id = $17 AND version = $18",
        case.owner,
        case.owned,
        case.state.clone(),
        case.handler.clone(),
        case.clock_from,
        case.clock_days,
        case.clock_unit.clone(),
        case.added,
        case.extended,
        case.paused,
        case.bounced,
        case.due.clone(),
        case.answered,
        case.reopened,
        case.closed,
        case.rating.clone(),
        case.id.clone(),
        case.version,
        case.epoch,
        case.handing.clone(),
        case.kind.clone()
    )?;
    afar::changed(tx, &case.id).await?;
    Ok(saved == 1)
}
