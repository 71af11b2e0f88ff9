//! Hubs that are to be told that nobody here wants to hear of a feed any more.

use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// A subscription that is to end.
#[derive(Clone, Debug)]
pub struct Left {
    /// The source that it was for; it may be gone by now.
    pub source: Uuid,
    /// Our number for the log of its portal.
    pub log: i64,
    /// The address of its site.
    pub url: String,
    /// The hub.
    pub hub: String,
    /// How the hub calls the feed.
    pub topic: String,
    /// When the subscription ends by itself, in microseconds.
    pub until: i64,
    /// How often the hub was told in vain.
    pub failures: i64,
}

#[derive(FromRow)]
struct Row {
    source: String,
    log: i64,
    url: String,
    hub: String,
    topic: String,
    until: i64,
    failures: i64,
}

impl TryFrom<Row> for Left {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Left> {
        let Row { source, log, url, hub, topic, until, failures } = row;
        Ok(Left { source: source.parse()?, log, url, hub, topic, until, failures })
    }
}

/// Notes that the hub of a source is to be told that it is left, if it has confirmed a subscription that has not ended.
///
/// # Errors
/// The database's.
pub(super) async fn leave(tx: &mut Tx, source: Uuid) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO hub_left (source, log, url, hub, topic, until, next, failures)
         SELECT h.source, s.log, s.url, h.hub, h.topic, h.until, 1, 0 FROM source_hub h JOIN source s ON s.id = h.source
         WHERE h.source = $1 AND h.until > $2
         ON CONFLICT (source, hub, topic) DO NOTHING",
        source.to_string(),
        now
    )?;
    Ok(())
}

/// Hubs that are to be told now.
///
/// # Errors
/// The database's.
pub async fn left_due(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Left>> {
    let rows = all!(
        conn,
        Row,
        "SELECT source, log, url, hub, topic, until, failures FROM hub_left WHERE next <= $1 ORDER BY next LIMIT $2",
        now,
        most
    )?;
    rows.into_iter().map(Left::try_from).collect()
}

/// A subscription of a source to a topic that is to end.
///
/// # Errors
/// The database's.
pub async fn left(conn: &mut Conn, source: Uuid, topic: &str) -> anyhow::Result<Option<Left>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT source, log, url, hub, topic, until, failures FROM hub_left WHERE source = $1 AND topic = $2 ORDER BY hub",
        source.to_string(),
        topic.to_owned()
    )?;
    row.map(Left::try_from).transpose()
}

/// Notes that a hub was told, and when it is told again unless it confirms.
///
/// # Errors
/// The database's.
pub async fn left_told(tx: &mut Tx, left: &Left, next: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE hub_left SET next = $1, failures = failures + 1 WHERE source = $2 AND hub = $3 AND topic = $4",
        next,
        left.source.to_string(),
        left.hub.clone(),
        left.topic.clone()
    )?;
    Ok(())
}

/// It has ended, or is given up.
///
/// # Errors
/// The database's.
pub async fn left_over(tx: &mut Tx, source: Uuid, hub: &str, topic: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM hub_left WHERE source = $1 AND hub = $2 AND topic = $3",
        source.to_string(),
        hub.to_owned(),
        topic.to_owned()
    )?;
    Ok(())
}
