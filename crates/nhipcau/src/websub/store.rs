//! Subscriptions in the database.

use anyhow::Context;
use sqlx::FromRow;

use super::{Subscription, Verify};
use crate::db::{Conn, Tx};
use crate::{all, maybe, one, run};

#[derive(FromRow)]
struct Row {
    topic: String,
    callback: String,
    log: i64,
    host: String,
    verify: String,
    lease: i64,
    wanted: Option<Vec<u8>>,
    secret: Option<Vec<u8>>,
    until: i64,
    sent: Option<Vec<u8>>,
    next: i64,
    at: i64,
    failures: i64,
    trouble: String,
}

impl TryFrom<Row> for Subscription {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Subscription> {
        let verify =
            Verify::of(&row.verify).with_context(|| format!("unknown stored question {}", row.verify))?;
        Ok(Subscription {
            topic: row.topic,
            callback: row.callback,
            log: row.log,
            host: row.host,
            verify,
            lease: row.lease,
            wanted: row.wanted,
            secret: row.secret,
            until: row.until,
            sent: row.sent,
            next: row.next,
            at: row.at,
            failures: row.failures,
            trouble: row.trouble,
        })
    }
}

fn read(rows: Vec<Row>) -> anyhow::Result<Vec<Subscription>> {
    rows.into_iter().map(Subscription::try_from).collect()
}

/// What is to be done now: questions, deliveries, leases that have ended; the longest due first.
///
/// # Errors
/// The database's.
pub(super) async fn due(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Subscription>> {
    read(all!(
        conn,
        Row,
        "SELECT topic, callback, log, host, verify, lease, wanted, secret, until, sent, next, at, failures, trouble
         FROM websub WHERE (next > 0 AND next <= $1) OR (until > 0 AND until <= $1) ORDER BY next, topic, callback LIMIT $2",
        now,
        most
    )?)
}

/// Feeds to which somebody has subscribed.
///
/// # Errors
/// The database's.
pub(super) async fn topics(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    let rows = all!(conn, (String,), "SELECT DISTINCT topic FROM websub WHERE until > 0 ORDER BY topic")?;
    Ok(rows.into_iter().map(|(topic,)| topic).collect())
}

/// A subscription.
///
/// # Errors
/// The database's.
pub(super) async fn find(
    conn: &mut Conn,
    topic: &str,
    callback: &str,
) -> anyhow::Result<Option<Subscription>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT topic, callback, log, host, verify, lease, wanted, secret, until, sent, next, at, failures, trouble
         FROM websub WHERE topic = $1 AND callback = $2",
        topic.to_owned(),
        callback.to_owned()
    )?;
    row.map(Subscription::try_from).transpose()
}

/// How many there are.
pub(super) struct Counts {
    /// In all.
    pub(super) all: i64,
    /// Of them not confirmed yet.
    pub(super) waiting: i64,
    /// With callbacks at one host.
    pub(super) of_host: i64,
    /// Of them not confirmed yet.
    pub(super) of_host_waiting: i64,
}

/// How many there are, in all and with callbacks at a host.
///
/// # Errors
/// The database's.
pub(super) async fn counts(conn: &mut Conn, host: &str) -> sqlx::Result<Counts> {
    let (all, waiting, of_host, of_host_waiting) = one!(
        conn,
        (i64, i64, i64, i64),
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN until = 0 THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN host = $1 THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN host = $1 AND until = 0 THEN 1 ELSE 0 END), 0) FROM websub",
        host.to_owned()
    )?;
    Ok(Counts { all, waiting, of_host, of_host_waiting })
}

/// Notes what is asked. An earlier subscription of the same callback stands as it is until the new question is answered: whoever knows the
/// address of somebody else's callback changes nothing by asking.
///
/// # Errors
/// The database's.
pub(super) async fn ask(tx: &mut Tx, asked: &Subscription) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO websub (topic, callback, log, host, verify, lease, wanted, secret, until, sent, next, at, failures, trouble)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 0, $8, $9, 0, 0, '')
         ON CONFLICT (topic, callback) DO UPDATE SET verify = excluded.verify, lease = excluded.lease, wanted = excluded.wanted,
           next = excluded.next",
        asked.topic.clone(),
        asked.callback.clone(),
        asked.log,
        asked.host.clone(),
        asked.verify.word(),
        asked.lease,
        asked.wanted.clone(),
        asked.sent.clone(),
        asked.next
    )?;
    Ok(())
}

/// Has a feed delivered to whoever took another state of it last and waits for nothing.
///
/// # Errors
/// The database's.
pub(super) async fn changed(tx: &mut Tx, topic: &str, hash: &[u8], now: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE websub SET next = $1 WHERE topic = $2 AND until > 0 AND next = 0 AND (sent IS NULL OR sent <> $3)",
        now,
        topic.to_owned(),
        hash.to_vec()
    )?;
    Ok(())
}

/// Whether a feed is to be delivered to anybody to whom it is not under way yet.
///
/// # Errors
/// The database's.
pub(super) async fn is_news(conn: &mut Conn, topic: &str, hash: &[u8]) -> sqlx::Result<bool> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM websub WHERE topic = $1 AND until > 0 AND next = 0 AND (sent IS NULL OR sent <> $2)",
        topic.to_owned(),
        hash.to_vec()
    )?;
    Ok(count > 0)
}

/// Notes what came of a try, unless something else was asked meanwhile.
///
/// # Errors
/// The database's.
pub(super) async fn tried(tx: &mut Tx, before: &Subscription, after: &Subscription) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE websub SET verify = $1, wanted = $2, secret = $3, until = $4, sent = $5, next = $6, at = $7, failures = $8, trouble = $9
         WHERE topic = $10 AND callback = $11 AND verify = $12 AND next = $13",
        after.verify.word(),
        after.wanted.clone(),
        after.secret.clone(),
        after.until,
        after.sent.clone(),
        after.next,
        after.at,
        after.failures,
        after.trouble.clone(),
        before.topic.clone(),
        before.callback.clone(),
        before.verify.word(),
        before.next
    )?;
    Ok(())
}

/// Forgets a subscription.
///
/// # Errors
/// The database's.
pub(super) async fn remove(tx: &mut Tx, topic: &str, callback: &str) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM websub WHERE topic = $1 AND callback = $2", topic.to_owned(), callback.to_owned())?;
    Ok(())
}

/// Subscriptions to the feeds of a log's portal, those that fail first.
///
/// # Errors
/// The database's.
pub(super) async fn of_log(conn: &mut Conn, log: i64, most: i64) -> anyhow::Result<Vec<Subscription>> {
    read(all!(
        conn,
        Row,
        "SELECT topic, callback, log, host, verify, lease, wanted, secret, until, sent, next, at, failures, trouble
         FROM websub WHERE log = $1 AND until > 0 ORDER BY failures DESC, host, topic, callback LIMIT $2",
        log,
        most
    )?)
}

/// How many subscribe to the feeds of a log's portal, and how many of them take nothing at present.
///
/// # Errors
/// The database's.
pub(super) async fn count_of_log(conn: &mut Conn, log: i64) -> sqlx::Result<(i64, i64)> {
    one!(
        conn,
        (i64, i64),
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) FROM websub WHERE log = $1 AND until > 0",
        log
    )
}
