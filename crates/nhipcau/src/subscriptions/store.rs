//! Subscribers, what they follow, and what they asked for, in the database.

use sqlx::FromRow;

use super::{Often, Rhythm, topic::Topic};
use crate::db::{Conn, Tx};
use crate::words::Lang;
use crate::{all, maybe, one, run};

const DAY: i64 = 86_400_000_000;
/// For so long a one-time link is good, in microseconds.
pub const LINK_LASTS: i64 = 2 * DAY;
/// Links that are mailed to one address in a day.
const LINKS_TO_ONE: i64 = 3;
/// Links that are asked for from one network in an hour, and from all.
const LINKS_FROM_ONE: i64 = 20;
const LINKS_FROM_ALL: i64 = 2_000;
const HOUR: i64 = DAY / 24;
/// Topics that one address follows at most.
pub const MOST_TOPICS: i64 = 100;

/// By what somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By mail.
    Mail,
    /// By notices of a browser.
    Push,
}

impl Via {
    fn word(self) -> &'static str {
        match self {
            Via::Mail => "mail",
            Via::Push => "push",
        }
    }
}

/// A subscriber.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// Its id: 32 random hexadecimal digits.
    pub id: String,
    /// The domain of the portal at which it follows.
    pub portal: String,
    /// The sealed address.
    pub address: Vec<u8>,
    /// The language of its mails.
    pub lang: Lang,
    /// How often it is told.
    pub rhythm: Rhythm,
    /// By what it is told.
    pub via: Via,
}

#[derive(FromRow)]
struct Row {
    id: String,
    portal: String,
    address: Vec<u8>,
    lang: String,
    often: String,
    hour: i64,
    via: String,
}

impl From<Row> for Subscriber {
    fn from(row: Row) -> Subscriber {
        let rhythm = Rhythm { often: Often::of(&row.often), hour: row.hour.clamp(0, 23) as i8 };
        let via = if row.via == Via::Push.word() { Via::Push } else { Via::Mail };
        let Row { id, portal, address, lang, .. } = row;
        Subscriber { id, portal, address, lang: Lang::of_code(&lang), rhythm, via }
    }
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id: 32 random hexadecimal digits.
    pub id: String,
    /// The domain of the portal.
    pub portal: String,
    /// By this the address is found again.
    pub mark: Vec<u8>,
    /// The sealed address.
    pub address: Vec<u8>,
    /// By this the network is found again.
    pub network: Vec<u8>,
    /// The language.
    pub lang: Lang,
    /// What is to be followed.
    pub topic: Topic,
    /// How often.
    pub rhythm: Rhythm,
    /// By what; a link is only mailed.
    pub via: Via,
}

#[derive(FromRow)]
struct RequestRow {
    id: String,
    portal: String,
    mark: Vec<u8>,
    address: Vec<u8>,
    network: Vec<u8>,
    lang: String,
    topic: String,
    often: String,
    hour: i64,
}

impl RequestRow {
    fn request(self) -> Option<Request> {
        let rhythm = Rhythm { often: Often::of(&self.often), hour: self.hour.clamp(0, 23) as i8 };
        let (topic, lang) = (Topic::of(&self.topic)?, Lang::of_code(&self.lang));
        let RequestRow { id, portal, mark, address, network, .. } = self;
        Some(Request { id, portal, mark, address, network, lang, topic, rhythm, via: Via::Mail })
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A mail with the link waits to be sent.
    Mailed,
    /// This address was mailed often enough today; whoever asks is told nothing of that.
    Enough,
    /// Too much is asked for from this network, or from all.
    TooOften,
}

/// Takes a request, and a mail with its link, if that is not too often.
///
/// # Errors
/// The database's.
pub async fn ask(tx: &mut Tx, request: &Request, mailing: String) -> sqlx::Result<Taken> {
    let now = tx.ledger.now();
    if too_often(tx, &request.network, now).await? {
        return Ok(Taken::TooOften);
    }
    let (to_one,) = one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM follow_request WHERE mark = $1 AND at > $2 AND at <= $3",
        request.mark.clone(),
        now - DAY,
        now
    )?;
    if to_one >= LINKS_TO_ONE {
        return Ok(Taken::Enough);
    }
    note(tx, request, false, now).await?;
    run!(
        tx,
        "INSERT INTO mailing (id, subscriber, request, made, due, attempts, sent) VALUES ($1, '', $2, $3, $3, 0, 0)",
        mailing,
        request.id.clone(),
        now
    )?;
    Ok(Taken::Mailed)
}

/// True if too much is asked for from this network, or from all.
async fn too_often(tx: &mut Tx, network: &[u8], now: i64) -> sqlx::Result<bool> {
    let (of_all, of_network) = one!(
        tx,
        (i64, i64),
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN network = $1 THEN 1 ELSE 0 END), 0)
         FROM follow_request WHERE at > $2 AND at <= $3",
        network.to_vec(),
        now - HOUR,
        now
    )?;
    Ok(of_all >= LINKS_FROM_ALL || of_network >= LINKS_FROM_ONE)
}

async fn note(tx: &mut Tx, request: &Request, used: bool, now: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO follow_request (id, portal, mark, address, network, lang, topic, often, hour, at, used)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        request.id.clone(),
        request.portal.clone(),
        request.mark.clone(),
        request.address.clone(),
        request.network.clone(),
        request.lang.code(),
        request.topic.word(),
        request.rhythm.often.word(),
        i64::from(request.rhythm.hour),
        now,
        i64::from(used)
    )?;
    Ok(())
}

/// A request whose link has not been used and is still good.
///
/// # Errors
/// The database's.
pub async fn request(conn: &mut Conn, id: &str, now: i64) -> sqlx::Result<Option<Request>> {
    let row = maybe!(
        conn,
        RequestRow,
        "SELECT id, portal, mark, address, network, lang, topic, often, hour FROM follow_request
         WHERE id = $1 AND used = 0 AND at > $2",
        id.to_owned(),
        now - LINK_LASTS
    )?;
    Ok(row.and_then(RequestRow::request))
}

/// Who follows since a link was opened.
pub struct Begun {
    /// The subscriber.
    pub subscriber: String,
    /// True if the address follows so much already that this was not added.
    pub full: bool,
}

/// Carries out what was asked for; the link is used up. Nothing if it was used before, or is too old.
///
/// # Errors
/// The database's.
pub async fn confirm(tx: &mut Tx, id: &str, new: String) -> sqlx::Result<Option<Begun>> {
    let now = tx.ledger.now();
    let Some(request) = request(tx.conn(), id, now).await? else { return Ok(None) };
    run!(tx, "UPDATE follow_request SET used = 1 WHERE id = $1", id.to_owned())?;
    begin(tx, &request, new, now).await.map(Some)
}

/// Carries out what a browser asked for, which has asked its user itself. Nothing if that is too often.
///
/// # Errors
/// The database's.
pub async fn begin_at_once(tx: &mut Tx, request: &Request, new: String) -> sqlx::Result<Option<Begun>> {
    let now = tx.ledger.now();
    if too_often(tx, &request.network, now).await? {
        return Ok(None);
    }
    note(tx, request, true, now).await?;
    begin(tx, request, new, now).await.map(Some)
}

async fn begin(tx: &mut Tx, request: &Request, new: String, now: i64) -> sqlx::Result<Begun> {
    let known = maybe!(
        tx,
        (String,),
        "SELECT id FROM subscriber WHERE portal = $1 AND mark = $2",
        request.portal.clone(),
        request.mark.clone()
    )?;
    let (often, hour) = (request.rhythm.often.word(), i64::from(request.rhythm.hour));
    let next = request.rhythm.next(now);
    let subscriber = match known {
        Some((subscriber,)) => {
            run!(
                tx,
                "UPDATE subscriber SET lang = $1, often = $2, hour = $3, next = $4, failures = 0, failed = 0, address = $5 WHERE id = $6",
                request.lang.code(),
                often,
                hour,
                next,
                request.address.clone(),
                subscriber.clone()
            )?;
            subscriber
        }
        None => {
            run!(
                tx,
                "INSERT INTO subscriber (id, portal, mark, address, lang, often, hour, next, failures, failed, begun, via)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10)",
                new.clone(),
                request.portal.clone(),
                request.mark.clone(),
                request.address.clone(),
                request.lang.code(),
                often,
                hour,
                next,
                now,
                request.via.word()
            )?;
            new
        }
    };
    let (follows,) = one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM following WHERE subscriber = $1 AND topic <> $2",
        subscriber.clone(),
        request.topic.word()
    )?;
    let full = follows >= MOST_TOPICS;
    if !full {
        run!(
            tx,
            "INSERT INTO following (topic, subscriber, at) VALUES ($1, $2, $3) ON CONFLICT (topic, subscriber) DO NOTHING",
            request.topic.word(),
            subscriber.clone(),
            now
        )?;
    }
    Ok(Begun { subscriber, full })
}

/// A subscriber.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: &str) -> sqlx::Result<Option<Subscriber>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, portal, address, lang, often, hour, via FROM subscriber WHERE id = $1",
        id.to_owned()
    )?;
    Ok(row.map(Subscriber::from))
}

/// What a subscriber follows, the oldest first.
///
/// # Errors
/// The database's.
pub async fn topics(conn: &mut Conn, subscriber: &str) -> sqlx::Result<Vec<Topic>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT topic FROM following WHERE subscriber = $1 ORDER BY at, topic",
        subscriber.to_owned()
    )?;
    Ok(rows.into_iter().filter_map(|(word,)| Topic::of(&word)).collect())
}

/// Changes how often a subscriber is told, and in which language.
///
/// # Errors
/// The database's.
pub async fn change(tx: &mut Tx, id: &str, rhythm: Rhythm, lang: Lang) -> sqlx::Result<()> {
    let next = rhythm.next(tx.ledger.now());
    run!(
        tx,
        "UPDATE subscriber SET often = $1, hour = $2, next = $3, lang = $4 WHERE id = $5",
        rhythm.often.word(),
        i64::from(rhythm.hour),
        next,
        lang.code(),
        id.to_owned()
    )?;
    Ok(())
}

/// Follows one topic no more; a subscriber that follows nothing is forgotten.
///
/// # Errors
/// The database's.
pub async fn leave(tx: &mut Tx, id: &str, topic: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM following WHERE subscriber = $1 AND topic = $2", id.to_owned(), topic.to_owned())?;
    let (left,) = one!(tx, (i64,), "SELECT COUNT(*) FROM following WHERE subscriber = $1", id.to_owned())?;
    if left == 0 { forget(tx, id).await } else { Ok(()) }
}

/// Forgets a subscriber: address, topics, what waits, what was told.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, id: &str) -> sqlx::Result<()> {
    let known =
        maybe!(tx, (String, Vec<u8>), "SELECT portal, mark FROM subscriber WHERE id = $1", id.to_owned())?;
    if let Some((portal, mark)) = known {
        run!(tx, "DELETE FROM follow_request WHERE portal = $1 AND mark = $2", portal, mark)?;
    }
    run!(tx, "DELETE FROM telling WHERE subscriber = $1", id.to_owned())?;
    run!(tx, "DELETE FROM mailing WHERE subscriber = $1", id.to_owned())?;
    run!(tx, "DELETE FROM following WHERE subscriber = $1", id.to_owned())?;
    run!(tx, "DELETE FROM subscriber WHERE id = $1", id.to_owned())?;
    Ok(())
}

/// How many follow something.
///
/// # Errors
/// The database's.
pub async fn count(conn: &mut Conn) -> sqlx::Result<i64> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(*) FROM subscriber")?;
    Ok(count)
}

/// How many mails wait.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn) -> sqlx::Result<i64> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(*) FROM mailing WHERE sent = 0")?;
    Ok(count)
}
