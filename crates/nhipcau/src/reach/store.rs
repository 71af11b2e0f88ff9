//! Readings, short links and what portals report, in the database.

use jiff::civil::Date;
use network::entry::Measures;
use network::names::Origin;
use sqlx::FromRow;
use uuid::Uuid;

use super::counter::{Read, Sum, Sums, Way};
use crate::db::{Conn, Tx};
use crate::{all, maybe, one, run};

impl Way {
    fn word(self) -> String {
        match self {
            Way::Page => String::new(),
            Way::Link(account) => account.to_string(),
        }
    }
}

/// Adds what was read.
///
/// # Errors
/// The database's.
pub(super) async fn add(tx: &mut Tx, sums: &Sums) -> sqlx::Result<()> {
    for ((read, day), sum) in sums {
        run!(
            tx,
            "INSERT INTO reading (portal, log, item, day, way, views, viewers) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (log, item, day, portal, way)
             DO UPDATE SET views = reading.views + excluded.views, viewers = reading.viewers + excluded.viewers",
            read.portal,
            read.log,
            read.item.to_string(),
            day.to_string(),
            read.way.word(),
            whole(sum.views),
            whole(sum.viewers)
        )?;
    }
    Ok(())
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn counted(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[derive(FromRow)]
struct DayRow {
    day: String,
    views: i64,
    viewers: i64,
}

/// How an item's page was read at a portal on each day, the newest first.
///
/// # Errors
/// The database's.
pub(super) async fn days(
    conn: &mut Conn,
    portal: i64,
    (log, item): (i64, Uuid),
    most: i64,
) -> anyhow::Result<Vec<(Date, Sum)>> {
    let rows = all!(
        conn,
        DayRow,
        "SELECT day, views, viewers FROM reading WHERE log = $1 AND item = $2 AND portal = $3 AND way = ''
         ORDER BY day DESC LIMIT $4",
        log,
        item.to_string(),
        portal,
        most
    )?;
    let one = |row: DayRow| {
        Ok((row.day.parse()?, Sum { views: counted(row.views), viewers: counted(row.viewers) }))
    };
    rows.into_iter().map(one).collect()
}

/// How an item's page was read at a portal in all, or its short link on an account; viewers are those of each day, added.
///
/// # Errors
/// The database's.
pub(super) async fn whole_of(conn: &mut Conn, read: &Read) -> sqlx::Result<Sum> {
    let (views, viewers) = one!(
        conn,
        (i64, i64),
        "SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT), CAST(COALESCE(SUM(viewers), 0) AS BIGINT) FROM reading
         WHERE log = $1 AND item = $2 AND portal = $3 AND way = $4",
        read.log,
        read.item.to_string(),
        read.portal,
        read.way.word()
    )?;
    Ok(Sum { views: counted(views), viewers: counted(viewers) })
}

/// What a portal's items were read on one day: pages, and short links added over all channels.
#[derive(FromRow, Clone, Debug)]
pub(super) struct OfDay {
    pub(super) origin: String,
    pub(super) item: String,
    pub(super) views: i64,
    pub(super) viewers: i64,
    pub(super) links: i64,
}

/// What of a portal's day is large enough to be said, what was read most first.
///
/// # Errors
/// The database's.
pub(super) async fn of_day(conn: &mut Conn, portal: i64, day: Date, most: usize) -> sqlx::Result<Vec<OfDay>> {
    all!(
        conn,
        OfDay,
        "SELECT l.origin, s.item, s.views, s.viewers, s.links FROM (
           SELECT r.log, r.item,
             CAST(SUM(CASE WHEN r.way = '' THEN r.views ELSE 0 END) AS BIGINT) AS views,
             CAST(SUM(CASE WHEN r.way = '' THEN r.viewers ELSE 0 END) AS BIGINT) AS viewers,
             CAST(SUM(CASE WHEN r.way = '' THEN 0 ELSE r.views END) AS BIGINT) AS links
           FROM reading r WHERE r.portal = $1 AND r.day = $2 GROUP BY r.log, r.item) s
         JOIN log l ON l.id = s.log
         WHERE s.views >= $3 OR s.links >= $3
         ORDER BY s.views + s.links DESC, l.origin, s.item LIMIT $4",
        portal,
        day.to_string(),
        whole(Measures::FEWEST),
        most as i64
    )
}

/// The portals and days before `until` and not before `since` of which something was counted and nothing reported, the oldest first.
///
/// # Errors
/// The database's.
pub(super) async fn unreported(
    conn: &mut Conn,
    since: Date,
    until: Date,
) -> anyhow::Result<Vec<(i64, Date)>> {
    let rows = all!(
        conn,
        (i64, String),
        "SELECT DISTINCT r.portal, r.day FROM reading r WHERE r.day >= $1 AND r.day < $2
           AND NOT EXISTS (SELECT 1 FROM reported t WHERE t.portal = r.portal AND t.day = r.day)
         ORDER BY r.day, r.portal",
        since.to_string(),
        until.to_string()
    )?;
    rows.into_iter().map(|(portal, day)| Ok((portal, day.parse()?))).collect()
}

/// Notes that a portal has reported a day; false if it had.
///
/// # Errors
/// The database's.
pub(super) async fn report(tx: &mut Tx, portal: i64, day: Date) -> sqlx::Result<bool> {
    let now = tx.ledger.now();
    let new = run!(
        tx,
        "INSERT INTO reported (portal, day, at) VALUES ($1, $2, $3) ON CONFLICT (portal, day) DO NOTHING",
        portal,
        day.to_string(),
        now
    )?;
    Ok(new == 1)
}

/// Keeps what the entry `index` of a portal's log reports. What was said before of a day and an item stays as it was said.
///
/// # Errors
/// The database's.
pub async fn note(tx: &mut Tx, portal: i64, index: u64, said: &Measures) -> sqlx::Result<()> {
    // A smaller number could be somebody: it is kept by nobody, whoever has written it.
    let large = |n: Option<u64>| n.filter(|n| *n >= Measures::FEWEST).map_or(0, whole);
    for one in &said.items {
        let (views, viewers, links) = (large(one.views), large(one.viewers), large(one.links));
        if views + viewers + links == 0 {
            continue;
        }
        run!(
            tx,
            "INSERT INTO measure (portal, day, origin, item, views, viewers, links, idx)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (portal, day, origin, item) DO NOTHING",
            portal,
            said.day.to_string(),
            one.origin.to_string(),
            one.item.to_string(),
            views,
            viewers,
            links,
            index as i64
        )?;
    }
    Ok(())
}

/// Takes back what a log has reported from index `honest` on.
///
/// # Errors
/// The database's.
pub async fn cut(tx: &mut Tx, log: i64, honest: u64) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM measure WHERE portal = $1 AND idx >= $2", log, honest as i64)?;
    Ok(())
}

/// What one portal has reported of an item in all.
#[derive(FromRow, Clone, Debug)]
pub(super) struct Reported {
    /// The portal's log.
    pub(super) by_origin: String,
    /// On how many days.
    pub(super) days: i64,
    pub(super) views: i64,
    pub(super) viewers: i64,
    pub(super) links: i64,
}

/// What portals have reported of an item, who reports most first.
///
/// # Errors
/// The database's.
pub(super) async fn reported(conn: &mut Conn, origin: &Origin, item: Uuid) -> sqlx::Result<Vec<Reported>> {
    all!(
        conn,
        Reported,
        "SELECT l.origin AS by_origin, s.days, s.views, s.viewers, s.links FROM (
           SELECT portal, COUNT(*) AS days, CAST(SUM(views) AS BIGINT) AS views,
             CAST(SUM(viewers) AS BIGINT) AS viewers, CAST(SUM(links) AS BIGINT) AS links
           FROM measure WHERE origin = $1 AND item = $2 GROUP BY portal) s
         JOIN log l ON l.id = s.portal ORDER BY s.views DESC, l.origin",
        origin.to_string(),
        item.to_string()
    )
}

/// A row of the table of everything that was reported.
#[derive(FromRow, Clone, Debug)]
pub struct Line {
    /// Our number for the portal's log.
    pub portal: i64,
    /// The portal's log.
    pub by_origin: String,
    /// The day.
    pub day: String,
    /// The log that holds the item.
    pub origin: String,
    /// The item.
    pub item: String,
    /// How often its page was opened; 0 if that was not said.
    pub views: i64,
    /// About how many have opened it; 0 if that was not said.
    pub viewers: i64,
    /// How often it was reached by a short link; 0 if that was not said.
    pub links: i64,
}

/// Where a walk through that table stands: behind this row.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// Of a portal.
    pub portal: i64,
    /// Of a day.
    pub day: String,
    /// Of a log.
    pub origin: String,
    /// Of an item.
    pub item: String,
}

/// The next rows of what was reported of items that stand.
///
/// # Errors
/// The database's.
pub async fn lines(conn: &mut Conn, after: &After, most: i64) -> sqlx::Result<Vec<Line>> {
    all!(
        conn,
        Line,
        "SELECT m.portal, l.origin AS by_origin, m.day, m.origin, m.item, m.views, m.viewers, m.links
         FROM measure m JOIN log l ON l.id = m.portal
         WHERE m.portal > $1 OR (m.portal = $1 AND (m.day > $2 OR (m.day = $2 AND (m.origin > $3
           OR (m.origin = $3 AND m.item > $4)))))
         ORDER BY m.portal, m.day, m.origin, m.item LIMIT $5",
        after.portal,
        after.day.clone(),
        after.origin.clone(),
        after.item.clone(),
        most
    )
}

/// Keeps a short link; the same one twice is one.
///
/// # Errors
/// The database's.
pub(super) async fn keep_link(
    tx: &mut Tx,
    code: &str,
    (log, item, account): (i64, &str, Uuid),
) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO short_link (code, log, item, account, made) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (code) DO NOTHING",
        code.to_owned(),
        log,
        item.to_owned(),
        account.to_string(),
        now
    )?;
    Ok(())
}

#[derive(FromRow)]
pub(super) struct Link {
    pub(super) log: i64,
    pub(super) origin: String,
    pub(super) item: String,
    pub(super) account: String,
}

/// What a short link leads to.
///
/// # Errors
/// The database's.
pub(super) async fn link(conn: &mut Conn, code: &str) -> sqlx::Result<Option<Link>> {
    maybe!(
        conn,
        Link,
        "SELECT s.log, l.origin, s.item, s.account FROM short_link s JOIN log l ON l.id = s.log WHERE s.code = $1",
        code.to_owned()
    )
}
