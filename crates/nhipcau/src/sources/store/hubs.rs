//! The hubs that joined feeds name.

use sqlx::FromRow;
use uuid::Uuid;

use super::super::hub::GAP;
use super::left;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

/// The hub of a joined feed.
#[derive(Clone, Debug)]
pub struct Hub {
    /// The source.
    pub source: Uuid,
    /// Where it is asked.
    pub hub: String,
    /// How it calls the feed.
    pub topic: String,
    /// When it is asked next, in microseconds.
    pub next: i64,
    /// When what it has confirmed ends; 0 before it has.
    pub until: i64,
    /// When it last told of a change; 0 if never.
    pub pushed: i64,
    /// How often in a row it was asked in vain.
    pub failures: i64,
    /// What is wrong, in both languages.
    pub trouble: String,
}

#[derive(FromRow)]
struct Row {
    source: String,
    hub: String,
    topic: String,
    next: i64,
    until: i64,
    pushed: i64,
    failures: i64,
    trouble: String,
}

impl TryFrom<Row> for Hub {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Hub> {
        let Row { source, hub, topic, next, until, pushed, failures, trouble } = row;
        Ok(Hub { source: source.parse()?, hub, topic, next, until, pushed, failures, trouble })
    }
}

/// The hub of a source, if its feed names one.
///
/// # Errors
/// The database's.
pub async fn hub(conn: &mut Conn, source: Uuid) -> anyhow::Result<Option<Hub>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT source, hub, topic, next, until, pushed, failures, trouble FROM source_hub WHERE source = $1",
        source.to_string()
    )?;
    row.map(Hub::try_from).transpose()
}

/// Hubs that are to be asked, of sources that are not paused.
///
/// # Errors
/// The database's.
pub async fn hubs_due(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Hub>> {
    let rows = all!(
        conn,
        Row,
        "SELECT h.source, h.hub, h.topic, h.next, h.until, h.pushed, h.failures, h.trouble
         FROM source_hub h JOIN source s ON s.id = h.source WHERE h.next <= $1 AND s.next > 0 ORDER BY h.next LIMIT $2",
        now,
        most
    )?;
    rows.into_iter().map(Hub::try_from).collect()
}

/// Notes the hub and the name of a source's feed, to be asked at once; without any, that there is none.
///
/// # Errors
/// The database's.
pub async fn put_hub(tx: &mut Tx, source: Uuid, names: Option<&(String, String)>) -> sqlx::Result<()> {
    left::leave(tx, source).await?;
    run!(tx, "DELETE FROM source_hub WHERE source = $1", source.to_string())?;
    if let Some((hub, topic)) = names {
        // Whoever comes back does not leave.
        left::left_over(tx, source, hub, topic).await?;
        run!(
            tx,
            "INSERT INTO source_hub (source, hub, topic, next, until, pushed, failures, trouble) VALUES ($1, $2, $3, 1, 0, 0, 0, '')",
            source.to_string(),
            hub.clone(),
            topic.clone()
        )?;
    }
    Ok(())
}

/// Notes that a hub was asked, unless it has answered meanwhile.
///
/// # Errors
/// The database's.
pub async fn hub_asked(tx: &mut Tx, before: &Hub, next: i64, trouble: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source_hub SET next = $1, failures = failures + 1, trouble = $2 WHERE source = $3 AND hub = $4 AND next = $5",
        next,
        trouble.to_owned(),
        before.source.to_string(),
        before.hub.clone(),
        before.next
    )?;
    Ok(())
}

/// Notes that a hub will tell until a time, and when it is asked again.
///
/// # Errors
/// The database's.
pub async fn hub_confirmed(tx: &mut Tx, hub: &Hub, until: i64, next: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source_hub SET until = $1, next = $2, failures = 0, trouble = '' WHERE source = $3 AND hub = $4",
        until,
        next,
        hub.source.to_string(),
        hub.hub.clone()
    )?;
    Ok(())
}

/// Notes that a hub will not tell, why, and when it is asked again.
///
/// # Errors
/// The database's.
pub async fn hub_denied(tx: &mut Tx, hub: &Hub, next: i64, trouble: &str) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source_hub SET until = 0, next = $1, trouble = $2 WHERE source = $3 AND hub = $4",
        next,
        trouble.to_owned(),
        hub.source.to_string(),
        hub.hub.clone()
    )?;
    Ok(())
}

/// Notes that a hub told of a change.
///
/// # Errors
/// The database's.
pub async fn hub_told(tx: &mut Tx, source: Uuid, now: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE source_hub SET pushed = $1 WHERE source = $2", now, source.to_string())?;
    Ok(())
}

/// Has a source read now, or as soon as [`GAP`] after its last reading. One that is paused or due already stays as it is.
///
/// # Errors
/// The database's.
pub async fn sooner(tx: &mut Tx, source: Uuid, now: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE source SET next = CASE WHEN at + $1 > $2 THEN at + $1 ELSE $2 END
         WHERE id = $3 AND next > $2 AND next > at + $1",
        GAP,
        now,
        source.to_string()
    )?;
    Ok(())
}
