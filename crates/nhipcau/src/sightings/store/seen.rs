//! What was seen of items on watched sites.

use anyhow::Context;
use network::names::Origin;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::judge::Verdict;
use crate::db::{Conn, Tx};
use crate::sources::fetch::Validators;
use crate::{all, run};

/// What was seen of an item.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The watched site.
    pub watched: Uuid,
    /// Our number for the item's log.
    pub log: i64,
    /// The item's log.
    pub origin: Origin,
    /// The item.
    pub item: Uuid,
    /// Its page there; empty while none is known.
    pub url: String,
    /// The edition by which the verdict was given.
    pub edition: i64,
    /// The state by which it was given.
    pub state: String,
    /// What was seen.
    pub verdict: Verdict,
    /// When that became so, in microseconds.
    pub since: i64,
    /// When the page was looked at last; 0 if never.
    pub at: i64,
    /// When it is looked at next; 0 while the site is paused.
    pub next: i64,
    /// How often in a row it could not be.
    pub failures: i64,
    /// Why, in both languages.
    pub trouble: String,
    /// By what the page says that it is unchanged.
    pub validators: Validators,
}

#[derive(FromRow)]
struct Seen {
    watched: String,
    log: i64,
    origin: String,
    item: String,
    url: String,
    edition: i64,
    state: String,
    verdict: String,
    since: i64,
    at: i64,
    next: i64,
    failures: i64,
    trouble: String,
    etag: Option<String>,
    modified: Option<String>,
}

impl TryFrom<Seen> for Sighting {
    type Error = anyhow::Error;
    fn try_from(row: Seen) -> anyhow::Result<Sighting> {
        Ok(Sighting {
            watched: row.watched.parse()?,
            log: row.log,
            origin: row.origin.parse()?,
            item: row.item.parse()?,
            url: row.url,
            edition: row.edition,
            state: row.state,
            verdict: Verdict::of(&row.verdict)
                .with_context(|| format!("unknown stored verdict {}", row.verdict))?,
            since: row.since,
            at: row.at,
            next: row.next,
            failures: row.failures,
            trouble: row.trouble,
            validators: Validators { etag: row.etag, modified: row.modified },
        })
    }
}

/// What is to be looked at now.
///
/// # Errors
/// The database's.
pub(in super::super) async fn to_look(conn: &mut Conn, now: i64, most: i64) -> anyhow::Result<Vec<Sighting>> {
    let rows = all!(
        conn,
        Seen,
        "SELECT s.watched, s.log, l.origin, s.item, s.url, s.edition, s.state, s.verdict, s.since, s.at, s.next, s.failures,
                s.trouble, s.etag, s.modified
         FROM sighting s JOIN log l ON l.id = s.log
         WHERE s.next > 0 AND s.next <= $1 AND s.url <> '' ORDER BY s.next LIMIT $2",
        now,
        most
    )?;
    rows.into_iter().map(Sighting::try_from).collect()
}

/// What was seen at a site: the worst and oldest first; with `plain` also what is as it should be.
///
/// # Errors
/// The database's.
pub(in super::super) async fn seen(
    conn: &mut Conn,
    watched: Uuid,
    plain: bool,
    most: i64,
) -> anyhow::Result<Vec<Sighting>> {
    let rows = all!(
        conn,
        Seen,
        "SELECT s.watched, s.log, l.origin, s.item, s.url, s.edition, s.state, s.verdict, s.since, s.at, s.next, s.failures,
                s.trouble, s.etag, s.modified
         FROM sighting s JOIN log l ON l.id = s.log
         WHERE s.watched = $1 AND ($2 = 1 OR s.verdict IN ('old', 'altered', 'missing', 'lingers'))
         ORDER BY CASE s.verdict WHEN 'lingers' THEN 0 WHEN 'missing' THEN 1 WHEN 'altered' THEN 2 WHEN 'old' THEN 3
                  WHEN 'unseen' THEN 4 ELSE 5 END, s.since, s.item LIMIT $3",
        watched.to_string(),
        i64::from(plain),
        most
    )?;
    rows.into_iter().map(Sighting::try_from).collect()
}

/// What was seen of one item at every site that is watched here, with the site's name.
///
/// # Errors
/// The database's.
pub async fn of_item(conn: &mut Conn, log: i64, item: Uuid) -> anyhow::Result<Vec<(String, Sighting)>> {
    let mut all = Vec::new();
    for row in all!(
        conn,
        Seen,
        "SELECT s.watched, s.log, l.origin, s.item, s.url, s.edition, s.state, s.verdict, s.since, s.at, s.next, s.failures,
                s.trouble, s.etag, s.modified
         FROM sighting s JOIN log l ON l.id = s.log WHERE s.log = $1 AND s.item = $2 ORDER BY s.watched",
        log,
        item.to_string()
    )? {
        let sighting = Sighting::try_from(row)?;
        if let Some(watched) = super::of_id(conn, sighting.watched).await? {
            all.push((watched.name, sighting));
        }
    }
    Ok(all)
}

/// What was seen of one item at one site.
///
/// # Errors
/// The database's.
pub(in super::super) async fn seen_of(
    conn: &mut Conn,
    watched: Uuid,
    log: i64,
    item: Uuid,
) -> anyhow::Result<Option<Sighting>> {
    let all = of_item(conn, log, item).await?;
    Ok(all.into_iter().map(|(_, one)| one).find(|one| one.watched == watched))
}

/// How many items of the watched sites of a log have which verdict: site, verdict, count.
///
/// # Errors
/// The database's.
pub(in super::super) async fn counts(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<(String, String, i64)>> {
    all!(
        conn,
        (String, String, i64),
        "SELECT s.watched, s.verdict, COUNT(*) FROM sighting s JOIN watched w ON w.id = s.watched WHERE w.log = $1
         GROUP BY s.watched, s.verdict",
        log
    )
}

/// An item should be seen at a site from now on, first at `next`; of one that is seen already only the address, if one is given, and
/// when it is looked at change. What does not stand is no reason to begin.
///
/// # Errors
/// The database's.
pub(in super::super) async fn enlist(
    tx: &mut Tx,
    watched: Uuid,
    (log, item): (i64, Uuid),
    url: &str,
    stands: bool,
    next: i64,
) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE sighting SET next = $1, failures = 0, url = CASE WHEN $2 = '' THEN url ELSE $2 END
         WHERE watched = $3 AND log = $4 AND item = $5",
        next,
        url.to_owned(),
        watched.to_string(),
        log,
        item.to_string()
    )?;
    if stands {
        run!(
            tx,
            "INSERT INTO sighting (watched, log, item, url, edition, state, verdict, since, at, next, failures, trouble)
             VALUES ($1, $2, $3, $4, 0, '', 'unseen', $5, 0, $6, 0, '') ON CONFLICT (watched, log, item) DO NOTHING",
            watched.to_string(),
            log,
            item.to_string(),
            url.to_owned(),
            now,
            next
        )?;
    }
    Ok(())
}

/// Items of a site of which no page is known.
///
/// # Errors
/// The database's.
pub(in super::super) async fn without_page(
    conn: &mut Conn,
    watched: Uuid,
    most: i64,
) -> anyhow::Result<Vec<Sighting>> {
    let rows = all!(
        conn,
        Seen,
        "SELECT s.watched, s.log, l.origin, s.item, s.url, s.edition, s.state, s.verdict, s.since, s.at, s.next, s.failures,
                s.trouble, s.etag, s.modified
         FROM sighting s JOIN log l ON l.id = s.log WHERE s.watched = $1 AND s.url = '' ORDER BY s.since DESC, s.item LIMIT $2",
        watched.to_string(),
        most
    )?;
    rows.into_iter().map(Sighting::try_from).collect()
}

/// Notes what was seen, unless it became due anew meanwhile.
///
/// # Errors
/// The database's.
pub(in super::super) async fn note(tx: &mut Tx, before: &Sighting, now: &Sighting) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE sighting SET url = $1, edition = $2, state = $3, verdict = $4, since = $5, at = $6, next = $7, failures = $8,
                trouble = $9, etag = $10, modified = $11
         WHERE watched = $12 AND log = $13 AND item = $14 AND next = $15",
        now.url.clone(),
        now.edition,
        now.state.clone(),
        now.verdict.word(),
        now.since,
        now.at,
        now.next,
        now.failures,
        now.trouble.clone(),
        now.validators.etag.clone(),
        now.validators.modified.clone(),
        before.watched.to_string(),
        before.log,
        before.item.to_string(),
        before.next
    )?;
    Ok(())
}

/// Forgets what was seen of an item at one site.
///
/// # Errors
/// The database's.
pub(in super::super) async fn drop_one(tx: &mut Tx, one: &Sighting) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM sighting WHERE watched = $1 AND log = $2 AND item = $3",
        one.watched.to_string(),
        one.log,
        one.item.to_string()
    )?;
    Ok(())
}
