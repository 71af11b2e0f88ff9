//! Telling of what stands otherwise than it should: after ten minutes the site's administrator, by an alarm and in the console; after a day
//! the agency above, by a letter.

use super::letters::{Drift, Drifts, MOST};
use super::store::{self, Sighting};
use super::{Watched, letters};
use crate::app::App;
use crate::db::Tx;
use crate::items::store::Reference;
use crate::operate::alarms::{self, Alarm};
use crate::peers::letters::send::post;
use crate::problem::Problem;

/// The alarm of the site's own administrator.
pub(super) const ALARM: &str = "sighting.drift";
/// A site may be so late, in microseconds, before anybody is told.
const LATE: i64 = 600_000_000;
/// After so long the agency above is told.
const LONG: i64 = 24 * 3_600_000_000;
/// It is told of one site at most so often.
const SELDOM: i64 = 3_600_000_000;
/// The most drifting items of one site that are looked through.
const THROUGH: i64 = 10_000;

/// Tells whoever is due.
///
/// # Errors
/// The database's.
pub(super) async fn tell(app: &App) -> Result<(), Problem> {
    let now = app.clock.micros();
    let mut conn = app.db.read().await?;
    let stand = alarms::standing(&mut conn).await?;
    let mut sites = Vec::new();
    for portal in app.portals.load().all() {
        for watched in store::of_log(&mut conn, portal.log).await? {
            let seen = store::seen(&mut conn, watched.id, false, THROUGH).await?;
            sites.push((portal.clone(), watched, seen));
        }
    }
    drop(conn);
    for (portal, watched, seen) in sites {
        let late = seen.iter().filter(|one| now - one.since >= LATE).count();
        let (peer, origin) = (watched.name.clone(), portal.origin.to_string());
        let stands =
            stand.iter().find(|alarm| alarm.about == ALARM && alarm.peer == peer && alarm.origin == origin);
        match late {
            0 if stands.is_some() => alarms::clear(app, ALARM, peer, origin).await?,
            0 => {}
            late if stands.is_none_or(|alarm| alarm.detail != late.to_string()) => {
                alarms::tell(app, Alarm { about: ALARM.into(), peer, origin, detail: late.to_string() })
                    .await;
            }
            _ => {}
        }
        let parent = app.directory.load().agency(&portal.origin).map(|agency| agency.parent.clone());
        let above =
            parent.filter(|parent| *parent != portal.origin && app.directory.load().agency(parent).is_some());
        let drifts = drifts(&watched, &seen, now);
        let hash = drifts.hash();
        let Some(above) = above.filter(|_| hash != watched.told && now - watched.told_at >= SELDOM) else {
            continue;
        };
        let posting = drifts.posting(portal.log, &above)?;
        let told = app.db.write("sighting.told", async move |tx: &mut Tx| -> Result<(), Problem> {
            post(tx, posting).await?;
            Ok(store::told_parent(tx, watched.id, hash).await?)
        });
        if let Err(problem) = told.await {
            tracing::warn!(%problem, "the agency above could not be told what a site shows");
        }
    }
    Ok(())
}

/// What has stood otherwise than it should for so long that the agency above is told.
fn drifts(watched: &Watched, seen: &[Sighting], now: i64) -> Drifts {
    let long: Vec<&Sighting> = seen.iter().filter(|one| now - one.since >= LONG).collect();
    let drift = |one: &&Sighting| Drift {
        reference: Reference::of(&one.origin, one.item).to_string(),
        // Of what was erased not even the address is passed on: it may say what it was.
        url: if one.state == "erased" { String::new() } else { one.url.clone() },
        verdict: one.verdict.word().to_owned(),
        since: one.since,
    };
    let mut items: Vec<Drift> = long.iter().take(MOST).map(drift).collect();
    items.sort_by(|a, b| a.reference.cmp(&b.reference));
    let more = (long.len() - items.len()) as u64;
    Drifts { watched: watched.id, name: watched.name.clone(), at: now, items, more }
}

/// Ends what was told of a site that is watched no more, in the step that forgets it.
///
/// # Errors
/// The database's.
pub(super) async fn end(
    tx: &mut Tx,
    watched: &Watched,
    origin: &network::names::Origin,
) -> Result<(), Problem> {
    alarms::settle(tx, ALARM, &watched.name, origin.as_str()).await?;
    let above = tx.ledger.directory.agency(origin).map(|agency| agency.parent.clone());
    let (Some(above), true) = (above, watched.told.is_some()) else { return Ok(()) };
    let well = letters::Drifts {
        watched: watched.id,
        name: watched.name.clone(),
        at: tx.ledger.now(),
        items: Vec::new(),
        more: 0,
    };
    post(tx, well.posting(watched.log, &above)?).await.map(drop)
}
