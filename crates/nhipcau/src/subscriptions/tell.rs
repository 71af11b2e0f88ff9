//! Who is told of what. Items are walked in the order in which they came to look as they do here; the place of the walk and
//! what is to be told are one transaction, so a restart neither forgets nor repeats.
//!
//! Whoever was sent an item is told, at once and whatever they follow today, when it has a new edition or is withdrawn or
//! erased. What changes before it was sent replaces what waits.

use std::collections::BTreeMap;
use std::time::Duration;

use ::search::Query;
use network::content::Item;
use uuid::Uuid;

use super::topic::{self, Said, Topic};
use super::{Often, door, store, woken};
use crate::agencies::fold::{remember, remembered};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::items::State;
use crate::items::content::Damaged;
use crate::items::store::{Reference, find};
use crate::problem::Problem;
use crate::{all, among, fill, maybe, one, run};

/// Under this name the place of the walk is remembered.
const PLACE: &str = "told";
/// Items that one step looks at.
const PIECE: i64 = 20;
/// Mails that one step makes.
const MAILS: i64 = 200;
const DAY: i64 = 86_400_000_000;
/// What its issuer changed longer ago than this comes from a catch-up: it is news to nobody.
const FRESH: i64 = 7 * DAY;
/// For so long it is kept who was told of what, so that they are told when it is corrected.
const REMEMBERED: i64 = 180 * DAY;
/// For so long a mail's row is kept after it was made: what comes back names it.
const MAIL_KEPT: i64 = 30 * DAY;

/// Tells whoever is due until the node stops.
pub async fn run(app: &App) {
    let (mut swept, mut told) = (0, app.told.subscribe());
    loop {
        woken(&mut told).await;
        let walked = async {
            while walk(app).await? {}
            Ok::<(), Problem>(())
        };
        // What keeps one from being done keeps nothing else.
        let mut done = vec![walked.await, gather(app).await];
        if (app.clock.micros() - swept).abs() > DAY / 24 {
            swept = app.clock.micros();
            done.push(sweep(app).await);
        }
        for problem in done.into_iter().filter_map(Result::err) {
            tracing::warn!(%problem, "who follows what could not be looked at");
        }
    }
}

/// Only forgets what has had its time, until the node stops.
pub async fn sweeps(app: &App) {
    loop {
        if let Err(problem) = sweep(app).await {
            tracing::warn!(%problem, "who followed what could not be forgotten");
        }
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }
}

/// An item as it looks now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    /// When it came to look so here, in microseconds.
    at: i64,
    log: i64,
    item: String,
    edition: i64,
    state: State,
    /// The topics to which it belongs; none if it is not read any more, or is old.
    topics: Vec<String>,
}

/// What somebody was told of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Past {
    edition: i64,
    state: State,
    /// True if a mail has left with it, or may have.
    sent: bool,
}

/// What is to be told to somebody who follows an item (or does not) and was told this of it: nothing, the item, or
/// (true) what has become of it.
fn due(past: &[Past], look: &Look, follows: bool) -> Option<bool> {
    if past.iter().any(|past| past.edition == look.edition && past.state == look.state) {
        return None;
    }
    let sent = past.iter().any(|past| past.sent);
    match look.state {
        _ if sent => Some(true),
        State::Standing if follows => Some(false),
        _ => None,
    }
}

/// Looks at the next items; true if there may be more.
async fn walk(app: &App) -> Result<bool, Problem> {
    let mut conn = app.db.read().await?;
    let place = remembered(&mut conn, PLACE).await?.as_deref().and_then(read_place);
    let begun = place.is_some();
    let (at, log, item) = place.unwrap_or_default();
    let followed = store::count(&mut conn).await? > 0;
    let rows = all!(
        &mut conn,
        (i64, i64, String, String),
        "SELECT s.at, s.log, s.item, l.origin FROM seen s JOIN log l ON l.id = s.log
         WHERE s.at > $1 OR (s.at = $1 AND (s.log > $2 OR (s.log = $2 AND s.item > $3)))
         ORDER BY s.at, s.log, s.item LIMIT $4",
        at,
        log,
        item,
        PIECE
    )?;
    if begun && rows.is_empty() {
        return Ok(false);
    }
    if !begun || !followed {
        drop(conn);
        return app.db.write("told.skip", skip).await;
    }
    let more = rows.len() as i64 == PIECE;
    let searches =
        all!(&mut conn, (String,), "SELECT DISTINCT topic FROM following WHERE topic LIKE 'search:%'")?;
    // Each is read once for all the items of the step.
    let searches: Vec<(String, Query)> = searches
        .into_iter()
        .filter_map(|(word,)| match Topic::of(&word)? {
            Topic::Search(text) => Some((word, Query::read(&text))),
            _ => None,
        })
        .collect();
    let mut looks = Vec::new();
    for row in rows {
        let place = format!("{}|{}|{}", row.0, row.1, row.2);
        looks.push((place, look(app, &mut conn, row, &searches).await?));
    }
    drop(conn);
    // A step for each item: one that many follow keeps nobody else's step waiting for the others.
    for (place, look) in looks {
        app.db
            .write("told.walk", async move |tx: &mut Tx| -> Result<(), Problem> {
                if let Some(look) = look {
                    tell(tx, &look).await?;
                }
                Ok(remember(tx.conn(), PLACE, place).await?)
            })
            .await?;
    }
    Ok(more)
}

fn read_place(text: &str) -> Option<(i64, i64, String)> {
    let mut parts = text.splitn(3, '|');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

/// Where nobody follows anything, and at the very beginning, what stands is passed over.
async fn skip(tx: &mut Tx) -> Result<bool, Problem> {
    if store::count(tx.conn()).await? > 0 && remembered(tx.conn(), PLACE).await?.is_some() {
        return Ok(true);
    }
    let now = tx.ledger.now();
    let (last,) = one!(tx, (Option<i64>,), "SELECT MAX(at) FROM seen")?;
    // No item's id comes after a tilde.
    remember(tx.conn(), PLACE, format!("{}|{}|~", last.unwrap_or(now), i64::MAX)).await?;
    Ok(false)
}

/// An item as it looks now; nothing while its text has not come.
async fn look(
    app: &App,
    conn: &mut Conn,
    (at, log, item, origin): (i64, i64, String, String),
    searches: &[(String, Query)],
) -> Result<Option<Look>, Problem> {
    let origin = origin.parse().map_err(|error| anyhow::anyhow!("a stored origin is damaged: {error}"))?;
    let id = Uuid::try_parse(&item).map_err(anyhow::Error::from)?;
    let reference = Reference::of(&origin, id);
    let Some(standing) = find(conn, &reference).await? else { return Ok(None) };
    let mut look = Look { at, log, item, edition: standing.shown, state: standing.state, topics: Vec::new() };
    if standing.state != State::Standing {
        look.edition = standing.edition;
        return Ok(Some(look));
    }
    let Some(hash) = standing.content.filter(|_| standing.shown == standing.edition) else { return Ok(None) };
    if app.clock.micros() - standing.changed > FRESH {
        return Ok(Some(look));
    }
    let bytes = match app.folder.read(conn, &hash).await {
        // A damaged piece is the doctor's business; nobody else waits for it.
        Err(error) if error.downcast_ref::<Damaged>().is_some() => return Ok(Some(look)),
        read => read?.unwrap_or_default(),
    };
    if let Ok(document) = Item::parse(&bytes) {
        look.topics = topic::words(&document, &reference, &origin, &app.directory.load());
        let said = Said::of(&document);
        let answered = searches.iter().filter(|(_, query)| said.answers(query));
        look.topics.extend(answered.map(|(word, _)| word.clone()));
    }
    Ok(Some(look))
}

/// Writes down who is to be told of an item.
async fn tell(tx: &mut Tx, look: &Look) -> Result<(), Problem> {
    let (log, item, now) = (look.log, look.item.clone(), tx.ledger.now());
    // What waits with an earlier look of it, also in a mail that was never tried, is not told any more.
    run!(
        tx,
        "DELETE FROM telling WHERE log = $1 AND item = $2 AND NOT (edition = $3 AND state = $4)
         AND (mailing = '' OR mailing IN (SELECT id FROM mailing WHERE attempts = 0))",
        log,
        item.clone(),
        look.edition,
        look.state.word()
    )?;
    let mut people: BTreeMap<String, (Vec<Past>, bool)> = BTreeMap::new();
    let past = all!(
        tx,
        (String, i64, String, i64),
        "SELECT t.subscriber, t.edition, t.state,
           CAST(CASE WHEN t.mailing = '' THEN 0 WHEN m.id IS NULL THEN 1 WHEN m.attempts > 0 AND m.sent >= 0 THEN 1 ELSE 0 END AS BIGINT)
         FROM telling t LEFT JOIN mailing m ON m.id = t.mailing WHERE t.log = $1 AND t.item = $2",
        log,
        item.clone()
    )?;
    for (subscriber, edition, state, sent) in past {
        let state = State::of(&state).unwrap_or(State::Erased);
        people.entry(subscriber).or_default().0.push(Past { edition, state, sent: sent != 0 });
    }
    // Agencies, places, documents and searches reach all that is here, as search does; what is followed of the portal is
    // what the portal shows. What came before somebody followed it is no news to them.
    let (wide, shown): (Vec<String>, Vec<String>) =
        look.topics.iter().cloned().partition(|topic| topic::reaches_all(topic));
    let mut follow = among!(
        tx,
        (String, i64),
        "SELECT subscriber, at FROM following WHERE topic IN ($1)",
        &wide,
        |topic| topic.clone()
    )?;
    for topic in shown {
        follow.extend(all!(
            tx,
            (String, i64),
            "SELECT f.subscriber, f.at FROM following f JOIN subscriber s ON s.id = f.subscriber
             JOIN carries c ON c.portal = s.portal AND c.log = $2 WHERE f.topic = $1",
            topic,
            log
        )?);
    }
    for (subscriber, _) in follow.into_iter().filter(|(_, since)| *since <= look.at) {
        people.entry(subscriber).or_default().1 = true;
    }
    let told: Vec<(String, bool)> = people
        .into_iter()
        .filter_map(|(subscriber, (past, follows))| Some((subscriber, due(&past, look, follows)?)))
        .collect();
    fill!(
        tx,
        "INSERT INTO telling (subscriber, log, item, edition, state, again, at, mailing)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (log, item, subscriber, edition, state) DO NOTHING",
        &told,
        |row| row.0.clone(),
        log,
        item.clone(),
        look.edition,
        look.state.word(),
        i64::from(row.1),
        now,
        ""
    )?;
    Ok(())
}

/// Gathers what is due to each into one mail.
async fn gather(app: &App) -> Result<(), Problem> {
    let now = app.clock.micros();
    let mut conn = app.db.read().await?;
    let waits = maybe!(
        &mut conn,
        (i64,),
        "SELECT CAST(1 AS BIGINT) FROM telling t JOIN subscriber s ON s.id = t.subscriber
         WHERE t.mailing = '' AND (t.again = 1 OR s.next <= $1)
         UNION ALL SELECT CAST(1 AS BIGINT) FROM subscriber WHERE next > 0 AND next <= $1 LIMIT 1",
        now
    )?;
    drop(conn);
    if waits.is_none() {
        return Ok(());
    }
    let ids = (0..MAILS).map(|_| door::new_id(app)).collect::<anyhow::Result<Vec<String>>>()?;
    app.db
        .write("told.gather", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            let due = all!(
                tx,
                (String, i64),
                "SELECT DISTINCT t.subscriber, s.next FROM telling t JOIN subscriber s ON s.id = t.subscriber
                 WHERE t.mailing = '' AND (s.next <= $1 OR t.again = 1) LIMIT $2",
                now,
                MAILS
            )?;
            let whole = due.len() as i64 == MAILS;
            for ((subscriber, next), id) in due.into_iter().zip(ids) {
                run!(
                    tx,
                    "UPDATE telling SET mailing = $1 WHERE mailing = '' AND subscriber = $2 AND (again = 1 OR $3 = 1)",
                    id.clone(),
                    subscriber.clone(),
                    i64::from(next <= now)
                )?;
                run!(
                    tx,
                    "INSERT INTO mailing (id, subscriber, request, made, due, attempts, sent) VALUES ($1, $2, '', $3, $3, 0, 0)",
                    id,
                    subscriber,
                    now
                )?;
            }
            // Those that the step did not reach are still due.
            if !whole {
                for (often, every) in [(Often::Daily, DAY), (Often::Weekly, 7 * DAY)] {
                    run!(
                        tx,
                        "UPDATE subscriber SET next = next + ((($1 - next) / $2) + 1) * $2
                         WHERE next > 0 AND next <= $1 AND often = $3",
                        now,
                        every,
                        often.word()
                    )?;
                }
            }
            Ok(())
        })
        .await
}

/// Forgets what has had its time.
async fn sweep(app: &App) -> Result<(), Problem> {
    app.db
        .write("told.sweep", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            run!(tx, "DELETE FROM follow_request WHERE at <= $1", now - store::LINK_LASTS)?;
            run!(tx, "DELETE FROM mailing WHERE made <= $1", now - MAIL_KEPT)?;
            run!(tx, "DELETE FROM telling WHERE at <= $1", now - REMEMBERED)?;
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(edition: i64, state: State) -> Look {
        Look { at: 0, log: 1, item: "x".into(), edition, state, topics: Vec::new() }
    }

    fn past(edition: i64, state: State, sent: bool) -> Past {
        Past { edition, state, sent }
    }

    #[test]
    fn who_was_sent_an_item_is_told_what_becomes_of_it_and_nobody_twice() {
        use State::{Erased, Standing, Withdrawn};
        assert_eq!(due(&[], &look(1, Standing), true), Some(false));
        assert_eq!(due(&[], &look(1, Standing), false), None);
        assert_eq!(due(&[], &look(1, Withdrawn), true), None, "never sent, never missed");
        let sent = [past(1, Standing, true)];
        assert_eq!(due(&sent, &look(1, Standing), true), None);
        assert_eq!(due(&sent, &look(2, Standing), false), Some(true), "also who follows it no more");
        assert_eq!(due(&sent, &look(1, Withdrawn), false), Some(true));
        let twice = [past(1, Standing, true), past(1, Withdrawn, true)];
        assert_eq!(due(&twice, &look(1, Withdrawn), true), None);
        assert_eq!(due(&twice, &look(1, Erased), false), Some(true));
        assert_eq!(due(&[past(1, Standing, false)], &look(1, Withdrawn), true), None, "it was never sent");
    }
}
