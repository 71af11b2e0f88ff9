//! Accounts at services in the database.

pub(super) mod insights;
pub(super) mod queue;

use channels::quotas::Spend;
use channels::{Account, Kind};
use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::Held;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

#[derive(FromRow)]
struct Row {
    id: String,
    log: i64,
    name: String,
    link: String,
    official: i64,
    about: String,
    secrets: Vec<u8>,
    ends: i64,
    paused: i64,
    checked: i64,
    trouble: String,
}

impl TryFrom<Row> for Held {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Held> {
        Ok(Held {
            id: row.id.parse()?,
            log: row.log,
            name: row.name,
            link: row.link,
            official: row.official == 1,
            about: serde_json::from_str::<Account>(&row.about)?,
            secrets: row.secrets,
            ends: (row.ends > 0).then(|| instant(row.ends)),
            paused: row.paused == 1,
            checked: row.checked,
            trouble: row.trouble,
        })
    }
}

/// The accounts of a log, the oldest first.
///
/// # Errors
/// The database's.
pub(super) async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Held>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, name, link, official, about, secrets, ends, paused, checked, trouble
         FROM channel_account WHERE log = $1 ORDER BY added, id",
        log
    )?;
    rows.into_iter().map(Held::try_from).collect()
}

/// Every account, in no order.
///
/// # Errors
/// The database's.
pub(super) async fn all(conn: &mut Conn) -> anyhow::Result<Vec<Held>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, log, name, link, official, about, secrets, ends, paused, checked, trouble FROM channel_account"
    )?;
    rows.into_iter().map(Held::try_from).collect()
}

/// An account of any log.
///
/// # Errors
/// The database's.
pub(super) async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Held>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, log, name, link, official, about, secrets, ends, paused, checked, trouble
         FROM channel_account WHERE id = $1",
        id.to_string()
    )?;
    row.map(Held::try_from).transpose()
}

/// An account of a log.
///
/// # Errors
/// The database's.
pub(super) async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Held>> {
    Ok(of_id(conn, id).await?.filter(|held| held.log == log))
}

/// Adds an account.
///
/// # Errors
/// The database's.
pub(super) async fn add(tx: &mut Tx, held: &Held) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO channel_account (id, log, kind, name, link, official, about, secrets, ends, paused, checked, trouble, added)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', $10)",
        held.id.to_string(),
        held.log,
        held.about.kind.word(),
        held.name.clone(),
        held.link.clone(),
        i64::from(held.official),
        serde_json::to_string(&held.about)?,
        held.secrets.clone(),
        held.ends.map_or(0, |ends| ends.as_microsecond()),
        now
    )?;
    Ok(())
}

/// Keeps what was changed of an account by a person.
///
/// # Errors
/// The database's.
pub(super) async fn change(tx: &mut Tx, held: &Held) -> anyhow::Result<()> {
    run!(
        tx,
        "UPDATE channel_account SET name = $1, link = $2, official = $3, about = $4, secrets = $5, ends = $6,
           checked = 0, trouble = '' WHERE id = $7",
        held.name.clone(),
        held.link.clone(),
        i64::from(held.official),
        serde_json::to_string(&held.about)?,
        held.secrets.clone(),
        held.ends.map_or(0, |ends| ends.as_microsecond()),
        held.id.to_string()
    )?;
    Ok(())
}

/// Keeps its secrets: a token was renewed.
///
/// # Errors
/// The database's.
pub(super) async fn keep_secrets(tx: &mut Tx, id: Uuid, secrets: Vec<u8>) -> sqlx::Result<()> {
    run!(tx, "UPDATE channel_account SET secrets = $1 WHERE id = $2", secrets, id.to_string())?;
    Ok(())
}

/// Keeps what a check has found: nothing, or what is wrong in both languages.
///
/// # Errors
/// The database's.
pub(super) async fn checked(tx: &mut Tx, id: Uuid, trouble: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE channel_account SET checked = $1, trouble = $2 WHERE id = $3",
        now,
        trouble.to_owned(),
        id.to_string()
    )?;
    Ok(())
}

/// Pauses an account or lets it go on.
///
/// # Errors
/// The database's.
pub(super) async fn pause(tx: &mut Tx, id: Uuid, paused: bool) -> sqlx::Result<()> {
    run!(tx, "UPDATE channel_account SET paused = $1 WHERE id = $2", i64::from(paused), id.to_string())?;
    Ok(())
}

/// Forgets an account and its queue.
///
/// # Errors
/// The database's.
pub(super) async fn remove(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM channel_heard WHERE account = $1", id.to_string())?;
    run!(tx, "DELETE FROM channel_spent WHERE account = $1", id.to_string())?;
    insights::forget(tx, id).await?;
    run!(tx, "DELETE FROM channel_delivery WHERE account = $1", id.to_string())?;
    run!(tx, "DELETE FROM channel_account WHERE id = $1", id.to_string())?;
    Ok(())
}

/// A line of the public registry.
#[derive(FromRow, Clone, Debug)]
pub(super) struct Official {
    kind: String,
    /// What the agency calls it.
    pub(super) name: String,
    /// Where it is opened; empty if nowhere.
    pub(super) link: String,
}

impl Official {
    /// What its service is called.
    pub(super) fn service(&self) -> &str {
        match self.kind.parse::<Kind>() {
            Ok(kind) => kind.name(),
            Err(_) => &self.kind,
        }
    }
}

/// The official channels of a log's agency, by their service and name.
///
/// # Errors
/// The database's.
pub(super) async fn official(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Official>> {
    all!(
        conn,
        Official,
        "SELECT kind, name, link FROM channel_account WHERE log = $1 AND official = 1 ORDER BY kind, name, id",
        log
    )
}

/// Remembers the words of a report; false if the very same came before.
///
/// # Errors
/// The database's.
pub(super) async fn hears(tx: &mut Tx, account: Uuid, sha256: [u8; 32]) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let new = run!(
        tx,
        "INSERT INTO channel_heard (account, sha256, at) VALUES ($1, $2, $3) ON CONFLICT (account, sha256) DO NOTHING",
        account.to_string(),
        sha256.to_vec(),
        now
    )?;
    Ok(new == 1)
}

/// When something that a quota counts was done on an account since an instant.
///
/// # Errors
/// The database's.
pub(super) async fn spent(
    conn: &mut Conn,
    account: Uuid,
    what: Spend,
    since: Timestamp,
) -> anyhow::Result<Vec<Timestamp>> {
    let rows = all!(
        conn,
        (i64, i64),
        "SELECT at, times FROM channel_spent WHERE account = $1 AND what = $2 AND at >= $3 ORDER BY at",
        account.to_string(),
        word(what)?,
        since.as_microsecond()
    )?;
    let each =
        |(at, times): (i64, i64)| std::iter::repeat_n(instant(at), usize::try_from(times).unwrap_or(0));
    Ok(rows.into_iter().flat_map(each).collect())
}

/// Notes that something that a quota counts is done now.
///
/// # Errors
/// The database's.
pub(super) async fn spends(tx: &mut Tx, account: Uuid, what: Spend) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO channel_spent (account, what, at, times) VALUES ($1, $2, $3, 1)
         ON CONFLICT (account, what, at) DO UPDATE SET times = channel_spent.times + 1",
        account.to_string(),
        word(what)?,
        now
    )?;
    Ok(())
}

/// The word of what is counted, as data write it.
fn word(what: Spend) -> anyhow::Result<String> {
    Ok(serde_json::to_value(what)?.as_str().unwrap_or_default().to_owned())
}

/// Forgets reports from before an instant, and what was used before it.
///
/// # Errors
/// The database's.
pub(super) async fn forget_heard(tx: &mut Tx, before: i64) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM channel_heard WHERE at < $1", before)?;
    run!(tx, "DELETE FROM channel_spent WHERE at < $1", before)?;
    Ok(())
}
